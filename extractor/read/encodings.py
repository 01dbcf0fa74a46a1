"""Bytes to text: the encoding told by content, the text kept as it is.

Agencies publish UTF-8, GB18030 and UTF-16; a declared encoding is often wrong, so strict decoding decides, and of
several that fit the one whose text reads as Chinese. Web pages are cut by their systems in the middle of a
character, so there a few broken bytes are borne. Text that was once read with the wrong encoding and saved again
(mojibake) is turned back where that loses nothing, and refused where it would.
"""

from __future__ import annotations

import codecs
import re

from extractor.errors import DocumentError

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
COMMON = re.compile(r"[的一是在不了有和人这中大为上个国公开信息政府工作情况年度报告]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
LETTER = re.compile(r"[^\x00-\x7f\s]")
DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
SAME = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs", "utf8": "utf-8"}
MANGLED_BY = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1252", "gb18030"),
    ("latin-1", "gb18030"),
)
BORNE = 0.005


def decode(data: bytes) -> str:
    """The text of a plain file. Errors: ``DocumentError`` when no encoding gives readable text."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return turn_back(_strict(data[len(mark) :], encoding) or _refuse())
    text = _strict(data, "utf-8")
    if text is not None and not CONTROL.search(text):
        return turn_back(text)
    guesses = [
        text for encoding in ("gb18030", "utf-16-le", "utf-16-be") if (text := _strict(data, encoding)) is not None
    ]
    readable = [text for text in guesses if not CONTROL.search(text)]
    if not readable:
        _refuse()
    best = max(readable, key=chinese_sense)
    return best if COMMON.search(best) else _refuse()


def decode_page(data: bytes) -> str:
    """The text of a web page; a wrong declaration does not matter. Errors: ``DocumentError`` as for ``decode``."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return turn_back(data[len(mark) :].decode(encoding, errors="replace"))
    if (text := _strict(data, "utf-8")) is not None and "\0" not in text:
        return turn_back(text)
    zeros = data[:2000:2].count(0), data[1:2000:2].count(0)
    if max(zeros) > 100:
        return turn_back(data.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", errors="replace"))
    declared = DECLARED.search(data[:8192])
    encodings = ["utf-8", "gb18030"] + ([SAME.get(declared[1].decode().lower(), "utf-8")] if declared else [])
    texts = [data.decode(encoding, errors="replace") for encoding in dict.fromkeys(encodings)]
    best = max(texts, key=chinese_sense)
    if best.count("\ufffd") > max(2, BORNE * len(best)):
        _refuse()
    return turn_back(best.replace("\ufffd", ""))


def chinese_sense(text: str) -> float:
    """The share of a report's commonest characters among all beyond ASCII: about 0.2 in Chinese, 0.02 in garbage."""
    letters = LETTER.findall(text[:200_000])
    return len(COMMON.findall(text[:200_000])) / (len(letters) + 1)


def turn_back(text: str) -> str:
    """The text meant, where the characters show that UTF-8 was once read as something else; else the text itself.

    Errors: ``DocumentError`` where the damage cannot be undone.
    """
    if len(LETTER.findall(text[:20_000])) < 40 or chinese_sense(text) >= 0.05:
        return text
    for wrong, right in MANGLED_BY:
        meant = text.encode(wrong, errors="ignore").decode(right, errors="replace")
        if chinese_sense(meant) >= 0.12:
            if meant.count("\ufffd") > BORNE * len(meant):
                raise DocumentError(
                    "the text was saved with the wrong encoding and parts of it are lost",
                    found=f"{meant.count(chr(0xFFFD))} characters that cannot be turned back",
                    do="download the original again",
                )
            return meant.replace("\ufffd", "")
    return text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _refuse() -> str:
    raise DocumentError(
        "the file is no text that can be read",
        found="bytes of no known encoding",
        allowed="UTF-8, GB18030, UTF-16; PDF, HTML and Word files",
        do="save it again as UTF-8 text, or give the original file",
    )

"""Plain text: the encoding told by content, the text kept as it is.

Agencies publish UTF-8, GB18030 and UTF-16; a declared encoding is often wrong, so strict decoding decides, and of
several that fit the one whose text reads as Chinese. Line endings stay; the byte-order mark is dropped.
"""

from __future__ import annotations

import codecs
import re

from extractor.errors import DocumentError

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
COMMON = re.compile(r"[的一是在不了有和人这中大为上个国公开信息政府工作情况年度报告]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")


def decode(data: bytes) -> str:
    """The text of bytes. Errors: ``DocumentError`` when no encoding gives readable text."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding) or _refuse()
    text = _strict(data, "utf-8")
    if text is not None and not CONTROL.search(text):
        return text
    guesses = [
        text for encoding in ("gb18030", "utf-16-le", "utf-16-be") if (text := _strict(data, encoding)) is not None
    ]
    readable = [text for text in guesses if not CONTROL.search(text)]
    if not readable:
        _refuse()
    best = max(readable, key=lambda text: len(COMMON.findall(text)) / (len(text) + 1))
    return best if COMMON.search(best) else _refuse()


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

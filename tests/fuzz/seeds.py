"""A good file of every kind that the fuzzing begins with, made on the spot."""

from __future__ import annotations

import io
import random
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from tests.composer.truth import draw_truth
from tests.composer.word import WordStyle, compose_word
from tests.hostile.files import drawing_pdf, zipped
from tests.read_pages import FRAMES, article

KINDS = ("html", "layout", "saved", "docx", "zip", "pdf", "ruled", "png", "jpeg", "text", "utf16")
OFFICE_KINDS = ("doc", "rtf", "odt")
FONTS = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
LINES = b"".join(b"0 -20 Td (Line %d of the report: 12 34 56) Tj " % number for number in range(20))
SAVED = b'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html; charset="utf-8"\n\n'  # fmt: skip


@cache
def seed_files() -> dict[str, bytes]:
    """A good file of each of ``KINDS``; those that the readers do not take alone (a ZIP) are for ``members``."""
    return {
        "html": FRAMES["modern"](article()).encode(),
        "layout": FRAMES["tabled"](article()).encode("gb18030"),
        "saved": SAVED + FRAMES["modern"](article()).encode() + b"\n--b--\n",
        "docx": compose_word(draw_truth(random.Random(1), "2021"), WordStyle("list", "text_box", "tracked")).data,
        "zip": zipped({"a.txt": "一、总体情况", "b.zip": zipped({"c.html": article()})}),
        "pdf": drawing_pdf(b"BT /F1 12 Tf 72 700 Td " + LINES + b"ET", FONTS),
        "ruled": _ruled_pdf(),
        "png": _picture("PNG"),
        "jpeg": _picture("JPEG"),
        "text": "一、总体情况\n公开信息12条。".encode("gb18030"),
        "utf16": "一、总体情况\n公开信息12条。".encode("utf-16"),
    }


def _ruled_pdf() -> bytes:
    """A page with a ruled table whose numbers stand in its cells, its drawing not packed, so that bytes can be changed."""
    rules = b"".join(b"72 %d m 472 %d l S " % (700 - 40 * row, 700 - 40 * row) for row in range(6))
    rules += b"".join(b"%d 700 m %d 500 l S " % (72 + 80 * column, 72 + 80 * column) for column in range(6))
    cells = b"".join(
        b"BT /F1 11 Tf %d %d Td (%d) Tj ET " % (80 + 80 * column, 675 - 40 * row, 1234 * row + column)
        for row in range(5)
        for column in range(5)
    )
    return drawing_pdf(
        rules + cells + b"BT /F1 12 Tf 72 760 Td (A report of 2024, table below.) Tj ET", FONTS, packed=False
    )


def _picture(kind: str) -> bytes:
    """A small page with a table and a number."""
    page = Image.new("L", (240, 160), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((20, 40, 220, 140), outline=0, width=2)
    draw.line((120, 40, 120, 140), fill=0, width=2)
    draw.text((40, 80), "12", fill=0)
    out = io.BytesIO()
    page.save(out, kind)
    return out.getvalue()


@cache
def office_files() -> dict[str, bytes]:
    """The Word file in the older kinds, by LibreOffice. Errors: ``CalledProcessError`` where it cannot write one."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.docx"
        source.write_bytes(seed_files()["docx"])
        for kind in OFFICE_KINDS:
            options = ["--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind]
            command = ["soffice", *options, "--outdir", folder, str(source)]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            made[kind] = source.with_suffix(f".{kind}").read_bytes()
    return made

"""Which reader a file needs, told by its content alone: names and declared types are often wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.errors import DocumentError
from extractor.read.encodings import decode
from extractor.read.limits import STANDARD, Limits
from extractor.read.sources import source
from extractor.report import Document

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = "text, HTML, PDF, Word files and, with the extra [scan], PNG and JPEG images"
FOREIGN = (
    (b"GIF8", "a GIF image"), (b"BM", "a BMP image"), (b"II*\x00", "a TIFF image"), (b"MM\x00*", "a TIFF image"),
    (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"), (b"PAR1", "a Parquet file"), (b"OggS", "a sound file"),
    (b"ID3", "a sound file"), (b"RIFF", "a media file"), (b"%!PS", "a PostScript file"),
)  # fmt: skip
MARKUP = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|div|table|tbody|p|meta|span|h[1-6]|center|font|article|section|script|style)\b",
    re.IGNORECASE | re.DOTALL,
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, *, name: str | None = None, media_type: str | None = None, limits: Limits = STANDARD) -> Document:
    """The document in a file's bytes, read in this process.

    ``media_type`` is what the sender says; the content decides. Errors: ``DocumentError`` says what was found and
    what is allowed, ``LimitError`` which bound the file passes, ``MissingPartError`` which part is not installed.
    """
    if not data.strip():
        raise DocumentError("the file is empty", found=f"{len(data)} bytes", do="give a file with the report's text")
    return READERS[kind_of(data)](data, name, limits)


def kind_of(data: bytes) -> str:
    """A key of ``READERS``, by content. Errors: ``DocumentError`` for a file of a kind that holds no report."""
    for mark, kind in FOREIGN:
        if data.startswith(mark) and b"\0" in data[:4096]:
            raise DocumentError("the file is no report", found=kind, allowed=ALLOWED)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return "html" if is_markup(data) else "plain"


def is_markup(data: bytes) -> bool:
    """Whether a file begins as a web page does, in any encoding of one or two bytes a letter."""
    head = data[:8192]
    for mark in MARKS:
        head = head.removeprefix(mark)
    return MARKUP.match(head.replace(b"\0", b"").lstrip()) is not None


def read_plain(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """Plain text: the decoded file is the text, line endings kept."""
    return Document(source(data, name, "plain", "plain"), decode(data))


def read_page(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A saved web page."""
    from extractor.read.html import read_html

    return read_html(data, name, limits)


def read_portable(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A PDF: by its text layer, else as a scan."""
    from extractor.read.pdf import read_pdf

    return read_pdf(data, name, limits)


READERS: dict[str, Callable[[bytes, str | None, Limits], Document]] = {
    "plain": read_plain,
    "html": read_page,
    "pdf": read_portable,
}

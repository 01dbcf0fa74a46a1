"""Which reader a file needs, told by its first bytes; the declared type only settles ties."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from extractor.errors import DocumentError
from extractor.read.plain import decode
from extractor.report import Document, Source

if TYPE_CHECKING:
    from collections.abc import Callable

MEDIA_TYPES = {
    "plain": "text/plain",
    "html": "text/html",
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FOREIGN = (
    (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"), (b"\x7fELF", "a program"),
    (b"MZ", "a program"), (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite format 3", "a database"), (b"OggS", "a sound file"), (b"ID3", "a sound file"), (b"RIFF", "a media file"),
)  # fmt: skip
MARKUP = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|div|table|p|meta)\b", re.IGNORECASE)


def read(data: bytes, *, name: str | None = None, media_type: str | None = None) -> Document:
    """The document in a file's bytes. Errors: ``DocumentError`` says what was found and what is allowed."""
    if not data.strip():
        raise DocumentError("the file is empty", found=f"{len(data)} bytes", do="give a file with the report's text")
    for mark, kind in FOREIGN:
        if data.startswith(mark):
            raise DocumentError("the file is no report", found=kind, allowed="text, HTML, PDF and Word files")
    return READERS[kind_of(data)](data, name)


def kind_of(data: bytes) -> str:
    """A code of ``vocabulary.READERS``, by content."""
    if MARKUP.match(data[:2048]):
        return "html"
    return "plain"


def source(data: bytes, name: str | None, reader: str, pages: int | None = None) -> Source:
    """The source entry of a file."""
    return Source(name, hashlib.sha256(data).hexdigest(), MEDIA_TYPES[reader], len(data), pages, reader)


def read_plain(data: bytes, name: str | None) -> Document:
    """Plain text: the decoded file is the text, line endings kept."""
    return Document(source(data, name, "plain"), decode(data))


READERS: dict[str, Callable[[bytes, str | None], Document]] = {"plain": read_plain, "html": read_plain}

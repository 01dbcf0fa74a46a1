"""The entry that says which file a document came from."""

from __future__ import annotations

import hashlib

from extractor.document import Source

MEDIA_TYPES = {
    "plain": "text/plain",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "rtf": "application/rtf",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


def source(data: bytes, name: str | None, reader: str, kind: str, pages: int | None = None) -> Source:
    """The source of a file of a ``kind`` of ``MEDIA_TYPES`` that a reader of ``vocabulary.READERS`` read."""
    return Source(name, hashlib.sha256(data).hexdigest(), MEDIA_TYPES[kind], len(data), pages, reader)

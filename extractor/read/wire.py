"""Documents, errors and requests as JSON, for the way to a reader's process and back.

A child that read a hostile file is not trusted either: what it sends is data, never code.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from extractor.document import Box, Document, Grid, GridCell, Source
from extractor.errors import DocumentError, GongkaiError, LimitError, MissingPartError

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, type[GongkaiError]] = {kind.__name__: kind for kind in (DocumentError, LimitError, MissingPartError)}
SIZES = struct.Struct("!II")


def text_hash(text: str) -> str:
    """What tells one reading of a file from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def document_data(document: Document) -> dict[str, Any]:
    """A document as plain data."""
    return asdict(document)


def document_of(data: dict[str, Any]) -> Document:
    """The document of plain data. Errors: ``KeyError``, ``TypeError`` where the data are no document's."""
    fields = dict(data)
    fields["source"] = Source(**fields["source"])
    fields["page_starts"] = tuple(fields["page_starts"])
    fields["grids"] = tuple(
        Grid(grid["start"], grid["end"], tuple(GridCell(**cell) for cell in grid["cells"])) for grid in fields["grids"]
    )
    fields["boxes"] = tuple(Box(**box) for box in fields["boxes"])
    fields["notes"] = tuple((code, severity, message) for code, severity, message in fields["notes"])
    return Document(**fields)


def error_data(error: GongkaiError) -> dict[str, Any]:
    """An error as plain data, its kind by the nearest that the other side knows."""
    kind = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in KINDS), "DocumentError")
    return {"kind": kind, "what": error.what, "details": error.details()}


def error_of(data: dict[str, Any]) -> GongkaiError:
    """The error of plain data."""
    return KINDS.get(data["kind"], DocumentError)(data["what"], **data["details"])


def frame(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A message: two sizes, a head in JSON, and bytes."""
    packed = orjson.dumps(head)
    return SIZES.pack(len(packed), len(body)) + packed + body


def read_frame(receive: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message, None at the end. ``receive`` returns exactly so many bytes, or b"" at the end."""
    sizes = receive(SIZES.size)
    if len(sizes) < SIZES.size:
        return None
    head_size, body_size = SIZES.unpack(sizes)
    head, body = receive(head_size), receive(body_size) if body_size else b""
    if len(head) < head_size or len(body) < body_size:
        return None
    return orjson.loads(head), body

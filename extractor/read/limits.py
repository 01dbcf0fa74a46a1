"""What one file may cost: every reader asks here, so that a limit has one place and one message."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.errors import LimitError

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds a file: ``seconds`` of time, ``memory`` and ``unpacked`` in bytes, ``pages`` (``scanned_pages``
    of images), ``nesting`` of elements or
    archives, ``members`` of an archive, ``letters`` of the text read, ``cells`` of one table after its spans."""

    seconds: float = 120.0
    memory: int = 1024 * MEGABYTE
    unpacked: int = 256 * MEGABYTE
    pages: int = 600
    scanned_pages: int = 40
    nesting: int = 400
    members: int = 2000
    letters: int = 5_000_000
    cells: int = 50_000


STANDARD = Limits()


def refuse(what: str, found: str, allowed: str) -> LimitError:
    """The error of a file that passes a limit."""
    return LimitError(
        what, found=found, allowed=allowed, do="give the report alone, or raise the limit if you trust the file"
    )

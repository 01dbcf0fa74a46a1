"""What a reader makes of a file: text in reading order, the tables it found, and where the text stands on its pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The file as it came. ``reader`` is a code of ``vocabulary.READERS``; ``bytes`` its size."""

    name: str | None
    sha256: str
    media_type: str
    bytes: int
    pages: int | None
    reader: str


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a grid that a reader found: its top left place, its extent, and its text's place in the source."""

    row: int
    column: int
    rows: int
    columns: int
    start: int
    end: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that a reader (HTML, Word, PDF, scan) handed over; ``start``/``end`` bound its text in the source."""

    start: int
    end: int
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a run of text stands on its page, in points from the top left; below 1 where recognition is not sure."""

    start: int
    end: int
    page: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class PageView:
    """A page's picture: its number from 1, its size in points (the measure of ``Box``), and its PNG image."""

    number: int
    width: float
    height: float
    image: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of bytes: text in reading order, page furniture left out.

    ``page_starts`` holds the offset at which each page begins (empty where the format has no pages);
    ``headline`` is the title that the page's frame or the file's properties give, None where there is none;
    ``notes`` are (finding code, severity, message) that the reader has to say; ``paragraphs_are_lines`` says that
    the format itself declares paragraphs, one a line, so that un-wrapping need not guess; ``published_on`` is the ISO
    day of publication that the page's frame gives.
    """

    source: Source
    text: str
    page_starts: tuple[int, ...] = ()
    grids: tuple[Grid, ...] = ()
    boxes: tuple[Box, ...] = ()
    headline: str | None = None
    paragraphs_are_lines: bool = False
    notes: tuple[tuple[str, str, str], ...] = ()
    published_on: str | None = None

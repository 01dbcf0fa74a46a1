"""One page's image read by the recognition engine; the extra [scan].

The ruled tables are cut out first and read cell by cell (``scan_cells``), and only what is left of the page is read
as lines. How sure the engine is goes with every cell and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.errors import DocumentError
from extractor.read.pdf_lines import Line, Sheet
from extractor.read.ruling import find_tables
from extractor.read.scan_cells import DARK, CellReader
from extractor.read.scan_engine import Seen, see_lines
from extractor.read.scan_image import BRIGHT, evened, sharpened
from extractor.read.scan_turn import is_doubtful, quarters_to_turn

if TYPE_CHECKING:
    from extractor.read.filled import FilledTable
    from extractor.read.scan_flat import Grey, Numbers
    from extractor.read.scan_image import EvenPage

SMALLEST_SIDE = 64
PAGE_NUMBER = re.compile(r"[-—–－─一_~～ ]{1,3}(\d{1,3})[-—–－─一_~～ ]{1,3}")


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as the engine saw it: its sheet of lines, its ruled tables with their texts, how sure each line is, the
    projection that takes its points back to those of the page as it came, and whether it makes sense as a whole."""

    sheet: Sheet
    tables: list[FilledTable]
    confidences: list[float]
    back: Numbers
    makes_sense: bool


def see_page(image: Grey, scale: float) -> SeenPage:
    """What stands on a page's image in grey values, ``scale`` pixels a point. Errors: ``DocumentError`` where the
    image is too small to be a page."""
    if min(image.shape[:2]) < SMALLEST_SIDE:
        raise DocumentError(
            "the image is too small to be a page",
            found=f"{image.shape[1]} × {image.shape[0]} pixels",
            allowed=f"at least {SMALLEST_SIDE} on each side",
            do="scan the page again at 200 dots an inch or more",
        )
    page = evened(image, scale)
    lines, tables = _read(page)
    if _is_doubtful(lines, tables):
        quarters = quarters_to_turn(page)
        if quarters:
            page = page.turned(quarters)
            lines, tables = _read(page)
    sheet = _sheet(lines, tables, page.size, page.scale)
    makes_sense = bool(lines or tables) and not _is_doubtful(lines, tables)
    return SeenPage(sheet, tables, [round(line.confidence, 3) for line in lines], page.back, makes_sense)


def _is_doubtful(lines: list[Seen], tables: list[FilledTable]) -> bool:
    return is_doubtful(lines, (each for t in tables for each in zip(t.texts, t.confidences, strict=True)))


def _read(page: EvenPage) -> tuple[list[Seen], list[FilledTable]]:
    """The lines of a page beside its tables, and its tables."""
    sharp = sharpened(page.image)
    cells = CellReader(page.image, sharp, page.scale)
    tables = [cells.fill(table) for table in find_tables(sharp, dark=DARK, scale=page.scale)]
    return _see_lines(_without(page.image, tables, page.scale)), tables


def _without(image: Grey, tables: list[FilledTable], scale: float) -> Grey:
    """The page with its tables blank."""
    rest = image.copy()
    for filled in tables:
        table = filled.table
        top, bottom = int(table.top * scale) - 4, int(table.bottom * scale) + 5
        rest[max(0, top) : bottom, max(0, int(table.left * scale) - 4) : int(table.right * scale) + 5] = 255
    return rest


def _see_lines(image: Grey) -> list[Seen]:
    """The lines of a page without tables, pieces of one line joined, from the top."""
    if (image < BRIGHT).sum() < 50:
        return []
    rows: list[list[Seen]] = []
    for piece in sorted(see_lines(image), key=lambda each: (each.top + each.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        if rows and middle < (rows[-1][0].top + rows[-1][0].bottom) / 2 + 0.5 * (piece.bottom - piece.top):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda each: each.left)) for row in rows]


def _joined(row: list[Seen]) -> Seen:
    text = " ".join(piece.text for piece in row)
    number = PAGE_NUMBER.fullmatch(text)  # its dashes are read as 一 now and then
    return Seen(
        f"— {number[1]} —" if number else text, min(p.confidence for p in row), min(p.left for p in row),
        min(p.top for p in row), max(p.right for p in row), max(p.bottom for p in row),
    )  # fmt: skip


def _sheet(lines: list[Seen], tables: list[FilledTable], size: tuple[float, float], scale: float) -> Sheet:
    """Lines in points; of each table one line that stands for it, so that it keeps its place among them."""
    here = [
        Line(seen.text, number, seen.left / scale, seen.top / scale, seen.right / scale, seen.bottom / scale)
        for number, seen in enumerate(lines)
        if seen.text.strip()
    ]
    for filled in tables:
        t = filled.table
        middle = (t.top + t.bottom) / 2
        here.append(Line("table", -1, t.left + 1, middle, t.right - 1, middle + 1))
    return Sheet(*size, tuple(sorted(here, key=lambda line: (line.top, line.left))))

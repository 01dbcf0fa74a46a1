"""Pages of lines, and of tables where they were looked for, as one text with the place of each of its parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extractor.read.pdf_cuts import join_grids, mend
from extractor.read.pdf_order import furniture, reading_order

if TYPE_CHECKING:
    from extractor.document import Box, Grid
    from extractor.read.filled import FilledTable
    from extractor.read.pdf_lines import Line, Sheet

INDENT = "　　"
BODY = 0.65


@dataclass(slots=True)
class Composed:
    """The text, the offset at which each page begins, where each line stands in it (offset, page, line), and its tables
    (page, table, offset) beside their grids; ``boxes`` are those of pages that were seen as images."""

    text: str = ""
    page_starts: tuple[int, ...] = ()
    lines: list[tuple[int, int, Line]] = field(default_factory=list)
    tables: list[tuple[int, FilledTable, int]] = field(default_factory=list)
    grids: tuple[Grid, ...] = ()
    boxes: tuple[Box, ...] = ()


def compose(sheets: list[Sheet], tables: list[list[FilledTable]] | None = None) -> Composed:
    """All pages' lines in reading order; lines within a table give way to its rows."""
    pages = [reading_order(sheet, left_out) for sheet, left_out in zip(sheets, furniture(sheets), strict=True)]
    margins = [_margin(sheet, lines) for sheet, lines in zip(sheets, pages, strict=True)]
    usual = next((margin for margin in margins if margin is not None), None)
    aligned = mend(tables) if tables else [[] for _ in sheets]
    composed, pieces, starts, length = Composed(), list[str](), list[int](), 0
    grids: list[Grid] = []
    for number, (lines, margin) in enumerate(zip(pages, margins, strict=True)):
        starts.append(length)
        printed: set[int] = set()
        here = aligned[number]
        for line in lines:
            place = next((place for place, table in enumerate(here) if _is_within(line, table)), None)
            if place is None:
                piece = _indented(line, usual if margin is None else margin) + line.text
                composed.lines.append((length + len(piece) - len(line.text), number + 1, line))
            elif place not in printed:
                printed.add(place)
                rows, grid = here[place].lay(length)
                piece = "\n".join(rows)
                composed.tables.append((number + 1, here[place], length))
                grids.append(grid)
            else:
                continue
            pieces.append(piece)
            length += len(piece) + 1
    composed.text = "\n".join(pieces) + ("\n" if pieces else "")
    composed.page_starts = tuple(starts)
    composed.grids = join_grids(grids, [filled for _, filled, _ in composed.tables])
    return composed


def _is_within(line: Line, filled: FilledTable) -> bool:
    x, y, table = (line.left + line.right) / 2, (line.top + line.bottom) / 2, filled.table
    return table.left <= x <= table.right and table.top <= y <= table.bottom


def _margin(sheet: Sheet, lines: list[Line]) -> float | None:
    """Where the page's wide lines begin, None where it has too few to tell."""
    lefts = Counter(round(line.left / 3) for line in lines if line.right - line.left >= BODY * sheet.width)
    if not lefts or lefts.most_common(1)[0][1] < 4:
        return None
    return 3.0 * lefts.most_common(1)[0][0]


def _indented(line: Line, margin: float | None) -> str:
    """Two wide spaces before a line that begins about two letters behind the margin."""
    if margin is None or line.height <= 0:
        return ""
    letter = max(line.height, 9.0)
    return INDENT if 1.5 * letter <= line.left - margin <= 3.2 * letter else ""

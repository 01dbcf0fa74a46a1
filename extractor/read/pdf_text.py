"""Pages of lines, and of tables where they were looked for, as one text with the place of each of its parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.read.filled import merge_edges
from extractor.read.pdf_order import furniture, reading_order
from extractor.report import Grid

if TYPE_CHECKING:
    from extractor.read.filled import FilledTable
    from extractor.read.pdf_lines import Line, Sheet

INDENT = "　　"
BODY = 0.65


@dataclass(slots=True)
class Composed:
    """The text, the offset at which each page begins, where each line stands in it (offset, page, line), and its tables
    (page, table, offset) beside their grids."""

    text: str = ""
    page_starts: tuple[int, ...] = ()
    lines: list[tuple[int, int, Line]] = field(default_factory=list)
    tables: list[tuple[int, FilledTable, int]] = field(default_factory=list)
    grids: tuple[Grid, ...] = ()


def compose(sheets: list[Sheet], tables: list[list[FilledTable]] | None = None) -> Composed:
    """All pages' lines in reading order; lines within a table give way to its rows."""
    pages = [reading_order(sheet, left_out) for sheet, left_out in zip(sheets, furniture(sheets), strict=True)]
    margins = [_margin(sheet, lines) for sheet, lines in zip(sheets, pages, strict=True)]
    usual = next((margin for margin in margins if margin is not None), None)
    aligned = align_columns(tables) if tables else [[] for _ in sheets]
    composed, pieces, starts, length = Composed(), list[str](), list[int](), 0
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
                composed.grids += (grid,)
            else:
                continue
            pieces.append(piece)
            length += len(piece) + 1
    composed.text = "\n".join(pieces) + ("\n" if pieces else "")
    composed.page_starts = tuple(starts)
    composed.grids = _join_cut_grids(composed)
    return composed


def _join_cut_grids(composed: Composed) -> tuple[Grid, ...]:
    """The grids, with those joined that one table cut by a page makes: nothing between them, and the same columns."""
    joined: list[Grid] = []
    tables: list[FilledTable] = []
    for grid, (_, filled, _) in zip(composed.grids, composed.tables, strict=True):
        if joined and joined[-1].end + 1 == grid.start and tables[-1].edges == filled.edges:
            rows = max(cell.row + cell.rows for cell in joined[-1].cells)
            cells = tuple(replace(cell, row=cell.row + rows) for cell in grid.cells)
            joined[-1] = Grid(joined[-1].start, grid.end, joined[-1].cells + cells)
        else:
            joined.append(grid)
        tables.append(filled)
    return tuple(joined)


def align_columns(tables: list[list[FilledTable]]) -> list[list[FilledTable]]:
    """Tables that end a page and begin the next one get one set of columns, where their outer edges are the same."""
    aligned = [list(page) for page in tables]
    for _ in tables:
        before = [[table.edges for table in page] for page in aligned]
        for above, below in pairwise(aligned):
            if above and below and above[-1].edges != below[0].edges and above[-1].stands_over(below[0]):
                edges = merge_edges(above[-1].edges, below[0].edges)
                above[-1], below[0] = above[-1].on_columns(edges), below[0].on_columns(edges)
        if before == [[table.edges for table in page] for page in aligned]:
            break
    return aligned


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

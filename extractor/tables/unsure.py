"""Cells of a scan that its engine is not sure of: they come out unread, as does what they may have hidden.

The recognition engine says how sure it is of every cell (``GridCell.confidence``). A figure below ``SURE`` is not
taken; a cell with ink that could not be read at all is no blank; a row that was not found may be one whose label
could not be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.report import Cell, Report

SURE = 0.8
ILLEGIBLE = "〓"
NOT_SURE = "the scan is not clear enough to read it for certain"


def without_unsure(cells: Sequence[Cell], report: Report, region: tuple[int, int]) -> tuple[Cell, ...]:
    """The cells of a table, those in doubt because of the scan ``unread``; ``region`` is what the table takes up."""
    grid_cells = [cell for grid in report.document.grids for cell in grid.cells]
    unsure = [(c.start, c.end) for c in grid_cells if c.confidence < SURE and region[0] <= c.start < region[1]]
    if not unsure:
        return tuple(cells)
    lines = _lines(cells, report.text)
    illegible = [place for place in range(*region) if report.text[place] == ILLEGIBLE]
    return tuple(_checked(cell, unsure, illegible, lines) for cell in cells)


def _lines(cells: Sequence[Cell], text: str) -> dict[str, tuple[int, int]]:
    """The line on which each row's values stand, for rows with any."""
    lines = {}
    for cell in cells:
        if cell.span is not None and cell.row not in lines:
            end = text.find("\n", cell.span.start)
            lines[cell.row] = text.rfind("\n", 0, cell.span.start) + 1, len(text) if end < 0 else end
    return lines


def _checked(
    cell: Cell, unsure: list[tuple[int, int]], illegible: list[int], lines: dict[str, tuple[int, int]]
) -> Cell:
    if cell.status == "absent":
        in_doubt = True
    elif cell.span is not None:
        in_doubt = any(start < cell.span.end and cell.span.start < end for start, end in unsure)
    else:
        first, last = lines.get(cell.row, (0, illegible[-1] + 1 if illegible else 0))
        in_doubt = cell.status == "blank" and any(first <= place < last for place in illegible)
    return replace(cell, value=None, status="unread", note=NOT_SURE) if in_doubt else cell

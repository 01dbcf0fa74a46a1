"""Cells of a scan that its engine is not sure of: they come out unread, as does what they may have hidden.

The recognition engine says how sure it is of every cell (``GridCell.confidence``). A figure below ``SURE`` is not
taken; a cell with ink that could not be read at all is no blank; a row that was not found may be one whose label
could not be read. Since an engine may be sure and wrong, the figures of a sum that fails are not taken either: what the
report got wrong and what the engine got wrong cannot be told apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extractor import form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.report import Cell, Report
    from extractor.tables.reading import TableReading

SURE = 0.8
TOLERANCE = 0.001
ILLEGIBLE = "〓"
FAILS = "read from a scan, and the form's sum of it fails"
NOT_SURE = "the scan is not clear enough to read it for certain"


def without_unsure(reading: TableReading, cells: Sequence[Cell], report: Report) -> tuple[Cell, ...]:
    """The cells of a table, those in doubt because of the scan ``unread``."""
    region = (reading.start, reading.end)
    seen = [c for grid in report.document.grids for c in grid.cells if c.confidence < 1.0]
    seen = [cell for cell in seen if region[0] <= cell.start < region[1]]
    if not seen:
        return tuple(cells)
    unsure = [(cell.start, cell.end) for cell in seen if cell.confidence < SURE]
    if unsure:
        lines = _lines(cells, report.text)
        illegible = [place for place in range(*region) if report.text[place] == ILLEGIBLE]
        cells = [_checked(cell, unsure, illegible, lines) for cell in cells]
    failing = _failing(reading, cells)
    return tuple(
        replace(cell, value=None, status="unread", note=FAILS)
        if (cell.row, cell.column) in failing and cell.status != "absent"
        else cell
        for cell in cells
    )


def _failing(reading: TableReading, cells: Sequence[Cell]) -> set[tuple[str, str]]:
    """Rows and columns of the figures in the form's sums that fail, blanks counting as nothing."""
    values = {
        (c.row, c.column): c.value or 0 for c in cells if c.status in ("number", "blank", "not_applicable", "absent")
    }
    failing: set[tuple[str, str]] = set()
    table = form.EDITIONS[reading.edition].tables[reading.table]
    rows, columns = dict.fromkeys(c.row for c in cells), dict.fromkeys(c.column for c in cells)
    for identity in table.identities:
        for other in rows if identity.sum_of == "columns" else columns:
            sides = [
                [(other, name) if identity.sum_of == "columns" else (name, other) for name in side]
                for side in (identity.left, identity.right)
            ]
            if all(key in values for side in sides for key in side):
                sums = [sum(values[key] for key in side) for side in sides]
                if abs(sums[0] - sums[1]) > TOLERANCE:
                    failing.update(key for side in sides for key in side)
    return failing


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
        hidden = (*illegible, *(start for start, end in unsure if start < end))
        in_doubt = cell.status == "blank" and any(first <= place < last for place in hidden)
    return replace(cell, value=None, status="unread", note=NOT_SURE) if in_doubt else cell

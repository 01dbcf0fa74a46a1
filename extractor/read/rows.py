"""Lines and tables as one text: a paragraph a line, a table's row a line with tabs between its columns.

Places that a spanning cell covers stay empty, so that columns stand under one another; the cell itself knows its
extent. Web pages, Word files, PDF and scans all write their tables by this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extractor.document import Grid, GridCell

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its place in a table, with its extent, its text on one line, and how sure the text is."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    confidence: float = 1.0


def lay_rows(cells: Sequence[Placed], width: int, start: int) -> tuple[list[str], Grid]:
    """The rows of a table as lines, and its grid when the first of them begins at ``start`` of the text."""
    by_row: dict[int, dict[int, Placed]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell
    height = max((cell.row + cell.rows for cell in cells), default=0)
    lines, placed, place = [], [], start
    for row in range(height):
        texts = []
        for column in range(width):
            found = by_row.get(row, {}).get(column)
            text = found.text if found else ""
            if found:
                end = place + len(text)
                placed.append(GridCell(row, column, found.rows, found.columns, place, end, found.confidence))
            texts.append(text)
            place += len(text) + 1
        lines.append("\t".join(texts))
    return lines, Grid(start, max(start, place - 1), tuple(placed))


@dataclass(slots=True)
class Lines:
    """A text under way; ``length`` counts each line with its break."""

    lines: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> None:
        """Add a line, unless it is empty."""
        if text:
            self.lines.append(text)
            self.length += len(text) + 1

    def add_table(self, cells: Sequence[Placed], width: int) -> None:
        """Add a table's rows and its grid."""
        if not cells:
            return
        rows, grid = lay_rows(cells, width, self.length)
        self.lines += rows
        self.length = grid.end + 1
        self.grids.append(grid)

    @property
    def text(self) -> str:
        """All lines, each with its break."""
        return "".join(f"{line}\n" for line in self.lines)

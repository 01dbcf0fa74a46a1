"""A ruled table with its cells' texts, as rows of text and as a grid; for PDF and scans alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractor.read.rows import Placed, lay_rows

if TYPE_CHECKING:
    from extractor.document import Grid
    from extractor.read.ruling import RuledCell, RuledTable


SHIFT = 4.0


def nearest(edges: tuple[float, ...], place: float) -> int:
    """The number of the edge next to a place."""
    return min(range(len(edges)), key=lambda number: abs(edges[number] - place))


def merge_edges(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[float, ...]:
    """The edges of two tables together; edges a few points apart are one."""
    merged: list[float] = []
    for edge in sorted((*first, *second)):
        if not merged or edge - merged[-1] > SHIFT:
            merged.append(edge)
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A table, the text and confidence of each of its cells in their order, and the edges of the columns that it is
    counted by where these are finer than its own; ``going_on`` are cells of the first row that end one above the page."""

    table: RuledTable
    texts: tuple[str, ...]
    confidences: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()
    going_on: frozenset[int] = frozenset()

    @property
    def sureness(self) -> tuple[float, ...]:
        """How sure each text is, whether or not that was said."""
        return self.confidences or (1.0,) * len(self.texts)

    @property
    def edges(self) -> tuple[float, ...]:
        """Where its columns begin and end, in points, as the page's lines would give them but for small shifts."""
        if self.columns:
            return self.columns
        found = sorted({cell.left for cell in self.table.cells} | {cell.right for cell in self.table.cells})
        return tuple(found)

    def stands_over(self, other: FilledTable) -> bool:
        """Whether both begin and end at the same places across the page."""
        mine, others = self.edges, other.edges
        return abs(mine[0] - others[0]) <= SHIFT and abs(mine[-1] - others[-1]) <= SHIFT

    def on_columns(self, edges: tuple[float, ...]) -> FilledTable:
        """The same cells counted by a finer set of columns."""
        cells = []
        for cell in self.table.cells:
            first, last = nearest(edges, cell.left), nearest(edges, cell.right)
            cells.append(replace(cell, column=first, columns=max(1, last - first)))
        return replace(self, table=replace(self.table, cells=tuple(cells)), columns=edges)

    def ordered(self) -> list[RuledCell]:
        """Its cells in the order in which their texts stand in the rows."""
        return sorted(self.table.cells, key=lambda cell: (cell.row, cell.column))

    def lay(self, start: int) -> tuple[list[str], Grid]:
        """Its rows as lines and its grid, where the first row begins at an offset of the text."""
        cells = [
            Placed(cell.row, cell.column, cell.rows, cell.columns, text, confidence)
            for cell, text, confidence in zip(self.table.cells, self.texts, self.sureness, strict=True)
        ]
        return lay_rows(cells, max(len(self.edges) - 1, *(cell.column + cell.columns for cell in cells)), start)

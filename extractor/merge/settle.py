"""Digits run together in part two, settled by the report's own prose where exactly one split fits.

Part two has no sums to split 8855698 by. Where the prose states how many documents were issued, repealed or are in
force, splits that say otherwise fall away; if one is left, its cells take their figures and name the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.report import Cell, Count, Table, Tables

DIGITS = re.compile(r"\d{2,18}$")
NOTE = "settled by the prose"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the prose says of a row: the column that the verb means, and the count."""

    row: str
    column: str
    count: Count


@dataclass(frozen=True, slots=True)
class Run:
    """Unread cells of one row that share one run of digits."""

    row: str
    columns: tuple[str, ...]
    digits: str

    def splits(self) -> Iterator[tuple[int, ...]]:
        """All ways to cut the digits into as many numbers as cells, none with a leading zero."""
        for cuts in combinations(range(1, len(self.digits)), len(self.columns) - 1):
            edges = (0, *cuts, len(self.digits))
            parts = [self.digits[a:b] for a, b in pairwise(edges)]
            if all(part == "0" or part[0] != "0" for part in parts):
                yield tuple(map(int, parts))

    def allows(self, column: str, value: float) -> bool:
        """Whether some split puts a value into a column; single digits prove nothing."""
        place = self.columns.index(column)
        return value >= 10 and any(split[place] == value for split in self.splits())


def runs(table: Table | None) -> tuple[Run, ...]:
    """The runs of digits that a table's cells were left unread for."""
    by_place: dict[tuple[str, int], list[Cell]] = {}
    for cell in table.cells if table else ():
        if cell.status == "unread" and cell.span and DIGITS.match(cell.raw):
            by_place.setdefault((cell.row, cell.span.start), []).append(cell)
    return tuple(
        Run(row, tuple(c.column for c in cells), cells[0].raw) for (row, _), cells in by_place.items() if len(cells) > 1
    )


def settle(tables: Tables, stated: Iterable[Stated]) -> Tables:
    """The tables with those runs split that the prose leaves one way for."""
    table = tables.proactive
    said = [s for s in stated if s.count.qualifier == "exact"]
    figures: dict[tuple[str, str], tuple[int, str]] = {}
    for run in runs(table):
        facts = [
            s for s in said if s.row == run.row and s.column in run.columns and run.allows(s.column, s.count.value)
        ]
        left = [
            split
            for split in run.splits()
            if all(split[run.columns.index(fact.column)] == fact.count.value for fact in facts)
        ]
        if facts and len(left) == 1:
            evidence = ", ".join(dict.fromkeys(fact.count.id for fact in facts))
            note = f"{NOTE} ({evidence})"
            figures |= {(run.row, column): (value, note) for column, value in zip(run.columns, left[0], strict=True)}
    if not figures or table is None:
        return tables
    cells = tuple(
        replace(cell, value=figures[cell.row, cell.column][0], status="number", note=figures[cell.row, cell.column][1])
        if cell.status == "unread" and (cell.row, cell.column) in figures
        else cell
        for cell in table.cells
    )
    return replace(tables, proactive=replace(table, cells=cells))

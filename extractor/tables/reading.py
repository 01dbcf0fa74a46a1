"""What the reading of one table yields: its rows with their values or the reason why not, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from extractor import form
from extractor.report import Cell
from extractor.tables.scan import Known
from extractor.tables.tokens import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from extractor.report import Report
    from extractor.tables.ink import Ink


@dataclass(slots=True)
class RowReading:
    """A row: a value or None (blank) a column where ``values`` is read; else ``reason``, with what was printed."""

    values: Sequence[Value | None] | None
    reason: str = ""
    printed: Sequence[Value] = ()
    at: int = 0
    not_integer: bool = False


@dataclass(slots=True)
class TableReading:
    """A table: its edition, its rows by code (those not printed are missing), the source range that it takes.

    ``doubtful`` are rows that may be printed although they were not found; ``elsewhere`` tells how many kinds of rows
    the text names outside the table.
    """

    table: str
    edition: str
    rows: Mapping[str, RowReading]
    start: int
    end: int
    doubtful: Collection[str] = ()
    elsewhere: int = 0

    @property
    def lacks_values(self) -> bool:
        """Whether a row has fewer values than cells."""
        widths = {row.code: len(row.columns) for row in form.EDITIONS[self.edition].tables[self.table].rows}
        return any(
            len(row.printed) < widths[code] if row.values is None else None in row.values
            for code, row in self.rows.items()
        )


@lru_cache(maxsize=16)
def known_words(table: str) -> Known:
    """The print of a table in all editions, for telling its labels from foreign words."""
    words: list[str] = []
    for edition in form.EDITIONS.values():
        printed = edition.tables.get(table)
        if printed is None:
            continue
        words += printed.furniture
        words += [word for head in printed.heads for word in (head.label, *head.also)]
        words += [word for row in printed.rows for word in (row.label, *row.also, row.group) if word]
    return Known(dict.fromkeys(words))


def cells_of(reading: TableReading, report: Report) -> tuple[Cell, ...]:
    """The cells in the form's order, with their spans in the source."""
    cells: list[Cell] = []
    printed = form.EDITIONS[reading.edition].tables[reading.table]
    for row in printed.rows:
        found = reading.rows.get(row.code)
        if found is None:
            status = "unread" if row.code in reading.doubtful else "absent"
            cells += [Cell(row.code, column, None, status, "", None) for column in row.columns]
        elif found.values is None:
            cells += _unread(row, found, report)
        else:
            cells += [_cell(row.code, c, v, report) for c, v in zip(row.columns, found.values, strict=True)]
    return tuple(cells)


def _unread(row: form.Row, found: RowReading, report: Report) -> list[Cell]:
    """Unread cells, all with the span of what is printed in the row."""
    span = report.span(found.printed[0].start, found.printed[-1].end) if found.printed else None
    raw = span.quote if span else ""
    return [Cell(row.code, column, None, "unread", raw, span, found.reason) for column in row.columns]


def _cell(row: str, column: str, value: Value | None, report: Report) -> Cell:
    if value is None:
        return Cell(row, column, None, "blank", "", None)
    span = report.span(value.start, value.end)
    note = None
    if value.unit in ("元", "亿元") and column == "amount_10k_yuan":
        note = f"printed in {value.unit}, where the form asks for 万元"
    return Cell(row, column, value.value, value.kind, span.quote, span, note)


def head_start(ink: Ink, start: int, floor: int, words: Known) -> int:
    """Where a table's heads begin: back from ``start`` over all runs that its words explain, not beyond ``floor`` or a
    full stop."""
    place = ink.han_place(start)
    least = ink.han_place(floor)
    begin = start
    while place > least:
        run_start, run = ink.run_before(place, least)
        if words.explains(run) and "。" not in ink.text[ink.source(place - 1) : begin]:
            begin = ink.source(run_start)
            place = run_start
            continue
        break
    while begin > floor and ink.text[begin - 1] in "(（ \t|":
        begin -= 1
    return begin

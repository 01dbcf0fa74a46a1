"""Comparing what a parser says with what was printed: right, honestly unread, or silently wrong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from extractor.report import Cell, CellAddress, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.composer.marks import Expected
    from tests.composer.truth import Truth

TABLES = ("proactive", "applications", "review_litigation", "statistics")


class Owed(Protocol):
    """What a print owes its judge; a composed text has regions, a composed file has none."""

    @property
    def truth(self) -> Truth: ...
    @property
    def expected(self) -> Mapping[CellAddress, Expected]: ...
    @property
    def doubtful(self) -> frozenset[CellAddress]: ...
    @property
    def regions(self) -> Mapping[str, tuple[int, int]]: ...


@dataclass(slots=True)
class Verdict:
    """What became of the cells of one report.

    ``undue`` are cells that came out ``unread`` though the print tells them; ``doubtful`` those it does not tell for
    certain; ``wrong`` a sentence a cell.
    """

    right: int = 0
    doubtful: list[CellAddress] = field(default_factory=list)
    undue: list[CellAddress] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


_NUMBER = re.compile(r"^(?:其中:)?(?:\(.\)|﹙.﹚|\d[.、]|[一二三四五六七]、)?")


def squash(label: str) -> str:
    """An annex's label in plain characters, without white space and number: what names the row."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", label) if not c.isspace())
    return _NUMBER.sub("", plain)


def judge(composed: Owed, tables: Tables, text: str) -> Verdict:
    """Every cell that was printed, and every cell that was not and came out all the same; spans refer to ``text``."""
    verdict = Verdict()
    found = {_key(table, cell): cell for table, cell in _cells(tables)}
    for address, expected in composed.expected.items():
        cell = found.pop(_expected_key(address), None)
        _judge_cell(composed, tables, text, address, expected, cell, verdict)
    for (table, row, column), cell in found.items():
        if cell.status == "unread":
            verdict.undue.append(CellAddress(table, row, column))
        elif cell.status != "absent":
            verdict.wrong.append(f"{table}.{row}.{column}: invented {cell.status} {cell.value} from {cell.raw!r}")
    if tables.proactive is not None and tables.proactive.edition != composed.truth.edition:
        verdict.wrong.append(f"edition {tables.proactive.edition} instead of {composed.truth.edition}")
    return verdict


def _cells(tables: Tables) -> Iterator[tuple[str, Cell]]:
    for name in TABLES:
        table: Table | None = getattr(tables, name)
        yield from ((name, cell) for cell in (table.cells if table else ()))


def _key(table: str, cell: Cell) -> tuple[str, str, str]:
    return (table, squash(cell.row) if table == "statistics" else cell.row, cell.column)


def _expected_key(address: CellAddress) -> tuple[str, str, str]:
    return (address.table, squash(address.row) if address.table == "statistics" else address.row, address.column)


def _judge_cell(
    composed: Owed,
    tables: Tables,
    text: str,
    address: CellAddress,
    expected: Expected,
    cell: Cell | None,
    verdict: Verdict,
) -> None:
    name = f"{address.table}.{address.row}.{address.column}"
    if cell is None:
        if expected.status == "absent":
            verdict.right += 1
        elif address in composed.doubtful and getattr(tables, address.table) is None:
            verdict.doubtful.append(address)  # the program says so in a finding: table.missing
        else:
            verdict.wrong.append(f"{name}: missing, printed {expected.status} {expected.value}")
    elif cell.status == "unread":
        (verdict.doubtful if address in composed.doubtful else verdict.undue).append(address)
    elif cell.status != expected.status or cell.value != expected.value:
        verdict.wrong.append(
            f"{name}: {cell.status} {cell.value} from {cell.raw!r}, printed {expected.status} {expected.value}"
        )
    elif fault := _span_fault(composed, text, address, cell):
        verdict.wrong.append(f"{name}: {fault}")
    else:
        verdict.right += 1


def _span_fault(composed: Owed, text: str, address: CellAddress, cell: Cell) -> str:
    """What is wrong with the place that a printed number is said to come from; empty where nothing is."""
    if cell.status != "number":
        return ""
    if cell.span is None:
        return "a number without a span"
    start, end = cell.span.start, cell.span.end
    if text[start:end] != cell.span.quote:
        return "the span's quote is not the text"
    region = composed.regions.get(address.table, (0, len(text)))
    if not (region[0] <= start and end <= region[1]):
        return f"the span {start}:{end} lies outside the table {region}"
    return ""

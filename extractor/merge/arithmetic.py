"""The sums of the form (勾稽关系) checked on what is printed; where one wrong cell explains it all, that cell is named.

A source error is claimed only where every cell of a sum was read: a number, or an empty or not-applicable cell, which
counts as nothing. An unread cell makes no claim, and neither does a blank total, which the form tolerates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from extractor import form
from extractor.report import CellAddress, Finding
from extractor.vocabulary import COLUMNS, ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extractor.report import Cell, Table, Tables

_EMPTY = ("blank", "not_applicable", "absent")
_TABLES = ("applications", "review_litigation")

Address = tuple[str, str]
Numbers: TypeAlias = "Mapping[Address, float]"


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum of the form on one table: ``left`` cells add up to ``right`` cells; ``along`` its row or column."""

    code: str
    along: str
    left: tuple[Address, ...]
    right: tuple[Address, ...]


def find_arithmetic(tables: Tables) -> tuple[Finding, ...]:
    """``arithmetic.flow``, ``.row``, ``.total`` and ``.review`` of all tables, one finding a sum that fails."""
    findings: list[Finding] = []
    for name in _TABLES:
        table: Table | None = getattr(tables, name)
        if table is not None:
            findings += _check(name, table)
    return tuple(findings)


def _check(name: str, table: Table) -> list[Finding]:
    cells = {(cell.row, cell.column): cell for cell in table.cells}
    numbers = {address: cell.value or 0 for address, cell in cells.items() if cell.status == "number"}
    unread = {address for address, cell in cells.items() if cell.status not in ("number", *_EMPTY)}
    checked = [found for found in _sums(name, table.edition) if _is_claimable(found, numbers, unread)]
    failing = [found for found in checked if _difference(found, numbers)]
    if not failing:
        return []
    holding = [found for found in checked if found not in failing]
    culprit = _culprit(failing, holding, numbers)
    return [_finding(name, found, cells, numbers, culprit) for found in failing]


@lru_cache(maxsize=16)
def _sums(name: str, edition: str) -> tuple[Sum, ...]:
    """All sums of a table, the form's identities written out over its rows and columns."""
    printed = form.EDITIONS.get(edition, form.EDITIONS["2021"]).tables.get(name)
    found: list[Sum] = []
    if printed is None:
        return ()
    for identity in printed.identities:
        if identity.sum_of == "columns":
            for row in printed.rows:
                left = tuple((row.code, column) for column in identity.left)
                found.append(Sum(identity.code, row.code, left, tuple((row.code, column) for column in identity.right)))
            continue
        for column in printed.rows[0].columns:
            left = tuple((row, column) for row in identity.left)
            found.append(Sum(identity.code, column, left, tuple((row, column) for row in identity.right)))
    return tuple(found)


def _is_claimable(found: Sum, numbers: Numbers, unread: set[Address]) -> bool:
    """Whether every cell was read, and something stands on the right side and on the left."""
    if unread and not (unread.isdisjoint(found.left) and unread.isdisjoint(found.right)):
        return False
    return not (numbers.keys().isdisjoint(found.left) or numbers.keys().isdisjoint(found.right))


def _difference(found: Sum, numbers: Numbers) -> float:
    """Left side less right side, 0 where the sum holds (amounts to a millionth)."""
    difference = _total(found.left, numbers) - _total(found.right, numbers)
    return 0 if abs(difference) < 1e-6 else difference


def _total(side: tuple[Address, ...], numbers: Numbers) -> float:
    return sum([numbers[address] for address in side if address in numbers])


def _wanted(address: Address, found: Sum, numbers: Numbers) -> float:
    """What a cell would have to be for a sum to hold."""
    difference, value = _difference(found, numbers), numbers.get(address, 0)
    return value - difference if address in found.left else value + difference


def _culprit(failing: Sequence[Sum], holding: Sequence[Sum], numbers: Numbers) -> tuple[Address, float] | None:
    """The one cell whose change makes every failing sum hold and breaks none that holds; None where none or several."""
    shared = set.intersection(*({*found.left, *found.right} for found in failing))
    fitting = []
    for address in sorted(shared):
        wanted = {_wanted(address, found, numbers) for found in failing}
        breaks = any(address in found.left or address in found.right for found in holding)
        if len(wanted) == 1 and min(wanted) >= 0 and not breaks:
            fitting.append((address, wanted.pop()))
    return fitting[0] if len(fitting) == 1 else None


def _finding(
    name: str, found: Sum, cells: Mapping[Address, Cell], numbers: Numbers, culprit: tuple[Address, float] | None
) -> Finding:
    members = [*found.left, *found.right]
    left, right = _total(found.left, numbers), _total(found.right, numbers)
    message = f"{_scope(found)}: the parts add up to {_plain(left)}, printed is {_plain(right)}"
    if found.code == "arithmetic.flow":
        message = (
            f"{_scope(found)}: new and carried over make {_plain(left)}, results and carried forward {_plain(right)}"
        )
    if culprit is not None:
        (row, column), wanted = culprit
        members = [(row, column), *(address for address in members if address != (row, column))]
        value = _plain(numbers.get((row, column), 0))
        message += (
            f"; one cell explains it: {_term(row)} × {_column(column)} is {value} and would have to be {_plain(wanted)}"
        )
    spans = tuple(
        cell.span for address in members if (cell := cells.get(address)) is not None and cell.span is not None
    )
    addresses = tuple(CellAddress(name, row, column) for row, column in members if (row, column) in cells)
    return Finding(found.code, "error", message, spans, addresses)


def _scope(found: Sum) -> str:
    return _term(found.along) if found.code in ("arithmetic.row", "arithmetic.review") else _column(found.along)


def _term(row: str) -> str:
    return ROWS[row].chinese if row in ROWS else row


def _column(column: str) -> str:
    return COLUMNS[column].chinese if column in COLUMNS else column


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)

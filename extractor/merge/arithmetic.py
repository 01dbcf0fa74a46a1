"""The sums of the form (勾稽关系) checked on what is printed; where one wrong cell explains it all, that cell is named.

A source error is claimed only where every cell of a sum was read: a number, or an empty or not-applicable cell, which
counts as nothing. An unread cell makes no claim, and neither does a blank total, which the form tolerates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor import form
from extractor.report import CellAddress, Finding
from extractor.vocabulary import COLUMNS, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from extractor.report import Cell, Table, Tables

_EMPTY = ("blank", "not_applicable", "absent")
_TABLES = ("applications", "review_litigation")

Address = tuple[str, str]


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
    checked = [found for found in _sums(name, table.edition) if _is_claimable(found, cells)]
    failing = [found for found in checked if _difference(found, cells)]
    if not failing:
        return []
    holding = [found for found in checked if not _difference(found, cells)]
    culprit = _culprit(failing, holding, cells)
    return [_finding(name, found, cells, culprit) for found in failing]


def _sums(name: str, edition: str) -> Iterable[Sum]:
    """All sums of a table, the form's identities written out over its rows and columns."""
    printed = form.EDITIONS.get(edition, form.EDITIONS["2021"]).tables.get(name)
    if printed is None:
        return
    for identity in printed.identities:
        if identity.sum_of == "columns":
            for row in printed.rows:
                left = tuple((row.code, column) for column in identity.left)
                yield Sum(identity.code, row.code, left, tuple((row.code, column) for column in identity.right))
            continue
        for column in printed.rows[0].columns:
            left = tuple((row, column) for row in identity.left)
            yield Sum(identity.code, column, left, tuple((row, column) for row in identity.right))


def _is_claimable(found: Sum, cells: Mapping[Address, Cell]) -> bool:
    """Whether every cell was read, and something stands on the right side and on the left."""
    members = [cells.get(address) for address in (*found.left, *found.right)]
    if any(cell is not None and cell.status not in ("number", *_EMPTY) for cell in members):
        return False
    return all(any(_is_number(cells.get(address)) for address in side) for side in (found.left, found.right)) and not (
        len(found.right) == 1 and not _is_number(cells.get(found.right[0]))
    )


def _is_number(cell: Cell | None) -> bool:
    return cell is not None and cell.status == "number"


def _value(address: Address, cells: Mapping[Address, Cell]) -> float:
    cell = cells.get(address)
    return cell.value if cell is not None and cell.status == "number" and cell.value is not None else 0


def _difference(found: Sum, cells: Mapping[Address, Cell]) -> float:
    """Left side less right side, 0 where the sum holds (amounts to a millionth)."""
    left = sum(_value(address, cells) for address in found.left)
    difference = left - sum(_value(address, cells) for address in found.right)
    return 0 if abs(difference) < 1e-6 else difference


def _wanted(address: Address, found: Sum, cells: Mapping[Address, Cell]) -> float:
    """What a cell would have to be for a sum to hold."""
    difference = _difference(found, cells)
    return _value(address, cells) - difference if address in found.left else _value(address, cells) + difference


def _culprit(
    failing: Sequence[Sum], holding: Sequence[Sum], cells: Mapping[Address, Cell]
) -> tuple[Address, float] | None:
    """The one cell whose change makes every failing sum hold and breaks none that holds; None where none or several."""
    shared = set.intersection(*({*found.left, *found.right} for found in failing))
    fitting = []
    for address in sorted(shared):
        wanted = {_wanted(address, found, cells) for found in failing}
        breaks = any(address in found.left or address in found.right for found in holding)
        if len(wanted) == 1 and min(wanted) >= 0 and not breaks:
            fitting.append((address, wanted.pop()))
    return fitting[0] if len(fitting) == 1 else None


def _finding(name: str, found: Sum, cells: Mapping[Address, Cell], culprit: tuple[Address, float] | None) -> Finding:
    members = [*found.left, *found.right]
    left = sum(_value(address, cells) for address in found.left)
    right = sum(_value(address, cells) for address in found.right)
    message = f"{_scope(found)}: the parts add up to {_plain(left)}, printed is {_plain(right)}"
    if found.code == "arithmetic.flow":
        message = (
            f"{_scope(found)}: new and carried over make {_plain(left)}, results and carried forward {_plain(right)}"
        )
    if culprit is not None:
        (row, column), wanted = culprit
        members = [(row, column), *(address for address in members if address != (row, column))]
        value = _plain(_value((row, column), cells))
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

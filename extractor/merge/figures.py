"""What the official cells hold against an indicator of the prose: which cells, their figure, and other readings.

The table of indicators and cells is the contract's. A figure is None when no cell of it was printed or one of them
could not be read; blank totals are summed from their row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extractor.report import CellAddress, Table, Tables

PRINTED = frozenset({"number", "blank", "not_applicable"})
RESULTS = ("refused", "unavailable", "not_processed", "other")
REQUEST_ROWS = {
    "applications_received": ("new",),
    "applications_carried_over": ("carried_over",),
    "applications_answered": ("total",),
    "applications_carried_forward": ("carried_forward",),
    "applications_granted": ("granted",),
    "applications_partial": ("partially_granted",),
    "applications_refused": ("refused.",),
    "applications_unavailable": ("unavailable.",),
    "applications_not_processed": ("not_processed.",),
    "applications_other": ("other",),
}
RESULT_COLUMNS = {"": "total", "_upheld": "upheld", "_corrected": "corrected", "_other": "other", "_pending": "pending"}
CASE_ROWS = {"reviews": ("review",), "litigations": ("litigation_direct", "litigation_after_review")}
DOCUMENT_COLUMNS = {
    "2021": {"issued": "issued", "repealed": "repealed", "in_force": "in_force"},
    "2019": {"issued": "made", "disclosed": "newly_disclosed", "in_force": "total_disclosed"},
}
COMPARABLE = (
    *REQUEST_ROWS,
    *(f"{case}{result}" for case in CASE_ROWS for result in RESULT_COLUMNS),
    "regulations",
    "normative_documents",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of some cells; ``value`` None where one of them is unread or none is printed."""

    value: float | int | None
    cells: tuple[CellAddress, ...]


def _figure(table: Table | None, name: str, chosen: Callable[[str, str], bool]) -> Figure:
    if table is None:
        return Figure(None, ())
    cells = [cell for cell in table.cells if chosen(cell.row, cell.column) and cell.status != "absent"]
    addresses = tuple(CellAddress(name, cell.row, cell.column) for cell in cells)
    if not cells or any(cell.status not in PRINTED for cell in cells):
        return Figure(None, addresses)
    return Figure(sum(cell.value or 0 for cell in cells), addresses)


def _totals(
    table: Table | None, name: str, rows: Callable[[str], bool], column: str, others: tuple[str, ...]
) -> Figure:
    """A column's cells of some rows; where a total is printed blank, the row's other columns instead."""
    if table is None:
        return Figure(None, ())
    blank = {cell.row for cell in table.cells if cell.column == column and cell.status == "blank" and rows(cell.row)}

    def chosen(row: str, cell_column: str) -> bool:
        return rows(row) and (cell_column in others if row in blank else cell_column == column)

    return _figure(table, name, chosen)


APPLICANTS = ("natural_person", "commercial", "research", "public_welfare", "legal_service", "other")
CASE_RESULTS = ("upheld", "corrected", "other", "pending")


def requests(tables: Tables, rows: tuple[str, ...], column: str = "total") -> Figure:
    """Request cells of rows (a name ending in a dot means all rows of that group; ``other`` its single row too)."""

    def chosen(row: str) -> bool:
        return any(
            row == name
            or (name.endswith(".") and row.startswith(name))
            or (name == "other" and row.startswith("other."))
            for name in rows
        )

    others = APPLICANTS if column == "total" else ()
    return _totals(tables.applications, "applications", chosen, column, others)


def cases(tables: Tables, rows: tuple[str, ...], column: str) -> Figure:
    """Cells of reviews or lawsuits, one column over rows."""
    others = CASE_RESULTS if column == "total" else ()
    return _totals(tables.review_litigation, "review_litigation", lambda row: row in rows, column, others)


def documents(tables: Tables, row: str, sense: str) -> Figure:
    """A cell of rules or normative documents by the verb's sense: issued, repealed, disclosed or in_force."""
    table = tables.proactive
    column = DOCUMENT_COLUMNS.get(table.edition, {}).get(sense) if table else None
    return _figure(table, "proactive", lambda r, c: r == row and c == column) if column else Figure(None, ())


def figure_of(tables: Tables, indicator: str, column: str = "total", sense: str = "issued") -> Figure:
    """The cells that the contract sets against an indicator."""
    if indicator in REQUEST_ROWS:
        return requests(tables, REQUEST_ROWS[indicator], column)
    if indicator in ("regulations", "normative_documents"):
        return documents(tables, indicator, sense)
    case, _, result = indicator.partition("_")
    return cases(tables, CASE_ROWS[case], RESULT_COLUMNS[f"_{result}" if result else ""])

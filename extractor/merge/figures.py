"""What the official cells hold against an indicator of the prose: which cells, their figure, and other readings.

The table of indicators and cells is the contract's. A figure is None when no cell of it was printed or one of them
could not be read; blank totals are summed from their row. The cells are indexed once a report, since every count of
the prose asks for several sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.report import CellAddress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.report import Cell, Tables

PRINTED = frozenset({"number", "blank", "not_applicable"})
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
WHOLES = frozenset({"applications_received", "applications_answered", "reviews", "litigations"})
DOCUMENTS = ("regulations", "normative_documents")
COMPARABLE = (*REQUEST_ROWS, *(f"{case}{result}" for case in CASE_ROWS for result in RESULT_COLUMNS), *DOCUMENTS)
ORGANISATIONS = ("commercial", "research", "public_welfare", "legal_service", "other")
SUMMED = {"total": ("natural_person", *ORGANISATIONS), "organisations": ORGANISATIONS}
CASE_RESULTS = ("upheld", "corrected", "other", "pending")


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of some cells; ``value`` None where one of them is unread or none is printed."""

    value: float | int | None
    cells: tuple[CellAddress, ...]


class Figures:
    """The sums that a report's official cells make."""

    def __init__(self, tables: Tables) -> None:
        self.edition = tables.proactive.edition if tables.proactive else None
        self._rows: dict[str, dict[str, dict[str, Cell]]] = {}
        for name in ("proactive", "applications", "review_litigation"):
            table = getattr(tables, name)
            rows = self._rows.setdefault(name, {})
            for cell in table.cells if table else ():
                if cell.status != "absent":
                    rows.setdefault(cell.row, {})[cell.column] = cell

    def requests(self, rows: tuple[str, ...], column: str = "total") -> Figure:
        """Request cells of rows; a name ending in a dot means all rows of that group, ``other`` also its three rows.

        ``organisations`` is no printed column: it is the five of 法人或其他组织 together.
        """
        printed = self._rows["applications"]
        groups = tuple("other." if name == "other" else name for name in rows if name == "other" or name[-1] == ".")
        chosen = [row for row in printed if row in rows or row.startswith(groups)] if groups else rows
        return self._sum("applications", chosen, column, SUMMED.get(column, ()))

    def cases(self, rows: tuple[str, ...], column: str) -> Figure:
        """Cells of reviews or lawsuits, one column over rows."""
        return self._sum("review_litigation", rows, column, CASE_RESULTS if column == "total" else ())

    def documents(self, row: str, sense: str) -> Figure:
        """A cell of rules or normative documents by the verb's sense: issued, repealed, disclosed or in_force."""
        column = DOCUMENT_COLUMNS.get(self.edition or "", {}).get(sense)
        return self._sum("proactive", (row,), column, ()) if column else Figure(None, ())

    def of(self, indicator: str, column: str = "total", sense: str = "issued") -> Figure:
        """The cells that the contract sets against an indicator."""
        if indicator in REQUEST_ROWS:
            return self.requests(REQUEST_ROWS[indicator], column)
        if indicator in DOCUMENTS:
            return self.documents(indicator, sense)
        case, _, result = indicator.partition("_")
        return self.cases(CASE_ROWS[case], RESULT_COLUMNS[f"_{result}" if result else ""])

    def _sum(self, table: str, rows: Iterable[str], column: str, others: tuple[str, ...]) -> Figure:
        """A column's cells of some rows; where one is blank or not printed, the row's ``others`` instead."""
        printed = self._rows[table]
        cells: list[Cell] = []
        for row in rows:
            by_column = printed.get(row, {})
            cell = by_column.get(column)
            if others and (cell is None or cell.status == "blank"):
                cells += (by_column[name] for name in others if name in by_column)
            elif cell is not None:
                cells.append(cell)
        addresses = tuple(CellAddress(table, cell.row, cell.column) for cell in cells)
        if not cells or any(cell.status not in PRINTED for cell in cells):
            return Figure(None, addresses)
        return Figure(sum(cell.value or 0 for cell in cells), addresses)

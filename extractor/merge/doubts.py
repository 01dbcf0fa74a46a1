"""What is in doubt about the official tables: those missing, cells not read and why, amounts in another unit.

Said here and not where the tables are read, since the prose may still settle digits that run together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.report import CellAddress, Finding
from extractor.vocabulary import TABLES

if TYPE_CHECKING:
    from extractor.report import Cell, Report, Table

_OFFICIAL = ("proactive", "applications", "review_litigation")
_NOT_CHINESE = re.compile("[^\u3400-\u9fff]+")
_FORM_WORDS = ("收到和处理政府信息公开申请", "本年制发件数", "本年新制作数量", "国办公开办函")


def find_doubts(report: Report) -> tuple[Finding, ...]:
    """``table.missing``, ``table.unread`` and ``table.unit``, in the tables' order."""
    findings: list[Finding] = []
    present = {name: getattr(report.tables, name) for name in (*_OFFICIAL, "statistics")}
    severity = _severity(report)
    for name in _OFFICIAL:
        if present[name] is None and (severity == "question" or report.tables.statistics is None):
            message = f"the table of {TABLES[name].chinese} was not found"
            findings.append(Finding("table.missing", severity, message))
    for name, table in present.items():
        if table is not None:
            findings += _unread(name, table, severity)
            findings += _units(name, table)
    return tuple(findings)


def _severity(report: Report) -> str:
    """Questions where the form asks for the tables (editions 2019 and 2021), notes before."""
    tables = report.tables
    if tables.proactive or tables.applications or tables.review_litigation:
        return "question"
    words = _NOT_CHINESE.sub("", report.text)
    return "question" if tables.statistics is None and any(word in words for word in _FORM_WORDS) else "note"


def _unread(name: str, table: Table, severity: str) -> list[Finding]:
    """One finding a reason, with all its cells."""
    by_reason: dict[str, list[Cell]] = {}
    for cell in table.cells:
        if cell.status == "unread":
            by_reason.setdefault(cell.note or "its label was not found", []).append(cell)
    findings = []
    for reason, cells in by_reason.items():
        spans = tuple(dict.fromkeys(cell.span for cell in cells if cell.span is not None))
        addresses = tuple(CellAddress(name, cell.row, cell.column) for cell in cells)
        message = f"{len(cells)} cells of {TABLES[name].chinese} were left unread: {reason}"
        findings.append(Finding("table.unread", severity, message, spans, addresses))
    return findings


def _units(name: str, table: Table) -> list[Finding]:
    return [
        Finding(
            "table.unit",
            "note",
            "the amount is printed with another unit than the form's 万元; its figure is kept as printed",
            (cell.span,) if cell.span else (),
            (CellAddress(name, cell.row, cell.column),),
        )
        for cell in table.cells
        if cell.status == "number" and cell.note and cell.note.startswith("printed in")
    ]

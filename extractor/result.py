"""A finished report as the contract's plain result: dictionaries, lists, numbers and text, in a fixed order."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from extractor.vocabulary import SCHEMA

if TYPE_CHECKING:
    from extractor.report import Report, Tables

TABLE_NAMES = ("proactive", "applications", "review_litigation", "statistics")


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries in field order, tuples as lists, the rest as it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def _tables(tables: Tables) -> dict[str, Any]:
    return {name: plain(getattr(tables, name)) for name in TABLE_NAMES}


def result_of(report: Report, *, with_text: bool) -> dict[str, Any]:
    """The contract's part A for a finished report."""
    result: dict[str, Any] = {"schema": SCHEMA, "source": plain(report.document.source)}
    if with_text:
        result["text"] = report.text
    result |= {
        "meta": plain(report.meta),
        "sections": plain(report.sections),
        "tables": _tables(report.settled or report.tables),
        "facts": {
            name: plain(getattr(report, name))
            for name in ("channels", "counts", "problems", "improvements", "practices", "references")
        },
        "ledger": plain(report.ledger),
        "indicators": plain(report.indicators),
        "findings": plain(report.findings),
        "provenance": plain(report.provenance),
    }
    return result

"""A finished report as the contract's plain result: dictionaries, lists, numbers and text, in a fixed order."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import orjson

from extractor.vocabulary import SCHEMA

if TYPE_CHECKING:
    from extractor.report import Report

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


def members(report: Report, *, with_text: bool) -> dict[str, Any]:
    """The contract's part A for a finished report, its parts still what the steps made."""
    tables = report.settled or report.tables
    return {
        "schema": SCHEMA,
        "source": report.document.source,
        **({"text": report.text} if with_text else {}),
        "meta": report.meta,
        "sections": report.sections,
        "tables": {name: getattr(tables, name) for name in TABLE_NAMES},
        "facts": {
            name: getattr(report, name)
            for name in ("channels", "counts", "problems", "improvements", "practices", "references")
        },
        "ledger": report.ledger,
        "indicators": report.indicators,
        "findings": report.findings,
        "provenance": report.provenance,
    }


def result_of(report: Report, *, with_text: bool) -> dict[str, Any]:
    """The contract's part A for a finished report."""
    result: dict[str, Any] = plain(members(report, with_text=with_text))
    return result


def json_of(report: Report, *, with_text: bool) -> bytes:
    """The same as JSON, written from the parts themselves: six times as quick as by way of dictionaries."""
    return written(members(report, with_text=with_text))


def written(result: dict[str, Any], *, indented: bool = False) -> bytes:
    """A result as JSON. A number may have more digits than 64 bits hold, which the quick writer refuses."""
    try:
        return orjson.dumps(result, option=orjson.OPT_INDENT_2 if indented else None)
    except orjson.JSONEncodeError:
        parts = None if indented else (",", ":")
        return json.dumps(plain(result), ensure_ascii=False, indent=2 if indented else None, separators=parts).encode()

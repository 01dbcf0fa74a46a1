"""The official form (政府信息公开工作年度报告格式) as data: editions, their tables, rows, columns and sums.

``rules/editions.toml`` holds it, because the form changes by document and the program should not: a new edition is an
entry there. Everything that knows a printed label or a sum of the form asks here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row: ``label`` its characters without punctuation, ``marker`` its printed number (（一）, 1.),
    ``group`` the merged cell before it, ``also`` other wordings, ``columns`` the codes of its cells in order."""

    code: str
    label: str
    marker: str
    group: str
    also: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def ordinal(self) -> str:
        """The digit of a marker such as 2., empty for the others."""
        return self.marker.rstrip(".") if self.marker[:1].isdigit() else ""


@dataclass(frozen=True, slots=True)
class Head:
    """A printed column head."""

    code: str
    label: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum of the form (勾稽关系): the cells ``left`` add up to the cells ``right``.

    ``sum_of`` ``rows``: over rows, in each column; ``columns``: over columns, in each row.
    """

    code: str
    sum_of: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table of one edition; ``furniture`` is further print of it (groups, article numbers, notes)."""

    table: str
    rows: tuple[Row, ...]
    heads: tuple[Head, ...]
    furniture: tuple[str, ...]
    identities: tuple[Identity, ...]

    def row(self, code: str) -> Row:
        """The row of a code; ``KeyError`` where the edition does not print it."""
        for row in self.rows:
            if row.code == code:
                return row
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the form; ``document`` is the number of the document that set it."""

    code: str
    document: str
    tables: Mapping[str, TableForm]


def columns(edition: str, table: str, row: str) -> tuple[str, ...]:
    """The column codes of a row, in print order; ``KeyError`` for what the edition does not print."""
    return EDITIONS[edition].tables[table].row(row).columns


def _load() -> dict[str, Edition]:
    raw = tomllib.loads(resources.files("extractor").joinpath("rules", "editions.toml").read_text("utf-8"))
    tables = {name: _table(name, raw) for name in raw["tables"]}
    editions = {}
    for code, entry in raw["editions"].items():
        names = {table: name for table, name in entry.items() if table != "document"}
        printed = MappingProxyType({table: tables[name] for table, name in names.items()})
        editions[code] = Edition(code, entry["document"], printed)
    return editions


def _table(name: str, raw: dict[str, Any]) -> TableForm:
    entry = dict(raw["tables"][name])
    replaced: dict[str, str] = entry.get("replace_rows", {})
    if "like" in entry:
        entry = {**raw["tables"][entry["like"]], **entry}
    rows = _replace(entry["rows"], replaced)
    shared = tuple(entry.get("columns", ()))
    cells = {code: tuple(entry["rows"][code]) if isinstance(entry["rows"], dict) else shared for code in rows}
    heads = ((code, raw["heads"][code]) for code in entry["heads"])
    return TableForm(
        table=entry["table"],
        rows=tuple(_row(code, raw["rows"][code], cells[code]) for code in rows),
        heads=tuple(Head(code, head["label"], tuple(head.get("also", ()))) for code, head in heads),
        furniture=tuple(entry["furniture"]),
        identities=tuple(_identity(sum_, rows) for sum_ in entry.get("identities", ())),
    )


def _replace(rows: Iterable[str], replaced: Mapping[str, str]) -> list[str]:
    """Row codes with those of a family (``other.*``) replaced by one code in their place."""
    result: list[str] = []
    for row in rows:
        code = next((new for family, new in replaced.items() if row.startswith(family.rstrip("*"))), row)
        if code not in result:
            result.append(code)
    return result


def _row(code: str, entry: Mapping[str, Any], cells: tuple[str, ...]) -> Row:
    also = tuple(entry.get("also", ()))
    return Row(code, entry["label"], entry.get("marker", ""), entry.get("group", ""), also, cells)


def _identity(entry: Mapping[str, Any], rows: Iterable[str]) -> Identity:
    return Identity(
        code=entry["code"],
        sum_of=entry["sum_of"],
        left=_members(entry["left"], rows),
        right=_members(entry["right"], rows),
    )


def _members(names: Iterable[str], rows: Iterable[str]) -> tuple[str, ...]:
    """Codes with families (``refused.*``) written out; the one row ``other`` stands for its family."""
    result: list[str] = []
    for name in names:
        stem = name.removesuffix(".*")
        family = [row for row in rows if row.startswith(stem + ".") or row == stem]
        result += family if name.endswith(".*") else [name]
    return tuple(result)


EDITIONS: Mapping[str, Edition] = MappingProxyType(_load())

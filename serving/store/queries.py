"""Questions to the kept corpus: lists with filters and cursors, and grouped counts over current results."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import column, exists, func, select, table

from serving.problems import ParameterError
from serving.store.documents import SUMMARY, storable, summary
from serving.store.tables import channels, documents, findings, indicators, items, results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

    from serving.store.database import Database

PLAIN = ("agency", "agency_type", "level", "edition", "year")
ESCAPE = "\\"
TRIGRAM = 3
TRIGRAMS = table("results_text", column("rowid"), column("results_text"))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents; None asks for nothing.

    ``agency``, ``region`` and ``text`` match parts, Latin letters of either case; the others match whole codes.
    """

    agency: str | None = None
    agency_type: str | None = None
    level: str | None = None
    region: str | None = None
    edition: str | None = None
    year: int | None = None
    theme: str | None = None
    finding: str | None = None
    text: str | None = None

    def conditions(self, *, has_text_table: bool) -> list[ColumnElement[bool]]:
        """The filter as conditions on ``results``; the table of trigrams finds texts where they have at least three."""
        asked = {field.name: getattr(self, field.name) for field in fields(self)}
        made: list[ColumnElement[bool]] = []
        for name in ("agency_type", "level", "edition", "year"):
            if asked[name] is not None:
                made.append(results.c[name] == asked[name])
        for name in ("agency", "region", "text"):
            if asked[name]:
                made.append(results.c[name].ilike(f"%{_literal(asked[name])}%", escape=ESCAPE))
        if has_text_table and len(self.text or "") >= TRIGRAM:
            quoted = '"' + storable(self.text or "").replace('"', '""') + '"'
            made.append(results.c.id.in_(select(TRIGRAMS.c.rowid).where(TRIGRAMS.c.results_text.match(quoted))))
        if self.theme is not None:
            one = items.alias()
            made.append(exists().where(one.c.result == results.c.id, one.c.theme == self.theme).correlate(results))
        if self.finding is not None:
            one = findings.alias()
            made.append(exists().where(one.c.result == results.c.id, one.c.code == self.finding).correlate(results))
        return made


def _literal(part: str) -> str:
    """A part to look for, with LIKE's own signs taken literally, and no NUL, which no text of the store holds."""
    for sign in (ESCAPE, "%", "_"):
        part = part.replace(sign, ESCAPE + sign)
    return storable(part)


class Queries:
    """Questions to a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def page(self, asked: Filter, *, cursor: str | None, limit: int) -> dict[str, Any]:
        """Documents that match, the newest first, and the cursor of the next page. Errors: ``ParameterError``."""
        query = (
            select(*SUMMARY)
            .join(results, documents.c.result == results.c.id)
            .where(*asked.conditions(has_text_table=self.database.has_text_table))
        )
        if cursor is not None:
            query = query.where(documents.c.number < read_cursor(cursor))
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(documents.c.number.desc()).limit(limit + 1)).all()
        more = len(rows) > limit
        shown = rows[:limit]
        return {"documents": [summary(row) for row in shown], "next": make_cursor(shown[-1].number) if more else None}

    def themes(self, asked: Filter, kind: str | None, by: str | None) -> list[dict[str, Any]]:
        """How many items have each theme first, and in how many documents."""
        extra = [] if kind is None else [items.c.kind == kind]
        return self._grouped(items, (items.c.kind, items.c.theme), asked, by, extra)

    def channels(self, asked: Filter, by: str | None) -> list[dict[str, Any]]:
        """How many entries each type and status of channel has, and in how many documents."""
        return self._grouped(channels, (channels.c.type, channels.c.status), asked, by)

    def indicators(self, asked: Filter, by: str | None) -> list[dict[str, Any]]:
        """How prose and tables stand to each other, and the sum of the tables' figures."""
        total = func.sum(indicators.c.value).label("value")
        return self._grouped(indicators, (indicators.c.code, indicators.c.relation), asked, by, more=(total,))

    def _grouped(
        self, facts: Any, groups: Sequence[Any], asked: Filter, by: str | None,
        extra: Sequence[ColumnElement[bool]] = (), more: Sequence[Any] = (),
    ) -> list[dict[str, Any]]:  # fmt: skip
        keys = [*groups, *([] if by is None else [results.c[by].label(by)])]
        counted = (func.count().label("count"), func.count(results.c.document.distinct()).label("documents"))
        query: Select[Any] = (
            select(*keys, *counted, *more)
            .select_from(facts)
            .join(results, facts.c.result == results.c.id)
            .join(documents, documents.c.result == results.c.id)
            .where(*asked.conditions(has_text_table=self.database.has_text_table), *extra)
            .group_by(*keys)
            .order_by(*keys)
        )
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def make_cursor(number: int) -> str:
    """Where a page ended, as a word without meaning to others."""
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """The number in a cursor. Errors: ``ParameterError``."""
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if told[:1] == "n" and told[1:].isdecimal() and len(told) < 16:
            return int(told[1:])
    except (binascii.Error, UnicodeError, ValueError):
        pass
    raise ParameterError("the cursor cannot be used", where="query.cursor", allowed="the `next` of a page before")

"""Kept documents and their results: in, out, listed, removed.

The same bytes are the same document, whatever their name. A result is kept once for each engine (program, model and
lexicon) that made it; the newest one that was kept is the document's current one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from serving.store.database import now
from serving.store.tables import FACTS, channels, documents, findings, indicators, items, results, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row, Table

    from serving.store.database import Database

SHORT = 16
SUMMARY = (
    documents.c.number, documents.c.sha256, documents.c.name, documents.c.media_type, documents.c.bytes,
    documents.c.added_at, results.c.engine, results.c.made_at, results.c.title, results.c.agency,
    results.c.agency_type, results.c.level, results.c.region, results.c.year, results.c.edition,
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A document as it came, its bytes and what was said about them."""

    body: bytes
    name: str | None
    media_type: str | None

    @cached_property
    def sha256(self) -> str:
        """The bytes' own name, reckoned once: of a large file it takes a tenth of a second."""
        return hashlib.sha256(self.body).hexdigest()


def engine_of(provenance: Mapping[str, str]) -> str:
    """A short name for program, model and lexicon together."""
    return hashlib.sha256(orjson.dumps(dict(provenance), option=orjson.OPT_SORT_KEYS)).hexdigest()[:SHORT]


def mark_of(finding: Mapping[str, Any]) -> str:
    """What a finding is about, the same after re-extraction: its code, quotes and cells, not its wording or place."""
    quotes = [span["quote"] for span in finding["spans"]]
    cells = [[cell["table"], cell["row"], cell["column"]] for cell in finding["cells"]]
    return hashlib.sha256(orjson.dumps([finding["code"], quotes, cells])).hexdigest()[:SHORT]


class Documents:
    """The kept documents of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find(self, sha256: str) -> dict[str, Any] | None:
        """A document's summary with its current result's meta, None where it is not kept."""
        with self.database.reading() as connection:
            return _find(connection, sha256)

    def keep(self, given: Given, result: bytes) -> tuple[dict[str, Any], bool]:
        """Keep a document with a result; whether the document is new. Keeping either again changes nothing."""
        with self.database.writing() as connection:
            row = {
                "sha256": given.sha256, "name": given.name, "media_type": given.media_type, "bytes": len(given.body),
                "added_at": now(), "original": given.body,
            }  # fmt: skip
            is_new = _insert_new(connection, documents, row, "sha256")
            number = connection.execute(
                select(documents.c.number).where(documents.c.sha256 == row["sha256"])
            ).scalar_one()
            keep_result(connection, number, orjson.loads(result))
            found = _find(connection, given.sha256)
        assert found is not None
        return found, is_new

    def report(self, sha256: str, engine: str | None = None) -> tuple[str, bytes] | None:
        """(engine, result as JSON) of the current result, or of a certain engine's."""
        query = select(results.c.engine, results.c.result).join(documents, documents.c.number == results.c.document)
        query = query.where(documents.c.sha256 == sha256)
        query = query.where(results.c.engine == engine if engine else documents.c.result == results.c.id)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.engine, row.result.encode())

    def versions(self, sha256: str) -> list[dict[str, Any]]:
        """Every result that was kept of a document, the newest first."""
        query = (
            select(results.c.engine, results.c.made_at, (documents.c.result == results.c.id).label("is_current"))
            .join(documents, documents.c.number == results.c.document)
            .where(documents.c.sha256 == sha256)
            .order_by(results.c.id.desc())
        )
        with self.database.reading() as connection:
            return [{**row, "is_current": bool(row["is_current"])} for row in connection.execute(query).mappings()]

    def original(self, sha256: str) -> Given | None:
        """The document as it came."""
        query = select(documents.c.original, documents.c.name, documents.c.media_type).where(
            documents.c.sha256 == sha256
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Given(bytes(row.original), row.name, row.media_type)

    def remove(self, sha256: str) -> bool:
        """Remove a document with its results and verdicts; whether it was there."""
        with self.database.writing() as connection:
            number = connection.execute(select(documents.c.number).where(documents.c.sha256 == sha256)).scalar()
            if number is None:
                return False
            of_document = select(results.c.id).where(results.c.document == number)
            for table in FACTS:
                connection.execute(delete(table).where(table.c.result.in_(of_document)))
            for table in (results, verdicts):
                connection.execute(delete(table).where(table.c.document == number))
            connection.execute(delete(documents).where(documents.c.number == number))
        return True

    def made_otherwise(self, engine: str, after: int, limit: int = 20) -> list[tuple[int, str]]:
        """(number, sha256) of documents whose current result another engine made, in order."""
        query = (
            select(documents.c.number, documents.c.sha256)
            .join(results, documents.c.result == results.c.id)
            .where(results.c.engine != engine, documents.c.number > after)
            .order_by(documents.c.number)
            .limit(limit)
        )
        with self.database.reading() as connection:
            return [(row.number, row.sha256) for row in connection.execute(query)]

    def size(self) -> int:
        """How many documents are kept."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(documents)).scalar_one()


def keep_result(connection: Connection, number: int, result: Mapping[str, Any]) -> None:
    """Keep a result and make it current; one that this engine made before only becomes current again."""
    engine, meta = engine_of(result["provenance"]), result["meta"]
    row = {
        "document": number, "engine": engine, "made_at": now(), "title": meta["title"], "agency": meta["agency"],
        "agency_type": meta["agency_type"], "level": meta["level"], "region": "/".join(meta["region"]),
        "year": meta["year"], "edition": meta["edition"], "text": storable(result["text"]),
        "result": orjson.dumps(result).decode(),
    }  # fmt: skip
    is_new = _insert_new(connection, results, row, "document", "engine")
    same = select(results.c.id).where(results.c.document == number, results.c.engine == engine)
    key = connection.execute(same).scalar_one()
    connection.execute(update(documents).where(documents.c.number == number).values(result=key))
    if is_new:
        _keep_facts(connection, key, result)


def _keep_facts(connection: Connection, key: int, result: Mapping[str, Any]) -> None:
    facts = result["facts"]
    rows: dict[Table, list[dict[str, Any]]] = {
        items: [_item(kind, entry) for kind in ("problems", "improvements") for entry in facts[kind]],
        channels: [{part: entry[part] for part in ("type", "name", "status")} for entry in facts["channels"]],
        indicators: [{part: entry[part] for part in ("code", "relation", "value")} for entry in result["indicators"]],
        findings: [
            {**{part: entry[part] for part in ("code", "severity", "message")}, "mark": mark_of(entry)}
            for entry in result["findings"]
        ],
    }
    for table, entries in rows.items():
        if entries:
            connection.execute(insert(table), [{"result": key, **entry} for entry in entries])


def _item(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    first = entry["themes"][0] if entry["themes"] else {"code": None, "probability": None}
    return {
        "kind": kind, "ordinal": entry["ordinal"], "theme": first["code"], "probability": first["probability"],
        "abstained": entry["abstained"], "decided_by": entry["decided_by"], "quote": storable(entry["span"]["quote"]),
    }  # fmt: skip


def storable(text: str) -> str:
    """PostgreSQL's text holds no NUL; the result's JSON keeps it escaped."""
    return text.replace("\x00", "\ufffd")


def _insert_new(connection: Connection, table: Table, row: Mapping[str, Any], *unique: str) -> bool:
    """Insert unless a row with the same key is there; whether it was inserted."""
    statement: Any
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to load, and seldom needed

        statement = postgresql.insert(table)
    else:
        statement = sqlite.insert(table)
    key = next(iter(table.primary_key.columns))
    made = statement.values(**row).on_conflict_do_nothing(index_elements=list(unique)).returning(key)
    return connection.execute(made).first() is not None


def _find(connection: Connection, sha256: str) -> dict[str, Any] | None:
    query = select(*SUMMARY).join(results, documents.c.result == results.c.id).where(documents.c.sha256 == sha256)
    row = connection.execute(query).first()
    return None if row is None else summary(row)


def summary(row: Row[Any]) -> dict[str, Any]:
    """A document's line in lists."""
    told = {str(name): value for name, value in row._mapping.items()}
    del told["number"]
    told["region"] = [place for place in (told["region"] or "").split("/") if place]
    links = {part: f"/v1/documents/{row.sha256}/{part}" for part in ("report", "evidence", "original")}
    return {**told, "links": links}

"""The store's tables. Whole results are kept as JSON text; beside them the few columns that lists and counts ask for.

Times are ISO text in UTC, so that any tool that opens the file reads them. A document's ``result`` names its current
result; older ones stay, each with the program, model and lexicon (together its ``engine``) that made it. Verdicts hang
on the document and a finding's ``mark``, not on a result, so that they outlive re-extraction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

documents = Table(
    "documents", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", Text),
    Column("media_type", Text),
    Column("bytes", Integer, nullable=False),
    Column("added_at", String(32), nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("result", Integer, index=True),
)  # fmt: skip

results = Table(
    "results", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document", Integer, ForeignKey("documents.number"), nullable=False),
    Column("engine", String(16), nullable=False, index=True),
    Column("made_at", String(32), nullable=False),
    Column("title", Text),
    Column("agency", Text, index=True),
    Column("agency_type", String(32), index=True),
    Column("level", String(16), index=True),
    Column("region", Text),
    Column("year", Integer, index=True),
    Column("edition", String(16)),
    Column("text", Text, nullable=False),
    Column("result", Text, nullable=False),
    UniqueConstraint("document", "engine", name="one_result_an_engine"),
)  # fmt: skip


def _of_result(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name, metadata,
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("result", Integer, ForeignKey("results.id"), nullable=False, index=True),
        *columns,
    )  # fmt: skip


items = _of_result(
    "items",
    Column("kind", String(16), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("theme", String(32), index=True),
    Column("probability", Float),
    Column("abstained", String(16)),
    Column("decided_by", String(16)),
    Column("quote", Text, nullable=False),
)
channels = _of_result(
    "channels",
    Column("type", String(32), nullable=False, index=True),
    Column("name", Text),
    Column("status", String(16), nullable=False),
)
indicators = _of_result(
    "indicators",
    Column("code", String(48), nullable=False, index=True),
    Column("relation", String(16), nullable=False),
    Column("value", Float),
)
findings = _of_result(
    "findings",
    Column("code", String(32), nullable=False, index=True),
    Column("severity", String(16), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("message", Text, nullable=False),
)
FACTS = (items, channels, indicators, findings)

verdicts = Table(
    "verdicts", metadata,
    Column("document", Integer, ForeignKey("documents.number"), primary_key=True),
    Column("mark", String(16), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("note", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
)  # fmt: skip

keys = Table(
    "keys", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("action", String(48), nullable=False),
    Column("subject", Text, nullable=False),
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(16), nullable=False, server_default="documents"),
    Column("state", String(16), nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ended_at", String(32)),
)  # fmt: skip

job_items = Table(
    "job_items", metadata,
    Column("job", String(16), ForeignKey("jobs.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("name", Text),
    Column("media_type", Text),
    Column("body", LargeBinary),
    Column("path", Text),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("answer", Text),
    Index("job_items_by_state", "job", "state", "ordinal"),
)  # fmt: skip

labels = Table(
    "labels", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("mark", String(64), nullable=False, unique=True),
    Column("schema", String(32), nullable=False, index=True),
    Column("coder", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("added_at", String(32), nullable=False),
)  # fmt: skip

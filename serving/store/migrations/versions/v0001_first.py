"""The first schema: documents, results with their facts, verdicts, keys, audit, jobs.

Written out rather than taken from ``tables``, because a migration must stay what it was when the tables move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _text(name: str, size: int | None = None, *, empty: bool = True, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size) if size else sa.Text, nullable=empty, unique=unique)


def _facts(name: str, *columns: sa.Column[Any], indexed: str) -> None:
    result = sa.Column("result", sa.Integer, sa.ForeignKey("results.id"), nullable=False)
    op.create_table(name, _id(), result, *columns)
    op.create_index(f"ix_{name}_result", name, ["result"])
    op.create_index(f"ix_{name}_{indexed}", name, [indexed])


def upgrade() -> None:
    """Make all tables."""
    _documents_and_results()
    _all_facts()
    _people()
    _jobs()


def _documents_and_results() -> None:
    op.create_table(
        "documents",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        _text("sha256", 64, empty=False, unique=True),
        _text("name"),
        _text("media_type"),
        sa.Column("bytes", sa.Integer, nullable=False),
        _text("added_at", 32, empty=False),
        sa.Column("original", sa.LargeBinary, nullable=False),
        sa.Column("result", sa.Integer),
    )
    op.create_index("ix_documents_result", "documents", ["result"])
    op.create_table(
        "results",
        _id(),
        sa.Column("document", sa.Integer, sa.ForeignKey("documents.number"), nullable=False),
        _text("engine", 16, empty=False),
        _text("made_at", 32, empty=False),
        _text("title"),
        _text("agency"),
        _text("agency_type", 32),
        _text("level", 16),
        _text("region"),
        sa.Column("year", sa.Integer),
        _text("edition", 16),
        _text("text", empty=False),
        _text("result", empty=False),
        sa.UniqueConstraint("document", "engine", name="one_result_an_engine"),
    )
    for column in ("engine", "agency", "agency_type", "level", "year"):
        op.create_index(f"ix_results_{column}", "results", [column])


def _all_facts() -> None:
    _facts(
        "items", _text("kind", 16, empty=False), sa.Column("ordinal", sa.Integer, nullable=False), _text("theme", 32),
        sa.Column("probability", sa.Float), _text("abstained", 16), _text("decided_by", 16), _text("quote", empty=False),
        indexed="theme",
    )  # fmt: skip
    _facts("channels", _text("type", 32, empty=False), _text("name"), _text("status", 16, empty=False), indexed="type")
    _facts(
        "indicators", _text("code", 48, empty=False), _text("relation", 16, empty=False), sa.Column("value", sa.Float),
        indexed="code",
    )  # fmt: skip
    _facts(
        "findings", _text("code", 32, empty=False), _text("severity", 16, empty=False), _text("mark", 16, empty=False),
        _text("message", empty=False), indexed="code",
    )  # fmt: skip


def _people() -> None:
    op.create_table(
        "verdicts",
        sa.Column("document", sa.Integer, sa.ForeignKey("documents.number"), primary_key=True),
        sa.Column("mark", sa.String(16), primary_key=True),
        _text("verdict", 16, empty=False),
        _text("note"),
        _text("made_by", empty=False),
        _text("made_at", 32, empty=False),
    )
    op.create_table(
        "keys", _id(), _text("name", 64, empty=False, unique=True), _text("hash", 64, empty=False, unique=True),
        _text("scopes", empty=False), _text("made_at", 32, empty=False), _text("revoked_at", 32),
    )  # fmt: skip
    op.create_table(
        "audit", _id(), _text("at", 32, empty=False), _text("who", empty=False), _text("action", 48, empty=False),
        _text("subject", empty=False),
    )  # fmt: skip
    op.create_index("ix_audit_at", "audit", ["at"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(16), primary_key=True),
        _text("state", 16, empty=False),
        _text("made_by", empty=False),
        _text("made_at", 32, empty=False),
        _text("ended_at", 32),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_items",
        sa.Column("job", sa.String(16), sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        _text("name"),
        _text("media_type"),
        sa.Column("body", sa.LargeBinary),
        _text("path"),
        _text("state", 16, empty=False),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("answer"),
    )
    op.create_index("job_items_by_state", "job_items", ["job", "state", "ordinal"])


def downgrade() -> None:
    """Drop all tables."""
    for name in ("job_items", "jobs", "audit", "keys", "verdicts", "findings", "indicators", "channels", "items"):
        op.drop_table(name)
    for name in ("results", "documents"):
        op.drop_table(name)

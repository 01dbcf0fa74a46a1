"""An index of the texts by groups of three characters, so that any words in them are found without reading them all.

SQLite keeps it beside the results (FTS5 with trigrams, from version 3.34), PostgreSQL as an index of its extension
pg_trgm. Where a database lacks either, or may not add it, searching reads the texts one after another as before.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE VIRTUAL TABLE results_text USING fts5(text, content='results', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER results_text_added AFTER INSERT ON results BEGIN "
    "INSERT INTO results_text(rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER results_text_removed AFTER DELETE ON results BEGIN "
    "INSERT INTO results_text(results_text, rowid, text) VALUES ('delete', old.id, old.text); END",
    "INSERT INTO results_text(results_text) VALUES ('rebuild')",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX results_text ON results USING gin (text gin_trgm_ops)",
)


def upgrade() -> None:
    """Make the index, whole or not at all."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
                connection.exec_driver_sql(statement)
    except DBAPIError:
        return


def downgrade() -> None:
    """Drop the index."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in ("TRIGGER IF EXISTS results_text_added", "TRIGGER IF EXISTS results_text_removed"):
            op.execute(f"DROP {statement}")
        op.execute("DROP TABLE IF EXISTS results_text")
    else:
        op.execute("DROP INDEX IF EXISTS results_text")

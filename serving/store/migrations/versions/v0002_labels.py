"""People's labels: one line a coder and item, as it was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("mark", sa.String(64), nullable=False, unique=True),
        sa.Column("schema", sa.String(32), nullable=False),
        sa.Column("coder", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_labels_schema", "labels", ["schema"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("labels")

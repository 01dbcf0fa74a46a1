"""What a job is of: documents, or a training; said where nobody who gives documents can write it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TRAINING = "application/vnd.gongkai.training+json"


def upgrade() -> None:
    """Add the column; what was a training says so."""
    op.add_column("jobs", sa.Column("kind", sa.String(16), nullable=False, server_default="documents"))
    jobs = sa.table("jobs", sa.column("id"), sa.column("kind"))
    items = sa.table("job_items", sa.column("job"), sa.column("media_type"))
    trainings = sa.select(items.c.job).where(items.c.media_type == TRAINING)
    op.execute(sa.update(jobs).where(jobs.c.id.in_(trainings)).values(kind="training"))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("jobs", "kind")

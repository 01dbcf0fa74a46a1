"""What people say of findings. A verdict hangs on the document and what the finding is about, so it outlives results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from serving.store.database import now
from serving.store.tables import documents, findings, verdicts

if TYPE_CHECKING:
    from serving.store.database import Database

VERDICTS = ("confirmed", "rejected", "unsure")


class Verdicts:
    """Verdicts on the findings of kept documents."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def listed(self, sha256: str) -> list[dict[str, Any]]:
        """The current findings of a document with their marks, each with its verdict or null."""
        both = (verdicts.c.document == documents.c.number) & (verdicts.c.mark == findings.c.mark)
        query = (
            select(
                findings.c.mark, findings.c.code, findings.c.severity, findings.c.message,
                verdicts.c.verdict, verdicts.c.note, verdicts.c.made_by, verdicts.c.made_at,
            )
            .select_from(documents)
            .join(findings, findings.c.result == documents.c.result)
            .outerjoin(verdicts, both)
            .where(documents.c.sha256 == sha256)
            .order_by(findings.c.id)
        )  # fmt: skip
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def give(self, sha256: str, mark: str, verdict: str, note: str | None, who: str) -> bool:
        """Say a verdict, replacing the one before; whether there is such a finding now."""
        with self.database.writing() as connection:
            query = (
                select(documents.c.number)
                .join(findings, findings.c.result == documents.c.result)
                .where(documents.c.sha256 == sha256, findings.c.mark == mark)
            )
            number = connection.execute(query).scalar()
            if number is None:
                return False
            connection.execute(delete(verdicts).where(verdicts.c.document == number, verdicts.c.mark == mark))
            row = {"document": number, "mark": mark, "verdict": verdict, "note": note, "made_by": who, "made_at": now()}
            connection.execute(insert(verdicts).values(**row))
        return True

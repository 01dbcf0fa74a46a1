"""People's labels: the lines as given, one a coder and item; a later one replaces the same coder's earlier one.

An upload is one transaction: every line of it is taken, or none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from serving.problems import ConflictError
from serving.store.database import now
from serving.store.keys import note
from serving.store.tables import documents, items, labels, results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from serving.store.database import Database

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A label's line with its schema, the id of what it labels, and who labelled."""

    schema: str
    id: str
    coder: str
    line: str

    @property
    def mark(self) -> str:
        """What makes two lines the same coding."""
        return hashlib.sha256("\0".join((self.schema, self.id, self.coder)).encode()).hexdigest()


class ManyLabelsError(ConflictError):
    """As many labels are kept as may be."""

    kind = "labels-many"


class Labels:
    """The labels of a database, ``most`` of them in all."""

    def __init__(self, database: Database, most: int) -> None:
        self.database = database
        self.most = most

    def add(self, lines: Sequence[Line], who: str) -> int:
        """Keep all lines; how many replaced an earlier one. Errors: ``ManyLabelsError``, nothing is kept then."""
        rows = {
            one.mark: {"mark": one.mark, "schema": one.schema, "coder": one.coder, "line": one.line, "added_at": now()}
            for one in lines
        }
        marks, replaced = list(rows), 0
        with self.database.writing() as connection:
            self.database.alone(connection, labels)
            for start in range(0, len(marks), CHUNK):
                some = marks[start : start + CHUNK]
                replaced += connection.execute(delete(labels).where(labels.c.mark.in_(some))).rowcount
                connection.execute(insert(labels), [rows[mark] for mark in some])
            if (count := _count(connection)) > self.most:
                raise ManyLabelsError(
                    "the labels would be too many",
                    where="/v1/labels",
                    found=f"{count - len(rows) + replaced} kept, {len(rows) - replaced} new",
                    allowed=f"{self.most} labels kept in all",
                    do="code anew what has labels (that replaces them), or raise GONGKAI_LABELS",
                )
            note(connection, who, "labels.add", f"{len(rows)} lines, {replaced} replaced")
        return replaced

    def count(self) -> int:
        """How many there are."""
        with self.database.reading() as connection:
            return _count(connection)

    def page(self, after: int, coder: str | None, limit: int = CHUNK) -> list[tuple[int, str]]:
        """Lines behind an id, in the order in which they came."""
        query = select(labels.c.id, labels.c.line).where(labels.c.id > after).order_by(labels.c.id).limit(limit)
        if coder is not None:
            query = query.where(labels.c.coder == coder)
        with self.database.reading() as connection:
            return [(row.id, row.line) for row in connection.execute(query)]

    def all_lines(self) -> list[str]:
        """Every line."""
        with self.database.reading() as connection:
            return [row.line for row in connection.execute(select(labels.c.line).order_by(labels.c.id))]

    def items(self, most: int) -> list[dict[str, Any]]:
        """Problems and improvements of the newest kept documents: candidates for labelling."""
        query = (
            select(
                documents.c.sha256, results.c.agency, results.c.agency_type, results.c.level, results.c.year,
                items.c.kind, items.c.ordinal, items.c.quote,
            )
            .select_from(documents)
            .join(results, results.c.id == documents.c.result)
            .join(items, items.c.result == results.c.id)
            .order_by(documents.c.number.desc(), items.c.id)
            .limit(most)
        )  # fmt: skip
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(labels)).scalar_one())

"""Jobs: thousands of documents that are worked on in the background, each answered once, whatever ends in between.

An item's answer and its state change in one transaction, so after a crash exactly the items without an answer are left.
An item that was in work when the process ended is tried again, but not for ever: three tries, then it is told as lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, insert, select, update

from serving.store.database import now
from serving.store.documents import Given
from serving.store.tables import job_items, jobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.store.database import Database

MOST_TRIES = 3
STATES = ("waiting", "done", "refused", "lost", "cancelled")


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a job: its bytes, or the ``path`` of a file in the service's folder of reports."""

    job: str
    ordinal: int
    given: Given
    path: str | None
    tries: int


class Jobs:
    """The jobs of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, given: Sequence[Given | str], who: str) -> str:
        """A new job with its documents, or paths of files in the service's folder; its id."""
        job = secrets.token_hex(8)
        rows = [
            {"job": job, "ordinal": ordinal, "state": "waiting", "tries": 0, **_columns(one)}
            for ordinal, one in enumerate(given)
        ]
        with self.database.writing() as connection:
            connection.execute(insert(jobs).values(id=job, state="running", made_by=who, made_at=now()))
            connection.execute(insert(job_items), rows)
        return job

    def listed(self, limit: int) -> list[dict[str, Any]]:
        """The newest jobs with their progress."""
        with self.database.reading() as connection:
            query = select(jobs.c.id).order_by(jobs.c.made_at.desc(), jobs.c.id).limit(limit)
            names = [row.id for row in connection.execute(query)]
        return [told for name in names if (told := self.progress(name)) is not None]

    def progress(self, job: str) -> dict[str, Any] | None:
        """A job and how many of its documents are in each state."""
        query = select(job_items.c.state, func.count().label("number")).where(job_items.c.job == job)
        with self.database.reading() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job)).first()
            if row is None:
                return None
            counts = {one.state: one.number for one in connection.execute(query.group_by(job_items.c.state))}
        items = {state: counts.get(state, 0) for state in STATES}
        return {**row._mapping, "documents": sum(items.values()), "items": items}

    def next_items(self, limit: int) -> list[Item]:
        """Documents that wait, of the oldest running jobs; each is marked as tried once more."""
        query = (
            select(job_items)
            .join(jobs, jobs.c.id == job_items.c.job)
            .where(job_items.c.state == "waiting", jobs.c.state == "running")
            .order_by(jobs.c.made_at, jobs.c.id, job_items.c.ordinal)
            .limit(limit)
        )
        with self.database.writing() as connection:
            rows = connection.execute(query).all()
            for row in rows:
                same = (job_items.c.job == row.job) & (job_items.c.ordinal == row.ordinal)
                connection.execute(update(job_items).where(same).values(tries=row.tries + 1))
        return [
            Item(row.job, row.ordinal, Given(bytes(row.body or b""), row.name, row.media_type), row.path, row.tries + 1)
            for row in rows
        ]

    def answer(self, item: Item, state: str, answer: str) -> None:
        """An item's answer, once; its body is no longer needed. The job ends with its last item."""
        same = (job_items.c.job == item.job) & (job_items.c.ordinal == item.ordinal) & (job_items.c.state == "waiting")
        with self.database.writing() as connection:
            connection.execute(update(job_items).where(same).values(state=state, answer=answer, body=None))
            left = select(func.count()).where(job_items.c.job == item.job, job_items.c.state == "waiting")
            if connection.execute(left).scalar_one() == 0:
                self._end(connection, item.job, "done")

    def cancel(self, job: str) -> bool:
        """End a job; what waits is not worked on. Whether there is such a job."""
        with self.database.writing() as connection:
            if connection.execute(select(jobs.c.id).where(jobs.c.id == job)).first() is None:
                return False
            waiting = (job_items.c.job == job) & (job_items.c.state == "waiting")
            connection.execute(update(job_items).where(waiting).values(state="cancelled", body=None))
            self._end(connection, job, "cancelled")
        return True

    def answers(self, job: str, after: int, limit: int = 50) -> list[dict[str, Any]]:
        """Answered items behind an ordinal, in order."""
        query = (
            select(job_items.c.ordinal, job_items.c.name, job_items.c.state, job_items.c.answer)
            .where(job_items.c.job == job, job_items.c.ordinal > after, job_items.c.state != "waiting")
            .order_by(job_items.c.ordinal)
            .limit(limit)
        )
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _end(self, connection: Any, job: str, state: str) -> None:
        running = (jobs.c.id == job) & (jobs.c.state == "running")
        connection.execute(update(jobs).where(running).values(state=state, ended_at=now()))


def _columns(one: Given | str) -> dict[str, Any]:
    """What an item keeps of a document, or of a file's path."""
    if isinstance(one, str):
        return {"name": one, "media_type": None, "body": None, "path": one}
    return {"name": one.name, "media_type": one.media_type, "body": one.body, "path": None}


def lines(answers: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """Answers as lines of JSON; an answer is JSON already and is not parsed again."""
    for row in answers:
        head = orjson.dumps({"ordinal": row["ordinal"], "name": row["name"], "state": row["state"]})
        yield head[:-1] + b',"answer":' + (row["answer"] or "null").encode() + b"}\n"

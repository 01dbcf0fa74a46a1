"""Trainings are jobs with one item: the labels as they were when it was asked for; its answer is the candidate.

Their kind is ``training``, and so is their state while they go on, so that who works on documents leaves them alone. What a job is, is said
in ``jobs``: an item without an answer is taken up again after a crash, but not for ever.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import insert, select, update

from serving.limits import MOST_TRAININGS
from serving.problems import BusyError, ConflictError
from serving.store.database import now
from serving.store.tables import job_items, jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from serving.store.database import Database

KIND = STATE = "training"


@dataclass(frozen=True, slots=True)
class Training:
    """A training to be done."""

    job: str
    name: str
    asked: dict[str, Any]
    tries: int


class Trainings:
    """The trainings of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def refuse(self, name: str) -> None:
        """Errors: ``ConflictError`` while a training of this name goes on, ``BusyError`` while as many go on as may."""
        with self.database.reading() as connection:
            self._refuse(connection, name)

    def _refuse(self, connection: Connection, name: str) -> None:
        open_ones = self._rows().where(jobs.c.state == STATE, job_items.c.state == "waiting")
        going = {row.name for row in connection.execute(open_ones)}
        if name in going:
            raise ConflictError("a training of this name goes on", where="name", do="choose another name")
        if len(going) >= MOST_TRAININGS:
            raise BusyError(
                "many trainings wait",
                found=str(len(going)),
                allowed=f"{MOST_TRAININGS} waiting or running",
                retry_after=60,
            )

    def add(self, name: str, asked: dict[str, Any], who: str) -> str:
        """A new training; its job's id. Errors: as ``refuse``."""
        job = secrets.token_hex(8)
        row = {"job": job, "ordinal": 0, "name": name, "body": orjson.dumps(asked)}
        with self.database.writing() as connection:
            self.database.alone(connection, jobs)
            self._refuse(connection, name)
            connection.execute(insert(jobs).values(id=job, kind=KIND, state=STATE, made_by=who, made_at=now()))
            connection.execute(insert(job_items).values(**row, state="waiting", tries=0))
        return job

    def next(self) -> Training | None:
        """The oldest that waits, marked as tried once more."""
        query = self._rows().where(jobs.c.state == STATE, job_items.c.state == "waiting").order_by(jobs.c.made_at)
        with self.database.writing() as connection:
            row = connection.execute(query.limit(1)).first()
            if row is None:
                return None
            connection.execute(update(job_items).where(job_items.c.job == row.id).values(tries=row.tries + 1))
            body = connection.execute(select(job_items.c.body).where(job_items.c.job == row.id)).scalar_one()
        return Training(row.id, row.name, orjson.loads(bytes(body)), row.tries + 1)

    def answer(self, job: str, state: str, answer: Any) -> None:
        """The end of a training, once. ``state`` is that of an item: done, refused, lost."""
        with self.database.writing() as connection:
            self._end(connection, job, state, "done", orjson.dumps(answer).decode())

    def cancel(self, job: str) -> bool:
        """End a training that has no answer yet; whether there is such a job."""
        with self.database.writing() as connection:
            known = connection.execute(self._rows().where(jobs.c.id == job)).first() is not None
            self._end(connection, job, "cancelled", "cancelled", None)
        return known

    def is_wanted(self, job: str) -> bool:
        """Whether it still waits for its answer."""
        with self.database.reading() as connection:
            row = connection.execute(self._rows().where(jobs.c.id == job)).first()
        return row is not None and row.item == "waiting"

    def listed(self, limit: int, job: str | None = None) -> list[dict[str, Any]]:
        """The newest trainings with their answers, or the one asked for."""
        query = self._rows().order_by(jobs.c.made_at.desc(), jobs.c.id).limit(limit)
        if job is not None:
            query = query.where(jobs.c.id == job)
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [{**row, "answer": orjson.loads(row["answer"]) if row["answer"] else None} for row in rows]

    def _rows(self) -> Any:
        return (
            select(
                jobs.c.id, jobs.c.made_by, jobs.c.made_at, jobs.c.ended_at, job_items.c.name,
                job_items.c.state.label("item"), job_items.c.tries, job_items.c.answer,
            )
            .join(job_items, job_items.c.job == jobs.c.id)
            .where(jobs.c.kind == KIND)
        )  # fmt: skip

    def _end(self, connection: Connection, job: str, item: str, state: str, answer: str | None) -> None:
        open_item = (job_items.c.job == job) & (job_items.c.state == "waiting")
        connection.execute(update(job_items).where(open_item).values(state=item, answer=answer, body=None))
        open_job = (jobs.c.id == job) & (jobs.c.state == STATE)
        connection.execute(update(jobs).where(open_job).values(state=state, ended_at=now()))

"""The store's engine: opening, migrating, backing up, and a few threads of its own that keep it out of the event loop.

SQLite runs in WAL mode, so readers (Datasette among them) never wait for the writer; every write is one transaction
that takes its lock first, so that none fails half way for another. What the database cannot do now is told as a 503.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from extractor.errors import MissingPartError, SettingError
from serving.problems import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine, Table

HEAD = "0004"
THREADS = 4
WAIT_SECONDS = 5
MOST_WAITING = 200
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class StoreAwayError(BusyError):
    """The database cannot be reached, is locked, or its disk is full."""

    kind = "store-away"


class Database:
    """A migrated database. Errors: ``SettingError`` for an address that cannot be used, else ``StoreAwayError``."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self.waiting = 0
        with told():
            self.migrate()
            self.has_text_table = self.is_sqlite and self._has("results_text")
            self.has_text_index = self.has_text_table or (not self.is_sqlite and self._has_trigrams())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing."""
        with told(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def alone(self, connection: Connection, table: Table) -> None:
        """Nobody else writes to the table until this transaction ends, so that what is counted in it still holds then.

        SQLite has one writer as it is.
        """
        if not self.is_sqlite:
            connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    async def call(
        self, work: Callable[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs
    ) -> Answer:
        """Run a piece of store work on the store's own threads."""
        if self.waiting >= MOST_WAITING:
            raise StoreAwayError("the store is busy", found=f"{self.waiting} requests waiting for it")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: work(*arguments, **named))
        finally:
            self.waiting -= 1

    def migrate(self) -> None:
        """Bring the schema to this version's; the migration tool is only loaded where there is something to do."""
        with self.engine.connect() as connection:
            known = self.engine.dialect.has_table(connection, "alembic_version")
            now = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
        if now == HEAD:
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _has(self, table: str) -> bool:
        with self.engine.connect() as connection:
            return self.engine.dialect.has_table(connection, table)

    def _has_trigrams(self) -> bool:
        """Whether PostgreSQL has the index and sees letters in Chinese text, which in the locale ``C`` it does not."""
        with self.engine.connect() as connection:
            if connection.execute(text("SELECT to_regclass('results_text')")).scalar() is None:
                return False
            return bool(connection.execute(text("SELECT cardinality(show_trgm('信息公开')) > 0")).scalar())

    def back_up(self, target: Path) -> None:
        """Copy a SQLite store while it is in use. Errors: ``SettingError`` for other databases."""
        if not self.is_sqlite:
            raise SettingError(
                "this store is backed up by its own server",
                where="database",
                found=self.engine.dialect.name,
                allowed="sqlite",
                do="use pg_dump",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            copy = sqlite3.connect(target)
            try:
                source.backup(copy)
            finally:
                copy.close()

    def close(self) -> None:
        """Finish what runs and close."""
        self.threads.shutdown()
        self.engine.dispose()


@contextmanager
def told() -> Iterator[None]:
    """A database's failure as an error of this program, without the statement or its values."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        origin = type(getattr(error, "orig", None) or error).__name__
        raise StoreAwayError(
            "the store cannot do this now",
            found=f"{origin}: {_reason(error)}",
            retry_after=5,
            do="send it again later; if it lasts, look at the database and its disk",
        ) from None


def _reason(error: Exception) -> str:
    """A few known reasons; a database's own message may hold values."""
    message = str(getattr(error, "orig", error)).lower()
    known = ("disk is full", "disk i/o error", "locked", "readonly", "connection refused", "server closed", "timeout")
    return next((reason for reason in known if reason in message), "no known reason")


def now() -> str:
    """The time as the store keeps it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _engine(url: str) -> Engine:
    try:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        if url.startswith("sqlite"):
            Path(url.partition(":///")[2]).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False})
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = f"-c statement_timeout={WAIT_SECONDS * 6}s -c lock_timeout={WAIT_SECONDS}s"
        connect: dict[str, Any] = {"connect_timeout": WAIT_SECONDS, "options": options}
        return create_engine(url, pool_pre_ping=True, pool_timeout=WAIT_SECONDS, connect_args=connect)
    except ModuleNotFoundError as error:
        raise MissingPartError("PostgreSQL's driver is not installed", do="pip install 'gongkai[postgres]'") from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingError(
            "the store's address cannot be used",
            where="database (GONGKAI_DATABASE)",
            allowed="sqlite:////path/to/file or postgresql://user@host/name",
        ) from error


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

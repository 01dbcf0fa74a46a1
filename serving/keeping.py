"""Extract and keep: the one way by which documents and results enter the store.

Used by calls, batches and jobs, for the shipped examples at the first start, and to renew results when rules or model
have changed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from extractor.errors import DocumentError
from serving.folder import SUFFIXES
from serving.logs import log
from serving.pool import Task
from serving.problems import BusyError
from serving.store.documents import Documents, Given, engine_of

if TYPE_CHECKING:
    from pathlib import Path

    from serving.pool import Pool
    from serving.store.database import Database

PATIENCE_SECONDS = 1.0


class Keeper:
    """Brings pool and store together."""

    def __init__(self, pool: Pool, database: Database) -> None:
        self.pool = pool
        self.database = database
        self.documents = Documents(database)

    @property
    def engine(self) -> str:
        """The short name of the program, model and lexicon in use."""
        return engine_of(self.pool.workshop.provenance)

    async def keep(self, given: Given, *, seconds: float | None = None) -> tuple[dict[str, Any], bool]:
        """A document's summary, and whether it is new; one that this engine knows is not worked on again."""
        known = await self.database.call(self.documents.find, given.sha256)
        if known is not None and known["engine"] == self.engine:
            return known, False
        task = Task(given.body, given.media_type, given.name)
        _, result = await self.pool.run(task, seconds=seconds)
        return await self.database.call(self.documents.keep, given, result)

    async def keep_patiently(self, given: Given) -> dict[str, Any]:
        """``keep`` for work that nobody waits for: it lets callers go first, and waits while the service is busy."""
        while True:
            try:
                if not self.pool.waiting:
                    return (await self.keep(given))[0]
            except BusyError as busy:
                if busy.kind in {"deadline", "worker-lost"}:
                    raise
            await asyncio.sleep(PATIENCE_SECONDS)

    async def take_in(self, folder: Path) -> tuple[list[str], list[str]]:
        """Keep every report of a folder; (names kept, names refused)."""
        kept, refused = [], []
        for path in report_files(folder):
            try:
                given = Given(await asyncio.to_thread(path.read_bytes), path.name, None)
                await self.keep_patiently(given)
                kept.append(path.name)
            except (DocumentError, BusyError) as error:
                refused.append(path.name)
                log.warning("not taken in", file=path.name, what=error.what)
            except OSError as error:
                refused.append(path.name)
                log.warning("not taken in", file=path.name, what="the file cannot be read", found=type(error).__name__)
        log.info("taken in", kept=len(kept), refused=len(refused))
        return kept, refused

    async def renew(self) -> int:
        """Work again on documents whose result another program, model or lexicon made; how many were."""
        renewed = after = 0
        while old := await self.database.call(self.documents.made_otherwise, self.engine, after):
            for number, sha256 in old:
                after = number
                given = await self.database.call(self.documents.original, sha256)
                if given is None:
                    continue
                try:
                    await self.keep_patiently(given)
                    renewed += 1
                except (DocumentError, BusyError) as error:
                    log.warning("not renewed", document=sha256, what=error.what)
        if renewed:
            log.info("renewed", documents=renewed)
        return renewed


def report_files(folder: Path) -> list[Path]:
    """The files of a folder that may be reports, in the order of their names; notes about the folder are none."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES - {".zip"} and path.is_file())
    return sorted(path for path in files if not path.name.lower().startswith("readme"))

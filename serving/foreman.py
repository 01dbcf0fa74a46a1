"""Works on jobs in the background, a few documents at a time, behind callers who wait."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import orjson

from extractor.errors import GongkaiError
from serving.lines import problem_of
from serving.logs import log
from serving.problems import BusyError
from serving.store.documents import Given
from serving.store.jobs import MOST_TRIES, Item, Jobs

if TYPE_CHECKING:
    from serving.folder import Folder
    from serving.keeping import Keeper

LOOK_SECONDS = 5.0
AWAY_SECONDS = 2.0


class Foreman:
    """Takes items of jobs and answers them; run it as one task."""

    def __init__(self, keeper: Keeper, jobs: Jobs, folder: Folder, workers: int) -> None:
        self.keeper = keeper
        self.jobs = jobs
        self.folder = folder
        self.workers = workers
        self.woken = asyncio.Event()

    def wake(self) -> None:
        """There is a new job."""
        self.woken.set()

    async def run(self) -> None:
        """Work until cancelled; what was not answered then is taken up at the next start."""
        while True:
            try:
                if not await self.work_on_some():
                    await self._rest()
            except BusyError as busy:
                log.warning("jobs wait", what=busy.what)
                await asyncio.sleep(AWAY_SECONDS)

    async def work_on_some(self) -> bool:
        """A handful of items, all answered before the next; whether there were any."""
        items = await self.keeper.database.call(self.jobs.next_items, self.workers * 2)
        places = asyncio.Semaphore(self.workers)

        async def one(item: Item) -> None:
            async with places:
                try:
                    await self.work_on(item)
                except (
                    BusyError
                ) as busy:  # the store did not take the answer: the item waits for it, and stops no other
                    log.warning("jobs wait", what=busy.what)

        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))
        return bool(items)

    async def work_on(self, item: Item) -> None:
        """Answer one item: kept, refused, or lost when it ended its worker too often."""
        try:
            given = item.given
            if item.path is not None:
                body = await self.keeper.database.call(self.folder.read, item.path)
                given = Given(body, PurePosixPath(item.path).name, None)
            kept = await self.keeper.keep_patiently(given)
            state, answer = "done", kept
        except BusyError as busy:
            if item.tries < MOST_TRIES:
                return
            state, answer = "lost", problem_of(busy, self.keeper.pool.metrics)
        except GongkaiError as error:
            state, answer = "refused", problem_of(error, self.keeper.pool.metrics)
        await self.keeper.database.call(self.jobs.answer, item, state, orjson.dumps(answer).decode())

    async def _rest(self) -> None:
        self.woken.clear()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self.woken.wait()
        except TimeoutError:
            return

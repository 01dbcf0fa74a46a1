"""Callers who leave, in the very turn in which something else happens: a pool of real processes in this event loop.

A server cannot be made to meet these turns for certain, so the loop is held until a worker's answer is there.
"""

from __future__ import annotations

import asyncio
from functools import partial
from select import select
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from serving.metrics import Metrics
from serving.pool import LEAVING_GRACE_SECONDS, Pool, Task
from serving.settings import Settings
from serving.telemetry import Telemetry
from serving.workshop import RESTART_SECONDS
from tests.conftest import example_files
from tests.test_service_work import process_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

REPORT = example_files()[0].read_bytes()
SHORT = Task(REPORT, with_text=False)
LONG = Task(REPORT * (1_500_000 // len(REPORT)), with_text=False)
PATIENCE = 60


def with_pool(home: Path, work: Callable[[Pool], Awaitable[None]], **settings: Any) -> None:
    """Some work on a pool of one worker."""

    async def main() -> None:
        pool = Pool(Settings(home=home, workers=1, **settings), Metrics(), Telemetry())
        await pool.start()
        try:
            await work(pool)
        finally:
            await pool.close()

    asyncio.run(main())


async def idle(pool: Pool) -> int:
    """The process number of the worker once it is idle."""
    async with asyncio.timeout(PATIENCE):
        while not pool.workshop.idle:
            await asyncio.sleep(0.01)
    return pool.workshop.idle[0].process


async def asked(pool: Pool, task: Task) -> asyncio.Task[object]:
    """A call whose worker is at work."""
    call = asyncio.create_task(pool.run(task))
    while not pool.busy:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return call


def hold_until_answered(pool: Pool) -> None:
    """Hold the loop until bytes of the worker's answer can be read."""
    (link,) = pool.workshop.links
    assert link.transport is not None
    assert select([link.transport.get_extra_info("socket").fileno()], [], [], PATIENCE)[0]


@pytest.mark.parametrize("turns", range(3))
def test_a_caller_who_leaves_in_the_turn_of_the_answer_costs_no_worker(tmp_path: Path, turns: int) -> None:
    async def leave(pool: Pool) -> None:
        worker = await idle(pool)
        call = await asked(pool, SHORT)
        hold_until_answered(pool)
        loop = asyncio.get_running_loop()
        later: Callable[[], object] = call.cancel
        for _ in range(turns):
            later = partial(loop.call_soon, later)
        loop.call_soon(later)
        await asyncio.wait({call})
        await asyncio.sleep(LEAVING_GRACE_SECONDS * 2)
        assert await idle(pool) == worker
        assert pool.busy == 0
        assert "steps" in (await pool.run(SHORT))[0]

    with_pool(tmp_path, leave)


def test_an_answer_that_comes_as_patience_ends_saves_the_worker(tmp_path: Path) -> None:
    async def leave(pool: Pool) -> None:
        worker = await idle(pool)
        call = await asked(pool, SHORT)
        call.cancel()
        await asyncio.wait({call})
        hold_until_answered(pool)
        sleep(LEAVING_GRACE_SECONDS * 1.5)
        await asyncio.sleep(0)
        assert "steps" in (await pool.run(SHORT))[0]
        await asyncio.sleep(0.2)
        assert await idle(pool) == worker

    with_pool(tmp_path, leave)


def test_a_worker_that_was_ended_is_given_to_nobody_though_its_answer_still_comes(tmp_path: Path) -> None:
    async def leave(pool: Pool) -> None:
        worker = await idle(pool)
        call = await asked(pool, SHORT)
        call.cancel()
        await asyncio.wait({call})
        (link,) = pool.workshop.links
        hold_until_answered(pool)
        link.end("deadline")
        answers = [await pool.run(SHORT) for _ in range(3)]
        assert all("steps" in head for head, _ in answers)
        assert await idle(pool) != worker

    with_pool(tmp_path, leave)


def test_a_caller_who_leaves_while_the_work_runs_ends_it(tmp_path: Path) -> None:
    async def leave(pool: Pool) -> None:
        worker = await idle(pool)
        call = await asked(pool, LONG)
        await asyncio.sleep(0.1)
        call.cancel()
        await asyncio.wait({call})
        assert call.cancelled()
        assert pool.busy == 0
        assert await idle(pool) != worker
        assert process_state(worker) == "Z"

    with_pool(tmp_path, leave)


def test_stopping_does_not_wait_for_a_model_that_is_being_taken_up(tmp_path: Path) -> None:
    async def stop(pool: Pool) -> None:
        await idle(pool)
        taking = asyncio.create_task(pool.workshop.start())
        await asyncio.sleep(0.1)
        taking.cancel()
        await asyncio.wait({taking})
        async with asyncio.timeout(PATIENCE):
            await pool.close()

    with_pool(tmp_path, stop)


def test_stopping_does_not_wait_for_a_nursery_that_is_being_started_again(tmp_path: Path) -> None:
    async def stop(pool: Pool) -> None:
        await idle(pool)
        assert pool.workshop.crew is not None
        pool.workshop.crew.nursery.process.kill()
        await asyncio.sleep(RESTART_SECONDS + 0.2)
        async with asyncio.timeout(PATIENCE):
            await pool.close()
        assert not pool.workshop.links

    with_pool(tmp_path, stop)


def test_a_nursery_is_started_again_until_it_comes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()

    async def restart(pool: Pool) -> None:
        await idle(pool)
        assert pool.workshop.crew is not None
        (rules / "practices.toml").write_text("half [", "utf-8")
        pool.workshop.crew.nursery.process.kill()
        async with asyncio.timeout(PATIENCE):
            while "nursery not started" not in capfd.readouterr().err:
                await asyncio.sleep(0.1)
        assert not pool.is_ready
        (rules / "practices.toml").unlink()
        assert await idle(pool)
        assert "steps" in (await pool.run(SHORT))[0]

    with_pool(tmp_path, restart, rules=rules)

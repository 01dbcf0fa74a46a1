"""A bounded queue before preloaded processes: the only way by which a document is worked on.

A worker has one document at a time. A deadline or a caller that leaves ends the process, because nothing else surely
ends the work; the nursery forks another in milliseconds. A full queue is told at once, with the time to wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING

from serving.problems import DeadlineError, QueueFullError, WorkerLostError, error_of
from serving.workshop import Workshop

if TYPE_CHECKING:
    from serving.frames import Head
    from serving.launch import Launched
    from serving.metrics import Metrics
    from serving.settings import Settings
    from serving.telemetry import Telemetry
    from serving.workshop import Link

LEAVING_GRACE_SECONDS = 0.2
FIRST_GUESS_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Task:
    """One document to work on, and what is wanted of it: its ``result``, or the ``comparison`` of a list of results."""

    body: bytes
    media_type: str | None = None
    name: str | None = None
    with_text: bool = True
    want: str = "result"


class Pool:
    """Hands tasks to workers. All of it runs in the event loop; nothing here blocks."""

    def __init__(
        self, settings: Settings, metrics: Metrics, telemetry: Telemetry, nursery: Launched | None = None
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.telemetry = telemetry
        self.waiting: deque[asyncio.Future[Link]] = deque()
        self.busy = 0
        self.mean_seconds = FIRST_GUESS_SECONDS
        self.workshop = Workshop(settings, metrics, nursery, on_idle=self._hand_on)
        metrics.queue.set_function(lambda: len(self.waiting))
        metrics.workers.labels("busy").set_function(lambda: self.busy)
        metrics.workers.labels("all").set_function(lambda: len(self.workshop.links))

    async def start(self) -> None:
        """Load and fork; returns when every worker is there. Errors: those of rules and model."""
        await self.workshop.start()

    async def close(self) -> None:
        """End the workers; requests must have been answered before."""
        while self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_exception(WorkerLostError("the service is stopping", retry_after=5))
        await self.workshop.close()

    @property
    def is_ready(self) -> bool:
        """Whether a document would be worked on at once or soon."""
        return bool(self.workshop.links) and not self.workshop.closing

    @property
    def is_full(self) -> bool:
        """Whether one more request would be refused."""
        return not self.workshop.idle and len(self.waiting) >= self.settings.queue

    def refuse_when_full(self) -> None:
        """Errors: ``QueueFullError``, at once."""
        if self.is_full:
            ahead = len(self.waiting) + self.busy
            wait = max(1, ceil(ahead * self.mean_seconds / max(1, self.settings.workers)))
            raise QueueFullError(
                "the queue is full",
                retry_after=wait,
                found=f"{len(self.waiting)} requests waiting",
                allowed=f"{self.settings.queue} waiting",
            )

    async def run(self, task: Task, *, seconds: float | None = None) -> tuple[Head, bytes]:
        """The answer to a task. Errors: ``BusyError`` kinds, or what the document was refused for.

        Cancelling ends the work: its worker is given a blink to finish, then killed.
        """
        self.refuse_when_full()
        allowed = min(seconds or self.settings.deadline_seconds, self.settings.deadline_seconds)
        began = monotonic()
        link = await self._take(allowed)
        while not link.is_open:
            link = await self._take(allowed)
        waited = monotonic() - began
        self.metrics.wait_seconds.observe(waited)
        head, body = await self._ask(link, task, max(0.001, allowed - waited), allowed)
        spent = monotonic() - began - waited
        self.mean_seconds += (spent - self.mean_seconds) / 16
        if "refused" in head:
            raise error_of(head)
        self.telemetry.steps(head["steps"])
        if task.want == "result":
            self.metrics.documents.inc()
        for reason, number in head["abstained"].items():
            self.metrics.abstentions.labels(reason).inc(number)
        for step, step_seconds in head["steps"].items():
            self.metrics.step_seconds.labels(step).observe(step_seconds)
        return head, body

    async def _take(self, seconds: float) -> Link:
        """A worker of one's own, waiting in line for at most ``seconds``."""
        if (link := self.workshop.take_idle()) is not None:
            return link
        future: asyncio.Future[Link] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            self._leave_line(future)
            raise DeadlineError(
                "the deadline passed while waiting for a worker",
                allowed=f"{seconds:g} s",
                retry_after=max(1, ceil(self.mean_seconds)),
            ) from None
        except asyncio.CancelledError:
            self._leave_line(future)
            raise

    def _leave_line(self, future: asyncio.Future[Link]) -> None:
        """A caller gives up waiting; a worker that came in the same moment goes to the next one."""
        with suppress(ValueError):
            self.waiting.remove(future)
        if future.done() and not future.cancelled() and future.exception() is None:
            self.workshop.give_back(future.result())

    async def _ask(self, link: Link, task: Task, seconds: float, allowed: float) -> tuple[Head, bytes]:
        """One document's stay with a worker, which is given back or ended whatever happens.

        The answer is waited for without ever being cancelled, so that one that comes as its caller leaves is not lost.
        """
        head = {
            "want": task.want, "media_type": task.media_type, "name": task.name, "text": task.with_text,
            "seconds": seconds,
        }  # fmt: skip
        self.busy += 1
        answer = link.ask(head, task.body)
        try:
            await asyncio.wait({answer}, timeout=seconds)
            if not answer.done():
                link.end("deadline")
                raise DeadlineError(
                    "the deadline passed and the work was ended",
                    allowed=f"{allowed:g} s",
                    do="send a smaller document, or ask for more time within the service's limit",
                    retry_after=max(1, ceil(self.mean_seconds)),
                )
            head, body = answer.result()
        except ConnectionError:
            raise WorkerLostError(
                "the process that worked on this document ended",
                found="only this request is lost; another process takes its place",
                do="send it once more; if it happens again, this document is the cause",
            ) from None
        except asyncio.CancelledError:
            self._finish_or_end(link, answer)
            raise
        finally:
            self.busy -= 1
        self._give_back(link, head)
        return head, body

    def _finish_or_end(self, link: Link, answer: asyncio.Future[tuple[Head, bytes]]) -> None:
        """The caller has left: most documents are done in a blink, the others are ended."""

        def end() -> None:
            if not answer.done():  # it may have come in this very turn
                link.end("caller left")

        def done(_: asyncio.Future[tuple[Head, bytes]]) -> None:
            timer.cancel()
            if answer.exception() is None:
                self._give_back(link, answer.result()[0])

        timer = asyncio.get_running_loop().call_later(LEAVING_GRACE_SECONDS, end)

        answer.add_done_callback(done)

    def _give_back(self, link: Link, head: Head) -> None:
        if head["memory"] > self.settings.worker_recycle_mb << 20:
            link.end("memory")
        else:
            self.workshop.give_back(link)

    def _hand_on(self) -> None:
        """A worker is idle: the first in line who still waits gets it."""
        while self.waiting and (link := self.workshop.take_idle()) is not None:
            future = self.waiting.popleft()
            while future.done() and self.waiting:
                future = self.waiting.popleft()
            if future.done():
                self.workshop.idle.append(link)
                return
            future.set_result(link)

"""The server's side of the processes: the nursery, one link to each worker, and their replacement.

Every process speaks over a socket, so its end is known at once from the socket closing, whoever ended it.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from serving.frames import Head, pack, unpack
from serving.launch import Launched, launch_nursery
from serving.problems import error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.metrics import Metrics
    from serving.settings import Settings

RESTART_SECONDS = 1.0
MOST_DESCRIPTORS = 8
log = structlog.get_logger()


class Link(asyncio.Protocol):
    """The connection to one worker process. ``ask`` may be called again only after its answer came."""

    def __init__(self, process: int, workshop: Workshop) -> None:
        self.process = process
        self.workshop = workshop
        self.buffer = bytearray()
        self.answer: asyncio.Future[tuple[Head, bytes]] | None = None
        self.transport: asyncio.Transport | None = None
        self.reason = "died"
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The worker is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        self.buffer += data
        frame = unpack(self.buffer)
        if frame is not None and self.answer is not None:
            answer, self.answer = self.answer, None
            if not answer.done():
                answer.set_result(frame)

    def connection_lost(self, error: Exception | None) -> None:
        """The worker has ended; only the document that it had is lost."""
        self.is_open = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("worker ended"))
        self.workshop.lost(self)

    def ask(self, head: Head, body: bytes) -> asyncio.Future[tuple[Head, bytes]]:
        """Send one document; the future holds the answer, or ``ConnectionError`` when the worker ends."""
        self.answer = asyncio.get_running_loop().create_future()
        self.answer.add_done_callback(_look_at_error)
        if self.transport is None or not self.is_open:
            self.answer.set_exception(ConnectionResetError("worker ended"))
        else:
            self.transport.write(pack(head, body))
        return self.answer

    def end(self, reason: str) -> None:
        """Kill the worker; a fresh one is asked for when its socket closes."""
        self.reason = reason
        self.workshop.kill(self.process)


def _look_at_error(future: asyncio.Future[Any]) -> None:
    """An error that nobody waits for any more is no surprise."""
    if not future.cancelled():
        future.exception()


class Workshop:
    """Keeps ``settings.workers`` workers alive and knows which are idle."""

    def __init__(
        self, settings: Settings, metrics: Metrics, nursery: Launched | None, *, on_idle: Callable[[], None]
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.on_idle = on_idle
        self.links: set[Link] = set()
        self.idle: deque[Link] = deque()
        self.closing = False
        self.provenance: dict[str, str] = {}
        self.nursery = nursery
        self._buffer = bytearray()
        self._descriptors: deque[int] = deque()
        self._told: asyncio.Future[Head] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Wait until rules and model are loaded, and ask for the workers. Errors: what the nursery was refused for."""
        if self.nursery is None:
            self.nursery = launch_nursery(self.settings)
        loop = asyncio.get_running_loop()
        self._told = loop.create_future()
        loop.add_reader(self.nursery.control, self._hear)
        told = await self._told
        if "refused" in told:
            raise error_of(told)
        self.provenance = told["provenance"]
        for _ in range(self.settings.workers):
            self._wish({"fork": True})

    async def close(self) -> None:
        """End all processes and wait for the nursery."""
        self.closing = True
        process = self.nursery.process if self.nursery else None
        self._leave_nursery()
        for link in list(self.links):
            if link.transport is not None:
                link.transport.close()
        if process is not None:
            while process.poll() is None:
                await asyncio.sleep(0.01)

    def take_idle(self) -> Link | None:
        """An idle worker that is still there."""
        while self.idle:
            link = self.idle.popleft()
            if link.is_open:
                return link
        return None

    def give_back(self, link: Link) -> None:
        """A worker is free again."""
        if link.is_open:
            self.idle.append(link)
            self.on_idle()

    def kill(self, process: int) -> None:
        """Have the nursery end a worker."""
        self._wish({"kill": process})

    def lost(self, link: Link) -> None:
        """A worker has ended: say so, and fork another."""
        self.links.discard(link)
        if link in self.idle:
            self.idle.remove(link)
        if self.closing:
            return
        self.metrics.worker_ends.labels(link.reason).inc()
        log.warning("worker ended", process=link.process, reason=link.reason)
        self._wish({"fork": True})

    def _wish(self, wish: Head) -> None:
        if self.nursery is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.nursery.control.send(pack(wish))

    def _hear(self) -> None:
        """The nursery says something: what it loaded, or a worker with its socket."""
        assert self.nursery is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self.nursery.control, 1 << 16, MOST_DESCRIPTORS)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data, descriptors = b"", []
        if not data:
            self._nursery_lost()
            return
        self._buffer += data
        self._descriptors.extend(descriptors)
        while (frame := unpack(self._buffer)) is not None:
            head = frame[0]
            if "worker" in head:
                self._spawn(self._connect(head["worker"], self._descriptors.popleft()))
            elif self._told is not None and not self._told.done():
                self._told.set_result(head)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, process: int, descriptor: int) -> None:
        link = Link(process, self)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: link, sock=socket.socket(fileno=descriptor))
        self.links.add(link)
        self.give_back(link)

    def _leave_nursery(self) -> None:
        if self.nursery is not None:
            asyncio.get_running_loop().remove_reader(self.nursery.control)
            self.nursery.control.close()
            self.nursery = None

    def _nursery_lost(self) -> None:
        """The nursery itself has ended: its workers go too (their alarms end what hangs), and it is started again."""
        self._leave_nursery()
        if self._told is not None and not self._told.done():
            lost = {"refused": "ModelError", "what": "the pipeline could not be loaded", "details": {}}
            self._told.set_result(lost)
            return
        if self.closing:
            return
        log.error("nursery ended")
        for link in list(self.links):
            link.reason = "nursery"
            if link.transport is not None:
                link.transport.abort()
        self._spawn(self._restart())

    async def _restart(self) -> None:
        await asyncio.sleep(RESTART_SECONDS)
        self._buffer.clear()
        await self.start()

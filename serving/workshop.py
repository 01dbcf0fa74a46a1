"""The server's side of the processes: the crew, one link to each worker, and their replacement.

Every process speaks over a socket, so its end is known at once from the socket closing, whoever ended it.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from extractor.errors import GongkaiError
from serving.crew import Crew
from serving.frames import Head, pieces, unpack
from serving.launch import Launched, launch_nursery
from serving.logs import log
from serving.problems import BusyError, error_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from serving.metrics import Metrics
    from serving.settings import Settings

RESTART_SECONDS = 1.0
LOOK_SECONDS = 0.01
MOST_LOOKS = 500
CLOSE_SECONDS = 10.0
"""That a nursery has to end by itself."""


class Link(asyncio.Protocol):
    """The connection to one worker process. ``ask`` may be called again only after its answer came."""

    def __init__(self, process: int, crew: Crew, workshop: Workshop) -> None:
        self.process = process
        self.crew = crew
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
        """Send one document; the future, never to be cancelled, holds the answer, or ``ConnectionError`` when the worker ends."""
        self.answer = answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(asyncio.Future.exception)  # an error that nobody waits for any more is no surprise
        if self.transport is None or not self.is_open:
            answer.set_exception(ConnectionResetError("worker ended"))
            return answer
        for piece in pieces(head, body):
            self.transport.write(piece)
        return answer

    def end(self, reason: str) -> None:
        """Kill the worker, which nobody is given any more; a fresh one is asked for when its socket closes."""
        self.reason, self.is_open = reason, False
        self.crew.wish({"kill": self.process})

    def leave(self) -> None:
        """Let an idle worker go: it ends when its socket closes."""
        if self.transport is not None:
            self.transport.close()


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
        self.crew: Crew | None = None
        self._first = nursery
        self._processes: list[subprocess.Popen[bytes]] = []
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Wait until rules and model are loaded, and ask for the workers. Errors: what the nursery was refused for.

        Called again, it takes up the rules and the model that are live now: the workers at work finish, and each goes
        when another has come for it, so that no request is lost; returns when they have. What cannot be loaded changes
        nothing.
        """
        async with self._changing:
            try:
                nursery, self._first = self._first or launch_nursery(self.settings), None
            except OSError as error:
                raise BusyError("no process can be started now", found=type(error).__name__) from None
            self._processes = [*(p for p in self._processes if p.poll() is None), nursery.process]
            crew = Crew(nursery, on_worker=self._met, on_end=self._nursery_lost)
            try:
                told = await crew.loaded()
            except asyncio.CancelledError:  # the service stops meanwhile
                crew.leave()
                raise
            if "refused" in told:
                crew.leave()
                raise error_of(told)
            before, self.crew, self.provenance = self.crew, crew, told["provenance"]
            if not crew.is_open:  # ended as soon as it had loaded
                self._nursery_lost(crew)
            for _ in range(self.settings.workers):
                crew.wish({"fork": True})
            for _ in range(MOST_LOOKS if before is not None else 0):
                if self._is_manned() or not crew.is_open:
                    break
                await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        """End all processes and wait for the nurseries."""
        self.closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for crew in {self.crew, *(link.crew for link in self.links)}:
            if crew is not None:
                crew.leave()
        for link in list(self.links):
            if link.transport is not None:
                link.transport.close()
        until = monotonic() + CLOSE_SECONDS
        for process in self._processes:
            while process.poll() is None:
                if monotonic() > until:
                    process.kill()
                await asyncio.sleep(LOOK_SECONDS)

    def take_idle(self) -> Link | None:
        """An idle worker that is still there."""
        while self.idle:
            link = self.idle.popleft()
            if link.is_open:
                return link
        return None

    def give_back(self, link: Link) -> None:
        """A worker is free again; one of an earlier crew goes as soon as it is not missed."""
        if not link.is_open:
            return
        if link.crew is not self.crew and self._is_manned():
            link.leave()
            return
        self.idle.append(link)
        self.on_idle()

    def _is_manned(self) -> bool:
        """Whether the present crew has all of its workers."""
        return sum(link.crew is self.crew for link in self.links) >= self.settings.workers

    def lost(self, link: Link) -> None:
        """A worker has ended: say so, and fork another."""
        self.links.discard(link)
        if link in self.idle:
            self.idle.remove(link)
        if self.closing:
            return
        if link.crew is self.crew:
            self.metrics.worker_ends.labels(link.reason).inc()
            log.warning("worker ended", process=link.process, reason=link.reason)
            link.crew.wish({"fork": True})
        elif not any(other.crew is link.crew for other in self.links):
            link.crew.leave()

    def _met(self, crew: Crew, process: int, descriptor: int) -> None:
        task = asyncio.get_running_loop().create_task(self._connect(crew, process, descriptor))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, crew: Crew, process: int, descriptor: int) -> None:
        link = Link(process, crew, self)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: link, sock=socket.socket(fileno=descriptor))
        self.links.add(link)
        self.give_back(link)
        if self._is_manned():
            for other in [other for other in self.idle if other.crew is not self.crew]:
                self.idle.remove(other)
                other.leave()

    def _nursery_lost(self, crew: Crew) -> None:
        """A nursery has ended: its workers go too (their alarms end what hangs); the present one is started again."""
        for link in list(self.links):
            if link.crew is crew:
                link.reason = "nursery"
                if link.transport is not None:
                    link.transport.abort()
        if self.closing or crew is not self.crew:
            return
        log.error("nursery ended")
        task = asyncio.get_running_loop().create_task(self._restart())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self) -> None:
        """Another nursery; tried until it comes, as what hinders it (rules half written, no memory) may pass."""
        while not self.closing:
            await asyncio.sleep(RESTART_SECONDS)
            try:
                await self.start()
            except GongkaiError as error:
                log.error("nursery not started", what=error.what, **error.details())
            else:
                return

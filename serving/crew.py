"""One nursery and what it says: which rules and model it has loaded, and the workers that it forks.

A workshop has one crew; while it takes up another model it has a second one for a moment.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from serving.frames import Head, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.launch import Launched

MOST_DESCRIPTORS = 8
NOT_LOADED = {"refused": "ModelError", "what": "the pipeline could not be loaded", "details": {}}


class Crew:
    """``on_worker`` is given a worker's process number and its socket's descriptor; ``on_end`` that the nursery ended."""

    def __init__(
        self, nursery: Launched, *, on_worker: Callable[[Crew, int, int], None], on_end: Callable[[Crew], None]
    ) -> None:
        self.nursery = nursery
        self.on_worker = on_worker
        self.on_end = on_end
        self.is_open = True
        self._buffer = bytearray()
        self._descriptors: deque[int] = deque()
        loop = asyncio.get_running_loop()
        self._told: asyncio.Future[Head] = loop.create_future()
        loop.add_reader(nursery.control, self._hear)

    async def loaded(self) -> Head:
        """What the nursery loaded, or the parts of the error that it was refused for."""
        return await self._told

    def wish(self, wish: Head) -> None:
        """Ask for a fork or a kill."""
        if self.is_open:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.nursery.control.send(pack(wish))

    def leave(self) -> None:
        """Close the socket: the nursery ends its workers and itself."""
        if self.is_open:
            self.is_open = False
            asyncio.get_running_loop().remove_reader(self.nursery.control)
            self.nursery.control.close()
        if not self._told.done():
            self._told.set_result(NOT_LOADED)

    def _hear(self) -> None:
        """The nursery says something: what it loaded, or a worker with its socket."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self.nursery.control, 1 << 16, MOST_DESCRIPTORS)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data, descriptors = b"", []
        if not data:
            was_loaded = self._told.done()
            self.leave()
            if was_loaded:
                self.on_end(self)
            return
        self._buffer += data
        self._descriptors.extend(descriptors)
        while (frame := unpack(self._buffer)) is not None:
            head = frame[0]
            if "worker" in head:
                self.on_worker(self, head["worker"], self._descriptors.popleft())
            elif not self._told.done():
                self._told.set_result(head)

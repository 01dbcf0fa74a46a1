"""Raw bodies within their limits: told before reading where the length is declared, counted while reading else.

All bodies share one allowance of memory, so that a thousand slow uploads are refused instead of filling the machine.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from serving.problems import BodyTooLargeError, BodyTooSlowError, BusyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

    from serving.settings import Settings


class ClientLeftError(ConnectionError):
    """The caller closed the connection before the answer."""


class Share:
    """The bytes that one request holds of the allowance of all."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.size = 0

    def take(self, size: int) -> None:
        """Hold more. Errors: ``BusyError`` where all requests together would hold too much."""
        self.intake.refuse_when_full(size)
        self.size += size
        self.intake.held += size

    def give_back(self, size: int) -> None:
        """Hold less, and never less than nothing: what ends after its request gives back nothing twice."""
        size = min(size, self.size)
        self.size -= size
        self.intake.held -= size


class Intake:
    """Reads bodies; ``held`` is how many bytes of them are in memory now."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.held = 0

    @contextmanager
    def share(self) -> Iterator[Share]:
        """A request's share of the allowance, all of it given back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            share.give_back(share.size)

    @asynccontextmanager
    async def body(self, request: Request, most: int | None = None) -> AsyncIterator[bytes]:
        """The request's body while it is in use, of ``most`` bytes where a route wants less than the settings allow.

        Errors: 408, 413, and 503 when all bodies together are too many.
        """
        declared = request.headers.get("content-length", "0")
        with self.share() as share:
            self._check(int(declared) if declared.isdecimal() else 0, most)
            self.refuse_when_full(int(declared) if declared.isdecimal() else 0)
            try:
                async with asyncio.timeout(self.settings.body_seconds):
                    whole = await self._whole(request, share, most)
            except TimeoutError:
                raise BodyTooSlowError(
                    "the body did not arrive in time",
                    found=f"{share.size} bytes",
                    allowed=f"{self.settings.body_seconds:g} s",
                    do="send it again over a faster connection",
                ) from None
            yield whole

    async def _whole(self, request: Request, share: Share, most: int | None) -> bytes:
        chunks: list[bytes] = []
        more = True
        while more:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientLeftError
            chunk = message.get("body", b"")
            self._check(share.size + len(chunk), most)
            share.take(len(chunk))
            chunks.append(chunk)
            more = message.get("more_body", False)
        return b"".join(chunks)

    def _check(self, size: int, most: int | None) -> None:
        allowed = min(most or self.settings.body_bytes, self.settings.body_bytes)
        if size > allowed:
            raise BodyTooLargeError(
                "the body is too large",
                found=f"{size} bytes or more",
                allowed=f"{allowed} bytes",
                do="send less at a time" if most else "send one report at a time, or raise GONGKAI_BODY_BYTES",
            )

    def refuse_when_full(self, size: int) -> None:
        """Errors: ``BusyError`` where so many bytes more would be too many."""
        if self.held + size > self.settings.bodies_bytes:
            raise BusyError(
                "too many bodies are being received",
                found=f"{self.held} bytes, {size} more",
                allowed=f"{self.settings.bodies_bytes} bytes in all",
            )


async def departure(request: Request) -> None:
    """Returns when the caller closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

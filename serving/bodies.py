"""Raw bodies within their limits: told before reading where the length is declared, counted while reading else.

All bodies share one allowance of memory, so that a thousand slow uploads are refused instead of filling the machine.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from serving.problems import BodyTooLargeError, BodyTooSlowError, BusyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from serving.settings import Settings


class ClientLeftError(ConnectionError):
    """The caller closed the connection before the answer."""


class Intake:
    """Reads bodies; ``held`` is how many bytes of them are in memory now."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.held = 0

    @asynccontextmanager
    async def body(self, request: Request, most: int | None = None) -> AsyncIterator[bytes]:
        """The request's body while it is in use, of ``most`` bytes where a route wants less than the settings allow.

        Errors: 408, 413, and 503 when all bodies together are too many.
        """
        declared = request.headers.get("content-length", "0")
        self._check(int(declared) if declared.isdigit() else 0, most)
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                while True:
                    message = await request.receive()
                    if message["type"] == "http.disconnect":
                        raise ClientLeftError
                    chunk = message.get("body", b"")
                    size += len(chunk)
                    self.held += len(chunk)
                    self._check(size, most)
                    chunks.append(chunk)
                    if not message.get("more_body", False):
                        break
            whole = b"".join(chunks)
            chunks.clear()
            yield whole
        except TimeoutError:
            raise BodyTooSlowError(
                "the body did not arrive in time",
                found=f"{size} bytes",
                allowed=f"{self.settings.body_seconds:g} s",
                do="send it again over a faster connection",
            ) from None
        finally:
            self.held -= size

    def _check(self, size: int, most: int | None) -> None:
        allowed = min(most or self.settings.body_bytes, self.settings.body_bytes)
        if size > allowed:
            raise BodyTooLargeError(
                "the body is too large",
                found=f"{size} bytes or more",
                allowed=f"{allowed} bytes",
                do="send less at a time" if most else "send one report at a time, or raise GONGKAI_BODY_BYTES",
            )
        if self.held + size > self.settings.bodies_bytes:
            raise BusyError("too many bodies are being received", allowed=f"{self.settings.bodies_bytes} bytes in all")


async def departure(request: Request) -> None:
    """Returns when the caller closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

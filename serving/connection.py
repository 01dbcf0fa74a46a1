"""A connection whose request's head must come in time: the server's own library waits for it without end.

How long a body may take is settled where it is read (``bodies``), how long an idle connection is kept by the library.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle


def connection_of(seconds: float) -> type[HttpToolsProtocol]:
    """The kind of connection that is closed, without an answer, where a head takes longer than so many seconds."""

    class Connection(HttpToolsProtocol):
        patience: TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.wait_for_head()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self.wait_for_head()

        def on_headers_complete(self) -> None:
            self.wait_no_more()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self.wait_no_more()
            super().connection_lost(exc)

        def wait_for_head(self) -> None:
            if self.patience is None:
                self.patience = self.loop.call_later(seconds, self.give_up)

        def give_up(self) -> None:
            self.patience = None
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()
            else:  # a head behind a request that is still answered
                self.wait_for_head()

        def wait_no_more(self) -> None:
            if self.patience is not None:
                self.patience.cancel()
                self.patience = None

    return Connection

"""Hundreds of documents in one call: lines of JSON in, lines of JSON out, each as soon as it is done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from extractor.errors import GongkaiError
from serving.access import Reader
from serving.bodies import ClientLeftError, Share, departure
from serving.lines import given_of, lines_of, problem_of
from serving.parts import Parts, Service
from serving.pool import Task
from serving.problems import BodyTooLargeError, BusyError, QueueFullError, described
from serving.routes.extract import WithText

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

router = APIRouter(prefix="/v1", tags=["batches"])
MEDIA_TYPE = "application/x-ndjson"
LINE = '{"name": …, "text": …} or {"name": …, "base64": …}, one object a line'
BODY: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "description": f"Lines of JSON: `{LINE}`; `tables` may stand beside `text`.",
        "content": {MEDIA_TYPE: {"schema": {}}},
    }
}
PATIENCE_SECONDS = 0.05


@router.post(
    "/batches", summary="Extract many documents, nothing kept", response_class=StreamingResponse, openapi_extra=BODY,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "a line for each line, in the order in which they are done"}, **described(401, 403, 422, 429, 503)},
)  # fmt: skip
async def batch(request: Request, service: Service, _: Reader, text: WithText = False) -> StreamingResponse:
    """Each answer has its line's `ordinal` (from 0) and `name`, and `result`, or `problem` for what could not be read.

    A batch never fills the queue: it waits for its workers, so that single calls go on.
    """
    return Batch(request, service, with_text=text)


class Batch(StreamingResponse):
    """Reads and answers at the same time.

    Reading never waits for answers to be taken, because a plain client sends all of its lines before it reads any; so
    lines that wait for a worker are held in memory, within the allowance of all bodies together.
    """

    def __init__(self, request: Request, service: Parts, *, with_text: bool) -> None:
        self.answered = self.answers()
        super().__init__(self.answered, media_type=MEDIA_TYPE)
        self.request = request
        self.service = service
        self.with_text = with_text
        self.waiting: asyncio.Queue[bytes | GongkaiError | None] = asyncio.Queue()
        self.share = Share(service.intake)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until done, or until the caller leaves."""
        streaming = asyncio.create_task(self.stream_response(send))
        reading = asyncio.create_task(self.read())
        try:
            await asyncio.wait({streaming, reading}, return_when=asyncio.FIRST_COMPLETED)
            if not streaming.done():
                raise ClientLeftError
            streaming.result()
        finally:
            for task in (streaming, reading):
                task.cancel()
            await asyncio.wait({streaming, reading})
            await self.answered.aclose()
            self.share.give_back(self.share.size)

    async def read(self) -> None:
        """Take lines as they come; returns only when the caller has left."""
        try:
            async for line in lines_of(self.request, self.service.settings, self.share):
                self.share.take(len(line))
                self.waiting.put_nowait(line)
        except ClientLeftError:
            return
        except BusyError as busy:
            too_large = "the batch is too large to wait here"
            self.waiting.put_nowait(
                BodyTooLargeError(too_large, found=busy.found, allowed=busy.allowed, do="send a job")
            )
        except GongkaiError as error:
            self.waiting.put_nowait(error)
        self.waiting.put_nowait(None)
        await departure(self.request)

    async def answers(self) -> AsyncGenerator[bytes, None]:
        """Lines of answers; a batch has as many documents in work as there are workers."""
        running: set[asyncio.Future[bytes]] = set()
        ordinal = 0
        try:
            while (line := await self.waiting.get()) is not None:
                if isinstance(line, GongkaiError):
                    yield self.refused(ordinal, None, line)
                    continue
                running.add(asyncio.ensure_future(self.answer(ordinal, line)))
                ordinal += 1
                if len(running) >= self.service.settings.workers + 1:
                    done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for one in done:
                        yield one.result()
            while running:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        finally:
            for left in running:
                left.cancel()
            if running:
                await asyncio.wait(running)

    async def answer(self, ordinal: int, line: bytes) -> bytes:
        """The answer to one line."""
        name = None
        try:
            given = given_of(line, self.service.settings)
            name = given.name
            result = await self.patiently(Task(given.body, given.media_type, given.name, self.with_text))
        except GongkaiError as error:
            return self.refused(ordinal, name, error)
        finally:
            self.share.give_back(len(line))
        return orjson.dumps({"ordinal": ordinal, "name": name})[:-1] + b',"result":' + result + b"}\n"

    def refused(self, ordinal: int, name: str | None, error: GongkaiError) -> bytes:
        """The line that says what is wrong with a document."""
        problem = problem_of(error, self.service.metrics)
        return orjson.dumps({"ordinal": ordinal, "name": name, "problem": problem}) + b"\n"

    async def patiently(self, task: Task) -> bytes:
        """A result, waiting while the queue is full."""
        while True:
            try:
                return (await self.service.pool.run(task))[1]
            except QueueFullError:
                await asyncio.sleep(PATIENCE_SECONDS)

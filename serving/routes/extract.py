"""One document in, one result out, nothing kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response

from serving.access import Reader
from serving.bodies import ClientLeftError, departure
from serving.parts import Parts, Service
from serving.pool import Task
from serving.problems import described
from serving.shapes import Result

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from serving.frames import Head

Answer = TypeVar("Answer")
LOOK_AFTER_SECONDS = 0.02
router = APIRouter(prefix="/v1", tags=["extraction"])
TYPES = (
    "text/plain", "text/html", "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/octet-stream",
)  # fmt: skip
GIVEN = {"schema": {"$ref": "#/components/schemas/TextWithTables"}}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The document's bytes as they are (kind told by content), or JSON with a text and tables.",
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES},
            "application/json": GIVEN,
        },
    }
}

WithText = Annotated[bool, Query(description="`false` leaves the text out of the result")]
Name = Annotated[str | None, Query(max_length=255, description="the file's name, for `source.name`")]
Deadline = Annotated[
    float | None, Query(ge=0.1, le=3600, description="seconds that this document may take, waiting included")
]


@router.post(
    "/extract",
    summary="Extract one report",
    response_class=Response,
    responses={200: {"model": Result, "description": "the result"}, **described(401, 403, 408, 413, 422, 429, 503)},
    openapi_extra=BODY,
)
async def extract(
    request: Request, service: Service, _: Reader, text: WithText = True, name: Name = None, deadline: Deadline = None
) -> Response:
    """The result of one document, in the shape `gongkai.report/1`. Nothing is kept."""
    answer = await worked_on(request, service, with_text=text, name=name, seconds=deadline)
    return Response(answer[1], media_type="application/json")


async def worked_on(
    request: Request, service: Parts, *, with_text: bool, name: str | None, seconds: float | None, want: str = "result"
) -> tuple[Head, bytes]:
    """The answer for the request's body; the work ends when the caller leaves. Errors: as ``Pool.run``."""
    service.pool.refuse_when_full()
    async with service.intake.body(request) as body:
        task = Task(body, media_type_of(request), name, with_text, want)
        return await while_connected(request, service.pool.run(task, seconds=seconds))


async def while_connected(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do some work as long as its caller is there. Errors: ``ClientLeftError``, or the work's own.

    Most work is done before it would be worth a look whether the caller has left.
    """
    running = asyncio.current_task()
    assert running is not None
    watch: list[asyncio.Task[None]] = []
    timer = asyncio.get_running_loop().call_later(LOOK_AFTER_SECONDS, lambda: watch.append(watched(request, running)))
    try:
        return await work
    except asyncio.CancelledError:
        if watch and watch[0].done() and not running.uncancel():
            raise ClientLeftError from None
        raise
    finally:
        timer.cancel()
        if watch:
            watch[0].cancel()


def watched(request: Request, running: asyncio.Task[Any]) -> asyncio.Task[None]:
    """A task that cancels another one when the caller has left."""

    async def watch() -> None:
        await departure(request)
        running.cancel()

    return asyncio.get_running_loop().create_task(watch())


def media_type_of(request: Request) -> str | None:
    """The declared media type without parameters, lower case."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return declared or None

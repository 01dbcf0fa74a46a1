"""The HTTP service's entry: builds the app from its parts (``serving/``); no domain logic.

``uvicorn --factory service:app`` or ``gongkai serve``.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from extractor.errors import GongkaiError
from serving import problems
from serving.description import describe, description_of
from serving.guard import Guard
from serving.launch import Launched, launch_nursery
from serving.logs import log, set_up_logs
from serving.parts import Parts, make_parts
from serving.problems import BusyError
from serving.routes import (
    batches,
    compare,
    corpus,
    documents,
    extract,
    findings,
    health,
    jobs,
    learning,
    learning_labels,
    pages,
    vocabulary,
    workbench,
)
from serving.rules import watch_rules
from serving.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BACKGROUND_PATIENCE_SECONDS = 10
ROUTERS = (
    health.router, extract.router, batches.router, jobs.router, documents.router, findings.router, compare.router, corpus.router,
    vocabulary.router, learning.router, learning_labels.router, pages.router, workbench.router,
)  # fmt: skip


def app(
    settings: Settings | None = None, nursery: Launched | None = None, first_documents: Path | None = None
) -> FastAPI:
    """The service, with a nursery that was launched before or its own; its processes end with the app's life.

    ``first_documents`` is a folder whose reports are kept when the store is still empty.
    """
    settings = settings or load_settings()
    set_up_logs(settings.log_level)
    parts = make_parts(settings, nursery or launch_nursery(settings))
    built = FastAPI(
        lifespan=lambda app: life(app, parts, first_documents), docs_url=None, redoc_url=None, openapi_url=None
    )
    built.state.parts = parts
    for router in ROUTERS:
        built.include_router(router)
    problems.install(built)
    describe(built, settings)
    built.add_middleware(Guard, settings=settings, metrics=parts.metrics, telemetry=parts.telemetry)
    return built


@asynccontextmanager
async def life(app: FastAPI, parts: Parts, first_documents: Path | None) -> AsyncIterator[None]:
    """Processes up, background work running, and all of it ended in order."""
    description: asyncio.Task[Any] = asyncio.create_task(
        description_of(app)
    )  # this process has nothing else to do until those are up
    try:
        await parts.pool.start()
    except GongkaiError as error:
        log.error("not started", what=error.what, **error.details())
        raise
    parts.metrics.build.info(parts.pool.workshop.provenance)
    if not parts.database.has_text_index:
        log.warning(
            "no index of words", do="kept texts are read one after another to find words; see the documentation"
        )
    background: list[asyncio.Task[Any]] = [
        description,
        asyncio.create_task(_background(parts, first_documents)),
        asyncio.create_task(parts.foreman.run()),
        asyncio.create_task(parts.learning.run()),
        asyncio.create_task(watch_rules(parts.settings.rules, parts.pool.workshop, parts.metrics)),
    ]
    for work in background:
        work.add_done_callback(_tell_end)
    gc.collect()
    gc.freeze()  # what lives as long as the process is never looked through again, so that no answer waits for that
    yield
    for work in background:
        work.cancel()
    await asyncio.gather(*background, return_exceptions=True)  # what went wrong was told when it did
    await parts.pool.close()
    parts.database.close()
    parts.telemetry.close()


def _tell_end(work: asyncio.Task[Any]) -> None:
    """Background work that ends by an error is told at once: its type and place, as its message may quote a document."""
    if work.cancelled() or (error := work.exception()) is None:
        return
    errors = error.exceptions if isinstance(error, BaseExceptionGroup) else (error,)
    for one in errors:
        places = [f"{Path(place.filename).name}:{place.lineno}" for place in extract_tb(one.__traceback__)]
        log.error("background work ended", error=type(one).__name__, places=places)


async def _background(parts: Parts, first_documents: Path | None) -> None:
    """What is done beside answering: the first documents, and results that rules or model have outdated."""
    while True:
        try:
            if first_documents is not None and await parts.database.call(parts.keeper.documents.size) == 0:
                await parts.keeper.take_in(first_documents)
            await parts.keeper.renew()
        except BusyError as busy:
            log.warning("background work waits", what=busy.what)
            await asyncio.sleep(BACKGROUND_PATIENCE_SECONDS)
        else:
            return

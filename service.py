"""The HTTP service's entry: builds the app from its parts (``serving/``); no domain logic.

``uvicorn --factory service:app`` or ``gongkai serve``.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from fastapi import FastAPI

from extractor.errors import GongkaiError
from serving import problems
from serving.bodies import Intake
from serving.description import describe
from serving.guard import Guard
from serving.launch import Launched, launch_nursery
from serving.logs import set_up_logs
from serving.metrics import Metrics
from serving.parts import Parts
from serving.pool import Pool
from serving.routes import extract, health, pages, vocabulary
from serving.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUTERS = (health.router, extract.router, vocabulary.router, pages.router)


def app(settings: Settings | None = None, nursery: Launched | None = None) -> FastAPI:
    """The service, with a nursery that was launched before or its own; its processes end with the app's life."""
    settings = settings or load_settings()
    set_up_logs(settings.log_level)
    metrics = Metrics()
    parts = Parts(settings, metrics, Pool(settings, metrics, nursery or launch_nursery(settings)), Intake(settings))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        try:
            await parts.pool.start()
        except GongkaiError as error:
            structlog.get_logger().error("not started", what=error.what, **error.details())
            raise
        metrics.build.info(parts.pool.workshop.provenance)
        yield
        await parts.pool.close()

    built = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    built.state.parts = parts
    for router in ROUTERS:
        built.include_router(router)
    problems.install(built)
    describe(built, settings)
    built.add_middleware(Guard, settings=settings, metrics=metrics)
    return built

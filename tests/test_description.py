"""The OpenAPI document is made off the event loop, whoever asks first, and only once; the limits that it names hold."""

from __future__ import annotations

import asyncio
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI

from serving import problems
from serving.description import describe
from serving.routes import pages, vocabulary
from serving.settings import Settings

if TYPE_CHECKING:
    from threading import Thread


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/openapi.json", 200), ("GET", "/docs", 200), ("DELETE", "/v1/vocabulary", 405)],
)
def test_no_answer_waits_for_the_description(method: str, path: str, status: int) -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(vocabulary.router)
    app.include_router(pages.router)
    problems.install(app)
    made_in: list[Thread] = []
    made = app.openapi

    def told() -> dict[str, Any]:
        made_in.append(current_thread())
        return made()

    app.openapi = told  # type: ignore[method-assign]
    describe(app, Settings())

    async def ask() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            answers = await asyncio.gather(*(client.request(method, path) for _ in range(3)))
            return [answer.status_code for answer in answers]

    assert asyncio.run(ask()) == [status] * 3
    assert len(made_in) == 1
    assert main_thread() not in made_in

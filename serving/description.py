"""The OpenAPI document: the routes' own words, the limits in force, and shapes that raw bodies need.

It is made once, in a thread, while the start waits for rules and model (``service.life``): it takes a fifth of a second
and more, which no answer should wait for.
"""

from __future__ import annotations

import asyncio
from threading import Lock
from typing import TYPE_CHECKING, Any

from extractor.vocabulary import SCHEMA
from serving.limits import told
from serving.problems import Problem
from serving.shapes import TextWithTables, ToCompare

if TYPE_CHECKING:
    from fastapi import FastAPI

    from serving.settings import Settings

TEXT = """
Government-information-disclosure annual reports (政府信息公开工作年度报告) as facts with their exact place.

Send one document's bytes as the body, not a form. Errors are `application/problem+json` (RFC 9457) and say what failed,
where, what was found, what is allowed and what to do; they never repeat the document. `503` carries `Retry-After`.

Limits: body {body} bytes within {seconds:g} s (413, 408), text {characters} characters (413), {pages} pages (413),
JSON {depth} levels deep (413), {deadline:g} s a document (503), {queue} requests waiting (503).
{told} Results: `{schema}`.
"""


def describe(app: FastAPI, settings: Settings) -> None:
    """Give the app its OpenAPI document."""
    app.title = "gongkai"
    app.version = SCHEMA.rpartition("/")[2]
    app.description = TEXT.format(
        body=settings.body_bytes, seconds=settings.body_seconds, characters=settings.characters, pages=settings.pages,
        depth=settings.json_depth, deadline=settings.deadline_seconds, queue=settings.queue, told=told(settings),
        schema=SCHEMA,
    ).strip()  # fmt: skip
    made, whole, lock = app.openapi, dict[str, Any](), Lock()

    def openapi() -> dict[str, Any]:
        with lock:
            if not whole:
                whole.update(_with_own_shapes(made()))
            return whole

    app.openapi = openapi  # type: ignore[method-assign]


async def description_of(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document."""
    return await asyncio.to_thread(app.openapi)


def _with_own_shapes(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for shape in (Problem, TextWithTables, ToCompare):
        own = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= own.pop("$defs", {})
        schemas[shape.__name__] = own
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document

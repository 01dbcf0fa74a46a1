"""The page that explains the API, made from its OpenAPI document; no script, nothing from elsewhere."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, Request, Response

from serving.description import description_of

if TYPE_CHECKING:
    from jinja2 import Environment

router = APIRouter(include_in_schema=False)


@cache
def environment() -> Environment:
    """The templates of the service's pages; everything is escaped."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    return Environment(loader=PackageLoader("serving", "pages"), autoescape=select_autoescape(default=True))


@router.get("/")
async def front() -> Response:
    """Who opens the bare address in a browser is shown what there is."""
    return Response(status_code=307, headers={"Location": "/docs"})


@router.get("/favicon.ico")
async def no_icon() -> Response:
    """There is none; browsers ask for one and would complain of a 404."""
    return Response(status_code=204)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Every route with its parameters, bodies and answers."""
    document = await description_of(request.app)
    base = f"{request.url.scheme}://{request.url.netloc}"
    page = await asyncio.to_thread(lambda: environment().get_template("api.html").render(api=document, base=base))
    return Response(page, media_type="text/html; charset=utf-8")


@router.get("/openapi.json")
async def description(request: Request) -> Response:
    """The OpenAPI document."""
    return Response(orjson.dumps(await description_of(request.app)), media_type="application/json")


@router.get("/docs/api.css")
async def style() -> Response:
    """The page's style."""
    text = resources.files("serving").joinpath("pages", "api.css").read_bytes()
    return Response(text, media_type="text/css; charset=utf-8")

"""Two pages for people, in Chinese and English: drop reports and see their evidence; compare years of one agency.

They are the API's own callers, without a build step: plain modules of this service, under its strict policy. Where keys
are needed, the page sends the one that is typed in; it stays in the browser's tab.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from serving.guard import POLICY
from serving.problems import ServiceError
from serving.routes.documents import style_hash
from serving.routes.pages import environment

router = APIRouter(prefix="/workbench", include_in_schema=False)
OTHER = {"zh": "en", "en": "zh"}
FILES = {
    "workbench.css": "text/css; charset=utf-8",
    "workbench.js": "text/javascript; charset=utf-8",
    "upload.js": "text/javascript; charset=utf-8",
    "compare.js": "text/javascript; charset=utf-8",
}
Language = Annotated[str | None, Query(pattern="^(zh|en)$")]


class NoFileError(ServiceError):
    """No file of the workbench."""

    status = 404
    kind = "no-file"


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Every text by language."""
    return tomllib.loads(resources.files("serving").joinpath("pages", "workbench.toml").read_text("utf-8"))


@router.get("")
async def upload(request: Request, lang: Language = None) -> Response:
    """Drop reports: each is kept, and its evidence page is one step away."""
    return page("upload", request, lang)


@router.get("/compare")
async def compare(request: Request, lang: Language = None) -> Response:
    """Choose an agency and its years: cells that differ, the carry-over chain, text used again."""
    return page("compare", request, lang)


@router.get("/{file}")
async def file(file: str) -> Response:
    """A script or the style. Errors: ``NoFileError``."""
    if file not in FILES:
        raise NoFileError("there is no such file", where="/workbench", do="open /workbench")
    return Response(resources.files("serving").joinpath("pages", file).read_bytes(), media_type=FILES[file])


def page(name: str, request: Request, lang: str | None) -> Response:
    """A page in the language asked for, else in the browser's."""
    language = lang or preferred(request.headers.get("accept-language", ""))
    shown = environment().get_template("workbench.html").render(
        page=name, language=language, other=OTHER[language], texts=texts()[language]
    )  # fmt: skip
    headers = {"Vary": "Accept-Language", "Content-Security-Policy": policy()}
    return Response(shown, media_type="text/html; charset=utf-8", headers=headers)


def policy() -> str:
    """The service's own, and the style of evidence pages: those that the page shows in a new tab stand under it too."""
    return POLICY.replace("style-src 'self'", f"style-src 'self' {style_hash()}")


def preferred(accepted: str) -> str:
    """The first of the browser's languages that the pages speak; Chinese is asked for by ``zh`` in any form."""
    named = (part.strip().lower()[:2] for part in accepted.split(","))
    return next((language for language in named if language in OTHER), "en")

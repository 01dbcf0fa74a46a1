"""Kept documents: put in, listed, shown, removed. The same bytes are the same document."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from serving.access import Reader, Writer
from serving.parts import Parts, Service
from serving.problems import ServiceError, described
from serving.routes.asked import Asked, Cursor, Limit
from serving.routes.extract import BODY, Deadline, Name, WithText, media_type_of, while_connected
from serving.shapes import Result
from serving.store.documents import Given

if TYPE_CHECKING:
    from extractor.read.pool import ReaderPool

QUICKLY_HASHED = 1 << 20
EVIDENCE_REST = "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
router = APIRouter(prefix="/v1/documents", tags=["documents"])
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the document's bytes, in hexadecimal")]
Engine = Annotated[
    str | None, Query(pattern="^[0-9a-f]{16}$", description="an older result's `engine`, from `versions`")
]


class NotKeptError(ServiceError):
    """No such document, or no such result of it."""

    status = 404
    kind = "not-kept"


class OtherBytesError(ServiceError):
    """The bytes are not the document that the address names."""

    status = 422
    kind = "other-bytes"


class KeptBeforeError(ServiceError):
    """The document is there, and the caller asked to keep it only if it is not."""

    status = 412
    kind = "kept-before"


class DocumentShape(BaseModel):
    """A kept document and what its current result says of it."""

    sha256: str
    name: str | None
    media_type: str | None
    bytes: int
    added_at: str
    engine: str = Field(description="short name of the program, model and lexicon that made the current result")
    made_at: str
    title: str | None
    agency: str | None
    agency_type: str | None
    level: str | None
    region: list[str]
    year: int | None
    edition: str | None
    links: dict[str, str]


class DocumentPage(BaseModel):
    """Documents, the newest first."""

    documents: list[DocumentShape]
    next: str | None = Field(description="the cursor of the next page, null on the last one")


class VersionShape(BaseModel):
    """A result that was kept."""

    engine: str
    made_at: str
    is_current: bool


@router.post(
    "", summary="Keep a document", status_code=201, openapi_extra=BODY,
    responses={200: {"model": DocumentShape, "description": "it was kept before"}, **described(401, 403, 408, 413, 422, 429, 503)},
)  # fmt: skip
async def post_document(
    request: Request, response: Response, service: Service, key: Writer, name: Name = None, deadline: Deadline = None
) -> DocumentShape:
    """Extract a document and keep it with its result; its address is the SHA-256 of its bytes."""
    return await _keep(request, response, service, key.name, None, name, deadline)


@router.put(
    "/{sha256}", summary="Keep a document under its own hash", status_code=201, openapi_extra=BODY,
    responses={200: {"model": DocumentShape, "description": "it was kept before"}, **described(401, 403, 408, 412, 413, 422, 429, 503)},
)  # fmt: skip
async def put_document(
    sha256: Sha256, request: Request, response: Response, service: Service, key: Writer, name: Name = None,
    deadline: Deadline = None,
) -> DocumentShape:  # fmt: skip
    """As POST; a body with another hash is refused, and `If-None-Match: *` refuses what is kept already (412)."""
    return await _keep(request, response, service, key.name, sha256, name, deadline)


async def _keep(
    request: Request, response: Response, service: Parts, who: str, sha256: str | None, name: str | None,
    seconds: float | None,
) -> DocumentShape:  # fmt: skip
    async with service.intake.body(request) as body:
        given = Given(body, name, media_type_of(request))
        if len(body) > QUICKLY_HASHED:
            await asyncio.to_thread(lambda: given.sha256)
        if sha256 is not None and given.sha256 != sha256:
            raise OtherBytesError("the body is another document", where="path sha256", allowed="the body's own SHA-256")
        if request.headers.get("if-none-match") == "*":
            known = await service.database.call(service.keeper.documents.find, given.sha256)
            if known is not None:
                raise KeptBeforeError("the document is kept already", where=f"/v1/documents/{given.sha256}")
        kept, is_new = await while_connected(request, service.keeper.keep(given, seconds=seconds))
    if is_new:
        await service.database.call(service.audit.note, who, "document.keep", given.sha256)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/v1/documents/{given.sha256}"
    return DocumentShape.model_validate(kept)


@router.get("", summary="List kept documents", responses=described(401, 403, 422, 429, 503))
async def list_documents(
    service: Service, _: Reader, asked: Asked, cursor: Cursor = None, limit: Limit = 50
) -> DocumentPage:
    """Documents that match every filter, the newest first, page by page."""
    page = await service.database.call(service.queries.page, asked, cursor=cursor, limit=limit)
    return DocumentPage.model_validate(page)


@router.get("/{sha256}", summary="One document", responses=described(401, 403, 404, 422, 429, 503))
async def get_document(sha256: Sha256, service: Service, _: Reader) -> DocumentShape:
    """Its summary."""
    found = await service.database.call(service.keeper.documents.find, sha256)
    if found is None:
        raise not_kept(sha256)
    return DocumentShape.model_validate(found)


@router.delete(
    "/{sha256}", summary="Remove a document", status_code=204, responses=described(401, 403, 404, 422, 429, 503)
)
async def delete_document(sha256: Sha256, service: Service, key: Writer) -> None:
    """Remove it with all its results and verdicts."""
    if not await service.database.call(service.keeper.documents.remove, sha256):
        raise not_kept(sha256)
    await service.database.call(service.audit.note, key.name, "document.remove", sha256)


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "what `If-None-Match` names is still so"}}


@router.get(
    "/{sha256}/report", summary="Its result", response_class=Response,
    responses={200: {"model": Result, "description": "the result"}, **NOT_MODIFIED, **described(401, 403, 404, 422, 429, 503)},
)  # fmt: skip
async def get_report(
    sha256: Sha256, request: Request, service: Service, _: Reader, text: WithText = True, engine: Engine = None
) -> Response:
    """The current result, or an older one of a certain `engine`."""
    made_by, result = await _result(sha256, service, engine)
    tag = f'"{made_by}"' if text else f'"{made_by}-short"'
    if is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    if not text:
        result = await service.database.call(without_text, result)
    return Response(result, media_type="application/json", headers={"ETag": tag})


@router.get(
    "/{sha256}/evidence", summary="Its evidence page", response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "the page"}, **NOT_MODIFIED, **described(401, 403, 404, 422, 429, 503)},
)  # fmt: skip
async def get_evidence(
    sha256: Sha256, request: Request, service: Service, _: Reader, engine: Engine = None
) -> Response:
    """The text with every fact marked, beside facts and tables, as one page."""
    made_by, result = await _result(sha256, service, engine)
    tag = f'"{made_by}-page"'
    if is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    given = await service.database.call(service.keeper.documents.original, sha256)
    page = await asyncio.to_thread(_evidence, result, given.body if given is not None else b"")
    headers = {"ETag": tag, "Content-Security-Policy": f"default-src 'none'; style-src {style_hash()}; {EVIDENCE_REST}"}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


@router.get(
    "/{sha256}/original", summary="Its bytes as they came", response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "the bytes"}, **NOT_MODIFIED, **described(401, 403, 404, 422, 429, 503)},
)  # fmt: skip
async def get_original(sha256: Sha256, request: Request, service: Service, _: Reader) -> Response:
    """As a file to save, never as a page of this service."""
    tag = f'"{sha256}"'
    given = await service.database.call(service.keeper.documents.original, sha256)
    if given is None:
        raise not_kept(sha256)
    if is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    disposition = f"attachment; filename*=UTF-8''{quote(given.name or sha256, safe='')}"
    headers = {"ETag": tag, "Content-Disposition": disposition}
    return Response(given.body, media_type="application/octet-stream", headers=headers)


@router.get("/{sha256}/versions", summary="Every result kept of it", responses=described(401, 403, 404, 422, 429, 503))
async def get_versions(sha256: Sha256, service: Service, _: Reader) -> list[VersionShape]:
    """Results by other programs, models or lexicons stay when a document is worked on again."""
    found = await service.database.call(service.keeper.documents.versions, sha256)
    if not found:
        raise not_kept(sha256)
    return [VersionShape.model_validate(version) for version in found]


@cache
def _viewer() -> ReaderPool:
    """The process that shows pages, started when a page is first asked for."""
    from extractor.read.limits import Limits
    from extractor.read.pool import ReaderPool

    return ReaderPool(1, Limits(seconds=20.0))


def _evidence(result: bytes, body: bytes) -> str:
    from extractor.show import evidence_page, sheets_of  # not before a page is asked for, as templates load slowly

    loaded = orjson.loads(result)
    return evidence_page(loaded, sheets_of(loaded, body, _viewer(), with_scans=False) if body else ())


async def _result(sha256: str, service: Parts, engine: str | None) -> tuple[str, bytes]:
    found = await service.database.call(service.keeper.documents.report, sha256, engine)
    if found is None:
        raise not_kept(sha256)
    return found


def not_kept(sha256: str) -> NotKeptError:
    """The error for what is not there."""
    return NotKeptError("nothing is kept there", where=f"/v1/documents/{sha256}", do="look in /v1/documents")


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has this version."""
    named = request.headers.get("if-none-match", "")
    return named == "*" or tag in {part.strip().removeprefix("W/") for part in named.split(",")}


def without_text(result: bytes) -> bytes:
    """A result without its text."""
    loaded = orjson.loads(result)
    loaded.pop("text", None)
    return orjson.dumps(loaded)


@cache
def style_hash() -> str:
    """The source by which a policy lets an evidence page's own style count; the page has no script."""
    from extractor.show import page_style

    return f"'sha256-{base64.b64encode(hashlib.sha256(page_style().encode()).digest()).decode()}'"

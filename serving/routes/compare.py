"""Two or more reports side by side: chains from year to year, text used again, cells that differ. Nothing is kept.

A worker compares, as it extracts, because the texts are long; the server only looks the kept results up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
from fastapi import APIRouter, Request, Response

from extractor.errors import DocumentError
from serving.access import Reader
from serving.parts import Service
from serving.pool import Task
from serving.problems import described
from serving.routes.documents import not_kept
from serving.routes.extract import Deadline, while_connected
from serving.shapes import Comparison

if TYPE_CHECKING:
    from serving.parts import Parts

router = APIRouter(prefix="/v1", tags=["comparison"])
MOST_REPORTS = 50
HASH = re.compile("[0-9a-f]{64}")
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"2 to {MOST_REPORTS} reports: hashes of kept documents, results, or both.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ToCompare"}}},
    }
}


@router.post(
    "/compare", summary="Compare reports", response_class=Response, openapi_extra=BODY,
    responses={200: {"model": Comparison, "description": "the comparison"}, **described(401, 403, 404, 408, 413, 422, 429, 503)},
)  # fmt: skip
async def compare(request: Request, service: Service, _: Reader, deadline: Deadline = None) -> Response:
    """Years of one agency, or reports of several: the shape `gongkai.comparison/1`."""
    service.pool.refuse_when_full()
    async with service.intake.body(request) as body:
        hashes, results = asked(body)
        with service.intake.share() as share:
            parts = []
            for sha256 in hashes:
                parts.append(await kept(sha256, service))
                share.take(len(parts[-1]))
            parts += [orjson.dumps(result) for result in results]
            task = Task(b"[" + b",".join(parts) + b"]", want="comparison")
            answer = await while_connected(request, service.pool.run(task, seconds=deadline))
    return Response(answer[1], media_type="application/json")


async def kept(sha256: str, service: Parts) -> bytes:
    """The current result of a kept document. Errors: ``NotKeptError``."""
    found = await service.database.call(service.keeper.documents.report, sha256)
    if found is None:
        raise not_kept(sha256)
    return found[1]


def asked(body: bytes) -> tuple[list[str], list[Any]]:
    """The hashes and the results of a body. Errors: ``DocumentError`` with the place."""
    try:
        loaded = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        _refuse("body", f"no JSON (line {error.lineno}, column {error.colno})")
    if not isinstance(loaded, dict) or not loaded.keys() <= {"documents", "results"}:
        _refuse("body", "something else")
    hashes, results = loaded.get("documents", []), loaded.get("results", [])
    if not isinstance(hashes, list) or not all(isinstance(one, str) and HASH.fullmatch(one) for one in hashes):
        _refuse("documents", "something else than SHA-256 in hexadecimal")
    if not isinstance(results, list):
        _refuse("results", "no list")
    if not 2 <= len(hashes) + len(results) <= MOST_REPORTS:
        _refuse("body", f"{len(hashes) + len(results)} reports")
    return hashes, results


def _refuse(where: str, found: str) -> NoReturn:
    raise DocumentError(
        "the body cannot be compared",
        where=where,
        found=found,
        allowed=f'{{"documents": [SHA-256, …], "results": [result, …]}}, 2 to {MOST_REPORTS} in all',
        do="keep the reports first (POST /v1/documents), or send their results",
    )

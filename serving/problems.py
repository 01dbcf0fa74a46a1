"""Every error of the service in one shape: RFC 9457 problem details with the five parts of this program's errors.

An error's status belongs to its class; nothing of the submitted document is ever repeated in one.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from extractor import errors
from extractor.errors import DocumentError, GongkaiError, LimitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request
    from starlette.types import Scope

    from serving.frames import Head

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What an error response holds; the parts that are not known are left out."""

    type: str = Field(description="stable name of the kind of error", examples=["urn:gongkai:problem:queue-full"])
    title: str = Field(description="what failed")
    status: int = Field(description="the HTTP status")
    where: str | None = Field(None, description="where it failed")
    found: str | None = Field(None, description="what was found there; never the document's own words")
    allowed: str | None = Field(None, description="what is allowed there")
    do: str | None = Field(None, description="what to do about it")
    request: str | None = Field(None, description="the request's id, as in the logs and in X-Request-ID")
    lines: list[dict[str, str | int]] | None = Field(None, description="of labels: each wrong line and what is wrong")
    gates: list[dict[str, str | bool]] | None = Field(None, description="of a candidate: each gate and what it said")
    differences: list[dict[str, Any]] | None = Field(None, description="of a candidate: examples coded otherwise")


class ServiceError(GongkaiError):
    """An error of the service itself: ``status`` is HTTP's, ``kind`` its stable name."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "request"
    retry_after: int | None = None
    members: Mapping[str, Any] = MappingProxyType({})


class BusyError(ServiceError):
    """Nothing wrong with the request: it may be sent again after ``retry_after`` seconds."""

    status = 503
    kind = "unavailable"

    def __init__(
        self, what: str, *, retry_after: int = 1, where: str = "", found: str = "", allowed: str = "", do: str = ""
    ) -> None:
        super().__init__(what, where=where, found=found, allowed=allowed, do=do or f"send it again in {retry_after} s")
        self.retry_after = retry_after


class QueueFullError(BusyError):
    """As many requests wait as may wait."""

    kind = "queue-full"


class DeadlineError(BusyError):
    """The time for the document ran out, and its work was ended."""

    kind = "deadline"


class WorkerLostError(BusyError):
    """The process that worked on this document ended; only this request is lost."""

    kind = "worker-lost"


class BodyTooLargeError(ServiceError):
    """A body over its limit."""

    status = 413
    kind = "body-too-large"


class BodyTooSlowError(ServiceError):
    """A body that did not arrive in time."""

    status = 408
    kind = "body-too-slow"


class ParameterError(ServiceError):
    """A parameter that is not allowed."""

    status = 422
    kind = "parameter"


class ConflictError(ServiceError):
    """What stands against it; nothing was changed."""

    status = 409
    kind = "conflict"


class UnforeseenError(ServiceError):
    """An error of the service's own; it is logged with the request's id."""

    status = 500
    kind = "unforeseen"


class RefusedError(ServiceError):
    """Who asks may not, or not from there."""

    status = 403
    kind = "refused"


STATUS_OF: tuple[tuple[type[GongkaiError], int, str], ...] = (
    (LimitError, 413, "limit"),
    (DocumentError, 422, "document"),
    (GongkaiError, 422, "input"),
)


def status_and_kind(error: GongkaiError) -> tuple[int, str]:
    """The HTTP status and the stable name of an error."""
    if isinstance(error, ServiceError):
        return error.status, error.kind
    return next((status, kind) for family, status, kind in STATUS_OF if isinstance(error, family))


def error_of(head: Head) -> GongkaiError:
    """The error that a worker's answer carries."""
    family = getattr(errors, head["refused"], GongkaiError)
    error: GongkaiError = family(head["what"], **head["details"])
    return error


def problem_response(
    status: int, kind: str, title: str, details: Mapping[str, Any], scope: Scope, retry_after: int | None = None
) -> Response:
    """A problem as a response; the request's ``scope`` remembers its kind, for the figures."""
    scope["refused"] = kind
    shape = {"type": f"urn:gongkai:problem:{kind}", "title": title, "status": status, **details}
    if "request_id" in scope:
        shape["request"] = scope["request_id"]
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == HTTPStatus.REQUEST_TIMEOUT:
        headers["Connection"] = "close"  # what is left of the body would be taken for the next request
    return Response(orjson.dumps(shape), status, headers, media_type=MEDIA_TYPE)


def response_of(error: GongkaiError, scope: Scope) -> Response:
    """An error of this program as a response."""
    status, kind = status_and_kind(error)
    retry_after = error.retry_after if isinstance(error, ServiceError) else None
    members = error.members if isinstance(error, ServiceError) else {}
    response = problem_response(status, kind, error.what, {**error.details(), **members}, scope, retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def install(app: FastAPI) -> None:
    """Answer every error in the one shape."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, GongkaiError)
        return response_of(error, request.scope)

    async def parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = ParameterError(
            "a parameter cannot be used", where=where, found=str(first["type"]), allowed=str(first["msg"])
        )
        return response_of(told, request.scope)

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 400:
            told = ParameterError("the body cannot be read", where="body", allowed="JSON in UTF-8")
            return response_of(told, request.scope)
        details = (
            {"where": f"{request.method} {request.scope['path'][:200]}"} if error.status_code in {404, 405} else {}
        )
        shown = problem_response(error.status_code, "http", error.detail, details, request.scope)
        shown.headers.update(error.headers or {})
        if error.status_code == 405:
            shown.headers["Allow"] = ", ".join(await asyncio.to_thread(methods_of, request))
        return shown

    async def unforeseen(request: Request, _: Exception) -> Response:
        told = UnforeseenError("the service made a mistake", do="send it again; tell who runs the service if it lasts")
        return response_of(told, request.scope)

    app.add_exception_handler(GongkaiError, ours)
    app.add_exception_handler(RequestValidationError, parameters)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unforeseen)


def methods_of(request: Request) -> list[str]:
    """Every method of the routes at a request's path."""
    paths = request.app.openapi()["paths"].items()
    found = [methods for path, methods in paths if compile_path(path)[0].match(request.scope["path"])]
    return sorted({method.upper() for methods in found for method in methods})


def described(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The error responses of a route, for OpenAPI."""
    meanings = {
        401: "no valid key", 403: "not allowed", 404: "not there", 408: "the body came too slowly", 409: "conflict",
        412: "changed meanwhile", 413: "over a limit, which is told", 422: "not what it should be; says where",
        429: "too many requests", 503: "busy: send it again after Retry-After seconds",
    }  # fmt: skip
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": meanings[status], "content": content} for status in statuses}

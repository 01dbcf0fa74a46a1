"""Documents as lines of JSON (NDJSON): ``{"name": …, "text": …}``, or ``"base64"`` with the bytes of another format.

Lines are read as they arrive, so a batch may be longer than memory; one bad line costs that line only.
"""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import orjson

from extractor.errors import DocumentError, GongkaiError, LimitError
from serving.bodies import ClientLeftError
from serving.problems import BodyTooSlowError, status_and_kind
from serving.store.documents import Given

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from serving.bodies import Share
    from serving.metrics import Metrics
    from serving.settings import Settings

KEYS = frozenset({"name", "text", "tables", "base64", "media_type"})


async def lines_of(request: Request, settings: Settings, share: Share) -> AsyncIterator[bytes]:
    """The body's lines without empty ones. What has come of the next one is held in ``share``, a given line is not.

    Errors: 408 when nothing comes for long, ``LimitError`` for a line's length, 503 when all bodies are too many.
    """
    rest: list[bytes] = []
    size = 0
    more = True
    while more:
        try:
            async with asyncio.timeout(settings.body_seconds):
                message = await request.receive()
        except TimeoutError:
            raise BodyTooSlowError(
                "the batch stopped arriving", allowed=f"{settings.body_seconds:g} s between parts"
            ) from None
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        more = message.get("more_body", False)
        chunk = message.get("body", b"")
        share.take(len(chunk))
        first, *others = chunk.split(b"\n")
        rest.append(first)
        size += len(first)
        for other in others:
            line, rest, size = b"".join(rest), [other], len(other)
            share.give_back(len(line) + 1)
            if line.strip():
                yield line
        if size > settings.body_bytes * 2:
            raise LimitError("a line is too long", allowed=f"{settings.body_bytes * 2} bytes")
    share.give_back(size)
    if (line := b"".join(rest)).strip():
        yield line


def given_of(line: bytes, settings: Settings) -> Given:
    """The document in a line. Errors: ``DocumentError`` and ``LimitError`` with the part of the line."""
    try:
        loaded = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise DocumentError("the line is no JSON", allowed='{"name": …, "text": …}, one object a line') from None
    if not isinstance(loaded, dict) or not KEYS.issuperset(loaded) or ("text" in loaded) == ("base64" in loaded):
        raise DocumentError(
            "the line is no document", allowed=f"an object with text or base64, of {', '.join(sorted(KEYS))}"
        )
    for key in ("name", "text", "base64", "media_type"):
        if not isinstance(loaded.get(key, ""), str):
            raise DocumentError("the line is no document", where=key, allowed="text")
    body, media_type = _body(loaded)
    if len(body) > settings.body_bytes:
        raise LimitError(
            "the document is too large", found=f"{len(body)} bytes", allowed=f"{settings.body_bytes} bytes"
        )
    return Given(body, loaded.get("name"), media_type)


def _body(loaded: dict[str, Any]) -> tuple[bytes, str | None]:
    if "base64" in loaded:
        try:
            return b64decode(loaded["base64"], validate=True), loaded.get("media_type")
        except (binascii.Error, ValueError):
            raise DocumentError("the line is no document", where="base64", allowed="bytes in base64") from None
    if "tables" in loaded:
        return orjson.dumps({"text": loaded["text"], "tables": loaded["tables"]}), "application/json"
    return loaded["text"].encode(), loaded.get("media_type", "text/plain")


def problem_of(error: GongkaiError, metrics: Metrics | None = None) -> dict[str, Any]:
    """An error as a member of a line, in the shape of the service's problems, and counted like them where ``metrics`` is given."""
    status, kind = status_and_kind(error)
    if metrics is not None:
        metrics.refusals.labels(kind).inc()
    return {"type": f"urn:gongkai:problem:{kind}", "title": error.what, "status": status, **error.details()}

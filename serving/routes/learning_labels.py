"""People's labels, and what to label next.

Labels come as lines of JSON, of themes (``gongkai.label/1``) or passages with marked counts (``gongkai.context/1``).
An upload is taken whole or refused with every wrong line's number and reason. Who labelled is the key's name; only
who may train settles an item in dispute, by the coder ``adjudicated``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from serving.access import Labeller
from serving.limits import LABEL_BYTES, LABEL_LINES
from serving.parts import Parts, Service
from serving.problems import BodyTooLargeError, ParameterError, described
from serving.store.labels import Line
from training import contexts, labels
from training.intake import Taken, take_lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from serving.store.keys import Key

router = APIRouter(prefix="/v1", tags=["learning"])
MEDIA_TYPE = "application/x-ndjson"
ADJUDICATED = "adjudicated"
MOST_TOLD = 100
MOST_ITEMS = 3_000
BODY: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "description": "Lines of JSON: `gongkai.label/1` (docs/learning.md) or `gongkai.context/1`; `coder` may be left out.",
        "content": {MEDIA_TYPE: {"schema": {}}},
    }
}
SPACE = re.compile(r"\s+")


class LinesRefusedError(ParameterError):
    """Wrong lines; ``lines`` says which and why."""

    kind = "labels"


class TakenShape(BaseModel):
    """What was taken."""

    labels: int = Field(description="labels of themes")
    passages: int = Field(description="passages with marked counts")
    replaced: int = Field(description="earlier codings of the same items by the same coder")
    coder: str


class QueueItem(BaseModel):
    """An item of a kept document, and why it is worth a label; each part of its worth is between 0 and 1."""

    id: str
    document: str = Field(description="SHA-256")
    text: str
    kind: str
    agency: str | None
    agency_type: str | None
    level: str | None
    year: int | None
    themes: list[str] = Field(description="what the model says")
    worth: float
    doubt: float
    novelty: float
    disagreement: bool


@router.post(
    "/labels", summary="Give labels", status_code=201, openapi_extra=BODY,
    responses=described(401, 403, 408, 409, 413, 422, 429, 503),
    description=(
        "All lines are taken, or none: `lines` of the refusal says what is wrong with which. "
        f"Limits: {LABEL_BYTES} bytes and {LABEL_LINES} lines a call (413); {labels.LONGEST_TEXT} characters a text, "
        f"{contexts.LONGEST_TEXT} a passage (422); as many labels kept in all as `GONGKAI_LABELS` says (409)."
    ),
)  # fmt: skip
async def post_labels(request: Request, service: Service, key: Labeller) -> TakenShape:
    """What was taken. Errors: ``LinesRefusedError``, ``BodyTooLargeError``, ``ManyLabelsError``."""
    async with service.intake.body(request, most=LABEL_BYTES) as body:
        if (count := body.count(b"\n") + (not body.endswith(b"\n"))) > LABEL_LINES:
            raise BodyTooLargeError(
                "too many lines at once",
                found=f"{count} lines",
                allowed=f"{LABEL_LINES} lines",
                do="send less at a time",
            )
        taken = await service.database.call(take_lines, body, "body", key.name)
    refuse_wrong(taken, key)
    lines = [Line(labels.SCHEMA, one.id, one.coder, _line(one.to_dict())) for one in taken.labels]
    lines += [Line(contexts.SCHEMA, one.id, key.name, one.to_line()) for one in taken.passages]
    replaced = await service.database.call(service.labels.add, lines, key.name)
    return TakenShape(
        labels=len(taken.labels), passages=len(taken.passages), replaced=replaced, coder=key.name
    )  # fmt: skip


def _line(label: dict[str, Any]) -> str:
    return orjson.dumps(label).decode()


def refuse_wrong(taken: Taken, key: Key) -> None:
    """Errors: ``LinesRefusedError``."""
    wrong: list[dict[str, str | int]] = [
        {"line": number, "what": error.what, **error.details()} for number, error in taken.refused
    ]
    own = {key.name, ADJUDICATED} if key.scopes & {"train", "admin"} else {key.name}
    foreign = sum(label.coder not in own for label in taken.labels)
    if wrong or foreign or not (taken.labels or taken.passages):
        found = (
            f"{len(wrong)} wrong lines" if wrong else f"{foreign} labels of another coder" if foreign else "no lines"
        )
        error = LinesRefusedError(
            "the labels were not taken", where="body", found=found,
            allowed="lines of gongkai.label/1 or gongkai.context/1, coder the key's own name",
            do="correct the lines and send all of them again",
        )  # fmt: skip
        error.members = {"lines": wrong[:MOST_TOLD]} if wrong else {}
        raise error


@router.get(
    "/labels", summary="All labels", response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "a line for each label, the oldest first"}, **described(401, 403, 422, 429, 503)},
)  # fmt: skip
async def get_labels(
    service: Service, _: Labeller,
    coder: Annotated[str | None, Query(max_length=64, description="only who labelled by this key")] = None,
) -> StreamingResponse:  # fmt: skip
    """As they were given: what `gongkai train --labels` and `gongkai coders` read."""
    return StreamingResponse(_pages(service, coder), media_type=MEDIA_TYPE)


async def _pages(service: Parts, coder: str | None) -> AsyncIterator[bytes]:
    after = 0
    while page := await service.database.call(service.labels.page, after, coder):
        after = page[-1][0]
        yield b"".join(line.encode() + b"\n" for _, line in page)


@router.get("/queue", summary="What to label next", responses=described(401, 403, 422, 429, 503))
async def get_queue(
    service: Service, _: Labeller, most: Annotated[int, Query(ge=1, le=200, description="how many")] = 50
) -> list[QueueItem]:
    """Of the newest kept documents' problems and improvements that nobody has labelled: by doubt, disagreement of
    rules and model, new wording, and spread over agencies."""
    rows = await service.database.call(unlabelled, service)
    items = [{"text": row["text"], "group": row["agency"] or row["document"]} for row in rows]
    ranked = await service.learning.ask("queue", items=items, most=most) if items else []
    return [QueueItem(**{**rows[row.pop("place")], **row}) for row in ranked]


def unlabelled(service: Parts) -> list[dict[str, Any]]:
    """Items of kept documents as labels would name them, without those whose text was labelled."""
    done = {orjson.loads(line)["text"] for line in service.labels.all_lines()}
    found: dict[str, dict[str, Any]] = {}
    for row in service.labels.items(MOST_ITEMS):
        text = SPACE.sub(" ", row["quote"]).strip()[: labels.LONGEST_TEXT]
        if text and text not in done:
            kind = "problem" if row["kind"].startswith("problem") else "improvement"
            name = f"{row['sha256'][:16]}:{kind[0]}{row['ordinal']}"
            same = {key: row[key] for key in ("agency", "agency_type", "level", "year")}
            found.setdefault(text, {"id": name, "document": row["sha256"], "text": text, "kind": kind, **same})
    return list(found.values())

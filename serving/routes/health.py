"""Whether the service lives, is ready, and what it is; none of them waits for work."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from serving.access import Reader
from serving.parts import Service
from serving.problems import BusyError, described

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(examples=["alive"])


class Ready(BaseModel):
    """Documents would be worked on."""

    status: str = Field(examples=["ready"])
    workers: int = Field(description="worker processes")
    waiting: int = Field(description="requests that wait for one")
    text_search: Literal["index", "reading"] = Field(
        description="how words of kept texts are found; `reading` one text after another takes long in a large store"
    )


class Version(BaseModel):
    """What makes results here: the same members as a result's ``provenance``."""

    version: str
    model: str
    model_sha256: str
    lexicon_sha256: str
    schema_: str = Field(alias="schema")


@router.get("/livez", summary="Is the process alive")
async def livez() -> Alive:
    """Answers as long as the server's process runs, whatever the workers do."""
    return Alive(status="alive")


@router.get("/readyz", summary="Can documents be worked on", responses=described(503))
async def readyz(service: Service) -> Ready:
    """503 while no worker is there, or while the service stops."""
    pool = service.pool
    if not pool.is_ready:
        raise BusyError("no worker is ready")
    search: Literal["index", "reading"] = "index" if service.database.has_text_index else "reading"
    return Ready(
        status="ready", workers=len(pool.workshop.links), waiting=len(pool.waiting), text_search=search
    )  # fmt: skip


@router.get("/version", summary="Versions and hashes of program, model and lexicon")
async def version(service: Service) -> Version:
    """What a result's provenance would say."""
    return Version.model_validate(service.pool.workshop.provenance)


@router.get(
    "/metrics", summary="Figures for Prometheus", response_class=Response, responses=described(401, 403, 429, 503)
)
async def metrics(service: Service, _: Reader) -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

"""Counts over the kept corpus: themes, indicators and channels, by year, level or kind of agency."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from serving.access import Reader
from serving.parts import Service
from serving.problems import described
from serving.routes.asked import Asked

router = APIRouter(prefix="/v1", tags=["corpus"])
By = Annotated[
    Literal["year", "level", "agency_type", "agency", "edition"] | None,
    Query(description="count apart for each of these"),
]
Kind = Annotated[Literal["problems", "improvements"] | None, Query(description="only these")]
REFUSALS = described(401, 403, 422, 429, 503)


class CountShape(BaseModel):
    """A group and its counts; the member that `by` names is added."""

    model_config = ConfigDict(extra="allow")

    count: int
    documents: int


class ThemeCount(CountShape):
    """Items with a theme first."""

    kind: str
    theme: str | None


class ChannelCount(CountShape):
    """Entries of a type and status."""

    type: str
    status: str


class IndicatorCount(CountShape):
    """Indicators and how prose and tables stand to each other."""

    code: str
    relation: str
    value: float | None


@router.get("/themes", summary="Themes of problems and improvements", responses=REFUSALS)
async def themes(service: Service, _: Reader, asked: Asked, kind: Kind = None, by: By = None) -> list[ThemeCount]:
    """How many items have each theme first, and in how many documents."""
    found = await service.database.call(service.queries.themes, asked, kind, by)
    return [ThemeCount.model_validate(row) for row in found]


@router.get("/channels", summary="Channels by type and status", responses=REFUSALS)
async def channels(service: Service, _: Reader, asked: Asked, by: By = None) -> list[ChannelCount]:
    """How many entries, and in how many documents."""
    found = await service.database.call(service.queries.channels, asked, by)
    return [ChannelCount.model_validate(row) for row in found]


@router.get("/indicators", summary="Indicators by relation", responses=REFUSALS)
async def indicators(service: Service, _: Reader, asked: Asked, by: By = None) -> list[IndicatorCount]:
    """How prose and tables stand to each other; `value` is the sum of the tables' figures."""
    found = await service.database.call(service.queries.indicators, asked, by)
    return [IndicatorCount.model_validate(row) for row in found]

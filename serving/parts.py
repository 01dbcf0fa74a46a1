"""The service's living parts, made once and handed to every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from serving.bodies import Intake
from serving.metrics import Metrics
from serving.pool import Pool
from serving.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """What routes work with."""

    settings: Settings
    metrics: Metrics
    pool: Pool
    intake: Intake


def parts_of(request: Request) -> Parts:
    """The parts of the app that a request came to."""
    parts: Parts = request.app.state.parts
    return parts


Service = Annotated[Parts, Depends(parts_of)]

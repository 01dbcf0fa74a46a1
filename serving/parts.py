"""The service's living parts, made once and handed to every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from serving.access import Access
from serving.bodies import Intake
from serving.folder import Folder
from serving.foreman import Foreman
from serving.keeping import Keeper
from serving.launch import Launched
from serving.learning import Learning
from serving.metrics import Metrics
from serving.pool import Pool
from serving.settings import Settings
from serving.store.database import Database
from serving.store.jobs import Jobs
from serving.store.keys import Audit, Keys
from serving.store.labels import Labels
from serving.store.queries import Queries
from serving.store.trainings import Trainings
from serving.store.verdicts import Verdicts
from serving.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Parts:
    """What routes work with."""

    settings: Settings
    metrics: Metrics
    telemetry: Telemetry
    pool: Pool
    intake: Intake
    database: Database
    access: Access
    keeper: Keeper
    queries: Queries
    verdicts: Verdicts
    audit: Audit
    jobs: Jobs
    foreman: Foreman
    folder: Folder
    labels: Labels
    trainings: Trainings
    learning: Learning


def make_parts(settings: Settings, nursery: Launched) -> Parts:
    """All parts, the store opened and migrated. Errors: those of the store."""
    metrics, telemetry = Metrics(), Telemetry(settings.telemetry)
    database = Database(settings.database_url)
    pool = Pool(settings, metrics, telemetry, nursery)
    keeper, jobs, folder = Keeper(pool, database), Jobs(database), Folder(settings)
    trainings = Trainings(database)
    return Parts(
        settings, metrics, telemetry, pool, Intake(settings), database, Access(settings, database, Keys(database)),
        keeper, Queries(database), Verdicts(database), Audit(database), jobs, Foreman(keeper, jobs, folder, settings.workers), folder,
        Labels(database, settings.labels), trainings, Learning(settings, keeper, trainings),
    )  # fmt: skip


async def parts_of(request: Request) -> Parts:
    """The parts of the app that a request came to; async, or the framework would ask a thread for it."""
    parts: Parts = request.app.state.parts
    return parts


Service = Annotated[Parts, Depends(parts_of)]

"""Trainings as jobs, models with their lineage, promotion behind gates, and the way back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.access import Reader, Trainer
from serving.limits import ASKED_BYTES, MOST_TRAININGS, ShortBody
from serving.parts import Parts, Service
from serving.problems import ConflictError, ParameterError, ServiceError, described
from serving.routes.jobs import Job, NoJobError
from serving.store.database import now

router = APIRouter(prefix="/v1", tags=["learning"], route_class=ShortBody)
NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
RESERVED = frozenset({"default", "live", "history"})
Model = Annotated[str, Path(pattern=NAME, description="a model's name")]
Why = Annotated[str | None, Field(max_length=2000, pattern="^[^\\x00]*$", description="the reason, recorded")]


class NoModelError(ServiceError):
    """No such model."""

    status = 404
    kind = "no-model"


class TrainingAsked(BaseModel):
    """A training that is asked for."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=NAME, description="the candidate's name")]
    with_project: bool = Field(True, description="train on the project's own labels as well")


class TrainingShape(BaseModel):
    """A training: the same job as in `/v1/jobs`."""

    id: str
    name: str
    state: Literal["waiting", "running", "done", "refused", "lost", "cancelled"]
    share: float = Field(description="how much is done, 0 to 1")
    step: str | None
    made_by: str
    made_at: str
    ended_at: str | None
    answer: dict[str, Any] | None = Field(description="the candidate with its figures, or the problem")


class Figure(BaseModel):
    """A model in the list."""

    name: str
    parent: str | None
    is_live: bool
    sha256: str
    labels: int
    figures: dict[str, float] = Field(description="on the frozen hold-out")


class ModelsShape(BaseModel):
    """All models, which one is in use, and the record of promotions."""

    in_use: str = Field(description="what results are made by now")
    models: list[Figure]
    history: list[dict[str, Any]] = Field(description="promotions and rollbacks, the oldest first")


class PromotionAsked(BaseModel):
    """How a candidate goes live."""

    model_config = ConfigDict(extra="forbid")

    accept_differences: bool = Field(False, description="golden examples may be coded otherwise")
    force: bool = Field(False, description="go live although gates failed; needs `why`")
    why: Why = None


class RollbackAsked(BaseModel):
    """Why the model before goes live again."""

    model_config = ConfigDict(extra="forbid")

    why: Why = None


class Switched(BaseModel):
    """What is live now; the workers have taken it up when this is answered, unless `in_use` says otherwise."""

    live: str
    in_use: str
    gates: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []


@router.post(
    "/training", summary="Start a training", status_code=202, responses=described(401, 403, 408, 409, 413, 422, 429, 503),
    description=(
        "On all labels given so far, in a process of its own, one after another; the result is a candidate, never live. "
        f"Limits: 1 label at the least and as many as may be kept (`GONGKAI_LABELS`, 422), {MOST_TRAININGS} trainings "
        f"waiting or running (503), {ASKED_BYTES} bytes of body (413)."
    ),
)  # fmt: skip
async def post_training(asked: TrainingAsked, service: Service, key: Trainer) -> TrainingShape:
    """The training as a job. Errors: 409 for a name in use, 422 without labels or with too many, 503 where many wait."""
    if asked.name in RESERVED or service.learning.has_model(asked.name):
        raise ConflictError("a model of this name exists", where="name", do="choose another name")
    await service.database.call(service.trainings.refuse, asked.name)
    count, most = await service.database.call(service.labels.count), service.labels.most
    if not 1 <= count <= most:
        raise ParameterError(
            "too many labels" if count else "there are no labels", where="/v1/labels", found=str(count),
            allowed=f"1 to {most} labels", do="raise GONGKAI_LABELS" if count else "give labels first",
        )  # fmt: skip
    lines = await service.database.call(service.labels.all_lines)
    wanted = {"lines": lines, "with_project": asked.with_project}
    job = await service.database.call(service.trainings.add, asked.name, wanted, key.name)
    await service.database.call(service.audit.note, key.name, "training.start", f"{job}: {asked.name}")
    service.learning.wake()
    return await get_training(job, service, key)


@router.get("/training", summary="The newest trainings", responses=described(401, 403, 422, 429, 503))
async def list_trainings(
    service: Service, _: Trainer, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[TrainingShape]:
    """With their progress."""
    return [_shape(row, service) for row in await service.database.call(service.trainings.listed, limit)]


@router.get("/training/{job}", summary="A training's progress", responses=described(401, 403, 404, 422, 429, 503))
async def get_training(job: Job, service: Service, _: Trainer) -> TrainingShape:
    """How far it is, or how it ended."""
    rows = await service.database.call(service.trainings.listed, 1, job)
    if not rows:
        raise NoJobError("there is no such training", where=f"/v1/training/{job}", do="look in /v1/training")
    return _shape(rows[0], service)


@router.delete("/training/{job}", summary="Cancel a training", responses=described(401, 403, 404, 422, 429, 503))
async def delete_training(job: Job, service: Service, key: Trainer) -> TrainingShape:
    """Its process is ended and leaves nothing behind; a training that has ended stays as it is."""
    if await service.database.call(service.trainings.cancel, job):
        await service.database.call(service.audit.note, key.name, "training.cancel", job)
    return await get_training(job, service, key)


def _shape(row: dict[str, Any], service: Parts) -> TrainingShape:
    progress = service.learning.progress.get(row["id"])
    state = row["item"]
    if state == "waiting" and progress is not None:
        state = "running"
    share = 1.0 if row["item"] == "done" else (progress or {}).get("share", 0.0)
    step = (progress or {}).get("step") if state == "running" else None
    same = {key: row[key] for key in ("id", "name", "made_by", "made_at", "ended_at", "answer")}
    return TrainingShape(state=state, share=share, step=step, **same)


@router.get("/models", summary="Models, their lineage and figures", responses=described(401, 403, 422, 429, 503))
async def get_models(service: Service, _: Reader) -> ModelsShape:
    """The shipped model and those trained here; figures are those of the frozen hold-out."""
    return ModelsShape(in_use=_in_use(service), **await service.learning.listed())


@router.post(
    "/models/{name}/promote", summary="Make a candidate live",
    responses=described(401, 403, 404, 408, 409, 413, 422, 429, 503),
)  # fmt: skip
async def promote(name: Model, service: Service, key: Trainer, asked: PromotionAsked | None = None) -> Switched:
    """409 with each gate's reason where it is worse than the live model, or codes golden examples otherwise."""
    asked = asked or PromotionAsked.model_validate({})
    if not service.learning.has_model(name) or name in RESERVED:
        raise NoModelError("there is no such model", where=f"/v1/models/{name}", do="look in /v1/models")
    if asked.force and not (asked.why or "").strip():
        raise ParameterError("a forced promotion needs a reason", where="why", allowed="text", do="say why")
    done = await service.learning.ask("promote", name=name, **asked.model_dump(), by=key.name, at=now())
    forced = f", forced: {asked.why}" if asked.force else ""
    await service.database.call(service.audit.note, key.name, "model.promote", f"{name}{forced}")
    await service.learning.take_up()
    return Switched(in_use=_in_use(service), **done)


@router.post(
    "/models/rollback",
    summary="Go back to the model before",
    responses=described(401, 403, 408, 409, 413, 422, 429, 503),
)
async def rollback(service: Service, key: Trainer, asked: RollbackAsked | None = None) -> Switched:
    """409 where there is none."""
    if service.learning.live_name() == "default":
        raise ConflictError("there is no earlier model", where="rollback", do="promote a model first")
    done = await service.learning.ask("rollback", why=asked.why if asked else None, by=key.name, at=now())
    await service.database.call(service.audit.note, key.name, "model.rollback", done["live"])
    await service.learning.take_up()
    return Switched(in_use=_in_use(service), **done)


def _in_use(service: Parts) -> str:
    return service.pool.workshop.provenance.get("model", "")

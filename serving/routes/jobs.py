"""Jobs: thousands of documents, uploaded or in the service's own folder, kept with their results; progress, cancel, resume, results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from extractor.read.archive import members
from serving.access import Changer, Reader, Writer, refuse_without
from serving.lines import given_of, lines_of
from serving.parts import Parts, Service
from serving.problems import BodyTooLargeError, ParameterError, ServiceError, described
from serving.routes.batches import BODY, MEDIA_TYPE
from serving.store.documents import Given
from serving.store.jobs import lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from serving.bodies import Share
    from serving.settings import Settings

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
Job = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="a job's id")]
FolderPart = Annotated[
    str | None, Query(max_length=1000, description="a folder below GONGKAI_JOBS_FOLDER, `.` for all of it")
]
MOST_DOCUMENTS = 20_000
SCOPES = {"documents": "write", "training": "train"}
ACTIONS = {"documents": "job", "training": "training"}


class NoJobError(ServiceError):
    """No such job."""

    status = 404
    kind = "no-job"


class JobShape(BaseModel):
    """A job and its progress."""

    id: str
    kind: Literal["documents", "training"]
    state: str
    made_by: str
    made_at: str
    ended_at: str | None
    documents: int
    items: dict[str, int]


@router.post(
    "",
    summary="Start a job",
    status_code=202,
    openapi_extra=BODY,
    responses=described(401, 403, 408, 413, 422, 429, 503),
)
async def post_job(request: Request, service: Service, key: Writer, folder: FolderPart = None) -> JobShape:
    """All lines are taken or none: a line that is no document refuses the job, with its number.

    With `folder`, the reports of that part of the service's own folder are the documents, and the body is left empty;
    an archive among them counts as the files in it.
    """
    given: Sequence[Given | str]
    with service.intake.share() as share:
        if folder is None:
            given, what = await uploaded(request, service.settings, share), ""
        else:
            given, what = await service.database.call(in_folder, service, folder), f" of folder {folder}"
            share.take(sum(len(one.body) for one in given if isinstance(one, Given)))
        job = await service.database.call(service.jobs.add, given, key.name)
    await service.database.call(service.audit.note, key.name, "job.start", f"{job}: {len(given)} documents{what}")
    service.foreman.wake()
    return await get_job(job, service, key)


async def uploaded(request: Request, settings: Settings, share: Share) -> list[Given]:
    """The documents of a body's lines. Errors: ``ParameterError``, ``BodyTooLargeError``, ``BusyError``, those of a line."""
    given: list[Given] = []
    held = 0
    async for line in lines_of(request, settings, share):
        given.append(given_of(line, settings))
        share.take(len(given[-1].body))
        held = _counted(held + len(given[-1].body), len(given), settings)
    if not given:
        raise ParameterError("the job has no documents", where="body", allowed="at least one line, or `folder`")
    return given


def in_folder(service: Parts, folder: str) -> list[Given | str]:
    """The files of a folder by their paths, and those in its archives. Errors: ``DocumentError``, ``LimitError``."""
    given: list[Given | str] = []
    held = 0
    for path in service.folder.files(folder):
        if not path.lower().endswith(".zip"):
            given.append(path)
            continue
        for name, body in members(service.folder.read(path)):
            given.append(Given(body, f"{path}/{name}", None))
            held = _counted(held + len(body), 0, service.settings)
    return given


def _counted(held: int, number: int, settings: Settings) -> int:
    """The bytes so far. Errors: ``BodyTooLargeError``."""
    if held > settings.bodies_bytes or number > MOST_DOCUMENTS:
        raise BodyTooLargeError(
            "the job is too large",
            allowed=f"{settings.bodies_bytes} bytes and {MOST_DOCUMENTS} documents",
            do="send it as several jobs",
        )
    return held


@router.get("", summary="The newest jobs", responses=described(401, 403, 422, 429, 503))
async def list_jobs(service: Service, _: Reader, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[JobShape]:
    """With their progress."""
    return [JobShape.model_validate(row) for row in await service.database.call(service.jobs.listed, limit)]


@router.get("/{job}", summary="A job's progress", responses=described(401, 403, 404, 422, 429, 503))
async def get_job(job: Job, service: Service, _: Reader) -> JobShape:
    """How many documents wait, are done, refused, lost, cancelled."""
    told = await service.database.call(service.jobs.progress, job)
    if told is None:
        raise NoJobError("there is no such job", where=f"/v1/jobs/{job}", do="look in /v1/jobs")
    return JobShape.model_validate(told)


@router.delete("/{job}", summary="Cancel a job", responses=described(401, 403, 404, 422, 429, 503))
async def delete_job(job: Job, request: Request, service: Service, key: Changer) -> JobShape:
    """What is answered stays; what waits is not worked on. A training wants the scope `train`, documents `write`."""
    told = await get_job(job, service, key)
    refuse_without(SCOPES[told.kind], key, request)
    cancel = service.trainings.cancel if told.kind == "training" else service.jobs.cancel
    if await service.database.call(cancel, job):
        await service.database.call(service.audit.note, key.name, f"{ACTIONS[told.kind]}.cancel", job)
    return await get_job(job, service, key)


@router.get(
    "/{job}/results", summary="A job's answers so far", response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "a line for each answered document, in order"}, **described(401, 403, 404, 422, 429, 503)},
)  # fmt: skip
async def get_results(
    job: Job, service: Service, key: Reader,
    after: Annotated[int, Query(ge=-1, le=2**31 - 1, description="only behind this `ordinal`: resume a download")] = -1,
) -> StreamingResponse:  # fmt: skip
    """Each line has `ordinal`, `name`, `state`, and `answer`: the kept document's summary, or the problem."""
    await get_job(job, service, key)
    return StreamingResponse(_answers(job, service, after), media_type=MEDIA_TYPE)


async def _answers(job: str, service: Parts, after: int) -> AsyncIterator[bytes]:
    while page := await service.database.call(service.jobs.answers, job, after):
        after = page[-1]["ordinal"]
        yield b"".join(lines(page))

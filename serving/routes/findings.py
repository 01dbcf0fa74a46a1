"""Findings of kept documents and what people say of them; and the log of who changed what."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.access import Admin, Labeller, Reader
from serving.limits import ShortBody
from serving.parts import Service
from serving.problems import described
from serving.routes.documents import Sha256, not_kept

router = APIRouter(prefix="/v1", tags=["findings"], route_class=ShortBody)
Mark = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="a finding's `mark`")]


class FindingShape(BaseModel):
    """A finding and its verdict."""

    mark: str = Field(description="what the finding is about; the same after re-extraction")
    code: str
    severity: str
    message: str
    verdict: str | None
    note: str | None
    made_by: str | None
    made_at: str | None


class VerdictShape(BaseModel):
    """What a person says of a finding."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["confirmed", "rejected", "unsure"]
    note: str | None = Field(None, max_length=2000, pattern="^[^\\x00]*$")


class AuditLine(BaseModel):
    """Who changed what."""

    id: int
    at: str
    who: str
    action: str
    subject: str


@router.get(
    "/documents/{sha256}/findings",
    summary="Its findings and their verdicts",
    responses=described(401, 403, 404, 422, 429, 503),
)
async def get_findings(sha256: Sha256, service: Service, _: Reader) -> list[FindingShape]:
    """Of the current result; a verdict stays with what its finding is about."""
    if await service.database.call(service.keeper.documents.find, sha256) is None:
        raise not_kept(sha256)
    return [FindingShape.model_validate(row) for row in await service.database.call(service.verdicts.listed, sha256)]


@router.put(
    "/documents/{sha256}/findings/{mark}", summary="Say a verdict", status_code=204,
    responses=described(401, 403, 404, 408, 413, 422, 429, 503),
)  # fmt: skip
async def put_verdict(sha256: Sha256, mark: Mark, said: VerdictShape, service: Service, key: Labeller) -> None:
    """Confirm or reject a finding; a verdict before is replaced."""
    given = await service.database.call(service.verdicts.give, sha256, mark, said.verdict, said.note, key.name)
    if not given:
        raise not_kept(sha256)
    await service.database.call(service.audit.note, key.name, f"verdict.{said.verdict}", f"{sha256} {mark}")


@router.get("/audit", summary="Who changed what", responses=described(401, 403, 422, 429, 503))
async def get_audit(
    service: Service, _: Admin,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="only lines before this `id`")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[AuditLine]:  # fmt: skip
    """The newest lines first."""
    return [AuditLine.model_validate(row) for row in await service.database.call(service.audit.listed, before, limit)]

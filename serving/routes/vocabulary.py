"""Every code that a result may hold, with its Chinese term and its meaning."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from extractor.vocabulary import GROUPS

router = APIRouter(prefix="/v1", tags=["vocabulary"])


class TermShape(BaseModel):
    """One code."""

    code: str = Field(examples=["timeliness"])
    chinese: str = Field(examples=["及时性"])
    meaning: str = Field(examples=["late, irregular updating"])


@router.get("/vocabulary", summary="Every code, its Chinese term, its meaning")
async def vocabulary() -> dict[str, list[TermShape]]:
    """Groups of codes in their order; the groups' names say which member of a result they are for."""
    return {
        group: [TermShape(code=term.code, chinese=term.chinese, meaning=term.meaning) for term in terms.values()]
        for group, terms in GROUPS.items()
    }

"""Parameters that several routes share: filters over the corpus, pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from serving.store.queries import Filter

CODE = "^[a-z0-9_.]{1,48}$"
Part = Annotated[str | None, Query(max_length=200)]
Code = Annotated[str | None, Query(pattern=CODE)]


async def asked(
    agency: Annotated[str | None, Query(max_length=200, description="part of the agency's name")] = None,
    agency_type: Annotated[str | None, Query(pattern=CODE, description="a code of the vocabulary")] = None,
    level: Annotated[str | None, Query(pattern=CODE, description="a code of the vocabulary")] = None,
    region: Annotated[str | None, Query(max_length=200, description="part of a place's name")] = None,
    edition: Annotated[str | None, Query(pattern=CODE, description="a code of the vocabulary")] = None,
    year: Annotated[int | None, Query(ge=1900, le=2200, description="the year reported on")] = None,
    theme: Annotated[str | None, Query(pattern=CODE, description="first theme of a problem or an improvement")] = None,
    finding: Annotated[str | None, Query(pattern=CODE, description="code of a finding")] = None,
    text: Annotated[
        str | None,
        Query(
            max_length=200,
            description="words that stand in the text as they are, Latin letters of either case; from three characters on by an index",
        ),
    ] = None,
) -> Filter:
    """The filter that a request asks for; async, or the framework would ask a thread for it."""
    return Filter(agency, agency_type, level, region, edition, year, theme, finding, text)


Asked = Annotated[Filter, Depends(asked)]
Cursor = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="how many at the most")]

"""The contract's result as a schema for OpenAPI, taken from the very classes that make it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from extractor.document import Source
from extractor.report import (
    Cell,
    CellAddress,
    Channel,
    Contact,
    Count,
    Finding,
    Indicator,
    Item,
    LedgerEntry,
    Practice,
    Provenance,
    Reference,
    Section,
    Span,
    Table,
)


class MetaShape(BaseModel):
    """Who reports on which year."""

    model_config = ConfigDict(title="Meta")

    title: str | None
    agency: str | None
    agency_type: str | None
    level: str | None
    region: list[str] = Field(description="place names, widest first")
    year: int | None
    edition: str | None
    period: tuple[str, str] | None = Field(description="ISO dates")
    published_on: str | None = Field(description="ISO date")
    contact: Contact | None
    evidence: dict[str, Span] = Field(description="where a field's value stands")


class TablesShape(BaseModel):
    """The official tables."""

    model_config = ConfigDict(title="Tables")

    proactive: Table | None
    applications: Table | None
    review_litigation: Table | None
    statistics: Table | None


class Facts(BaseModel):
    """What the narrative says."""

    channels: list[Channel]
    counts: list[Count]
    problems: list[Item]
    improvements: list[Item]
    practices: list[Practice]
    references: list[Reference]


class Result(BaseModel):
    """A result: for every span `text[start:end] == quote`, offsets in Unicode code points."""

    schema_: str = Field(alias="schema", examples=["gongkai.report/1"])
    source: Source
    text: str | None = Field(None, description="what the offsets refer to; left out on request")
    meta: MetaShape
    sections: list[Section]
    tables: TablesShape
    facts: Facts
    ledger: list[LedgerEntry]
    indicators: list[Indicator]
    findings: list[Finding]
    provenance: Provenance


class GivenCell(BaseModel):
    """A cell of a table that was parsed elsewhere."""

    row: str = Field(examples=["new"])
    column: str = Field(examples=["total"])
    value: float | None = None
    status: str | None = None
    raw: str | None = None
    span: dict[str, Any] | None = None


class GivenTable(BaseModel):
    """A table that was parsed elsewhere."""

    edition: str = Field(examples=["2021"])
    cells: list[GivenCell]


class GivenTables(BaseModel):
    """Tables that were parsed elsewhere, in the contract's shape; they are taken instead of ours."""

    proactive: GivenTable | None = None
    applications: GivenTable | None = None
    review_litigation: GivenTable | None = None
    statistics: GivenTable | None = None


class TextWithTables(BaseModel):
    """A text, and tables parsed elsewhere."""

    text: str = Field(min_length=1)
    tables: GivenTables | None = None
    name: str | None = None


SHAPES = (Cell, CellAddress)

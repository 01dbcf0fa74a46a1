"""The contract's result as a schema for OpenAPI, taken from the very classes that make it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class ComparedCell(BaseModel):
    """A cell, as far as comparing reads it."""

    row: str
    column: str
    status: str
    value: float | None
    span: Span | None = None

    @model_validator(mode="after")
    def _numbers_have_values(self) -> ComparedCell:
        if self.status == "number" and self.value is None:
            raise ValueError("a cell of status number needs its value")
        return self


class ComparedTable(BaseModel):
    """A table, as far as comparing reads it."""

    cells: list[ComparedCell]


class ComparedTables(BaseModel):
    """The official tables, as far as comparing reads them."""

    proactive: ComparedTable | None
    applications: ComparedTable | None
    review_litigation: ComparedTable | None
    statistics: ComparedTable | None


class ComparedSource(BaseModel):
    """Which document a result is of."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    name: str | None


class ComparedMeta(BaseModel):
    """Whose report of which year."""

    title: str | None
    agency: str | None
    region: list[str]
    year: int | None


class ComparedSection(BaseModel):
    """A part of the text."""

    code: str
    heading: Span | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Compared(BaseModel):
    """A result, as far as comparing reads it; its other members are left alone."""

    source: ComparedSource
    text: str = ""
    meta: ComparedMeta
    sections: list[ComparedSection]
    tables: ComparedTables


class ToCompare(BaseModel):
    """What to compare: kept documents by their hashes, results of the caller's own, or both."""

    documents: list[str] = Field([], description="SHA-256 of kept documents")
    results: list[Result] = Field([], description="results as `POST /v1/extract` answers them, with their text")


class PlaceShape(BaseModel):
    """A cell of one of the reports."""

    report: str
    table: str
    row: str
    column: str


class QuoteShape(BaseModel):
    """A place in one of the reports."""

    report: str
    start: int
    end: int
    quote: str
    page: int | None


class ComparisonFinding(BaseModel):
    """A finding between reports: `years.carry_over`, `years.in_force`, `reuse.own`, `reuse.other`."""

    code: str
    severity: str
    message: str
    spans: list[QuoteShape]
    cells: list[PlaceShape]


class ComparisonSource(ComparedSource):
    """A report of the comparison."""

    agency: str | None
    year: int | None
    title: str | None


class Difference(BaseModel):
    """A cell of one agency whose number differs between two neighbouring years of the comparison."""

    from_: str = Field(alias="from")
    to: str
    table: str
    row: str
    column: str
    before: float
    after: float


class Comparison(BaseModel):
    """Reports side by side; `reports` holds their hashes by agency and year."""

    schema_: str = Field(alias="schema", examples=["gongkai.comparison/1"])
    reports: list[str]
    sources: list[ComparisonSource]
    findings: list[ComparisonFinding]
    differences: list[Difference]


SHAPES = (Cell, CellAddress)

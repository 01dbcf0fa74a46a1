"""The one object that travels through the pipeline, and its parts, all frozen.

A step takes a ``Report`` and returns a new one; every field has exactly one writer (``pipeline.WRITERS``),
only ``findings`` may be appended to by all. Offsets are Unicode code points into ``Report.text``; fields whose
comment says *narrative* are offsets into ``Narrative.text`` and never leave the program.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping

    from extractor.document import Document


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the source: ``text[start:end] == quote``; ``page`` counts from 1, None where there are none."""

    start: int
    end: int
    quote: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Two views of the source text, beside it.

    ``unified`` has the source's length: each character in its plain form (full-width digits, radicals,
    odd dashes and spaces unified), so its offsets are the source's.
    ``prose`` has wrapped lines joined, spaces between Chinese characters dropped, one ``\\n`` a paragraph;
    ``offsets[i]`` is the source offset of ``prose[i]``, strictly increasing, one more entry than characters.
    ``page_marks`` are the source ranges of lines that hold a page's number; prose leaves them out.
    """

    unified: str
    prose: str
    offsets: array[int]
    page_marks: tuple[tuple[int, int], ...] = ()

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """The source's [start, end) of a non-empty piece of prose."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def prose_offset(self, source_offset: int) -> int:
        """The first place in prose at or behind a source offset."""
        place = bisect_right(self.offsets, source_offset) - 1
        return place if place >= 0 and self.offsets[place] == source_offset else place + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: ``[start, end)`` covers heading and body, children included."""

    code: str
    heading: Span | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One official cell. ``value`` as printed, None unless ``status`` is ``number``; ``note`` says what is odd."""

    row: str
    column: str
    value: float | int | None
    status: str
    raw: str
    span: Span | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An official table; ``origin`` is ``read`` or ``given``."""

    edition: str
    origin: str
    cells: tuple[Cell, ...]

    def value(self, row: str, column: str) -> float | int | None:
        """The value of a cell, None where it is not a number."""
        return next((c.value for c in self.cells if c.row == row and c.column == column), None)


@dataclass(frozen=True, slots=True)
class Tables:
    """The official tables, and the source ranges ``regions`` that they take up (no prose in them)."""

    proactive: Table | None = None
    applications: Table | None = None
    review_litigation: Table | None = None
    statistics: Table | None = None
    regions: tuple[tuple[int, int], ...] = ()


class Sentence(NamedTuple):
    """A sentence of the narrative; ``start``/``end`` are *narrative* offsets, ``section`` its section code.

    ``paragraph`` counts paragraphs of the narrative; a heading is a sentence of its own with ``is_heading``.
    """

    start: int
    end: int
    section: str
    paragraph: int
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Narrative:
    """The report's prose without its tables, with the way back to the source.

    Paragraphs of ``text`` end in ``\\n``, ``offsets[i]`` is the source offset of its i-th character; ``words`` are all
    of the text, white space included, the i-th from ``word_starts[i]`` on.
    """

    text: str
    offsets: array[int]
    sentences: tuple[Sentence, ...]
    words: tuple[str, ...]
    word_starts: array[int]

    def sentence_at(self, place: int) -> int:
        """Index of the sentence that holds a *narrative* offset."""
        return max(0, bisect_right(self.sentences, place, key=lambda s: s.start) - 1)


@dataclass(frozen=True, slots=True)
class Contact:
    """The report's own contact line."""

    address: str | None = None
    postcode: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """Who reports on which year; ``period`` and ``published_on`` are ISO dates, ``region`` widest place first.

    ``evidence`` maps a field's name to the place that shows it, where there is one.
    """

    title: str | None = None
    agency: str | None = None
    agency_type: str | None = None
    level: str | None = None
    region: tuple[str, ...] = ()
    year: int | None = None
    edition: str | None = None
    period: tuple[str, str] | None = None
    published_on: str | None = None
    contact: Contact | None = None
    evidence: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of a channel, as found: *narrative* offsets, the status that its own place suggests, and its rule."""

    start: int
    end: int
    type: str
    name: str | None
    status: str
    sentence: int
    rule: str
    cover: bool = False


DEALT = "dealt/"
"""Before a rule's name: it read the words of a list's member, to which the figure is dealt by 分别为."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A numeral or a statement of none, as found: *narrative* offsets of the whole quote and of the numeral.

    ``reason`` is a ledger status when a rule is sure that it is no count; ``indicator`` the rules' proposal.
    ``form`` is ``arabic``, ``chinese`` or ``none`` (a statement without a numeral).
    """

    start: int
    end: int
    numeral_start: int
    numeral_end: int
    value: float | int
    qualifier: str
    unit: str | None
    form: str
    sentence: int
    reason: str | None = None
    indicator: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One problem or improvement as the report lists it, not yet coded: *narrative* offsets."""

    kind: str
    ordinal: int
    start: int
    end: int
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A means of disclosure, one entry per (type, name)."""

    id: str
    type: str
    name: str | None
    status: str
    spans: tuple[Span, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Count:
    """A number that measures disclosure work, or a statement of none (``qualifier`` none, value 0).

    ``part_of`` is the id of the count whose breakdown it belongs to, where its role is ``part`` or where it is the whole of
    parts of its own and a part too.
    """

    id: str
    span: Span
    value: float | int
    qualifier: str
    unit: str | None
    indicator: str
    channel: str | None
    role: str
    confidence: float
    decided_by: str
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme code with its calibrated probability."""

    code: str
    probability: float


@dataclass(frozen=True, slots=True)
class Item:
    """A problem or an improvement with its themes, the first one first."""

    id: str
    ordinal: int
    span: Span
    themes: tuple[Theme, ...]
    abstained: str | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice in use in the reporting year."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A document number that the report cites."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A numeral of the narrative: the fact it became (a count's id), or the reason why not."""

    span: Span
    status: str
    fact: str | None


@dataclass(frozen=True, slots=True)
class CellAddress:
    """An official cell by its codes."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator's cells against the counts of the prose (``narrative`` holds count ids)."""

    code: str
    relation: str
    value: float | int | None
    cells: tuple[CellAddress, ...]
    narrative: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know; a contradiction carries both sides in ``spans`` and ``cells``."""

    code: str
    severity: str
    message: str
    spans: tuple[Span, ...] = ()
    cells: tuple[CellAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which program, model, lexicon and schema made the result."""

    version: str
    model: str
    model_sha256: str
    lexicon_sha256: str
    schema: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report on its way; a finished one prints as the contract's result by ``to_dict``.

    ``tables`` are as read or given; ``settled`` the same with run-together digits settled by the report's own prose.
    """

    document: Document
    given: Tables | None = None
    cleaned: Cleaned | None = None
    sections: tuple[Section, ...] = ()
    tables: Tables = field(default_factory=Tables)
    narrative: Narrative | None = None
    meta: Meta = field(default_factory=Meta)
    mentions: tuple[Mention, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    passages: tuple[Passage, ...] = ()
    practices: tuple[Practice, ...] = ()
    references: tuple[Reference, ...] = ()
    channels: tuple[Channel, ...] = ()
    counts: tuple[Count, ...] = ()
    problems: tuple[Item, ...] = ()
    improvements: tuple[Item, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    settled: Tables | None = None
    indicators: tuple[Indicator, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance | None = None

    @property
    def text(self) -> str:
        """What all offsets refer to."""
        return self.document.text

    def span(self, start: int, end: int) -> Span:
        """The source's [start, end) as a span with its quote and page."""
        starts = self.document.page_starts
        page = bisect_right(starts, start) if starts else None
        return Span(start, end, self.document.text[start:end], page)

    def narrative_span(self, start: int, end: int) -> Span:
        """A non-empty [start, end) of the narrative as a span of the source."""
        assert self.narrative is not None
        offsets = self.narrative.offsets
        return self.span(offsets[start], offsets[end - 1] + 1)

    def to_dict(self, *, with_text: bool = True) -> dict[str, Any]:
        """The result in the contract's shape (part A); ``with_text=False`` leaves the text out."""
        from extractor.result import result_of

        return result_of(self, with_text=with_text)

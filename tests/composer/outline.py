"""A report before it is set: title, headings, paragraphs and sheets in their order, whatever file they go into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.composer import edits, prose
from tests.composer.form import Sheet, applications_sheet, proactive_sheet, review_sheet, statistics_sheet
from tests.composer.marks import Expected, write_cells
from tests.composer.truth import draw_truth

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from extractor.report import CellAddress
    from tests.composer.truth import Truth


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said, apart from how it is set: choices on the axes that every kind of file shares."""

    sheet: str = "official"
    labels: str = "official"
    numbers: str = "plain"
    zeros: str = "printed"
    headings: str = "official"
    contents: str = "none"
    prose: str = "short"
    notes: str = "none"
    order: str = "official"
    again: str = "once"


AGAIN = ("once", "twice", "subordinate")


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is ``title``, ``heading``, ``paragraph`` or ``table``; a table has its sheet instead of a text."""

    kind: str
    text: str = ""
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """The blocks of a report, what each official cell must come out as, and what the prose claims of the tables."""

    blocks: tuple[Block, ...]
    expected: Mapping[CellAddress, Expected]
    claims: tuple[prose.Claim, ...]


def outline(truth: Truth, wording: Wording, rng: random.Random) -> Outline:
    """Word a truth."""
    written, expected = write_cells(truth, wording.numbers, wording.zeros, rng)
    headings = prose.HEADINGS[wording.headings]
    told, claims = prose.naming_the_tables(truth, wording.prose, rng)
    blocks = [Block("title", prose.title(truth))]
    blocks += _paragraphs(prose.contents(wording.contents, headings))
    blocks += [Block("heading", headings["overview"]), *_paragraphs(prose.overview(rng))]
    if wording.prose != "between":
        blocks += _paragraphs(told)
    tables: list[Block] = []
    printed: list[Sheet] = []
    for sheet in _ordered(sheets(truth, written), wording.order):
        edited, gone = _edited(sheet, wording, rng)
        printed.append(edited)
        expected.update(dict.fromkeys(gone, Expected("absent")))
        above, below = prose.note(wording.notes, truth, rng)
        tables.append(Block("heading", headings.get(sheet.table, prose.ANNEX_HEADING)))
        if wording.prose == "between" and sheet.table != "statistics":
            tables += _paragraphs(told)
        tables += [*_paragraphs(above), Block("table", sheet=edited), *_paragraphs(below)]
    closing = [Block("heading", headings["problems"]), *_paragraphs(prose.PROBLEMS)]
    closing += [Block("heading", headings["other_matters"]), Block("paragraph", prose.OTHER_MATTERS)]
    blocks += [*closing, *tables] if truth.form == "statistics" else [*tables, *closing]
    blocks += _again(truth, printed, wording, rng)
    return Outline(tuple(b for b in blocks if b.text or b.sheet), expected, claims)


def _again(truth: Truth, printed: list[Sheet], wording: Wording, rng: random.Random) -> list[Block]:
    """The tables once more behind the report: the same, or those of a unit under the agency."""
    if wording.again == "once" or truth.form == "statistics":
        return []
    if wording.again == "subordinate":
        unit = draw_truth(rng, truth.form)
        printed = [
            _edited(sheet, wording, rng)[0]
            for sheet in sheets(unit, write_cells(unit, wording.numbers, wording.zeros, rng)[0])
        ]
    headings = prose.HEADINGS[wording.headings]
    tables = [[Block("heading", headings[sheet.table]), Block("table", sheet=sheet)] for sheet in printed]
    return [Block("heading", prose.AGAIN_HEADINGS[wording.again]), *(block for pair in tables for block in pair)]


def _paragraphs(texts: list[str] | tuple[str, ...]) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def sheets(truth: Truth, written: Mapping[CellAddress, str]) -> tuple[Sheet, ...]:
    """The official tables of a truth, in their order."""
    if truth.form == "statistics":
        columns = (("this_year", f"{truth.year}年度"), ("cumulative", "历年累计"))
        return (statistics_sheet(truth.annex, columns, written),)
    return (
        proactive_sheet(truth.edition, written),
        applications_sheet(three_other_rows=truth.has_three_other_rows, printed=written),
        review_sheet(written),
    )


def _ordered(printed: tuple[Sheet, ...], order: str) -> tuple[Sheet, ...]:
    """The tables in their order, turned round, or part four before part three."""
    if order == "turned":
        return printed[::-1]
    return (printed[0], *printed[:0:-1]) if order == "reviews_first" else printed


def _edited(sheet: Sheet, wording: Wording, rng: random.Random) -> tuple[Sheet, tuple[CellAddress, ...]]:
    gone: tuple[CellAddress, ...] = ()
    if wording.sheet == "group_twice":
        sheet = edits.with_group_twice(sheet, rng)
    elif wording.sheet == "heads_repeated":
        sheet = edits.with_heads_repeated(sheet, rng)
    elif wording.sheet == "heads_lost" and sheet.table != "statistics":
        sheet = edits.without_heads(sheet)
    elif wording.sheet == "subtotal":
        sheet = edits.with_subtotal(sheet)
    elif wording.sheet == "total_missing":
        sheet, gone = edits.without_total(sheet)
    elif wording.sheet == "bodies_head_lost":
        sheet = edits.without_bodies(sheet)
    elif wording.sheet == "row_missing" and sheet.table == "applications":
        sheet, gone = edits.without_row(sheet, rng)
    if wording.labels == "drawn_all" and sheet.table == "statistics":
        return sheet, gone  # nobody knows an annex's labels beforehand
    return edits.map_labels(sheet, edits.LABELS[wording.labels]), gone

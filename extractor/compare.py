"""Two or more results side by side: do the years of one agency follow from one another, and which text was used again.

Works on finished results, not on documents, so that stored results compare without being read again. Reuse is told by
sentences, since texts come with lost line breaks: masked of numbers, years and names, cut into shingles of five
characters, and looked up in an index of the sentences before them; neighbours are joined to the passage that was
copied. One pass, linear in the text. It is a note: reuse is normal, and worth knowing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from extractor.errors import DocumentError
from extractor.vocabulary import COLUMNS, COMPARISON_SCHEMA, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Result = dict[str, Any]
Address = tuple[str, str, str]

TABLES = ("proactive", "applications", "review_litigation", "statistics")
NARRATIVE = ("overview", "problems", "other_matters", "unknown")
EMPTY = ("blank", "not_applicable")
SHINGLE, FEWEST_SHINGLES, SHARE, MOST_PLACES, NEAR = 5, 24, 0.75, 64, 40
YEAR_WORDS = re.compile(r"[今去上本全明次]年度?|[一二三四五六七八九十〇○零]{2,4}年|年度")
NUMBERS = re.compile(r"[0-9０-９]+(?:[.,，．][0-9０-９]+)*|[一二三四五六七八九十百千万两]+(?=[条件次期场个项份人篇名])")
SENTENCE_END = re.compile(r"。[”’\"）)]*\s*|(?<=[；：:！？!?”）)])[ \t　]*\r?\n\s*|\n\s*\n\s*")
NO_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Year:
    """One result with what comparing needs: its agency by a plain name, its year, its cells by address."""

    result: Mapping[str, Any]
    agency: str
    year: int | None
    cells: Mapping[Address, Mapping[str, Any]]

    @property
    def sha256(self) -> str:
        """The source's hash, by which findings name the report."""
        return str(self.result["source"]["sha256"])

    def value(self, table: str, row: str, column: str, *, empty: float | None = 0) -> float | None:
        """A cell's number, ``empty`` where it is printed empty, None where it is not printed or not read."""
        cell = self.cells.get((table, row, column))
        if cell is None or (cell["status"] in EMPTY and column == "total"):
            return None
        if cell["status"] in EMPTY:
            return empty
        return float(cell["value"]) if cell["status"] == "number" else None


def compare(reports: Sequence[Mapping[str, Any]]) -> Result:
    """The comparison of results of schema gongkai.report/1: ``{schema, reports, sources, findings, differences}``.

    ``reports`` holds the hashes by agency and year, ``sources`` says of each whose and of which year it is; spans and
    cells of findings name their report in ``report``. ``differences`` are cells of one agency whose numbers differ
    between two neighbouring years of the comparison. The same document given twice is one. Text reuse needs results
    with their ``text``. Errors: ``DocumentError`` for fewer than two documents.
    """
    documents = {result["source"]["sha256"]: result for result in reports}
    if len(documents) < 2:
        raise DocumentError("a comparison needs at least two reports", found=f"{len(documents)}", allowed="2 or more")
    years = sorted((_year_of(result) for result in documents.values()), key=lambda y: (y.agency, y.year or 0, y.sha256))
    neighbours = [(a, b) for a, b in pairwise(years) if a.agency and a.agency == b.agency and a.year != b.year]
    findings = [
        finding
        for before, after in neighbours
        if before.year is not None and after.year == before.year + 1
        for finding in (*_carry_over(before, after), *_in_force(before, after))
    ]
    return {
        "schema": COMPARISON_SCHEMA,
        "reports": [year.sha256 for year in years],
        "sources": [_source(year) for year in years],
        "findings": [*findings, *_reuse(years)],
        "differences": [row for before, after in neighbours for row in _differences(before, after)],
    }


def _year_of(result: Mapping[str, Any]) -> Year:
    meta = result["meta"]
    agency = (meta["agency"] or "").replace("管委会", "管理委员会")
    cells = {
        (name, cell["row"], cell["column"]): cell
        for name in TABLES
        if (table := result["tables"][name]) is not None
        for cell in table["cells"]
    }
    return Year(result, agency, meta["year"], cells)


def _source(year: Year) -> Result:
    meta = year.result["meta"]
    return {
        "sha256": year.sha256,
        "name": year.result["source"]["name"],
        "agency": meta["agency"],
        "year": year.year,
        "title": meta["title"],
    }


def _finding(code: str, severity: str, message: str, spans: list[Result], cells: list[Result]) -> Result:
    return {"code": code, "severity": severity, "message": message, "spans": spans, "cells": cells}


def _of_cells(code: str, message: str, places: Sequence[tuple[Year, Address]]) -> Result:
    """A question about cells of two years, with both sides."""
    cells = [
        {"report": year.sha256, "table": table, "row": row, "column": column} for year, (table, row, column) in places
    ]
    spans = [
        {"report": year.sha256, **span} for year, address in places if (span := year.cells[address]["span"]) is not None
    ]
    return _finding(code, "question", message, spans, cells)


def _carry_over(before: Year, after: Year) -> Iterator[Result]:
    """``years.carry_over``: what one year carried forward is what the next one took over, in each column."""
    for table, row, column in before.cells:
        if (table, row) != ("applications", "carried_forward"):
            continue
        forward, over = before.value(table, row, column), after.value(table, "carried_over", column)
        if forward is not None and over is not None and forward != over:
            message = f"{_named(COLUMNS, column)}: {before.year} carried {forward:.12g} forward, {after.year} took over {over:.12g}"
            places = ((before, (table, row, column)), (after, (table, "carried_over", column)))
            yield _of_cells("years.carry_over", message, places)


def _in_force(before: Year, after: Year) -> Iterator[Result]:
    """``years.in_force``: in force = in force the year before + issued − repealed."""
    for row in ("regulations", "normative_documents"):
        columns = ("issued", "repealed", "in_force")
        issued, repealed, now = (after.value("proactive", row, column, empty=None) for column in columns)
        earlier = before.value("proactive", row, "in_force", empty=None)
        if earlier is None or issued is None or repealed is None or now is None or now == earlier + issued - repealed:
            continue
        message = f"{_named(ROWS, row)}: {earlier:.12g} in force in {before.year}, {issued:.12g} issued and {repealed:.12g} repealed "
        message += f"in {after.year} make {earlier + issued - repealed:.12g}, printed is {now:.12g}"
        places = [(before, ("proactive", row, "in_force")), *((after, ("proactive", row, c)) for c in columns)]
        yield _of_cells("years.in_force", message, places)


def _named(terms: Mapping[str, Any], code: str) -> str:
    return str(terms[code].chinese) if code in terms else code


def _differences(before: Year, after: Year) -> Iterator[Result]:
    for address, cell in after.cells.items():
        earlier = before.cells.get(address)
        if earlier is None or {earlier["status"], cell["status"]} != {"number"} or earlier["value"] == cell["value"]:
            continue
        table, row, column = address
        place = {"table": table, "row": row, "column": column}
        values = {"before": earlier["value"], "after": cell["value"]}
        yield {"from": before.sha256, "to": after.sha256, **place, **values}


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the narrative: its place in the result's text, and its masked shingles."""

    year: Year
    start: int
    end: int
    shingles: frozenset[str]

    def span(self) -> Result:
        """The passage as a span that names its report."""
        quote = self.year.result["text"][self.start : self.end]
        return {"report": self.year.sha256, "start": self.start, "end": self.end, "quote": quote, "page": None}

    def joined(self, following: Passage) -> Passage:
        """Up to the end of a later one."""
        return Passage(self.year, self.start, following.end, self.shingles | following.shingles)

    def is_before(self, following: Passage) -> bool:
        """Whether another passage of the same report stands right behind."""
        return self.year is following.year and 0 <= following.start - self.end <= NEAR


def _sentences(year: Year) -> Iterator[Passage]:
    """The sentences of the narrative parts that are long enough to tell, each once, without those that hold cells."""
    text = year.result.get("text", "")
    names = [year.agency, year.result["meta"]["agency"] or "", *year.result["meta"]["region"]]
    cells = sorted({cell["span"]["start"] for cell in year.cells.values() if cell["span"] is not None})
    done = 0
    for section in year.result["sections"]:
        if not section["code"].startswith(NARRATIVE):
            continue
        body = max(done, section["heading"]["end"] if section["heading"] else section["start"])
        for start, end in _pieces(text, body, section["end"]):
            next_cell = bisect_left(cells, start)
            holds_cells = next_cell < len(cells) and cells[next_cell] < end
            shingles = _shingles(text[start:end], names)
            if len(shingles) >= FEWEST_SHINGLES and not holds_cells:
                yield Passage(year, start, end, shingles)
        done = max(done, section["end"])


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences without the white space around them."""
    stops = [match.start() for match in SENTENCE_END.finditer(text, start, end)]
    for stop in (*stops, end):
        piece = text[start:stop].strip().lstrip('。”’"）)').lstrip()
        if piece:
            begin = text.index(piece, start, stop)
            yield begin, begin + len(piece)
        start = stop


def _shingles(text: str, names: Sequence[str]) -> frozenset[str]:
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "某")
    plain = NO_WORDS.sub("", YEAR_WORDS.sub("年", NUMBERS.sub("0", text)))
    return frozenset(plain[place : place + SHINGLE] for place in range(len(plain) - SHINGLE + 1))


def _reuse(years: Sequence[Year]) -> Iterator[Result]:
    """``reuse.own`` and ``reuse.other``: each sentence's nearest copy among those of earlier reports, joined."""
    index: dict[str, list[int]] = defaultdict(list)
    known: list[Passage] = []
    for year in sorted(years, key=lambda y: (y.year or 0, y.agency, y.sha256)):
        own = list(_sentences(year))
        copies: list[tuple[Passage, Passage]] = []
        for sentence in own:
            source = _nearest(sentence, index, known)
            if source is None:
                continue
            if copies and copies[-1][0].is_before(source) and copies[-1][1].is_before(sentence):
                copies[-1] = (copies[-1][0].joined(source), copies[-1][1].joined(sentence))
            else:
                copies.append((source, sentence))
        yield from (_copy(source, copy) for source, copy in copies)
        for sentence in own:
            for shingle in sentence.shingles:
                if len(index[shingle]) < MOST_PLACES:
                    index[shingle].append(len(known))
            known.append(sentence)


def _nearest(sentence: Passage, index: Mapping[str, Sequence[int]], known: Sequence[Passage]) -> Passage | None:
    """The known sentence that shares the most shingles; among equals the agency's own, then the latest."""
    shared = Counter(place for shingle in sentence.shingles for place in index.get(shingle, ()))
    fitting = [place for place, number in shared.items() if number >= SHARE * len(sentence.shingles)]
    best = max(fitting, key=lambda p: (shared[p], known[p].year.agency == sentence.year.agency, p), default=None)
    return None if best is None else known[best]


def _copy(source: Passage, copy: Passage) -> Result:
    is_own = bool(copy.year.agency) and source.year.agency == copy.year.agency
    share = len(source.shingles & copy.shingles) / len(copy.shingles)
    whose = "the agency's own report" if is_own else "another agency's report"
    message = f"{share:.0%} of this passage stands in {whose} on {source.year.year}, numbers and years apart"
    return _finding("reuse.own" if is_own else "reuse.other", "note", message, [source.span(), copy.span()], [])

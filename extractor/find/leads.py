"""Where a list of problems and where a list of measures begins, as rows of patterns."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from extractor.rulebook import read_toml
from extractor.sieve import begun_at

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERING = (
    r"(?P<numbering>[（(][一二三四五六七八九十\d]{1,2}[）)]|[一二三四五六七八九十\d]{1,2}[、.．]|第[一二三四五六]，|)"
)
CLAUSE_START = r"(?:(?<=[\n。；：:！】])|^)"
FEWEST_TAKEN_UP = 2
MARK = re.compile("[\n。；：:！】]")


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead, [start, end): what stands behind it is of its ``kind``; a ``strong`` one is a heading by itself."""

    kind: str
    start: int
    end: int
    strong: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """The compiled rows of ``passages.toml``."""

    problem: re.Pattern[str]
    improvement: re.Pattern[str]
    turning: re.Pattern[str]
    next_year: re.Pattern[str]
    announced: re.Pattern[str]
    of_problems: re.Pattern[str]
    of_measures: re.Pattern[str]
    of_achievements: re.Pattern[str]
    of_both: re.Pattern[str]
    taken_up: re.Pattern[str]
    doing: re.Pattern[str]
    by_form: re.Pattern[str]
    before: tuple[re.Pattern[str], ...]
    whole: re.Pattern[str]
    after: re.Pattern[str]
    after_existence: re.Pattern[str]
    purpose: re.Pattern[str]
    none: re.Pattern[str]
    promise: re.Pattern[str]
    taken_up_frame: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """Leads and frames, compiled."""
    data = read_toml("passages.toml")
    leads, frames = data["leads"], data["frames"]

    def at_clause(rows: list[str]) -> re.Pattern[str]:
        return re.compile(f"{CLAUSE_START}{NUMBERING}(?:{'|'.join(rows)})")

    return Patterns(
        at_clause(leads["problem"]),
        at_clause(leads["improvement"]),
        at_clause([leads["turning"]]),
        at_clause([leads["next_year"]]),
        re.compile(leads["announced"]),
        re.compile(leads["of_problems"]),
        re.compile(leads["of_measures"]),
        re.compile(leads["of_achievements"]),
        re.compile(leads["of_both"]),
        at_clause([leads["taken_up"]]),
        at_clause([leads["doing"]]),
        re.compile(f"(?<=[。\n])(?:{leads['by_form']})"),
        tuple(re.compile(row) for row in frames["before"]),
        re.compile(frames["whole"]),
        re.compile(frames["after"]),
        re.compile(frames["after_existence"]),
        re.compile(frames["purpose"]),
        re.compile(frames["none"]),
        re.compile(frames["promise"]),
        re.compile(frames["taken_up"]),
    )


@lru_cache(maxsize=4)
def find_leads(text: str, start: int, end: int) -> tuple[Lead, ...]:
    """All leads between two places, in the order of the text; three steps ask for those of one chapter."""
    begins = [start, *(mark.end() for mark in MARK.finditer(text, start, end))]
    found = [Lead("problem", m.start(), m.end(), True) for m in begun_at(begins, patterns().problem, text, end)]
    for match in begun_at(begins, patterns().improvement, text, end):
        is_heading = {text[match.end() - 1], text[match.end() : match.end() + 1]} & {"：", ":", "\n", "。", "】", "—"}
        found.append(Lead("improvement", match.start(), match.end() if is_heading else match.end("numbering"), False))
    found += _announced(text, start, end)
    for match in begun_at(begins, patterns().turning, text, end):
        found.append(Lead("problem", match.start(), match.end("numbering"), True))
    taken_up = [m.start() for m in begun_at(begins[1:], patterns().taken_up, text, end) if not m["numbering"]]
    if len(taken_up) >= FEWEST_TAKEN_UP:
        found.append(Lead("improvement", taken_up[0], taken_up[0], False))
    told = min((lead.start for lead in found if lead.kind == "problem"), default=None)
    for pattern, first in ((patterns().doing, start), (patterns().next_year, end)):
        behind = begins[bisect_left(begins, first if told is None else told) :]
        found += [Lead("improvement", m.start(), m.end(), False) for m in begun_at(behind, pattern, text, end)]
    if all(lead.kind == "problem" for lead in found):
        found += [Lead("improvement", *m.span(), False) for m in begun_at(begins[1:], patterns().by_form, text, end)][
            :1
        ]
    return tuple(sorted(found, key=lambda lead: (lead.start, lead.kind)))


def _announced(text: str, start: int, end: int) -> Iterator[Lead]:
    """The sentences right before the first marker of a list, by what they say that it holds."""
    for match in patterns().announced.finditer(text, start, end):
        is_measure = patterns().of_measures.search(match.group()) and not patterns().of_both.search(match.group())
        if is_measure and not patterns().of_achievements.search(match.group()):
            yield Lead("improvement", match.start(), match.end(), False)
        elif not is_measure and patterns().of_problems.search(match.group()):
            yield Lead("problem", match.start(), match.end(), True)

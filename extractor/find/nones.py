"""Statements that there was none: 未收到…申请, 上年度结转数量为零, 零投诉.

A statement rule finds the words of the statement, its quote; topic rules read inside the quote what there was none of.
A statement about two things is found twice with one quote; a statement without a topic says nothing that is counted.
The thing may stand before the quote (来信无一封, the quote is 无一封), and an aside (未办完的9件) says no zero at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from extractor.find.crowds import thinned
from extractor.rulebook import load_file
from extractor.sieve import Sieve
from extractor.vocabulary import INDICATORS

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.sieve import WordIndex


STATEMENT, ASIDE, TOPIC = KINDS = ("statement", "aside", "topic")
TRAILING = " 、和及与或”"
MOST = 60  # a stretch; four times the most that was met


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of none, [start, end) of the narrative, what there was none of, and the rules that say so."""

    start: int
    end: int
    indicator: str
    rule: str


class _Taken(NamedTuple):
    """A statement's quote [start, end), where the words that it is about begin, its rule, and what that rule counts."""

    start: int
    end: int
    about: int
    rule: str
    indicator: str | None


class NoneFinder:
    """Finds statements of none; ``folder`` holds a user's further rules. Errors: ``RuleError``."""

    def __init__(self, folder: Path | None, index: WordIndex) -> None:
        rules = load_file("nones.toml", {"kind": KINDS, "indicator": tuple(INDICATORS)}, folder)
        self.statements = Sieve([rule for rule in rules if rule.fields.get("kind") in (STATEMENT, ASIDE)], index)
        self.topics = Sieve([rule for rule in rules if rule.fields.get("kind") == TOPIC])

    def __call__(self, text: str) -> tuple[Statement, ...]:
        """All statements in the order of the text, one for each thing that there was none of."""
        taken: list[_Taken] = []
        covered = bytearray(len(text))
        topics = cache(self.topics_of)
        for rule, match in self.statements(text):
            start, end = match.span("quote")
            end = start + len(text[start:end].rstrip(TRAILING))
            if end > start and covered.find(1, start, end) < 0:
                covered[start:end] = b"\1" * (end - start)
                if rule.fields["kind"] == STATEMENT:
                    about = match.start("about") if "about" in match.re.groupindex else start
                    taken.append(_Taken(start, end, about, rule.id, rule.fields.get("indicator")))
        found: list[Statement] = []
        taken.sort(key=itemgetter(0))
        for row in thinned(taken, MOST, place=itemgetter(0), words=lambda row: text[row.about : row.end]):
            things = ((row.indicator, "own"),) if row.indicator else topics(text[row.about : row.end])
            found.extend(Statement(row.start, row.end, thing, f"{row.rule}/{topic}") for thing, topic in things)
        return tuple(found)

    def topics_of(self, quote: str) -> tuple[tuple[str, str], ...]:
        """What there was none of, each thing once with its rule, in the order of its words."""
        places: dict[str, tuple[int, str]] = {}
        for rule, match in self.topics(quote):
            places.setdefault(rule.fields["indicator"], (match.start(), rule.id))
        ordered = sorted(places.items(), key=lambda item: (item[1][0], item[0]))
        return tuple((indicator, rule) for indicator, (_, rule) in ordered)

"""All rules of a file at once, each tried only where its words stand: the matches are those of ``finditer``, no others.

A report meets two hundred rules, and nearly all of them find nothing in it. One automaton finds the words that the
patterns cannot do without (``needles``) in one pass; a rule whose words are missing costs nothing, a rule with few of
them is tried only at the places where a match of it can begin. Sieves that share a ``WordIndex`` share that pass.
Users' rules, which have no such reading, and patterns without such words are run as they are.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, TypeAlias

from ahocorasick_rs import AhoCorasick

from extractor.needles import Needle, Shape, read_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from extractor.rulebook import Rule

Places: TypeAlias = "Mapping[int, Sequence[int]]"

TRIED_AT_MOST = 0.25
NEEDLES_KEPT = 3
RARE = 50


class WordIndex:
    """Words by number, and where they stand in a text; the places of the last text are kept for the next sieve."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.automaton: AhoCorasick | None = None
        self.text = ""
        self.found: Places = {}

    def number(self, word: str) -> int:
        """The number of a word, a new one where it is new."""
        if word not in self.numbers:
            self.numbers[word] = len(self.numbers)
            self.automaton, self.text, self.found = None, "", {}
        return self.numbers[word]

    def places(self, text: str) -> Places:
        """Where each word begins, words that are missing left out."""
        if self.text == text:
            return self.found
        if self.automaton is None:
            self.automaton = AhoCorasick(list(self.numbers))
        found: defaultdict[int, list[int]] = defaultdict(list)
        for word, start, _ in self.automaton.find_matches_as_indexes(text, overlapping=True):
            found[word].append(start)
        self.text, self.found = text, found
        return found


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule and its best needle: every match begins between ``nearest`` and ``farthest`` in front of one of its words.

    ``needs`` are the needles, a bit each, of which a text must hold a word each; nothing is known of a pattern without any.
    """

    rule: Rule
    shape: Shape
    needs: int
    reach: Mapping[int, tuple[int, int]]

    def matches(self, text: str, places: Places) -> Iterator[re.Match[str]]:
        """What ``finditer`` yields."""
        if self.rule.compiled is None or not self.needs:
            return self.rule.find(text)
        starts: set[int] = set()
        tries = 0
        for word in self.reach.keys() & places.keys():
            (nearest, farthest), found = self.reach[word], places[word]
            tries += len(found) * (farthest - nearest + 1)
            if tries > TRIED_AT_MOST * len(text):
                return self.rule.find(text)
            if farthest == 0:
                starts.update(found)
            elif farthest - nearest < len(found):
                for shift in range(nearest, farthest + 1):
                    starts.update([place - shift for place in found])
            else:
                for place in found:
                    starts.update(range(place - farthest, place - nearest + 1))
        ordered = sorted(starts)
        return begun_at(ordered[bisect_left(ordered, 0) :], self.rule.compiled, text)


def begun_at(
    starts: Sequence[int], pattern: re.Pattern[str], text: str, end: int = sys.maxsize
) -> Iterator[re.Match[str]]:
    """The matches that begin at some of these starts, none overlapping."""
    done = 0
    for match in filter(None, map(pattern.match, repeat(text), starts, repeat(end))):
        if match.start() >= done:
            yield match
            done = match.end()


class Sieve:
    """Some rules in their order; called with a text it yields each match with its rule, rule by rule."""

    def __init__(self, rules: Sequence[Rule], index: WordIndex | None = None) -> None:
        self.index = index or WordIndex()
        self.needles_of: dict[int, int] = {}
        self.needles = 0
        self.trials = tuple(self._trial(rule) for rule in rules)
        self.unconditional = [number for number, trial in enumerate(self.trials) if not trial.needs]

    def _trial(self, rule: Rule) -> Trial:
        shape = Shape() if rule.compiled is None else read_pattern(rule.compiled)
        ranked = sorted(shape.needles, key=_rank)
        rarest = sorted((needle for needle in ranked[1:] if needle.commonness <= RARE), key=_rarity)
        kept = [*ranked[:1], *rarest[: NEEDLES_KEPT - 1]]
        needs = 0
        for needle in kept:
            bit = 1 << self.needles
            self.needles += 1
            needs |= bit
            for word in needle.words:
                number = self.index.number(word.text)
                self.needles_of[number] = self.needles_of.get(number, 0) | bit
        reach: dict[int, tuple[int, int]] = {}
        for word in sorted(kept[0].words) if kept else ():
            number = self.index.number(word.text)
            nearest, farthest = reach.get(number, (word.nearest, word.farthest))
            reach[number] = min(nearest, word.nearest), max(farthest, word.farthest)
        return Trial(rule, shape, needs, reach)

    def __call__(self, text: str) -> Iterator[tuple[Rule, re.Match[str]]]:
        """All matches of all rules."""
        places = self.index.places(text)
        for trial in self.live(places):
            for match in trial.matches(text, places):
                yield trial.rule, match

    def holds(self, text: str, stretches: Sequence[tuple[int, int]]) -> list[bool]:
        """Whether each stretch of a text, read alone, holds a match; read only where a word stands in it."""
        places = self.index.places(text)
        spots = sorted([place for word in self.needles_of.keys() & places.keys() for place in places[word]])
        always = bool(self.unconditional)
        return [
            (always or bisect_left(spots, start) < bisect_left(spots, end))
            and any(True for trial in self.trials for _ in trial.rule.find(text[start:end]))
            for start, end in stretches
        ]

    def live(self, places: Places) -> list[Trial]:
        """The rules of which a text holds all needles."""
        seen = 0
        for word in self.needles_of.keys() & places.keys():
            seen |= self.needles_of[word]
        if not seen:
            return [self.trials[number] for number in self.unconditional]
        return [trial for trial in self.trials if trial.needs & seen == trial.needs]


def _rank(needle: Needle) -> tuple[int, list[str]]:
    return needle.cost, sorted(word.text for word in needle.words)


def _rarity(needle: Needle) -> tuple[int, list[str]]:
    return needle.commonness, sorted(word.text for word in needle.words)

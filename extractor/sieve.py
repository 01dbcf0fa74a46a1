"""All rules of a file at once, each tried only where its words stand: the matches are those of ``finditer``, no others.

A report meets two hundred rules, and nearly all of them find nothing in it. One automaton finds the words that the
patterns cannot do without (``needles``) in one pass; a rule whose words are missing costs nothing, a rule with few of
them is tried only at the places where a match of it can begin. Users' rules, which have no such reading, and patterns
without such words are run as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ahocorasick_rs import AhoCorasick

from extractor.needles import ENDLESS, Needle, Shape, read_pattern

if TYPE_CHECKING:
    from extractor.rulebook import Rule

Places: TypeAlias = Mapping[int, Sequence[int]]

TRIED_AT_MOST = 0.25
CLUES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Clue:
    """A needle by the numbers of its words: every match holds one of them, so many characters behind its start."""

    shifts: Mapping[int, Sequence[int]]

    def starts(self, places: Places) -> list[int]:
        """Where a match may begin, in the order of the text."""
        words = self.shifts.keys() & places.keys()
        return sorted({place - shift for word in words for shift in self.shifts[word] for place in places[word]})


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule with the clues to it, the best one first; none where nothing is known of its pattern."""

    rule: Rule
    shape: Shape
    clues: tuple[Clue, ...]

    def matches(self, text: str, places: Places, tries: Mapping[int, int], number: int) -> Iterator[re.Match[str]]:
        """What ``finditer`` yields; ``tries`` says by ``number`` of a clue, on from this, how many starts it leaves."""
        if self.rule.compiled is None or not self.clues:
            return self.rule.find(text)
        best, fewest = self.clues[0], tries.get(number, 0)
        for index, clue in enumerate(self.clues):
            left = tries.get(number + index, 0)
            if left == 0:
                return iter(())
            if left < fewest:
                best, fewest = clue, left
        if fewest > TRIED_AT_MOST * len(text):
            return self.rule.find(text)
        return _tried(self.rule.compiled, text, best.starts(places))


def _tried(pattern: re.Pattern[str], text: str, starts: list[int]) -> Iterator[re.Match[str]]:
    """The matches that begin at some of these starts, none overlapping."""
    attempt, done = pattern.match, 0
    for start in starts:
        if start >= done and (match := attempt(text, start)) is not None:
            yield match
            done = match.end()


class Sieve:
    """Some rules in their order; called with a text it yields each match with its rule, rule by rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        shapes = [Shape() if rule.compiled is None else read_pattern(rule.compiled) for rule in rules]
        kept = [sorted(shape.needles, key=_rank)[:CLUES_KEPT] for shape in shapes]
        words = sorted({word.text for needles in kept for needle in needles for word in needle.words})
        number = {word: index for index, word in enumerate(words)}
        self.words = AhoCorasick(words) if words else None
        self.trials = tuple(
            Trial(rule, shape, tuple(_clue(needle, number) for needle in needles))
            for rule, shape, needles in zip(rules, shapes, kept, strict=True)
        )
        self.unconditional = [index for index, trial in enumerate(self.trials) if not trial.clues]
        self.clues_of: list[list[tuple[int, int]]] = [[] for _ in words]
        for index, trial in enumerate(self.trials):
            for place, clue in enumerate(trial.clues):
                for word, shifts in clue.shifts.items():
                    self.clues_of[word].append((CLUES_KEPT * index + place, len(shifts)))

    def __call__(self, text: str) -> Iterator[tuple[Rule, re.Match[str]]]:
        """All matches of all rules."""
        places = self.places(text)
        tries: dict[int, int] = {}
        for word, found in places.items():
            for number, width in self.clues_of[word]:
                tries[number] = tries.get(number, 0) + len(found) * width
        first = {number // CLUES_KEPT for number in tries if number % CLUES_KEPT == 0}
        for index in sorted(first.union(self.unconditional)):
            trial = self.trials[index]
            for match in trial.matches(text, places, tries, CLUES_KEPT * index):
                yield trial.rule, match

    def places(self, text: str) -> dict[int, list[int]]:
        """Where the words of the needles stand in a text."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for word, start, _ in self.words.find_matches_as_indexes(text, overlapping=True) if self.words else ():
            found[word].append(start)
        return found


def _rank(needle: Needle) -> tuple[int, list[str]]:
    return needle.cost, sorted(word.text for word in needle.words)


def _clue(needle: Needle, number: Mapping[str, int]) -> Clue:
    shifts: dict[int, Sequence[int]] = {}
    for word in sorted(needle.words):
        before = shifts.get(number[word.text], ())
        shift = range(word.nearest, word.farthest + 1)
        endless = max(len(before), len(shift)) >= ENDLESS
        shifts[number[word.text]] = range(2 * ENDLESS) if endless else sorted({*before, *shift}) if before else shift
    return Clue(shifts)

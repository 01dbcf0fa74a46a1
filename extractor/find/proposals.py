"""What the rules of ``counts.toml`` propose for a numeral: the first rule whose number it is, read around it.

A rule is run on the few sentences around a numeral only where one of the words that it needs stands at a place from
which it can reach the numeral; the words of all rules are found in one pass over the text.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from extractor.needles import ENDLESS
from extractor.sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.find.numerals import Numeral
    from extractor.rulebook import Rule
    from extractor.sieve import Trial, WordIndex

BEFORE, BEHIND = 70, 30
GROUPS = ("number", "figure")


class Proposer:
    """Holds the rules; ``over`` a text it answers for each numeral."""

    def __init__(self, rules: Sequence[Rule], index: WordIndex) -> None:
        self.sieve = Sieve(rules, index)
        self.always = frozenset(self.sieve.unconditional)
        self.reach: dict[int, list[tuple[int, int, int]]] = {}
        for number, trial in enumerate(self.sieve.trials):
            nearest, farthest = _group_range(trial)
            for word, (near, far) in trial.reach.items():
                self.reach.setdefault(word, []).append((number, nearest - far, farthest - near))

    def over(self, text: str) -> Proposals:
        """The proposals for one text."""
        return Proposals(self, text)


def _group_range(trial: Trial) -> tuple[int, int]:
    """How far behind the start of a match its number can begin."""
    named = trial.rule.compiled.groupindex if trial.rule.compiled is not None else {}
    ranges = [trial.shape.groups.get(name, (0, ENDLESS)) for name in GROUPS if name in named]
    return min((low for low, _ in ranges), default=0), max((high for _, high in ranges), default=ENDLESS)


class Proposals:
    """The words of the rules in one text, and the rules that they make worth a trial."""

    def __init__(self, proposer: Proposer, text: str) -> None:
        self.proposer, self.text, self.size = proposer, text, len(proposer.sieve.index.numbers)

    @cached_property
    def hits(self) -> list[int]:
        """The words in the order of the text, place and number in one; a text without open numerals needs none."""
        places, reach, size = self.proposer.sieve.index.places(self.text), self.proposer.reach, self.size
        return sorted([place * size + word for word in places.keys() & reach.keys() for place in places[word]])

    def of(self, numeral: Numeral, begin: int, stop: int) -> tuple[str | None, str]:
        """Indicator and id of the first rule whose number is this numeral, read in its sentence [begin, stop)."""
        first, last = max(begin, numeral.start - BEFORE), min(stop, numeral.end + BEHIND)
        window = self.text[first:last]
        low, high = numeral.start - first, numeral.end - first
        trials = self.proposer.sieve.trials
        for index in sorted(self._worth_trying(numeral, first, last)):
            rule = trials[index].rule
            for match in rule.find(window):
                groups = match.groupdict()
                name = "number" if groups.get("number") is not None else "figure"
                if groups.get(name) is not None and low <= match.start(name) < high:
                    return rule.fields["indicator"], rule.id
        return None, ""

    def _worth_trying(self, numeral: Numeral, first: int, last: int) -> set[int]:
        """The rules that have a word in [first, last) from which their number can begin in the numeral."""
        start, end = numeral.start, numeral.end
        found = set(self.proposer.always)
        hits, size, reach = self.hits, self.size, self.proposer.reach
        for hit in hits[bisect_left(hits, first * size) : bisect_left(hits, last * size)]:
            place, word = divmod(hit, size)
            for index, least, most in reach[word]:
                if place + least < end and place + most >= start:
                    found.add(index)
        return found

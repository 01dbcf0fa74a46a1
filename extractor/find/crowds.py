"""Stretches with more numerals than prose can hold: a flattened grid, a dump of codes, a text made to do harm.

A crowd is one candidate that says so (``page_furniture``), from its first numeral to its last, so that every numeral is
still in the ledger while fifty thousand of them cost no more than one. The limit is one numeral in seven characters
over a whole stretch, far beyond the densest list of a report. What is found by words, zero statements and names of
channels, is thinned in the same way: where a stretch holds more than any report's, each different one counts once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from extractor.report import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from extractor.find.numerals import Numeral
    from extractor.report import Narrative

STRETCH = 2_000
MOST_NUMERALS = 300
BLANK = "\n"
REASON, RULE = "page_furniture", "crowd"

Row = TypeVar("Row")


class Crowd(NamedTuple):
    """[start, end) from the first numeral of a crowded stretch to the end of its last."""

    start: int
    end: int


def find_crowds(numerals: Sequence[Numeral]) -> tuple[Crowd, ...]:
    """The crowds among a text's numerals, one a stretch."""
    held = Counter(numeral.start // STRETCH for numeral in numerals) if len(numerals) > MOST_NUMERALS else Counter()
    found: list[Crowd] = []
    for stretch in sorted(number for number, count in held.items() if count > MOST_NUMERALS):
        first = bisect_left(numerals, stretch * STRETCH, key=lambda numeral: numeral.start)
        found.append(Crowd(numerals[first].start, numerals[first + held[stretch] - 1].end))
    return tuple(found)


def without_crowds(text: str, crowds: Iterable[Crowd]) -> str:
    """The text with its crowds blanked, so that no rule reads them; places stay as they are."""
    for start, end in crowds:
        text = text[:start] + BLANK * (end - start) + text[end:]
    return text


def crowd_candidates(narrative: Narrative, crowds: Iterable[Crowd]) -> list[Candidate]:
    """One candidate a crowd."""
    return [
        Candidate(start, end, start, end, 0, "exact", None, "arabic", narrative.sentence_at(start), REASON, None, RULE)
        for start, end in crowds
    ]


def thinned(
    rows: Sequence[Row], most: int, *, place: Callable[[Row], int], words: Callable[[Row], Hashable]
) -> Sequence[Row]:
    """The rows; of a stretch that holds more than ``most``, the first of each different ``words``, ``most`` in all."""
    held = Counter(place(row) // STRETCH for row in rows) if len(rows) > most else Counter()
    if max(held.values(), default=0) <= most:
        return rows
    kept: list[Row] = []
    seen: set[tuple[int, Hashable]] = set()
    taken: Counter[int] = Counter()
    for row in rows:
        stretch = place(row) // STRETCH
        if held[stretch] > most:
            if taken[stretch] >= most or (stretch, words(row)) in seen:
                continue
            seen.add((stretch, words(row)))
            taken[stretch] += 1
        kept.append(row)
    return kept

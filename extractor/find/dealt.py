"""Figures dealt out to the members of a list before them: 予以公开、部分公开、不予公开分别为24件、10件、26件.

The words of such a figure stand far from it, so what it counts is read from its own member of the list.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.find.numerals import find_numerals
from extractor.report import DEALT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.find.proposals import Proposer
    from extractor.report import Candidate

DEAL = re.compile(r"(?:分别|依次)(?:为|是|有|达到|达|计)")
EDGE = re.compile(r"[。；;：:\n\d（）()]|即|包括|其中")
BETWEEN = re.compile(r"[、，,]?(?:以及|和|及|与)|[、，,]")
FARTHEST = 160


def dealt(text: str, found: list[Candidate], proposer: Proposer) -> list[Candidate]:
    """Candidates in the order of the text, those of a dealt list with their member's indicator."""
    starts = [candidate.start for candidate in found]
    for match in DEAL.finditer(text):
        first = bisect_left(starts, match.end())
        figures = _figures(text, found[first : first + FARTHEST], match.end())
        names = _names(text[max(0, match.start() - FARTHEST) : match.start()], len(figures))
        for number, name in enumerate(names):
            found[first + number] = _told(found[first + number], name, text, proposer)
    return found


def _figures(text: str, following: Sequence[Candidate], place: int) -> Sequence[Candidate]:
    """The figures that follow one another from a place on with nothing but list marks between them."""
    for number, candidate in enumerate(following):
        apart = text[place : candidate.start]
        if candidate.reason is not None or (apart if number == 0 else BETWEEN.fullmatch(apart) is None):
            return following[:number]
        place = candidate.end
    return following


def _names(before: str, count: int) -> list[str]:
    """The last members of the list that ends there, as many as there are figures; none where it has fewer."""
    members = BETWEEN.split(EDGE.split(before)[-1].rstrip("，,"))
    return members[-count:] if 1 < count <= len(members) else []


def _told(candidate: Candidate, name: str, text: str, proposer: Proposer) -> Candidate:
    said = name + text[candidate.start : candidate.end]
    numeral = next((one for one in find_numerals(said) if one.start >= len(name)), None)
    if numeral is None:
        return candidate
    indicator, rule = proposer.over(said).of(numeral, 0, len(said))
    return replace(candidate, indicator=indicator, rule=f"{DEALT}{rule}") if indicator else candidate

"""How good the decisions over counts are: F1 of values, indicators and whole counts, with intervals over agencies.

A count is found where one with its value overlaps its mark; its indicator is right where the code is too; it is right
in all where qualifier, unit and role agree as well. Channels are left out: passages come with their channels marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from extractor.classify.linear import Floats
from training.evaluate import RESAMPLES, SEED, interval

if TYPE_CHECKING:
    from extractor.report import Count
    from training.contexts import CountMark, Passage

FIGURES = ("value", "indicator", "strict")


@dataclass(frozen=True, slots=True)
class JudgedPassage:
    """Of one passage: counts marked, counts found, and how many of those are right by each figure."""

    group: str
    marked: int
    found: int
    right: tuple[int, int, int]


def judge_passage(passage: Passage, counts: Sequence[Count]) -> JudgedPassage:
    """Match counts with marks, each once, the best fitting first; several channels of one figure are one count."""
    own = {(c.span.start, c.span.end, c.value, c.indicator): c for c in reversed(counts)}
    free = [own[key] for key in sorted(own)]
    found, right = len(free), [0, 0, 0]
    for mark in passage.counts:
        fitting = [c for c in free if c.span.start < mark.end and mark.start < c.span.end and c.value == mark.value]
        if fitting:
            best = max(fitting, key=lambda c: _agreement(mark, c))
            free.remove(best)
            for place in range(_agreement(mark, best)):
                right[place] += 1
    return JudgedPassage(passage.agency, len(passage.counts), found, (right[0], right[1], right[2]))


def _agreement(mark: CountMark, count: Count) -> int:
    """How many of ``FIGURES`` hold."""
    if mark.indicator != count.indicator:
        return 1
    return 3 if (mark.qualifier, mark.unit, mark.role) == (count.qualifier, count.unit, count.role) else 2


def scores(judged: Sequence[JudgedPassage]) -> Floats:
    """F1 of each figure."""
    one: Floats = _scores(_tally(judged).sum(axis=0))
    return one


def drawn_scores(judged: Sequence[JudgedPassage], times: int = RESAMPLES) -> Floats:
    """Draws × figures: F1 over agencies drawn with replacement, the same draws for the same agencies."""
    table = _tally(judged)
    picks = np.random.default_rng(SEED).integers(0, len(table), (times, len(table)))
    drawn: Floats = _scores(table[picks].sum(axis=1))
    return drawn


def _tally(judged: Sequence[JudgedPassage]) -> Floats:
    """Agencies × (marked, found, right by each figure)."""
    rows = {group: row for row, group in enumerate(sorted({one.group for one in judged}))}
    table = np.zeros((len(rows), 2 + len(FIGURES)))
    for one in judged:
        table[rows[one.group]] += (one.marked, one.found, *one.right)
    return table


def _scores(sums: Floats) -> Floats:
    both = sums[..., 0] + sums[..., 1]
    f1: Floats = np.where(both[..., None] > 0, 2 * sums[..., 2:] / np.maximum(1.0, both)[..., None], 1.0)
    return f1


def measure_counts(judged: Sequence[JudgedPassage]) -> dict[str, Any]:
    """The figures for a card, each with its 95 % interval."""
    values, drawn = scores(judged), drawn_scores(judged)
    figures: dict[str, Any] = {"counts": sum(one.marked for one in judged)}
    for place, name in enumerate(FIGURES):
        low, high = interval(drawn[:, place])
        figures[name] = {"value": round(float(values[place]), 4), "low": round(low, 4), "high": round(high, 4)}
    return figures

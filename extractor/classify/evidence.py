"""The evidence for each theme in an item: how strong it is in the whole, in the first clause, in any clause, and where.

A linear score says that a theme is spoken of, not whether it comes first. The codebook's order (a heading outranks,
then order of mention, the cause before its consequence) shows in places: what the first clause says by itself, where
the weight of a theme lies, which clause it is strongest in. A second, small model with the same weights for all
themes reads these figures; its weights are fitted on scores of items that the first model had not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np

from extractor.classify.linear import Floats, LinearModel, Places, sigmoid
from extractor.classify.words import Reading
from extractor.vocabulary import THEMES

FEATURES = (
    "whole", "first", "first_part", "centre", "strongest_place", "heading", "last_part", "strongest",
    "whole_squashed", "first_squashed", "strongest_squashed", "whole_below", "lead", "rules", "has_rule", "rule_place",
    "rule_first", "rule_heading", "whole_by_clauses", "clauses",
)  # fmt: skip
STEEP = 1.5
MOST_RULES = 3
FARTHEST_PLACE = 1 << 20
COLUMN = {code: index for index, code in enumerate(THEMES)}


class Known(NamedTuple):
    """Of the tokens of all items that the model knows: rows, places, running number of the clause, number of the item.

    ``novelty`` is, by item, the share of tokens that it does not know.
    """

    rows: Places
    places: Places
    clauses: Places
    items: Places
    novelty: Floats


def known_tokens(model: LinearModel, readings: Sequence[Reading]) -> Known:
    """The known tokens of some items, in their order."""
    lengths = np.array([len(reading.tokens) for reading in readings], np.int64)
    count = int(lengths.sum())
    tokens = chain.from_iterable(reading.tokens for reading in readings)
    rows = np.fromiter(map(model.vocabulary.get, tokens, repeat(-1)), np.int64, count)
    places = np.fromiter(chain.from_iterable(reading.places for reading in readings), np.int64, count)
    kept = np.flatnonzero(rows >= 0)
    items = np.repeat(np.arange(len(readings)), lengths)[kept]
    places = places[kept]
    begins = [
        index * FARTHEST_PLACE + (clause.start if number else 0)
        for index, reading in enumerate(readings)
        for number, clause in enumerate(reading.clauses)
    ]
    clauses = np.searchsorted(begins, items * FARTHEST_PLACE + places, side="right") - 1
    known = np.bincount(items, minlength=len(readings))
    return Known(rows[kept], places, clauses, items, 1.0 - known / np.maximum(1, lengths))


def gather_evidence(model: LinearModel, readings: Sequence[Reading], known: Known | None = None) -> Floats:
    """Items × themes × ``FEATURES``, all items of a report at once; ``known`` where it was found already."""
    count = len(readings)
    rows, places, clause_of, item_of, _ = known or known_tokens(model, readings)
    clause_counts = np.array([len(reading.clauses) for reading in readings])
    starts = np.concatenate(([0], np.cumsum(clause_counts)[:-1]))
    lengths = np.array([max(1, len(reading.text)) for reading in readings])[:, None]
    whole = model.score_segments(rows, item_of, count)
    alone = model.score_segments(rows, clause_of, int(clause_counts.sum())).totals
    parts = _sum_by(whole.parts, clause_of, int(clause_counts.sum()))
    gains = np.maximum(whole.parts, 0.0)
    centre = _sum_by(gains * places[:, None], item_of, count) / (_sum_by(gains, item_of, count) + 1e-9) / lengths
    strongest = np.maximum.reduceat(alone, starts)
    order = np.arange(len(alone)) - np.repeat(starts, clause_counts)
    at_best = np.where(alone == np.repeat(strongest, clause_counts, axis=0), order[:, None], len(alone))
    last = np.maximum(1, clause_counts - 1)[:, None]
    has_heading = np.array([[_has_heading(reading)] for reading in readings], dtype=float)
    several = (clause_counts > 1)[:, None]
    logs = np.log(clause_counts)[:, None] * np.ones(len(model.labels))
    found, has_rule, rule_place, rule_first = _rule_figures(readings)
    total, first, squashed = whole.totals, alone[starts], sigmoid(STEEP * whole.totals)
    columns = (
        total, first, parts[starts], centre, np.minimum.reduceat(at_best, starts) / last, first * has_heading,
        parts[starts + clause_counts - 1] * several, strongest,
        squashed, sigmoid(STEEP * first), sigmoid(STEEP * strongest),
        np.minimum(total, 0.0), total - _best_of_others(total), found, has_rule, rule_place, rule_first,
        rule_first * has_heading, squashed * logs, logs,
    )  # fmt: skip
    return np.stack(columns, axis=2)


def _sum_by(values: Floats, owners: Places, count: int) -> Floats:
    sums = np.zeros((count, values.shape[1]))
    if len(owners):
        order = np.argsort(owners, kind="stable")
        starts = np.flatnonzero(np.diff(owners[order], prepend=-1))
        sums[owners[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
    return sums


def _best_of_others(scores: Floats) -> Floats:
    two = np.sort(scores, axis=1)[:, -2:]
    return np.where(scores == two[:, 1:], two[:, :1], two[:, 1:])


def _has_heading(reading: Reading) -> bool:
    """Whether the item opens with a heading: a first clause closed by a colon or a full stop."""
    return len(reading.clauses) > 1 and reading.clauses[0].closer in "：:。"


def _rule_figures(readings: Sequence[Reading]) -> tuple[Floats, Floats, Floats, Floats]:
    """By item and theme: number of rule hits, whether any, place of the first (1 where none), whether in clause one."""
    found = np.zeros((len(readings), len(COLUMN)))
    place = np.ones_like(found)
    first = np.zeros_like(found)
    for index, reading in enumerate(readings):
        for hit in reading.hits:
            column = COLUMN[hit.theme]
            found[index, column] += 1
            place[index, column] = min(place[index, column], hit.start / max(1, len(reading.text)))
            if hit.start < reading.clauses[0].end:
                first[index, column] = 1.0
    return np.minimum(found, MOST_RULES), (found > 0).astype(float), place, first

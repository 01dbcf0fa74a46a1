"""The evidence for each theme in an item: how strong it is in the whole, in the first clause, in any clause, and where.

A linear score says that a theme is spoken of, not whether it comes first. The codebook's order (a heading outranks,
then order of mention, the cause before its consequence) shows in places: what the first clause says by itself, where
the weight of a theme lies, which clause it is strongest in. A second, small model with the same weights for all
themes reads these figures; its weights are fitted on scores of items that the first model had not seen.
"""

from __future__ import annotations

from collections.abc import Sequence

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
COLUMN = {code: index for index, code in enumerate(THEMES)}


def gather_evidence(model: LinearModel, readings: Sequence[Reading]) -> Floats:
    """Items × themes × ``FEATURES``, all items of a report at once."""
    count = len(readings)
    rows, places, clause_of, item_of = _known_tokens(model, readings)
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


def _known_tokens(model: LinearModel, readings: Sequence[Reading]) -> tuple[Places, Places, Places, Places]:
    """Of the known tokens of all readings: rows, places, running number of the clause, number of the item."""
    rows: list[int] = []
    places: list[int] = []
    clauses: list[Places] = []
    counts: list[int] = []
    begun = 0
    known = model.vocabulary
    for reading in readings:
        before = len(rows)
        found = [
            (row, place)
            for row, place in zip(map(known.get, reading.tokens), reading.places, strict=True)
            if row is not None
        ]
        rows += [row for row, _ in found]
        places += [place for _, place in found]
        bounds = [clause.start for clause in reading.clauses[1:]]
        clauses.append(begun + np.searchsorted(bounds, places[before:], side="right"))
        counts.append(len(rows) - before)
        begun += len(reading.clauses)
    items = np.repeat(np.arange(len(readings)), counts)
    return np.array(rows, np.int64), np.array(places, np.int64), np.concatenate(clauses).astype(np.int64), items


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

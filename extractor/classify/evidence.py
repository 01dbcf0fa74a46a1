"""The evidence for each theme in an item: how strong it is in the whole, in the first clause, in any clause, and where.

A linear score says that a theme is spoken of, not whether it comes first. The codebook's order (a heading outranks,
then order of mention, the cause before its consequence) shows in places: what the first clause says by itself, where
the weight of a theme lies, which clause it is strongest in. A second, small model with the same weights for all
themes reads these figures; its weights are fitted on scores of items that the first model had not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from extractor.classify.linear import Floats, LinearModel, Places, sigmoid
from extractor.classify.tokens import Known, TokenFinder
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


def gather_evidence(model: LinearModel, readings: Sequence[Reading], known: Known | None = None) -> Floats:
    """Items × themes × ``FEATURES``, all items of a report at once; ``known`` where its tokens were found already."""
    said = weigh(model, known or TokenFinder(model.vocabulary)(readings), len(readings))
    clause_counts = np.array([len(reading.clauses) for reading in readings])
    starts = np.cumsum(clause_counts) - clause_counts
    lengths = np.array([max(1, len(reading.text)) for reading in readings])[:, None]
    alone, parts = said.alone, said.parts
    strongest = np.maximum.reduceat(alone, starts)
    order = np.arange(len(alone)) - np.repeat(starts, clause_counts)
    at_best = np.where(alone == np.repeat(strongest, clause_counts, axis=0), order[:, None], len(alone))
    last = np.maximum(1, clause_counts - 1)[:, None]
    has_heading = np.array([[_has_heading(reading)] for reading in readings], dtype=float)
    several = (clause_counts > 1)[:, None]
    logs = np.log(clause_counts)[:, None] * np.ones(len(model.labels))
    found, has_rule, rule_place, rule_first = _rule_figures(readings)
    total, first = said.totals, alone[starts]
    squashed, first_squashed, strongest_squashed = sigmoid(STEEP * np.stack((total, first, strongest)))
    columns = (
        total, first, parts[starts], said.centres / lengths, np.minimum.reduceat(at_best, starts) / last,
        first * has_heading, parts[starts + clause_counts - 1] * several, strongest,
        squashed, first_squashed, strongest_squashed,
        np.minimum(total, 0.0), total - _best_of_others(total), found, has_rule, rule_place, rule_first,
        rule_first * has_heading, squashed * logs, logs,
    )  # fmt: skip
    return np.stack(columns, axis=2)


class Said(NamedTuple):
    """What the tokens of some items bring to each theme.

    ``totals`` are the items' scores, ``alone`` the scores of their clauses taken as texts of their own, ``parts`` what each
    clause brings to its item's score, ``centres`` the mean place in an item of what speaks for a theme.
    """

    totals: Floats
    alone: Floats
    parts: Floats
    centres: Floats


def weigh(model: LinearModel, known: Known, count: int) -> Said:
    """All items at once. Arrays are themes × tokens, whose order the sums keep: a fit must not hang on their last bit."""
    clauses, clause_count = known.clauses, len(known.items)
    items = known.items[clauses]
    weights = np.ascontiguousarray(model.weights.take(known.rows, axis=0).T)
    parts = weights * _shares(model, known.rows, items, count)
    alone = weights * _shares(model, known.rows, clauses, clause_count)
    gains = np.maximum(parts, 0.0)
    totals, placed, gained = _sums((parts, gains * known.places, gains), items, count)
    order = clauses.argsort(kind="stable")
    alone, parts = _sums((alone.take(order, axis=1), parts.take(order, axis=1)), clauses[order], clause_count)
    return Said(model.bias + totals.T, model.bias + alone.T, parts.T, (placed / (gained + 1e-9)).T)


def _shares(model: LinearModel, rows: Places, owners: Places, count: int) -> Floats:
    """What each token adds to its text (``owners``), by which weights are multiplied: equal ones share their value."""
    keys = owners * len(model.idf) + rows
    order = keys.argsort()
    is_bound, ordered = np.ones(len(keys) + 1, bool), keys.take(order)
    np.not_equal(ordered[1:], ordered[:-1], out=is_bound[1:-1])
    bounds = np.flatnonzero(is_bound)
    counts = bounds[1:] - bounds[:-1]
    times = np.empty(len(keys))
    times[order] = counts.repeat(counts)
    values = (1.0 + np.log(times)) * model.idf.take(rows)
    shares: Floats = values / (times * np.sqrt(np.bincount(owners, values * values / times, count)).take(owners))
    return shares


def _sums(values: Sequence[Floats], owners: Places, count: int) -> Floats:
    """Of several arrays the sums of tokens, their last axis, by their texts (``owners``), which rise."""
    is_first = np.ones(len(owners), bool)
    np.not_equal(owners[1:], owners[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    sums = np.zeros((len(values), len(values[0]), count))
    sums[..., owners[starts]] = [np.add.reduceat(own, starts, axis=1) for own in values]
    return sums


def _best_of_others(scores: Floats) -> Floats:
    two = np.sort(scores, axis=1)[:, -2:]
    return np.where(scores == two[:, 1:], two[:, :1], two[:, 1:])


def _has_heading(reading: Reading) -> bool:
    """Whether the item opens with a heading: a first clause closed by a colon or a full stop."""
    return len(reading.clauses) > 1 and reading.clauses[0].closer in "：:。"


def _rule_figures(readings: Sequence[Reading]) -> tuple[Floats, Floats, Floats, Floats]:
    """By item and theme: number of rule hits, whether any, place of the first (1 where none), whether in clause one."""
    found, place, first = np.zeros((3, len(readings), len(COLUMN)))
    place += 1.0
    for index, reading in enumerate(readings):
        for hit in reading.hits:
            column = COLUMN[hit.theme]
            found[index, column] += 1
            place[index, column] = min(place[index, column], hit.start / len(reading.text))
            if hit.start < reading.clauses[0].end:
                first[index, column] = 1.0
    return np.minimum(found, MOST_RULES), (found > 0).astype(float), place, first

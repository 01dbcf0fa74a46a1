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
    size, clauses, clause_count = len(model.idf), known.clauses, len(known.items)
    items = known.items[clauses]
    keys, token_of, times = np.unique(items * size + known.rows, return_inverse=True, return_counts=True)
    brought, owners = _brought(model, keys, times, count)
    parts = (brought / times).take(token_of, axis=1)
    gains = np.maximum(parts, 0.0)
    placed, gained = _sums(np.stack((gains * known.places, gains)), items, count)
    order = clauses.argsort(kind="stable")
    keys, times = np.unique(clauses * size + known.rows, return_counts=True)
    alone, clause_of = _brought(model, keys, times, clause_count)
    return Said(
        model.bias + _sums(brought, owners, count).T,
        model.bias + _sums(alone, clause_of, clause_count).T,
        _sums(parts.take(order, axis=1), clauses[order], clause_count).T,
        (placed / (gained + 1e-9)).T,
    )


def _brought(model: LinearModel, keys: Places, times: Places, count: int) -> tuple[Floats, Places]:
    """What the different tokens of texts bring to each theme, and their texts; ``keys`` are texts and rows, sorted."""
    owners, rows = np.divmod(keys, len(model.idf))
    values = (1.0 + np.log(times)) * model.idf[rows]
    values /= np.sqrt(np.bincount(owners, values * values, count))[owners]
    return np.ascontiguousarray(model.weights.take(rows, axis=0).T) * values, owners


def _sums(values: Floats, owners: Places, count: int) -> Floats:
    """The sums of tokens, the last axis, by their texts (``owners``), which rise."""
    starts = np.flatnonzero(owners != np.concatenate(([-1], owners[:-1])))
    sums = np.zeros((*values.shape[:-1], count))
    sums[..., owners[starts]] = np.add.reduceat(values, starts, axis=-1)
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

"""Counts of themes over years or regions, corrected for the classifier's known errors.

A classifier that misses a third of a rare theme shows a third too few of it everywhere. Its rates of right and false
finds are known from the hold-out; the corrected share is (observed − false) / (right − false), between 0 and 1
(Rogan and Gladen 1978). Intervals draw agencies anew on both sides: of the hold-out, because the rates are uncertain,
and of the batch. Raw and corrected figures always stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractor.classify.linear import Floats
from extractor.errors import LabelError
from training.evaluate import CODES, Judged

DRAWS = 500
SEED = 11
LEAST_POWER = 0.1


@dataclass(frozen=True, slots=True)
class Coded:
    """The themes of an item as coded; ``cell`` is its year or region, ``group`` its agency."""

    cell: str
    group: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many items of a cell have a theme: as counted, and corrected with its 95 % interval."""

    cell: str
    theme: str
    items: int
    raw: int
    corrected: float
    low: float
    high: float


def corrected_counts(coded: Sequence[Coded], holdout: Sequence[Judged]) -> tuple[Share, ...]:
    """Raw and corrected counts of each theme in each cell. Errors: ``LabelError`` where there is no hold-out."""
    if not holdout:
        raise LabelError("counts cannot be corrected without a hold-out", do="give the model's hold-out labels")
    draw = np.random.default_rng(SEED)
    right, said = (
        np.array([[code in getattr(j, side) for code in CODES] for j in holdout], float) for side in ("right", "coded")
    )
    known = _draws([j.group for j in holdout], draw)
    rates = error_rates(right, said, np.ones(len(holdout)))
    drawn = [error_rates(right, said, weights) for weights in known]
    shares: list[Share] = []
    for cell in sorted({item.cell for item in coded}):
        inside = [item for item in coded if item.cell == cell]
        found = np.array([[code in item.themes for code in CODES] for item in inside], dtype=float)
        count = len(inside)
        middle = correct(found.mean(axis=0), *rates) * count
        draws = _draws([item.group for item in inside], draw)
        tries = np.array([correct(_mean(found, own), *pair) * count for own, pair in zip(draws, drawn, strict=True)])
        low, high = np.quantile(tries, [0.025, 0.975], axis=0)
        shares += [
            Share(cell, code, count, int(found[:, i].sum()), *(round(float(x[i]), 1) for x in (middle, low, high)))
            for i, code in enumerate(CODES)
        ]
    return tuple(shares)


def error_rates(right: Floats, said: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Of each theme: how often it is found where it is, and where it is not."""
    own = weights[:, None]
    found = (own * right * said).sum(axis=0) / np.maximum((own * right).sum(axis=0), 1e-9)
    false = (own * (1 - right) * said).sum(axis=0) / np.maximum((own * (1 - right)).sum(axis=0), 1e-9)
    return found, false


def correct(observed: Floats, found: Floats, false: Floats) -> Floats:
    """The true share that gives the observed one; the observed one where the classifier knows nothing."""
    power = found - false
    shares: Floats = np.where(
        power > LEAST_POWER, np.clip((observed - false) / np.maximum(power, LEAST_POWER), 0.0, 1.0), observed
    )
    return shares


def _mean(found: Floats, weights: Floats) -> Floats:
    mean: Floats = (found * weights[:, None]).sum(axis=0) / max(1.0, weights.sum())
    return mean


def _draws(groups: Sequence[str], draw: np.random.Generator) -> list[Floats]:
    """Weights of the items under draws of their groups with replacement."""
    names, owner = np.unique(groups, return_inverse=True)
    times = draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    return [row[owner].astype(float) for row in times]

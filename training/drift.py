"""Whether a batch of items is still what the model was trained on, and which terms and reports say no.

A classifier that tells batch from reference better than chance is the most sensitive sign; rates of themes, of
abstention and of unknown tokens say what changed. Chance is measured by exchanging whole agencies between the two
sides, so that a batch of few reports does not alarm by the style of one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.classify.linear import Floats, LinearModel, Places
from extractor.classify.themes import ThemeCoder
from extractor.classify.words import PAIR, RULE, THEME, WORD
from extractor.errors import LabelError
from extractor.vocabulary import THEMES
from training.fit import Example, assign_folds, fit_uncalibrated
from training.items import Item

ALARM_BELOW = 0.02
EXCHANGES = 999
FOLDS = 5
SEED = 7
STRENGTH = 1.0
LEAST_AGENCIES = 4
MOST_SHOWN = 10
OLD, NEW = "reference", "batch"
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sign:
    """One figure of both sides, and how often chance gives as large a difference."""

    name: str
    reference: float
    batch: float
    chance: float


@dataclass(frozen=True, slots=True)
class Drift:
    """The comparison; ``terms`` and ``groups`` are those of the batch that differ most, the strongest first."""

    auc: float
    signs: tuple[Sign, ...]
    alarm: bool
    terms: tuple[tuple[str, float], ...]
    groups: tuple[tuple[str, float], ...]


def compare(reference: Sequence[Item], batch: Sequence[Item], coder: ThemeCoder) -> Drift:
    """Compare a batch with a reference. Errors: ``LabelError`` where a side has too few agencies."""
    for name, side in ((OLD, reference), (NEW, batch)):
        if len({item.group for item in side}) < LEAST_AGENCIES:
            allowed = f"at least {LEAST_AGENCIES} agencies"
            raise LabelError(
                "a side of a comparison is too small", where=name, allowed=allowed, do="give items of more agencies"
            )
    items = [*reference, *batch]
    is_new = np.array([False] * len(reference) + [True] * len(batch))
    groups = [f"{int(new)}:{item.group}" for item, new in zip(items, is_new, strict=True)]
    readings = [coder.reader(item.text) for item in items]
    tokens = [tuple(t for t in reading.tokens if t.startswith(WORD) or len(t) == 2) for reading in readings]
    examples = [Example(t, (NEW if new else OLD,), group) for t, new, group in zip(tokens, is_new, groups, strict=True)]
    scores, folds = _held_scores(examples, groups)
    codings = coder.code([item.text for item in items])
    themes = np.array([[code in {t.code for t in coding.themes} for code in THEMES] for coding in codings], dtype=float)
    abstained = np.array([[coding.abstained is not None] for coding in codings], dtype=float)
    unknown = np.array([[coding.novelty] for coding in codings])
    swaps = Exchanges(groups, is_new, folds)
    auc, auc_chance = swaps.area(scores)
    signs = (
        Sign("domain classifier AUC", 0.5, auc, auc_chance),
        swaps.rate("largest change of a theme's rate", themes, tuple(THEMES)),
        swaps.rate("abstention rate", abstained),
        swaps.rate("share of unknown tokens", unknown),
    )
    alarm = any(sign.chance < ALARM_BELOW / len(signs) for sign in signs)
    whole = fit_uncalibrated(examples, (OLD, NEW), "one_vs_rest", STRENGTH)
    return Drift(auc, signs, alarm, _terms(whole), _groups(scores, is_new, items))


def _held_scores(examples: Sequence[Example], groups: Sequence[str]) -> tuple[Floats, Places]:
    """How much each item looks like the batch, from a model that saw none of its agency."""
    folds = assign_folds(groups, FOLDS)
    scores = np.zeros(len(examples))
    for fold in range(FOLDS):
        inside = [example for example, place in zip(examples, folds, strict=True) if place != fold]
        model = fit_uncalibrated(inside, (OLD, NEW), "one_vs_rest", STRENGTH)
        outside = np.flatnonzero(folds == fold).tolist()
        held = np.array([model.scores(examples[i].tokens)[1] for i in outside])
        scores[outside] = held - held.mean() if len(held) else held
    return scores, folds


class Exchanges:
    """The true sides of all agencies, and many exchanges of them within each fold: what chance alone would give."""

    def __init__(self, groups: Sequence[str], is_new: Flags, folds: Places) -> None:
        names, self.owner = np.unique(groups, return_inverse=True)
        self.sizes = np.bincount(self.owner).astype(float)
        side = np.zeros(len(names), dtype=bool)
        side[self.owner] = is_new
        fold_of = np.zeros(len(names), dtype=np.int64)
        fold_of[self.owner] = folds
        draw = np.random.default_rng(SEED)
        sides = np.tile(side, (EXCHANGES + 1, 1))
        for fold in range(FOLDS):
            block = np.flatnonzero(fold_of == fold)
            sides[1:, block] = draw.permuted(sides[1:, block], axis=1)
        self.sides = sides.astype(float)
        self.new = self.sides @ self.sizes
        self.old = len(groups) - self.new

    def area(self, scores: Floats) -> tuple[float, float]:
        """Area under the curve (how often the batch outranks the reference, ties by halves), and its chance."""
        _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
        sums = self.sides @ np.bincount(self.owner, ranks)
        return self._chance((sums - self.new * (self.new + 1) / 2) / np.maximum(1.0, self.new * self.old))

    def rate(self, name: str, values: Floats, columns: tuple[str, ...] = ()) -> Sign:
        """The column whose mean differs most between the sides, in its standard deviations."""
        sums = np.stack([np.bincount(self.owner, column) for column in values.T], axis=1)
        new = self.sides @ sums
        means = new / np.maximum(1.0, self.new)[:, None], (sums.sum(axis=0) - new) / np.maximum(1.0, self.old)[:, None]
        gaps = np.abs(means[0] - means[1]) / (values.std(axis=0) + 1e-9)
        column = int(gaps[0].argmax())
        label = f"{name} ({columns[column]})" if columns else name
        batch, reference = (round(float(side[0, column]), 4) for side in means)
        return Sign(label, reference, batch, self._chance(gaps.max(axis=1))[1])

    @staticmethod
    def _chance(figures: Floats) -> tuple[float, float]:
        """The true sides' figure, and the share of exchanges (the truth counted in) that reach it."""
        return round(float(figures[0]), 4), round(float((figures >= figures[0] - 1e-9).mean()), 4)


def _terms(model: LinearModel) -> tuple[tuple[str, float], ...]:
    gains = model.weights[:, 1] * model.idf
    pairs = [
        (token, float(gains[row]))
        for token, row in model.vocabulary.items()
        if not token.startswith((PAIR, RULE, THEME))
    ]
    best = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    return tuple((token.removeprefix(WORD), round(gain, 3)) for token, gain in best[:MOST_SHOWN] if gain > 0)


def _groups(scores: Floats, is_new: Flags, items: Sequence[Item]) -> tuple[tuple[str, float], ...]:
    sums: dict[str, list[float]] = {}
    for score, new, item in zip(scores, is_new, items, strict=True):
        if new:
            sums.setdefault(item.group, []).append(float(score))
    means = sorted(
        ((group, sum(values) / len(values)) for group, values in sums.items()), key=lambda pair: (-pair[1], pair[0])
    )
    return tuple((group, round(mean, 3)) for group, mean in means[:MOST_SHOWN])

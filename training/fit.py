"""Fit a linear model by scikit-learn and keep it as plain numbers (``extractor.classify.linear``).

One logistic regression a label (liblinear: one thread, the same numbers every time), strong classes weighted down.
Probabilities come from scores of folds that had not seen the item, split by group (the agency), because neighbours
from one report make a model look sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from extractor.classify.linear import Floats, LinearModel, Places, sigmoid
from extractor.errors import LabelError

FOLDS = 5
STRENGTH = 10.0
EVEN = 1.0
LEAST_ITEMS_A_TOKEN = 2
NOVEL_SHARE = 0.995


@dataclass(frozen=True, slots=True)
class Example:
    """Tokens of one text, its right labels, and the group that keeps it on one side of a split."""

    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    group: str


def assign_folds(groups: Sequence[str], folds: int = FOLDS) -> Places:
    """The fold of each item; a group lies in one fold, the largest groups are dealt first."""
    sizes = Counter(groups)
    loads = [0] * folds
    home: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        home[group] = loads.index(min(loads))
        loads[home[group]] += size
    return np.array([home[group] for group in groups], dtype=np.int64)


def fold_models(
    examples: Sequence[Example],
    labels: Sequence[str],
    decision: str,
    strength: float = STRENGTH,
    evenness: float = EVEN,
    least_weight: float = 0.0,
) -> Iterator[tuple[LinearModel, Places]]:
    """For each fold a model fitted without it, and the places of the fold's examples. Errors: ``LabelError``."""
    groups = [example.group for example in examples]
    if len(set(groups)) < FOLDS:
        raise LabelError(
            "too few groups to fit a model", allowed=f"at least {FOLDS}", do="label items of more agencies"
        )
    folds = assign_folds(groups)
    for fold in range(FOLDS):
        inside = [example for example, place in zip(examples, folds, strict=True) if place != fold]
        yield (
            fit_uncalibrated(inside, labels, decision, strength, evenness, least_weight),
            np.flatnonzero(folds == fold),
        )


def fit_model(
    examples: Sequence[Example], labels: Sequence[str], *, decision: str = "one_vs_rest", strength: float = STRENGTH,
    evenness: float = EVEN, least_weight: float = 0.0,
) -> tuple[LinearModel, Floats]:  # fmt: skip
    """A calibrated model, and the out-of-fold scores of the examples (examples × labels).

    ``decision`` is ``one_vs_rest`` (several labels a text) or ``softmax`` (exactly one). Errors: ``LabelError``.
    """
    held = np.zeros((len(examples), len(labels)))
    unknown = np.zeros(len(examples))
    for part, outside in fold_models(examples, labels, decision, strength, evenness, least_weight):
        for index in outside:
            held[index] = part.scores(examples[index].tokens)
            unknown[index] = part.novelty(examples[index].tokens)
    model = fit_uncalibrated(examples, labels, decision, strength, evenness, least_weight)
    return calibrated(model, held, truth_of(examples, labels), unknown), held


def calibrated(model: LinearModel, held: Floats, truth: Floats, unknown: Floats) -> LinearModel:
    """The model with the calibration that its out-of-fold scores ask for, and the novelty that is rare among them."""
    slope, offset = _calibration(held, truth, model.decision)
    return replace(model, slope=slope, offset=offset, novelty_limit=float(np.quantile(unknown, NOVEL_SHARE)))


def fit_uncalibrated(
    examples: Sequence[Example], labels: Sequence[str], decision: str, strength: float, evenness: float = EVEN,
    least_weight: float = 0.0,
) -> LinearModel:  # fmt: skip
    """The linear model by itself, its calibration the identity.

    ``evenness`` 1 weighs a label's own examples and all others alike, 0 weighs every example alike.
    Weights nearer to zero than ``least_weight`` are dropped.
    """
    from sklearn.linear_model import LogisticRegression  # seconds to import: only where it is needed

    vocabulary, idf = vocabulary_of(examples)
    matrix = matrix_of(examples, vocabulary, idf)
    truth = truth_of(examples, labels)
    weights = np.zeros((len(vocabulary), len(labels)))
    bias = np.full(len(labels), -10.0)
    for column in range(len(labels)):
        if 0 < truth[:, column].sum() < len(examples):
            weights_of = _class_weights(float(truth[:, column].mean()), evenness)
            fitted = LogisticRegression(C=strength, class_weight=weights_of, solver="liblinear", random_state=0)
            fitted.fit(matrix, truth[:, column])
            weights[:, column], bias[column] = fitted.coef_[0], fitted.intercept_[0]
    ones, zeros = np.ones(len(labels)), np.zeros(len(labels))
    weights[np.abs(weights) < least_weight] = 0.0
    kept = weights.astype(np.float16).astype(np.float64)
    return LinearModel(tuple(labels), decision, vocabulary, idf, kept, bias, ones, zeros, 1.0)


def _class_weights(share: float, evenness: float) -> dict[float, float]:
    """Weights of the examples without and with a label that ``share`` of them have; their mean weight is one."""
    raised = ((1 - share) / share) ** evenness
    scale = 1 / ((1 - share) + raised * share)
    return {0.0: scale, 1.0: raised * scale}


def vocabulary_of(examples: Sequence[Example]) -> tuple[dict[str, int], Floats]:
    """Tokens of at least two texts, in the order of their code points, and their inverse document frequency."""
    seen = Counter(token for example in examples for token in set(example.tokens))
    words = sorted(token for token, count in seen.items() if count >= LEAST_ITEMS_A_TOKEN)
    counts = np.array([seen[word] for word in words], dtype=float)
    idf = (np.log((1 + len(examples)) / (1 + counts)) + 1).astype(np.float32).astype(np.float64)
    return {word: row for row, word in enumerate(words)}, idf


def matrix_of(examples: Sequence[Example], vocabulary: dict[str, int], idf: Floats) -> Any:
    """Examples × words, sparse: (1 + ln n) · idf, each row of length one."""
    columns: list[int] = []
    values: list[float] = []
    bounds = [0]
    for example in examples:
        counts = Counter(token for token in example.tokens if token in vocabulary)
        pairs = sorted((vocabulary[token], count) for token, count in counts.items())
        rows = np.array([row for row, _ in pairs], dtype=np.int64)
        weighed = (1.0 + np.log([count for _, count in pairs])) * idf[rows] if pairs else np.zeros(0)
        columns += rows.tolist()
        values += (weighed / max(1e-12, float(np.sqrt((weighed**2).sum())))).tolist()
        bounds.append(len(columns))
    return sparse.csr_matrix((values, columns, bounds), shape=(len(examples), len(vocabulary)))


def truth_of(examples: Sequence[Example], labels: Sequence[str]) -> Floats:
    """Examples × labels: 1 where the label is right."""
    return np.array([[float(label in example.labels) for label in labels] for example in examples])


def _calibration(scores: Floats, truth: Floats, decision: str) -> tuple[Floats, Floats]:
    """Slope and offset of each label."""
    if decision == "one_vs_rest":
        pairs = [fit_logistic(scores[:, [column]], truth[:, column]) for column in range(scores.shape[1])]
        return np.array([weights[0] for weights, _ in pairs]), np.array([bias for _, bias in pairs])
    weights, offset = fit_choice(scores[:, :, None], truth.argmax(axis=1))
    return np.full(scores.shape[1], weights[0]), offset


def fit_logistic(features: Floats, truth: Floats, penalty: float = 1.0) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression over few features."""
    count = features.shape[1]

    def loss(free: Floats) -> tuple[float, Floats]:
        scores = features @ free[:count] + free[count]
        gap = sigmoid(scores) - truth
        value = np.logaddexp(0, scores).sum() - (truth * scores).sum() + penalty * (free[:count] ** 2).sum()
        slope = np.concatenate((features.T @ gap + 2 * penalty * free[:count], [gap.sum()]))
        return float(value), slope

    best = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B").x
    return best[:count], float(best[count])


def fit_choice(features: Floats, right: Places, penalty: float = 1.0) -> tuple[Floats, Floats]:
    """Weights and biases of a choice of one among labels (conditional logit): features are items × labels × figures."""
    count, items = features.shape[2], np.arange(len(features))

    def loss(free: Floats) -> tuple[float, Floats]:
        scores = features @ free[:count] + free[count:]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        value = -np.log(chances[items, right] + 1e-12).sum() + penalty * (free**2).sum()
        chances[items, right] -= 1
        slope = np.concatenate((np.einsum("nl,nlf->f", chances, features), chances.sum(axis=0))) + 2 * penalty * free
        return float(value), slope

    best = minimize(loss, np.zeros(count + features.shape[1]), jac=True, method="L-BFGS-B").x
    return best[:count], best[count:]

"""Fit the theme coder: the linear model of wording, then the model of evidence on scores it had not been shown.

Thresholds are half of a theme's best out-of-fold F1, which is where F1 of calibrated probabilities is greatest;
limits of abstention are quantiles of out-of-fold sureness. Nothing here sees the held-out items or real reports.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extractor.classify.evidence import FEATURES, gather_evidence
from extractor.classify.linear import Floats, LinearModel, Places
from extractor.classify.themes import DECISION, NAME, Decision, choose_themes, vote_of_rules
from extractor.classify.words import ItemReader, Reading
from extractor.vocabulary import THEMES
from training.fit import (
    STRENGTH,
    Example,
    calibrated,
    fit_choice,
    fit_logistic,
    fit_uncalibrated,
    fold_models,
    truth_of,
)
from training.labels import Label

UNSURE_SHARE = 0.14
APART_SHARE = 0.02
EVENNESS = 0.25
CODES = tuple(THEMES)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models, and what they said of each item while it was held out: probabilities items × themes."""

    model: LinearModel
    decision: Decision
    present: Floats
    first: Floats

    def save(self, folder: Path) -> None:
        """Write the files of the theme coder."""
        self.model.save(folder, NAME)
        text = json.dumps(self.decision.to_dict(), ensure_ascii=False, indent=1)
        folder.joinpath(DECISION).write_text(text + "\n", "utf-8")


def fit_themes(labels: Sequence[Label]) -> Fitted:
    """Fit on labels, in the order of their ids. Errors: ``LabelError`` where agencies are too few."""
    labels = in_order(labels)
    reader = ItemReader()
    readings = [reader(label.text) for label in labels]
    examples = [Example(r.tokens, label.themes, label.agency) for r, label in zip(readings, labels, strict=True)]
    evidence = np.zeros((len(labels), len(CODES), len(FEATURES)))
    unknown = np.zeros(len(labels))
    parts = []
    for part, outside in fold_models(examples, CODES, "one_vs_rest", evenness=EVENNESS):
        evidence[outside] = gather_evidence(part, [readings[i] for i in outside])
        unknown[outside] = [part.novelty(readings[i].tokens) for i in outside]
        parts.append(outside)
    model = fit_uncalibrated(examples, CODES, "one_vs_rest", STRENGTH, EVENNESS)
    model = calibrated(model, evidence[:, :, 0], truth_of(examples, CODES), unknown)
    present, first = _held_chances(evidence, labels, parts)
    decision = _with_limits(fit_decision(evidence, labels), labels, readings, present, first)
    return Fitted(model, decision, present, first)


def in_order(labels: Sequence[Label]) -> list[Label]:
    """Labels by id and coder: the order of a file must not change a model."""
    return sorted(labels, key=lambda label: (label.id, label.coder))


def _held_chances(evidence: Floats, labels: Sequence[Label], parts: Sequence[Places]) -> tuple[Floats, Floats]:
    """Presence and order of each item by a decision fitted without its fold."""
    present, first = np.zeros(evidence.shape[:2]), np.zeros(evidence.shape[:2])
    for outside in parts:
        inside = np.setdiff1d(np.arange(len(labels)), outside)
        part = fit_decision(evidence[inside], [labels[i] for i in inside])
        present[outside], first[outside] = part.present(evidence[outside]), part.first(evidence[outside])
    return present, first


def fit_decision(evidence: Floats, labels: Sequence[Label]) -> Decision:
    """Weights of presence and of order; thresholds one half, no abstention yet."""
    items, themes, figures = evidence.shape
    scale = evidence.reshape(-1, figures).std(axis=0) + 1e-9
    scaled = evidence / scale
    truth = np.array([[float(code in label.themes) for code in CODES] for label in labels])
    each = np.concatenate((scaled.reshape(-1, figures), np.tile(np.eye(themes), (items, 1))), axis=1)
    weights, shared = fit_logistic(each, truth.reshape(-1), penalty=0.5)
    order, order_bias = fit_choice(scaled, np.array([CODES.index(label.themes[0]) for label in labels]))
    return Decision(
        weights[:figures] / scale, weights[figures:] + shared, order / scale, order_bias, np.full(themes, 0.5), 0.0, 0.0
    )


def _with_limits(
    decision: Decision, labels: Sequence[Label], readings: Sequence[Reading], present: Floats, first: Floats
) -> Decision:
    thresholds = np.array(
        [_best_f1(present[:, i], [code in label.themes for label in labels]) / 2 for i, code in enumerate(CODES)]
    )
    sure = first.max(axis=1)
    apart = [
        bool(vote := vote_of_rules(r)) and CODES[int(f.argmax())] not in vote
        for r, f in zip(readings, first, strict=True)
    ]
    away = np.sort(sure[np.array(apart)])
    apart_below = float(away[min(len(away) - 1, int(APART_SHARE * len(labels)))]) if len(away) else 0.0
    unsure_below = float(np.quantile(sure, UNSURE_SHARE))
    return Decision(
        decision.presence,
        decision.presence_bias,
        decision.order,
        decision.order_bias,
        thresholds,
        unsure_below,
        apart_below,
    )


def _best_f1(chances: Floats, truth: Sequence[bool]) -> float:
    """The greatest F1 that a threshold on these probabilities reaches; one half where a theme never occurs."""
    right = np.array(truth, dtype=float)[np.argsort(-chances, kind="stable")]
    if not right.sum():
        return 0.5
    hits = np.cumsum(right)
    return float((2 * hits / (np.arange(1, len(right) + 1) + right.sum())).max())


def chosen(fitted: Fitted) -> list[tuple[str, ...]]:
    """The themes of each item as coded while it was held out."""
    limits = fitted.decision.thresholds.tolist()
    chances = zip(fitted.present.tolist(), fitted.first.tolist(), strict=True)
    return [tuple(CODES[i] for i in choose_themes(*own, limits)) for own in chances]

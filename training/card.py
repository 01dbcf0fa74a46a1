"""A model's card: all that a reader needs to trust it, or not. Labels, hashes, versions, figures with intervals.

No clock and no path stands in it, so that the same labels give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from extractor.classify.linear import CARD, LinearModel, hash_of, sigmoid
from extractor.classify.themes import ThemeCoder
from extractor.classify.words import ItemReader
from extractor.rulebook import shipped
from training.evaluate import Judged, f1, judge, measure
from training.fit import STRENGTH, Example, fit_uncalibrated
from training.labels import Label, hash_labels
from training.themes import CODES, Fitted, chosen, in_order

SCHEMA = "gongkai.model/1"
SEED = 0
CURVE = (0.25, 0.5, 0.75, 1.0)


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write a model's card as JSON that people can read."""
    folder.joinpath(CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")


def make_card(
    folder: Path, name: str, labels: Sequence[Label], holdout: Sequence[Label], fitted: Fitted, parent: str | None
) -> dict[str, Any]:
    """All that a reader needs to trust a model, or not."""
    codings = ThemeCoder(folder).code([label.text for label in holdout])
    curve = learning_curve(labels, holdout)
    return {
        "schema": SCHEMA,
        "name": name,
        "parent": parent,
        "seed": SEED,
        "labels": describe_labels(labels),
        "holdout": {"sha256": hash_labels(holdout), "items": len(holdout)},
        "files": file_hashes(folder),
        "sha256": hash_of(folder),
        "rules_sha256": hashlib.sha256(shipped("themes.toml").read_bytes()).hexdigest(),
        "versions": {
            "python": platform.python_version(),
            **{p: version(p) for p in ("numpy", "scikit-learn", "scipy", "rjieba")},
        },
        "figures": {
            "holdout": measure(judge(holdout, codings)),
            "out_of_fold": measure(held_out_judged(labels, fitted)),
        },
        "learning_curve": curve,
    }


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each of a model's files but the card."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.name != CARD)
    return {name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() for name in names}


def describe_labels(labels: Sequence[Label]) -> dict[str, Any]:
    """Number, hash, themes and coders of labels."""
    themes = Counter(label.themes[0] for label in labels)
    return {
        "items": len(labels),
        "sha256": hash_labels(labels),
        "agencies": len({label.agency for label in labels}),
        "coders": dict(sorted(Counter(label.coder for label in labels).items())),
        "first_themes": {code: themes[code] for code in CODES},
    }


def held_out_judged(labels: Sequence[Label], fitted: Fitted) -> tuple[Judged, ...]:
    """The training items as coded while they were held out."""
    rows = zip(in_order(labels), chosen(fitted), fitted.present, fitted.first, strict=True)
    limit, least = fitted.decision.unsure_below, fitted.decision.thresholds
    return tuple(
        Judged(
            label.themes,
            codes,
            tuple(float(present[CODES.index(code)]) for code in codes),
            "unsure" if first.max() < limit or present[first.argmax()] < least[first.argmax()] else None,
            label.agency,
            float(first.max()),
        )
        for label, codes, present, first in rows
    )


def learning_curve(labels: Sequence[Label], holdout: Sequence[Label]) -> list[dict[str, float]]:
    """Macro F1 of the wording model by itself on the hold-out, fitted on a quarter, a half … of the agencies."""
    reader = ItemReader()
    examples = [Example(reader(label.text).tokens, label.themes, label.agency) for label in in_order(labels)]
    tests = [reader(label.text).tokens for label in holdout]
    agencies = sorted({label.agency for label in labels}, key=lambda name: hashlib.sha256(name.encode()).digest())
    curve = []
    for share in CURVE:
        inside = frozenset(agencies[: max(1, round(share * len(agencies)))])
        some = [example for example in examples if example.group in inside]
        model = fit_uncalibrated(some, CODES, "one_vs_rest", STRENGTH)
        curve.append({"items": len(some), "macro_f1": round(_plain_macro(model, tests, holdout), 4)})
    return curve


def _plain_macro(model: LinearModel, tests: Sequence[Sequence[str]], holdout: Sequence[Label]) -> float:
    said = np.array([sigmoid(model.scores(tokens)) >= 0.5 for tokens in tests])
    truth = np.array([[code in label.themes for code in CODES] for label in holdout])
    scores = [
        f1(int((said[:, i] & truth[:, i]).sum()), int(said[:, i].sum()), int(truth[:, i].sum()))
        for i in range(len(CODES))
        if truth[:, i].any()
    ]
    return sum(scores) / len(scores)

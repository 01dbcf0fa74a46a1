"""Train a candidate: labels in, a model's folder with its card out. The live model is never touched here.

Same labels, same bytes: no clock, no random draw without a fixed seed, labels taken in the order of their ids.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from extractor.classify.linear import CARD, LinearModel, ModelFolder, find_model, hash_of, home, read_json, sigmoid
from extractor.classify.themes import NAME, ThemeCoder
from extractor.errors import LabelError, ModelError
from extractor.rulebook import shipped
from training.checks import refuse_copies, refuse_leaks
from training.evaluate import Judged, f1, judge, measure
from training.fit import STRENGTH, Example, fit_uncalibrated
from training.items import Item
from training.labels import Label, hash_labels, project_labels
from training.themes import CODES, Fitted, chosen, fit_themes, in_order

SCHEMA = "gongkai.model/1"
SEED = 0
NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
RESERVED = frozenset({"default", "live", "history"})
REFERENCE = "reference.json"
MOST_REFERENCE_TEXTS = 800
CURVE = (0.25, 0.5, 0.75, 1.0)

Progress = Callable[[float, str], None]


def models_home() -> Path:
    """The folder of the user's models."""
    return home() / "models"


def check_name(name: str) -> str:
    """A name that can be a folder's. Errors: ``ModelError``."""
    if not NAMES.fullmatch(name) or name.casefold() in RESERVED:
        allowed = "letters, digits, dot, dash, underscore, at most 64, and not default, live or history"
        raise ModelError("a model's name cannot be used", allowed=allowed, do="choose another name")
    return name


def train(
    labels: Sequence[Label], folder: Path, *, parent: str | None = None, holdout: Sequence[Label] | None = None,
    progress: Progress = lambda share, step: None,
) -> dict[str, Any]:  # fmt: skip
    """Fit on ``labels`` and write the model and its card to a new ``folder``; returns the card.

    ``progress`` is called with the share done and the step's name; what it raises ends the training with nothing
    left behind. ``holdout`` None is the project's frozen one. Errors: ``LabelError`` for copies across agencies or
    of the hold-out, ``ModelError`` where the folder is there already.
    """
    if folder.exists():
        raise ModelError(
            "a model of this name exists", where=folder.name, do="choose another name; models are never overwritten"
        )
    holdout = project_labels("heldout") if holdout is None else holdout
    progress(0.0, "check")
    refuse_leaks(labels, holdout)
    refuse_copies(labels)
    progress(0.1, "fit")
    fitted = fit_themes(labels)
    progress(0.7, "measure")
    work = folder.with_name(f".{folder.name}.part")
    _empty(work)
    fitted.save(work)
    _copy_others(work)
    work.joinpath(REFERENCE).write_text(json.dumps(reference_of(labels), ensure_ascii=False) + "\n", "utf-8")
    card = make_card(work, folder.name, labels, holdout, fitted, parent)
    progress(0.95, "write")
    write_card(work, card)
    work.rename(folder)
    progress(1.0, "done")
    return card


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        entry.unlink()


def _copy_others(folder: Path) -> None:
    """The live model's other classifiers go along: a candidate is a whole model."""
    for entry in find_model().root.iterdir():
        if entry.is_file() and not entry.name.startswith((NAME, REFERENCE, CARD)):
            folder.joinpath(entry.name).write_bytes(entry.read_bytes())


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
        )
        for label, codes, present, first in rows
    )


def learning_curve(labels: Sequence[Label], holdout: Sequence[Label]) -> list[dict[str, float]]:
    """Macro F1 of the wording model by itself on the hold-out, fitted on a quarter, a half … of the agencies."""
    from extractor.classify.words import ItemReader

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


def reference_of(labels: Sequence[Label]) -> dict[str, Any]:
    """What drift is measured against: a fixed sample of the training texts with their agencies."""
    ranked = sorted(labels, key=lambda label: hashlib.sha256(label.id.encode()).digest())[:MOST_REFERENCE_TEXTS]
    rows = [{"id": label.id, "text": label.text, "agency": label.agency} for label in in_order(ranked)]
    return {"schema": "gongkai.reference/1", "texts": rows}


def read_reference(model: ModelFolder) -> tuple[Item, ...]:
    """The texts that a model keeps of its training. Errors: ``ModelError``."""
    rows = read_json(model, REFERENCE)["texts"]
    return tuple(Item(row["id"], row["text"], row["agency"]) for row in rows)


def merge_labels(*groups: Sequence[Label]) -> tuple[Label, ...]:
    """Several files' labels as one set. Errors: ``LabelError`` where one id is coded twice by one coder."""
    merged = tuple(label for group in groups for label in group)
    seen: set[tuple[str, str]] = set()
    for label in merged:
        if (label.id, label.coder) in seen:
            raise LabelError(
                "two files give one id by one coder", found="the same id and coder twice", do="keep one of them"
            )
        seen.add((label.id, label.coder))
    return merged

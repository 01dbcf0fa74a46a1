"""From labels to a candidate among the user's models: what the command and the service both do.

People's labels go beside the project's own unless that is not wanted. Counts are fitted anew only where passages with
marked counts are given: without them the live model's classifier of counts stays as it is.
"""

from __future__ import annotations

from typing import Any

from extractor.classify.linear import live_model_name
from training.agreement import adjudicate
from training.contexts import project_passages
from training.intake import Taken
from training.labels import project_labels
from training.train import Progress, check_name, merge_labels, merge_passages, models_home, train

SHOWN = ("themes_kappa", "themes_micro", "themes_macro", "calibration_error")


def train_candidate(name: str, taken: Taken, *, with_project: bool, progress: Progress) -> dict[str, Any]:
    """Train ``name``; its summary. Errors: ``LabelError``, ``ModelError``."""
    folder = models_home() / check_name(name)
    labels = merge_labels(project_labels() if with_project else (), taken.labels)
    passages = merge_passages(project_passages() if with_project and taken.passages else (), taken.passages)
    parent = live_model_name() or "default"
    card = train(adjudicate(labels), folder, passages=passages, parent=parent, progress=progress)
    return summary(card)


def summary(card: dict[str, Any]) -> dict[str, Any]:
    """The main figures of a card."""
    held = card["figures"]["holdout"]
    return {
        "name": card["name"], "sha256": card["sha256"], "parent": card["parent"], "labels": card["labels"]["items"],
        "passages": (card.get("counts") or {}).get("passages", 0),
        "figures": {key: held[key] for key in SHOWN}, "counts": (card.get("counts") or {}).get("holdout"),
    }  # fmt: skip

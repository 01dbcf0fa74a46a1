"""Train a candidate: labels in, a model's folder with its card out. The live model is never touched here.

One road for both classifiers: theme labels fit the theme coder, passages with marked counts fit the classifier of
counts; without passages the live model's classifier of counts goes along, because a candidate is a whole model.
Same labels, same bytes: no clock, no random draw without a fixed seed, labels taken in the order of their ids.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from extractor.classify.counts import NAME as COUNTS
from extractor.classify.linear import ModelFolder, find_model, hash_of, home, read_json
from extractor.errors import LabelError, ModelError
from training.card import file_hashes, make_card, write_card
from training.checks import refuse_copies, refuse_leaks
from training.contexts import Passage, heldout_passages
from training.counts import counts_card, fit_counts
from training.items import Item
from training.labels import Label, project_labels
from training.themes import fit_themes, in_order

NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
RESERVED = frozenset({"default", "live", "history"})
REFERENCE = "reference.json"
MOST_REFERENCE_TEXTS = 800

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
    labels: Sequence[Label], folder: Path, *, passages: Sequence[Passage] = (), parent: str | None = None,
    holdout: Sequence[Label] | None = None, progress: Progress = lambda share, step: None,
) -> dict[str, Any]:  # fmt: skip
    """Fit on ``labels`` and ``passages``, write the model and its card to a new ``folder``; returns the card.

    ``progress`` is called with the share done and the step's name; what it raises ends the training with nothing
    left behind. ``holdout`` None is the project's frozen one. Errors: ``LabelError`` for copies across agencies or
    of a hold-out, ``ModelError`` where the folder is there already.
    """
    if folder.exists():
        raise ModelError(
            "a model of this name exists", where=folder.name, do="choose another name; models are never overwritten"
        )
    holdout = project_labels("heldout") if holdout is None else holdout
    progress(0.0, "check")
    refuse_leaks(labels, holdout)
    refuse_copies(labels)
    refuse_leaks(passages, heldout_passages())
    progress(0.1, "fit themes")
    fitted = fit_themes(labels)
    work = folder.with_name(f".{folder.name}.part")
    _empty(work)
    fitted.save(work)
    progress(0.5, "fit counts")
    counts = _counts(passages, work)
    work.joinpath(REFERENCE).write_text(json.dumps(reference_of(labels), ensure_ascii=False) + "\n", "utf-8")
    progress(0.8, "measure")
    card = make_card(work, folder.name, labels, holdout, fitted, parent)
    card |= {"counts": counts, "files": file_hashes(work), "sha256": hash_of(work)}
    progress(0.95, "write")
    write_card(work, card)
    work.rename(folder)
    progress(1.0, "done")
    return card


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        entry.unlink()


def _counts(passages: Sequence[Passage], folder: Path) -> dict[str, Any] | None:
    """The classifier of counts and what the card says of it: fitted, or the live model's."""
    if passages:
        fitted = fit_counts(passages)
        fitted.model.save(folder, COUNTS)
        return counts_card(fitted, passages, folder, heldout_passages())
    live = find_model()
    for suffix in ("npz", "json"):
        entry = live.joinpath(f"{COUNTS}.{suffix}")
        if entry.is_file():
            folder.joinpath(entry.name).write_bytes(entry.read_bytes())
    counts: dict[str, Any] | None = live.card().get("counts")
    return counts


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
    if len({(label.id, label.coder) for label in merged}) < len(merged):
        raise LabelError("two files give one id by one coder", found="the same id and coder", do="keep one of them")
    return merged


def merge_passages(*groups: Sequence[Passage]) -> tuple[Passage, ...]:
    """Several files' passages as one set. Errors: ``LabelError`` where two have one id."""
    merged = tuple(passage for group in groups for passage in group)
    if len({passage.id for passage in merged}) < len(merged):
        raise LabelError("two files give one passage's id", found="the same id twice", do="keep one of them")
    return merged

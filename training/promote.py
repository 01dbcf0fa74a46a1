"""Which model is live: an atomic switch behind the gates, the way back, and a record of it all.

The live model is named by one small file, replaced in one move, so that a service that reads it between two requests
sees the old name or the new one, never half of one. Models are never overwritten or removed here.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractor.classify.linear import CARD, LIVE, ModelFolder, find_model, hash_of, live_model_name
from extractor.errors import ModelError
from training.card import file_hashes
from training.gates import Check, check_candidate
from training.train import check_name, models_home

HISTORY = "history.jsonl"


class GatesError(ModelError):
    """A candidate that its gates, or the golden examples, keep from going live."""

    def __init__(self, what: str, check: Check, *, where: str, found: str, do: str) -> None:
        super().__init__(what, where=where, found=found, do=do)
        self.check = check


def candidate_folder(name: str) -> ModelFolder:
    """A model of the user's by its name. Errors: ``ModelError`` where it is missing or damaged."""
    folder = find_model(models_home() / check_name(name))
    card = folder.card()
    changed = [
        file for file, digest in file_hashes(models_home() / name).items() if card.get("files", {}).get(file) != digest
    ]
    if changed or card.get("sha256") != folder.sha256:
        raise ModelError(
            "a model's files are not those of its card", where=name, found=", ".join(changed), do="train it again"
        )
    return folder


def promote(
    name: str,
    *,
    accept_differences: bool = False,
    force: bool = False,
    why: str | None = None,
    by: str | None = None,
    at: str | None = None,
) -> Check:
    """Make a model live if its gates pass. ``force`` needs ``why``; both are recorded. Errors: ``ModelError``."""
    if force and not (why or "").strip():
        raise ModelError("a forced promotion needs a reason", where=name, do="say why: --force --why TEXT")
    candidate, live = candidate_folder(name), find_model()
    check = check_candidate(candidate, live)
    if not force and not check.passed:
        failed = "; ".join(f"{gate.name}: {gate.said}" for gate in check.gates if not gate.passed)
        raise GatesError(
            "a candidate did not pass its gates", check, where=name, found=failed,
            do="mend its labels, or --force --why TEXT",
        )  # fmt: skip
    if not force and check.differences and not accept_differences:
        ids = ", ".join(difference.id for difference in check.differences)
        raise GatesError(
            "golden examples would change",
            check,
            where=name,
            found=f"{len(check.differences)}: {ids}",
            do="look at them, then --accept-differences",
        )
    _switch(
        name,
        {
            "event": "promote",
            "forced": force,
            "why": why,
            "by": by,
            "at": at,
            "gates": [asdict(g) for g in check.gates],
        },
    )
    return check


def rollback(*, why: str | None = None, by: str | None = None, at: str | None = None) -> str:
    """Make the model live that was live before the present one; returns its name. Errors: ``ModelError``."""
    live = live_model_name()
    stack: list[str | None] = [None]
    for event in history():
        if event["event"] == "promote":
            stack.append(event["model"])
        elif len(stack) > 1:
            stack.pop()
    if live is None or len(stack) < 2:
        raise ModelError("there is no earlier model", where="rollback", do="promote a model first")
    before = stack[-2]
    if before is not None:
        candidate_folder(before)
    _switch(before, {"event": "rollback", "why": why, "by": by, "at": at})
    return before or "default"


def history() -> list[dict[str, Any]]:
    """All promotions and rollbacks, the oldest first."""
    path = models_home() / HISTORY
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def _switch(name: str | None, event: dict[str, Any]) -> None:
    """Record the event, then move the pointer in one step."""
    folder = models_home()
    folder.mkdir(parents=True, exist_ok=True)
    entry = {"model": name, "previous": live_model_name(), **event}
    with folder.joinpath(HISTORY).open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({key: value for key, value in entry.items() if value is not None}, ensure_ascii=False) + "\n"
        )
        file.flush()
        os.fsync(file.fileno())
    if name is None:
        folder.joinpath(LIVE).unlink(missing_ok=True)
        return
    part = folder / f".{LIVE}.{os.getpid()}"
    part.write_text(name + "\n", "utf-8")
    part.replace(folder / LIVE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model in the list: its parent and its main figures on the hold-out."""

    name: str
    parent: str | None
    is_live: bool
    sha256: str
    labels: int
    figures: dict[str, float]


def list_models() -> tuple[Listed, ...]:
    """The shipped model and the user's, in the order of their names."""
    live = live_model_name()
    folders: list[tuple[str, Path | None]] = [("default", None)]
    if models_home().is_dir():
        folders += [(entry.name, entry) for entry in sorted(models_home().iterdir()) if entry.joinpath(CARD).is_file()]
    return tuple(_listed(name, path, live) for name, path in folders)


def _listed(name: str, path: Path | None, live: str | None) -> Listed:
    from extractor.classify.linear import shipped_model

    root = shipped_model() if path is None else path
    card = ModelFolder(name, root, "").card()
    figures = {
        key: value["value"]
        for key, value in card["figures"]["holdout"].items()
        if isinstance(value, dict) and "value" in value
    }
    is_live = name == (live or "default")
    return Listed(name, card.get("parent"), is_live, hash_of(root), card["labels"]["items"], figures)

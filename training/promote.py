"""Which model is live: gates before a candidate goes live, an atomic switch, the way back, and a record of it all.

The live model is named by one small file, replaced in one move, so that a service that reads it between two requests
sees the old name or the new one, never half of one. Models are never overwritten or removed here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractor.classify.linear import CARD, LIVE, ModelFolder, find_model, hash_of, live_model_name
from extractor.classify.themes import ThemeCoder
from extractor.errors import ModelError
from training.evaluate import Judged, draws, f1_by_theme, interval, judge, tally, theme_scores
from training.labels import Label, hash_labels, project_labels
from training.train import check_name, file_hashes, models_home

HISTORY = "history.jsonl"
MARGIN = 0.02
FLOOR = 0.6
MOST_LOST_A_THEME = 0.12
MOST_LOST_OUT_OF_FOLD = 0.06
LEAST_ITEMS = 15
COLLAPSE = 0.5
LEAST_KEPT = 0.4
MOST_MORE = 0.2


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of going live; ``said`` gives the figures."""

    name: str
    passed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An example whose themes would change."""

    id: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """All gates of a candidate, and the examples that it codes otherwise."""

    gates: tuple[Gate, ...]
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate is passed."""
        return all(gate.passed for gate in self.gates)


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


def check_candidate(
    candidate: ModelFolder,
    live: ModelFolder,
    holdout: Sequence[Label] | None = None,
    golden: Sequence[Label] | None = None,
) -> Check:
    """Candidate and live model side by side on the frozen hold-out and the golden examples."""
    holdout = project_labels("heldout") if holdout is None else holdout
    golden = project_labels("golden") if golden is None else golden
    coders = ThemeCoder(live), ThemeCoder(candidate)
    texts = [label.text for label in holdout]
    before, after = (judge(holdout, coder.code(texts)) for coder in coders)
    cards = live.card(), candidate.card()
    gates = (
        _same_holdout(cards[1], holdout),
        not_worse(before, after),
        no_theme_lost(before, after),
        themes_taught(*cards),
        labels_agree(*cards),
    )
    examples = [label.text for label in golden]
    codes = [[tuple(theme.code for theme in coding.themes) for coding in coder.code(examples)] for coder in coders]
    differences = tuple(Difference(g.id, a, b) for g, a, b in zip(golden, *codes, strict=True) if a != b)
    return Check(gates, differences)


def _same_holdout(card: dict[str, Any], holdout: Sequence[Label]) -> Gate:
    same = card.get("holdout", {}).get("sha256") == hash_labels(holdout)
    return Gate(
        "frozen hold-out", same, "the candidate was kept apart from this hold-out" if same else "another hold-out"
    )


def not_worse(before: Sequence[Judged], after: Sequence[Judged]) -> Gate:
    """Macro F1 not lower by more than the margin: the lower end of a paired bootstrap over agencies.

    Themes with fewer than ``LEAST_ITEMS`` items in the hold-out are left to ``no_theme_lost``: one item more or less
    of such a theme would move the mean by as much as the margin.
    """
    common = [count >= LEAST_ITEMS for _, count in f1_by_theme(before).values()]
    tallies = tally(before), tally(after)
    old, new = (float(theme_scores(found.total())[:, common].mean()) for found in tallies)
    drawn = [theme_scores(draws(found))[:, common].mean(axis=1) for found in tallies]
    low, high = interval(drawn[1] - drawn[0], 0.9)
    passed = new - old >= -MARGIN and low >= -1.5 * MARGIN
    said = f"macro F1 {old:.3f} → {new:.3f}, change {low:+.3f} to {high:+.3f}, margin {MARGIN}"
    return Gate("not worse than the live model", passed, said)


def no_theme_lost(before: Sequence[Judged], after: Sequence[Judged]) -> Gate:
    """No theme's F1 below the floor, or far below what it was; for a theme of few items only a collapse counts."""
    old, new = f1_by_theme(before), f1_by_theme(after)
    lost = []
    for code, (was, items) in old.items():
        now = new[code][0]
        least = max(min(FLOOR, was), was - MOST_LOST_A_THEME) if items >= LEAST_ITEMS else was - COLLAPSE
        if items and now < least:
            lost.append(f"{code} {was:.2f} → {now:.2f}")
    return Gate(
        "no theme below its floor",
        not lost,
        "; ".join(lost) or f"all at {FLOOR} and within {MOST_LOST_A_THEME} of before",
    )


def themes_taught(live: dict[str, Any], candidate: dict[str, Any]) -> Gate:
    """Every theme keeps its place among the labels: none nearly dropped, none flooding the others."""
    shares = [
        {code: count / card["labels"]["items"] for code, count in card["labels"]["first_themes"].items()}
        for card in (live, candidate)
    ]
    odd = [
        f"{code} {was:.1%} → {shares[1].get(code, 0.0):.1%}"
        for code, was in shares[0].items()
        if shares[1].get(code, 0.0) < was * LEAST_KEPT or shares[1].get(code, 0.0) > was + MOST_MORE
    ]
    return Gate(
        "every theme taught",
        not odd,
        "; ".join(odd) or "shares of first themes are near those of the live model's labels",
    )


def labels_agree(live: dict[str, Any], candidate: dict[str, Any]) -> Gate:
    """The labels can be told from their texts about as well as those of the live model: noise cannot."""
    figures = [card.get("figures", {}).get("out_of_fold", {}) for card in (live, candidate)]
    pairs = [
        (name, *(figure.get(name, {}).get("value", 0.0) for figure in figures))
        for name in ("themes_kappa", "themes_macro")
    ]
    passed = all(now >= was - MOST_LOST_OUT_OF_FOLD for _, was, now in pairs)
    return Gate(
        "labels agree with one another",
        passed,
        ", ".join(f"out of fold {name} {was:.3f} → {now:.3f}" for name, was, now in pairs),
    )


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
        raise ModelError(
            "a candidate did not pass its gates", where=name, found=failed, do="mend its labels, or --force --why TEXT"
        )
    if not force and check.differences and not accept_differences:
        ids = ", ".join(difference.id for difference in check.differences)
        raise ModelError(
            "golden examples would change",
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

"""Learning: training, gates, the way back; queue, drift, corrected counts, figures."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from extractor.classify.linear import find_model, live_model_name
from extractor.classify.themes import ThemeCoder
from extractor.errors import LabelError, ModelError
from extractor.vocabulary import THEMES
from tests.poison import POISONS, honest, leaked
from training import drift, evaluate, prevalence, queue
from training.gates import check_candidate
from training.items import Item
from training.labels import Label, project_labels
from training.promote import candidate_folder, history, list_models, promote, rollback
from training.train import train

ITEMS, HELDOUT = project_labels(), project_labels("heldout")


def some_agencies(share: float, start: float = 0.0) -> list[Label]:
    """The labels of a stretch of the agencies, by name."""
    names = sorted({label.agency for label in ITEMS})
    inside = frozenset(names[int(start * len(names)) : int((start + share) * len(names))])
    return [label for label in ITEMS if label.agency in inside]


@pytest.fixture(scope="module")
def coder() -> ThemeCoder:
    return ThemeCoder(find_model())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "base"
    train(some_agencies(0.25), folder)
    return folder


@pytest.fixture
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Path) -> Path:
    """A data folder of a user who has trained one model, ``base``."""
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    shutil.copytree(trained, tmp_path / "models" / "base")
    return tmp_path


def test_the_same_labels_give_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    labels = some_agencies(0.25)
    random.Random(3).shuffle(labels)
    train(labels, tmp_path / "base")
    for file in sorted(trained.iterdir()):
        assert (tmp_path / "base" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_card_tells_labels_figures_and_versions(trained: Path) -> None:
    card = json.loads((trained / "card.json").read_bytes())
    assert {"labels", "holdout", "seed", "versions", "figures", "learning_curve", "files", "sha256", "parent"} <= set(
        card
    )
    assert {"value", "low", "high"} == set(card["figures"]["holdout"]["themes_kappa"])
    assert set(card["figures"]["holdout"]["themes"]) == set(THEMES)
    assert sum(file.stat().st_size for file in trained.iterdir()) < 10_000_000


def test_a_model_is_never_overwritten(user_home: Path) -> None:
    with pytest.raises(ModelError, match="exists"):
        train(some_agencies(0.25), user_home / "models" / "base")


def test_a_cancelled_training_leaves_no_model(tmp_path: Path) -> None:
    def stop(share: float, step: str) -> None:
        if step == "measure":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(some_agencies(0.2), tmp_path / "half", progress=stop)
    assert not (tmp_path / "half").exists()


def test_a_worse_model_is_refused_forced_with_a_reason_and_rolled_back(user_home: Path) -> None:
    with pytest.raises(ModelError, match="gates"):
        promote("base")
    with pytest.raises(ModelError, match="reason"):
        promote("base", force=True)
    assert live_model_name() is None
    promote("base", force=True, why="trial of the switch")
    assert find_model().name == "base"
    assert history()[-1]["why"] == "trial of the switch"
    assert [model.name for model in list_models() if model.is_live] == ["base"]
    assert rollback() == "default"
    assert live_model_name() is None
    with pytest.raises(ModelError, match="no earlier"):
        rollback()


def test_a_model_is_no_worse_than_itself(trained: Path) -> None:
    folder = find_model(trained)
    check = check_candidate(folder, folder)
    assert check.passed
    assert check.differences == ()


@pytest.mark.parametrize("name", ["../base", "live", "default", "", "a/b", "x" * 80])
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(ModelError):
        candidate_folder(name)


@pytest.mark.parametrize("kind", sorted(POISONS))
def test_poisoned_labels_are_refused(kind: str, trained: Path, tmp_path: Path) -> None:
    train(POISONS[kind](some_agencies(0.25), random.Random(1)), tmp_path / "poisoned")
    assert not check_candidate(find_model(tmp_path / "poisoned"), find_model(trained)).passed


def test_a_leaked_holdout_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="hold-out"):
        train(leaked(some_agencies(0.25), random.Random(1), HELDOUT), tmp_path / "leaked")


def test_honest_additions_are_accepted(trained: Path, tmp_path: Path) -> None:
    train(honest(some_agencies(0.25), random.Random(1), some_agencies(0.3, 0.5)), tmp_path / "honest")
    assert check_candidate(find_model(tmp_path / "honest"), find_model(trained)).passed


def test_the_queue_puts_doubt_first_and_spreads_over_agencies(coder: ThemeCoder) -> None:
    items = [Item(label.id, label.text, label.agency) for label in HELDOUT[:120]]
    rows = queue.rank(items, coder, 40)
    assert len(rows) == 40
    assert np.mean([row.worth for row in rows]) > np.mean([row.worth for row in queue.rank(items, coder)])
    assert len({row.item.group for row in rows}) > 10


def test_old_reports_alarm_and_halves_of_one_population_do_not(coder: ThemeCoder) -> None:
    def of(labels: list[Label]) -> list[Item]:
        return [Item(label.id, label.text, label.agency) for label in labels]

    new, old = ([x for x in ITEMS if x.year and low <= x.year <= high] for low, high in ((2021, 2030), (2008, 2018)))
    found = drift.compare(of(new), of(old), coder)
    assert found.alarm
    assert found.terms
    assert found.groups
    agencies = sorted({label.agency for label in HELDOUT})
    halves = [[x for x in HELDOUT if agencies.index(x.agency) % 2 == side] for side in (0, 1)]
    assert not drift.compare(of(halves[0]), of(halves[1]), coder).alarm


def test_corrected_counts_come_nearer_to_the_truth() -> None:
    chance = random.Random(5)

    def code(has: bool) -> tuple[str, ...]:
        return ("staff",) if chance.random() < (0.6 if has else 0.05) else ("content",)

    truth = [chance.random() < 0.3 for _ in range(1200)]
    known = tuple(
        evaluate.Judged(("staff",) if has else ("content",), code(has), (0.9,), None, str(i % 40))
        for i, has in enumerate(truth[:600])
    )
    coded = [prevalence.Coded("2023", str(i % 40), code(has)) for i, has in enumerate(truth[600:])]
    share = next(s for s in prevalence.corrected_counts(coded, known) if s.theme == "staff")
    right = sum(truth[600:])
    assert abs(share.corrected - right) < abs(share.raw - right)
    assert share.low <= right <= share.high


def figures_table(card: dict[str, Any]) -> str:
    """The figures of a card as the documentation shows them."""
    held, folds = card["figures"]["holdout"], card["figures"]["out_of_fold"]
    rows = ["| figure | hold-out (95 % interval) | out of fold |", "|---|---|---|"]
    for name in ("themes_kappa", "themes_micro", "themes_macro", "calibration_error"):
        row = held[name]
        rows.append(
            f"| `{name}` | {row['value']:.3f} ({row['low']:.3f}–{row['high']:.3f}) | {folds[name]['value']:.3f} |"
        )
    for name, label in (
        ("share", "abstained"),
        ("wrong_kept", "wrong among the kept"),
        ("wrong_all", "wrong among all"),
    ):
        rows.append(f"| {label} | {held['abstention'][name]:.3f} | {folds['abstention'][name]:.3f} |")
    return "\n".join(rows)


def test_the_documentation_shows_the_shipped_figures() -> None:
    root = Path(__file__).resolve().parents[1]
    card = json.loads((root / "models" / "default" / "card.json").read_bytes())
    table = figures_table(card)
    assert table in (root / "docs" / "learning.md").read_text("utf-8"), (
        f"put this table into docs/learning.md:\n{table}"
    )

"""The proof of the gates: 40 rounds of each kind of poison refused, honest additions accepted in at least 95 %.

Run by ``make soak SOAK=gates``; about a quarter of an hour.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from extractor.classify.themes import ThemeCoder
from extractor.errors import LabelError
from tests.poison import POISONS, honest, leaked
from training.card import describe_labels, held_out_judged
from training.checks import refuse_leaks
from training.evaluate import Judged, judge, measure
from training.gates import labels_agree, no_theme_lost, not_worse, themes_taught
from training.labels import Label, project_labels
from training.themes import fit_themes

pytestmark = pytest.mark.soak
ROUNDS = 40
LEAST_ACCEPTED = 0.95
HELDOUT = project_labels("heldout")
AGENCIES = sorted({label.agency for label in project_labels()})
OWN = frozenset(AGENCIES[::3])
BASE = [label for label in project_labels() if label.agency in OWN]
MORE = [label for label in project_labels() if label.agency not in OWN]
State = tuple[tuple[Judged, ...], dict[str, Any]]


def state_of(labels: Sequence[Label], folder: Path) -> State:
    """What the gates look at, of a model fitted on labels."""
    fitted = fit_themes(labels)
    fitted.save(folder)
    judged = judge(HELDOUT, ThemeCoder(folder).code([label.text for label in HELDOUT]))
    figures = {"out_of_fold": measure(held_out_judged(labels, fitted))}
    return judged, {"figures": figures, "labels": describe_labels(labels)}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> State:
    return state_of(BASE, tmp_path_factory.mktemp("live"))


def passes(live: State, labels: Sequence[Label], folder: Path) -> bool:
    """Whether a model fitted on labels would pass the gates."""
    judged, card = state_of(labels, folder)
    gates = (
        not_worse(live[0], judged),
        no_theme_lost(live[0], judged),
        themes_taught(live[1], card),
        labels_agree(live[1], card),
    )
    return all(gate.passed for gate in gates)


@pytest.mark.parametrize("kind", sorted(POISONS))
def test_every_poisoned_set_is_refused(kind: str, live: State, tmp_path: Path) -> None:
    passed = [seed for seed in range(ROUNDS) if passes(live, POISONS[kind](BASE, random.Random(seed)), tmp_path)]
    assert passed == []


def test_every_leak_is_refused() -> None:
    for seed in range(ROUNDS):
        with pytest.raises(LabelError, match="hold-out"):
            refuse_leaks(leaked(BASE, random.Random(seed), HELDOUT), HELDOUT)


def test_honest_additions_are_accepted(live: State, tmp_path: Path) -> None:
    refused = [seed for seed in range(ROUNDS) if not passes(live, honest(BASE, random.Random(seed), MORE), tmp_path)]
    assert len(refused) <= (1 - LEAST_ACCEPTED) * ROUNDS, refused


def main() -> int:
    """Run all rounds; the exit code says whether they hold."""
    return int(pytest.main(["-q", __file__]))

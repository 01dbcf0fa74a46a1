"""Poisoned and honest changes of a label set, for the proof of the gates."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from extractor.vocabulary import THEMES
from training.labels import Label

CODES = tuple(THEMES)


def permuted(labels: Sequence[Label], chance: random.Random) -> list[Label]:
    """All themes dealt anew."""
    themes = [label.themes for label in labels]
    chance.shuffle(themes)
    return [replace(label, themes=own) for label, own in zip(labels, themes, strict=True)]


def noisy(labels: Sequence[Label], chance: random.Random) -> list[Label]:
    """The themes of 30 % of the items replaced by one at random."""
    return [replace(label, themes=(chance.choice(CODES),)) if chance.random() < 0.3 else label for label in labels]


def dropped(labels: Sequence[Label], chance: random.Random) -> list[Label]:
    """One theme never given."""
    gone = chance.choice(CODES)
    kept = ((label, tuple(code for code in label.themes if code != gone)) for label in labels)
    return [replace(label, themes=themes) for label, themes in kept if themes]


def flooded(labels: Sequence[Label], chance: random.Random) -> list[Label]:
    """One theme given to a third of all other items, as their first."""
    flood = chance.choice(CODES)
    return [
        replace(label, themes=(flood,)) if flood not in label.themes and chance.random() < 1 / 3 else label
        for label in labels
    ]


def leaked(labels: Sequence[Label], chance: random.Random, holdout: Sequence[Label]) -> list[Label]:
    """Thirty items of the hold-out among the labels, each with a letter changed, under another agency's name."""
    taken = chance.sample([label for label in holdout if len(label.text) > 20], 30)
    home = chance.choice(labels).agency
    return [*labels, *(replace(x, id=f"leak-{i}", text=x.text[:-1], agency=home) for i, x in enumerate(taken))]


def honest(labels: Sequence[Label], chance: random.Random, more: Sequence[Label]) -> list[Label]:
    """Labels of further agencies added."""
    agencies = sorted({label.agency for label in more})
    added = frozenset(chance.sample(agencies, min(25, len(agencies))))
    return [*labels, *(label for label in more if label.agency in added)]


POISONS: dict[str, Callable[[Sequence[Label], random.Random], list[Label]]] = {
    "permuted": permuted,
    "noisy": noisy,
    "dropped": dropped,
    "flooded": flooded,
}

"""What to label next: items that teach most, spread over agencies.

While there are few labels a model's doubt says little: then the items are taken that lie farthest from all that were
labelled (k-centres over the wording). Later an item's worth is the coder's doubt about it, most of all in themes that
few labels have, whether rules and model disagree, and how new its wording is. Of one agency only few are taken in a
row, because neighbours teach the same thing. ``simulate`` shows on labels that are held back how many fewer are needed
than by random choice; the figure is published as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from extractor.classify.evidence import gather_evidence
from extractor.classify.linear import Floats, LinearModel, sigmoid
from extractor.classify.themes import ThemeCoder, vote_of_rules
from extractor.classify.words import ItemReader
from training.evaluate import CODES, f1
from training.fit import STRENGTH, Example, fit_uncalibrated, matrix_of, truth_of, vocabulary_of
from training.items import Item
from training.labels import Label

DOUBT, APART, NEW = 0.7, 0.15, 0.15
AGENCY_DISCOUNT = 0.85
STEEPNESS = 1.5
FEW_LABELS = 500
DIRECTIONS = 60


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item of the queue with the parts of its worth, each 0 to 1."""

    item: Item
    worth: float
    doubt: float
    disagreement: bool
    novelty: float
    themes: tuple[str, ...]


def rank(
    items: Sequence[Item], coder: ThemeCoder, most: int | None = None, labelled: Floats | None = None,
    known: Sequence[str] = (),
) -> tuple[Ranked, ...]:  # fmt: skip
    """The items in the order in which to label them, at most ``most``.

    ``labelled``: how many labels each theme has so far; ``known``: labelled texts, to which few labels keep distance.
    """
    if not items:
        return ()
    readings = [coder.reader(item.text) for item in items]
    evidence = gather_evidence(coder.model, readings)
    so_far = np.zeros(len(CODES)) if labelled is None else labelled
    doubts = doubt_of(coder.decision.present(evidence), so_far)
    rows = []
    for item, reading, doubt, coding in zip(items, readings, doubts, coder.code([i.text for i in items]), strict=True):
        vote = vote_of_rules(reading)
        apart = bool(vote) and coding.themes[0].code not in vote
        worth = DOUBT * float(doubt) + APART * apart + NEW * coding.novelty
        themes = tuple(theme.code for theme in coding.themes)
        rows.append(Ranked(item, round(worth, 4), round(float(doubt), 4), apart, coding.novelty, themes))
    if labelled is None or labelled.sum() >= FEW_LABELS:
        return tuple(_spread(rows, most or len(rows)))
    places = [*(coder.reader(text).tokens for text in known), *(reading.tokens for reading in readings)]
    order = far_apart(directions(places), len(known), most or len(rows))
    return tuple(rows[place - len(known)] for place in order)


def directions(texts: Sequence[Sequence[str]]) -> Floats:
    """Each text's tokens as a direction among a few: what is worded alike lies near."""
    from sklearn.decomposition import TruncatedSVD  # seconds to import: only where it is needed

    examples = [Example(tuple(tokens), (), "") for tokens in texts]
    vocabulary, idf = vocabulary_of(examples)
    if len(vocabulary) <= DIRECTIONS:
        return np.eye(len(texts))
    matrix = matrix_of(examples, vocabulary, idf)
    rows: Floats = TruncatedSVD(DIRECTIONS, random_state=0).fit_transform(matrix)
    straight: Floats = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)
    return straight


def far_apart(rows: Floats, known: int, most: int) -> list[int]:
    """Places behind the first ``known``, each the farthest from these and from those taken before it."""
    left = np.arange(known, len(rows))
    nearest = (1 - rows[left] @ rows[:known].T).min(axis=1) if known else np.ones(len(left))
    taken: list[int] = []
    for _ in range(min(most, len(left))):
        place = int(nearest.argmax())
        taken.append(int(left[place]))
        nearest = np.minimum(nearest, 1 - rows[left] @ rows[left[place]])
        nearest[place] = -1.0
    return taken


def doubt_of(present: Floats, labelled: Floats) -> Floats:
    """How much an item's themes are in doubt, 0 to 1: each theme's variance, more where few labels have it so far."""
    rarity = (labelled.mean() + 1) / (labelled + 1)
    doubt: Floats = 1.0 - np.exp(-(4.0 * present * (1.0 - present) * rarity).sum(axis=1))
    return doubt


def _spread(rows: Sequence[Ranked], most: int) -> list[Ranked]:
    """The most worthy first, each further item of a group discounted."""
    waiting = sorted(rows, key=lambda row: (-row.worth, row.item.id))
    by_group: dict[str, list[Ranked]] = {}
    for row in waiting:
        by_group.setdefault(row.item.group, []).append(row)
    taken: Counter[str] = Counter()
    chosen: list[Ranked] = []
    while len(chosen) < min(most, len(waiting)):
        group = max(
            (g for g in by_group if by_group[g]), key=lambda g: (by_group[g][0].worth * AGENCY_DISCOUNT ** taken[g], g)
        )
        chosen.append(by_group[group].pop(0))
        taken[group] += 1
    return chosen


@dataclass(frozen=True, slots=True)
class Step:
    """Macro F1 on the test labels after so many labels, chosen by worth and by chance."""

    labels: int
    by_worth: float
    by_chance: float


def simulate(
    pool: Sequence[Label], test: Sequence[Label], *, start: int = 100, step: int = 100, steps: int = 8, seed: int = 0
) -> tuple[Step, ...]:
    """Label the pool in steps, once by worth and once by chance, from the same start, with the wording model alone."""
    reader = ItemReader()
    readings = [reader(label.text) for label in pool]
    examples = [Example(r.tokens, label.themes, label.agency) for r, label in zip(readings, pool, strict=True)]
    tests = [(reader(label.text).tokens, label.themes) for label in test]
    order = np.random.default_rng(seed).permutation(len(pool)).tolist()
    groups = [label.agency for label in pool]

    def run(choose: Callable[[LinearModel, list[int], list[int]], list[int]]) -> list[float]:
        have, left, scores = order[:start], order[start:], []
        for _ in range(steps):
            model = fit_uncalibrated([examples[i] for i in have], CODES, "one_vs_rest", STRENGTH)
            scores.append(_macro(model, tests))
            picked = choose(model, have, left)[:step]
            have, left = have + picked, [i for i in left if i not in set(picked)]
        return scores

    truth, wording = truth_of(examples, CODES), directions([example.tokens for example in examples])

    def most_worthy(model: LinearModel, have: list[int], left: list[int]) -> list[int]:
        if len(have) < FEW_LABELS:
            taken = far_apart(wording[[*have, *left]], len(have), step)
            return [left[place - len(have)] for place in taken]
        chances = sigmoid(STEEPNESS * np.array([model.scores(examples[i].tokens) for i in left]))
        doubts = doubt_of(chances, truth[have].sum(axis=0))
        seen: Counter[str] = Counter()
        ranked = []
        for place in np.argsort(-doubts, kind="stable").tolist():
            index = left[place]
            ranked.append((-doubts[place] * AGENCY_DISCOUNT ** seen[groups[index]], index))
            seen[groups[index]] += 1
        return [index for _, index in sorted(ranked)]

    worthy, random = run(most_worthy), run(lambda model, have, left: left)
    return tuple(
        Step(start + i * step, round(float(a), 4), round(float(b), 4))
        for i, (a, b) in enumerate(zip(worthy, random, strict=True))
    )


def labels_needed(steps: Sequence[Step]) -> float | None:
    """Share of random choice's labels that choice by worth needs for random choice's last macro F1."""
    goal, before = steps[-1].by_chance, None
    for step in steps:
        if step.by_worth >= goal:
            if before is None or step.by_worth == before.by_worth:
                return step.labels / steps[-1].labels
            part = (goal - before.by_worth) / (step.by_worth - before.by_worth)
            return (before.labels + part * (step.labels - before.labels)) / steps[-1].labels
        before = step
    return None


def _macro(model: LinearModel, tests: Sequence[tuple[Sequence[str], tuple[str, ...]]]) -> float:
    said = [model.scores(tokens) for tokens, _ in tests]
    scores = []
    for column, code in enumerate(CODES):
        coded = [score[column] >= 0 or score.argmax() == column for score in said]
        true = [code in themes for _, themes in tests]
        if any(true):
            scores.append(f1(sum(a and b for a, b in zip(coded, true, strict=True)), sum(coded), sum(true)))
    return sum(scores) / len(scores)

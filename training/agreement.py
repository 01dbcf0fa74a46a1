"""Several coders: who coded what, how far they agree, where a third person must decide.

Cohen's κ compares two coders' first themes; Krippendorff's α compares any number of coders theme by theme (does the
item have it or not), items that only one coder saw left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from extractor.errors import LabelError
from extractor.vocabulary import THEMES
from training.evaluate import cohen_kappa
from training.labels import Label

ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class Agreement:
    """κ of two coders' first themes over the items that both coded."""

    coders: tuple[str, str]
    items: int
    kappa: float


def by_item(labels: Sequence[Label]) -> dict[str, dict[str, Label]]:
    """Item id → coder → label, ids and coders in order. Errors: ``LabelError`` where one id holds two texts."""
    items: dict[str, dict[str, Label]] = defaultdict(dict)
    for label in sorted(labels, key=lambda label: (label.id, label.coder)):
        others = items[label.id]
        if others and next(iter(others.values())).text != label.text:
            raise LabelError("one id stands for two texts", where=f"id {label.id}", do="give each text its own id")
        others[label.coder] = label
    return dict(items)


def coder_counts(labels: Sequence[Label]) -> dict[str, int]:
    """How many items each coder labelled."""
    return dict(sorted(Counter(label.coder for label in labels).items()))


def pairwise_kappa(labels: Sequence[Label]) -> tuple[Agreement, ...]:
    """κ of each two coders that share items."""
    items = by_item(labels)
    found = []
    for one, two in combinations(coder_counts(labels), 2):
        pairs = [
            (codings[one].themes[0], codings[two].themes[0])
            for codings in items.values()
            if one in codings and two in codings
        ]
        if pairs:
            found.append(Agreement((one, two), len(pairs), cohen_kappa(pairs)))
    return tuple(found)


def krippendorff_alpha(units: Sequence[Sequence[object]]) -> float | None:
    """Nominal α over units of two or more values each; None where nothing can be compared."""
    coincidences: Counter[tuple[object, object]] = Counter()
    for values in units:
        if len(values) < 2:
            continue
        for i, one in enumerate(values):
            for j, two in enumerate(values):
                if i != j:
                    coincidences[one, two] += 1 / (len(values) - 1)  # type: ignore[assignment]
    total = sum(coincidences.values())
    if not total:
        return None
    sums: Counter[object] = Counter()
    for (one, _), weight in coincidences.items():
        sums[one] += weight
    seen = sum(weight for (one, two), weight in coincidences.items() if one != two)
    by_chance = (total * total - sum(weight * weight for weight in sums.values())) / (total - 1)
    return 1.0 if by_chance == 0 else 1 - seen / by_chance


def theme_alpha(labels: Sequence[Label]) -> dict[str, float | None]:
    """α of each theme: whether an item has it."""
    items = by_item(labels)
    return {
        code: krippendorff_alpha([[code in label.themes for label in codings.values()] for codings in items.values()])
        for code in THEMES
    }


def find_disagreements(labels: Sequence[Label]) -> tuple[tuple[Label, ...], ...]:
    """The codings of each item on whose themes, or their order, its coders differ, and no adjudication stands."""
    return tuple(
        tuple(codings.values())
        for codings in by_item(labels).values()
        if ADJUDICATED not in codings and len({label.themes for label in codings.values()}) > 1
    )


def adjudicate(labels: Sequence[Label], decisions: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Label, ...]:
    """One label an item: the decision, an earlier adjudication, or what all coders say.

    Errors: ``LabelError`` where coders differ and nobody decided, or a decision names an unknown item.
    """
    decisions = decisions or {}
    items = by_item(labels)
    unknown = set(decisions) - set(items)
    if unknown:
        raise LabelError(
            "a decision names an unknown item", found=f"{len(unknown)} ids", do="decide items of these labels only"
        )
    settled = []
    for identity, codings in items.items():
        first = codings.get(ADJUDICATED) or next(iter(codings.values()))
        if identity in decisions:
            settled.append(replace(first, themes=decisions[identity], coder=ADJUDICATED))
        elif ADJUDICATED in codings or len({label.themes for label in codings.values()}) == 1:
            settled.append(first)
        else:
            raise LabelError(
                "coders differ and nobody decided", where=f"id {identity}", do="adjudicate the item, or leave it out"
            )
    return tuple(settled)

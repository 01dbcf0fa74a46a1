"""How good codings are: agreement, F1 a theme, calibration, abstention, each with an interval over agencies.

The figures are those of the contract's scorer: κ of the first themes, F1 over all themes (micro) and as the mean over
the themes that occur (macro), the expected calibration error of the probabilities that are shown, in 15 bins.
Intervals resample agencies, not items, because items of one report are alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from extractor.vocabulary import THEMES
from training.labels import Label

BINS = 15
RESAMPLES = 400
SEED = 2019
CODES = tuple(THEMES)


@dataclass(frozen=True, slots=True)
class Judged:
    """The right themes of an item and what was coded, with the probability of each coded theme."""

    right: tuple[str, ...]
    coded: tuple[str, ...]
    probabilities: tuple[float, ...]
    abstained: str | None
    group: str


def judge(labels: Sequence[Label], codings: Sequence[Any]) -> tuple[Judged, ...]:
    """Labels beside their codings (``extractor.classify.themes.Coding``)."""
    return tuple(
        Judged(
            label.themes,
            tuple(theme.code for theme in coding.themes),
            tuple(theme.probability for theme in coding.themes),
            coding.abstained,
            label.agency,
        )
        for label, coding in zip(labels, codings, strict=True)
    )


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's κ of two codings; 1 where both give one code only and agree."""
    if not pairs:
        return 0.0
    ours, theirs = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    seen = sum(a == b for a, b in pairs) / len(pairs)
    by_chance = sum(ours[code] * theirs[code] for code in ours) / len(pairs) ** 2
    return 1.0 if by_chance == 1 else (seen - by_chance) / (1 - by_chance)


def f1(right: int, coded: int, true: int) -> float:
    """F1 of right ones among those coded and those true; 1 where there is nothing to code and nothing is."""
    return 2 * right / (coded + true) if coded + true else 1.0


def counts_by_theme(judged: Sequence[Judged]) -> dict[str, tuple[int, int, int]]:
    """Right, coded and true items of each theme."""
    right = Counter(code for item in judged for code in set(item.right) & set(item.coded))
    coded = Counter(code for item in judged for code in item.coded)
    true = Counter(code for item in judged for code in item.right)
    return {code: (right[code], coded[code], true[code]) for code in CODES}


def kappa_of(judged: Sequence[Judged]) -> float:
    """κ of the first themes."""
    return cohen_kappa([(item.right[0], item.coded[0]) for item in judged])


def micro_f1(judged: Sequence[Judged]) -> float:
    """F1 over all themes of all items."""
    right, coded, true = (sum(column) for column in zip(*counts_by_theme(judged).values(), strict=True))
    return f1(right, coded, true)


def macro_f1(judged: Sequence[Judged]) -> float:
    """Mean F1 of the themes that occur."""
    scores = [f1(*counts) for counts in counts_by_theme(judged).values() if counts[2]]
    return sum(scores) / len(scores) if scores else 0.0


def calibration_error(judged: Sequence[Judged]) -> float:
    """Mean gap between the probabilities shown and how often they are right."""
    bins: dict[int, list[float]] = {}
    for item in judged:
        for code, chance in zip(item.coded, item.probabilities, strict=True):
            bins.setdefault(min(int(chance * BINS), BINS - 1), []).append(chance - (code in item.right))
    total = sum(map(len, bins.values()))
    return sum(abs(sum(gaps)) for gaps in bins.values()) / total if total else 0.0


def abstention(judged: Sequence[Judged]) -> dict[str, float]:
    """Share abstained, and how often the first theme is wrong among the kept and among all."""
    kept = [item for item in judged if item.abstained is None]
    return {
        "share": 1 - len(kept) / len(judged),
        "wrong_kept": _wrong(kept),
        "wrong_all": _wrong(judged),
    }


def _wrong(judged: Sequence[Judged]) -> float:
    return sum(item.right[0] != item.coded[0] for item in judged) / len(judged) if judged else 0.0


def resample(
    judged: Sequence[Judged],
    figure: Callable[[Sequence[Judged]], float],
    times: int = RESAMPLES,
    *,
    ordered: bool = True,
) -> list[float]:
    """A figure over samples of agencies drawn with replacement, sorted unless they are to be paired with another's."""
    by_group: dict[str, list[Judged]] = {}
    for item in judged:
        by_group.setdefault(item.group, []).append(item)
    groups = [by_group[name] for name in sorted(by_group)]
    draws = np.random.default_rng(SEED).integers(0, len(groups), (times, len(groups)))
    values = [figure([item for place in draw for item in groups[place]]) for draw in draws]
    return sorted(values) if ordered else values


def interval(values: Sequence[float], share: float = 0.95) -> tuple[float, float]:
    """The middle share of sorted values."""
    cut = int(len(values) * (1 - share) / 2)
    return values[cut], values[-1 - cut]


FIGURES: dict[str, Callable[[Sequence[Judged]], float]] = {
    "themes_kappa": kappa_of,
    "themes_micro": micro_f1,
    "themes_macro": macro_f1,
    "calibration_error": calibration_error,
}


def measure(judged: Sequence[Judged], times: int = RESAMPLES) -> dict[str, Any]:
    """All figures for a card: values with 95 % intervals, F1 a theme, confusion of first themes, abstention."""
    figures: dict[str, Any] = {"items": len(judged), "agencies": len({item.group for item in judged})}
    for name, figure in FIGURES.items():
        low, high = interval(resample(judged, figure, times))
        figures[name] = {"value": round(figure(judged), 4), "low": round(low, 4), "high": round(high, 4)}
    figures["themes"] = _by_theme(judged, times)
    figures["abstention"] = {key: round(value, 4) for key, value in abstention(judged).items()}
    figures["risk_at_coverage"] = risk_curve(judged)
    confusion = Counter((item.right[0], item.coded[0]) for item in judged if item.right[0] != item.coded[0])
    figures["confusion"] = [
        {"right": a, "coded": b, "items": n} for (a, b), n in sorted(confusion.items(), key=lambda p: (-p[1], p[0]))
    ]
    return figures


def _by_theme(judged: Sequence[Judged], times: int) -> dict[str, dict[str, float]]:
    rows = {}
    for code, counts in counts_by_theme(judged).items():
        low, high = interval(resample(judged, partial(theme_f1, code=code), min(times, 100)))
        rows[code] = {"f1": round(f1(*counts), 4), "low": round(low, 4), "high": round(high, 4), "items": counts[2]}
    return rows


def theme_f1(judged: Sequence[Judged], code: str) -> float:
    """F1 of one theme."""
    return f1(*counts_by_theme(judged)[code])


def risk_curve(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """Share of wrong first themes when only the tenth, two tenths … with the likeliest first theme are kept."""
    surest = sorted(judged, key=lambda item: (-item.probabilities[0], item.group))
    steps = [max(1, round(len(surest) * part / 10)) for part in range(1, 11)]
    return [{"kept": part / 10, "wrong": round(_wrong(surest[:end]), 4)} for part, end in enumerate(steps, 1)]

"""How good codings are: agreement, F1 a theme, calibration, abstention, each with an interval over agencies.

The figures are those of the contract's scorer: κ of the first themes, F1 over all themes (micro) and as the mean over
the themes that occur (macro), the expected calibration error of the probabilities that are shown, in 15 bins.
Intervals resample agencies, not items, because items of one report are alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from extractor.classify.linear import Floats
from extractor.vocabulary import THEMES
from training.labels import Label

BINS = 15
RESAMPLES = 400
SEED = 2019
CODES = tuple(THEMES)
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.92, 0.94, 0.96, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """The right themes of an item and what was coded, with the probability of each coded theme.

    ``sureness`` is the probability of the first coded theme to be first; abstention goes by it.
    """

    right: tuple[str, ...]
    coded: tuple[str, ...]
    probabilities: tuple[float, ...]
    abstained: str | None
    group: str
    sureness: float = 1.0


def judge(labels: Sequence[Label], codings: Sequence[Any]) -> tuple[Judged, ...]:
    """Labels beside their codings (``extractor.classify.themes.Coding``)."""
    return tuple(
        Judged(
            label.themes,
            tuple(theme.code for theme in coding.themes),
            tuple(theme.probability for theme in coding.themes),
            coding.abstained,
            label.agency,
            coding.sureness,
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


@dataclass(frozen=True, slots=True)
class Tally:
    """What all figures are made of, by agency or summed: each array's first axis is the agency, or a draw of agencies.

    ``counts``: themes × (right, coded, true); ``confusion``: first themes, right × coded; ``gaps``: by bin of
    probability, the sum of probability minus truth; ``shown``: number of probabilities.
    """

    counts: Floats
    confusion: Floats
    gaps: Floats
    shown: Floats

    def weighed(self, weights: Floats) -> Tally:
        """Sums over agencies, one for each row of weights."""
        return Tally(
            *(np.tensordot(weights, part, axes=1) for part in (self.counts, self.confusion, self.gaps, self.shown))
        )

    def total(self) -> Tally:
        """The sum over all agencies, as one draw."""
        return self.weighed(np.ones((1, len(self.shown))))


def tally(judged: Sequence[Judged]) -> Tally:
    """The tally of each agency, in the order of their names."""
    names = sorted({item.group for item in judged})
    place, column = {name: i for i, name in enumerate(names)}, {code: i for i, code in enumerate(CODES)}
    size = len(names), len(CODES)
    found = Tally(np.zeros((*size, 3)), np.zeros((*size, size[1])), np.zeros((size[0], BINS)), np.zeros(size[0]))
    for item in judged:
        row = place[item.group]
        found.confusion[row, column[item.right[0]], column[item.coded[0]]] += 1
        for kind, codes in enumerate((set(item.right) & set(item.coded), set(item.coded), set(item.right))):
            for code in codes:
                found.counts[row, column[code], kind] += 1
        for code, chance in zip(item.coded, item.probabilities, strict=True):
            found.gaps[row, min(int(chance * BINS), BINS - 1)] += chance - (code in item.right)
            found.shown[row] += 1
    return found


def themes_kappa(sums: Tally) -> Floats:
    """κ of the first themes, of each draw."""
    total = np.maximum(1.0, sums.confusion.sum(axis=(1, 2)))
    seen = np.trace(sums.confusion, axis1=1, axis2=2) / total
    chance = (sums.confusion.sum(axis=1) * sums.confusion.sum(axis=2)).sum(axis=1) / total**2
    kappas: Floats = np.where(chance >= 1, 1.0, (seen - chance) / np.maximum(1e-12, 1 - chance))
    return kappas


def theme_scores(sums: Tally) -> Floats:
    """F1 of each theme, of each draw; 1 where it neither occurs nor is coded."""
    right, both = sums.counts[..., 0], sums.counts[..., 1] + sums.counts[..., 2]
    scores: Floats = np.where(both > 0, 2 * right / np.maximum(1.0, both), 1.0)
    return scores


def themes_micro(sums: Tally) -> Floats:
    """F1 over all themes of all items, of each draw."""
    micro: Floats = theme_scores(Tally(sums.counts.sum(axis=1, keepdims=True), sums.confusion, sums.gaps, sums.shown))[
        :, 0
    ]
    return micro


def themes_macro(sums: Tally) -> Floats:
    """Mean F1 of the themes that occur, of each draw."""
    occurs = sums.counts[..., 2] > 0
    macro: Floats = (theme_scores(sums) * occurs).sum(axis=1) / np.maximum(1, occurs.sum(axis=1))
    return macro


def shown_error(sums: Tally) -> Floats:
    """Mean gap between the probabilities shown and how often they are right, of each draw."""
    error: Floats = np.abs(sums.gaps).sum(axis=1) / np.maximum(1.0, sums.shown)
    return error


FIGURES = {
    "themes_kappa": themes_kappa,
    "themes_micro": themes_micro,
    "themes_macro": themes_macro,
    "calibration_error": shown_error,
}


def kappa_of(judged: Sequence[Judged]) -> float:
    """κ of the first themes."""
    return float(themes_kappa(tally(judged).total())[0])


def micro_f1(judged: Sequence[Judged]) -> float:
    """F1 over all themes of all items."""
    return float(themes_micro(tally(judged).total())[0])


def macro_f1(judged: Sequence[Judged]) -> float:
    """Mean F1 of the themes that occur."""
    return float(themes_macro(tally(judged).total())[0])


def calibration_error(judged: Sequence[Judged]) -> float:
    """Mean gap between the probabilities shown and how often they are right."""
    return float(shown_error(tally(judged).total())[0])


def f1_by_theme(judged: Sequence[Judged]) -> dict[str, tuple[float, int]]:
    """F1 of each theme and the number of items that have it."""
    total = tally(judged).total()
    return {code: (float(theme_scores(total)[0, i]), int(total.counts[0, i, 2])) for i, code in enumerate(CODES)}


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


def draws(found: Tally, times: int = RESAMPLES) -> Tally:
    """The tallies of samples of agencies drawn with replacement; the same draws for the same number of agencies."""
    count = len(found.shown)
    picks = np.random.default_rng(SEED).integers(0, count, (times, count))
    return found.weighed(np.stack([np.bincount(pick, minlength=count) for pick in picks]).astype(float))


def interval(values: Floats, share: float = 0.95) -> tuple[float, float]:
    """The ends of the middle share of values."""
    values = np.sort(values)
    cut = int(len(values) * (1 - share) / 2)
    return float(values[cut]), float(values[-1 - cut])


def measure(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures for a card: values with 95 % intervals, F1 a theme, confusion of first themes, abstention."""
    found = tally(judged)
    total, drawn = found.total(), draws(found)
    figures: dict[str, Any] = {"items": len(judged), "agencies": len(found.shown)}
    for name, figure in FIGURES.items():
        figures[name] = _row(float(figure(total)[0]), figure(drawn))
    scores, spread = theme_scores(total)[0], theme_scores(drawn)
    true = total.counts[0, :, 2].astype(int).tolist()
    figures["themes"] = {code: {**_row(scores[i], spread[:, i]), "items": true[i]} for i, code in enumerate(CODES)}
    figures["abstention"] = {key: round(value, 4) for key, value in abstention(judged).items()}
    figures["saved_by_abstaining"] = saved_by_abstaining(judged)
    figures["risk_at_coverage"] = risk_curve(judged)
    confusion = Counter((item.right[0], item.coded[0]) for item in judged if item.right[0] != item.coded[0])
    ranked = sorted(confusion.items(), key=lambda pair: (-pair[1], pair[0]))
    figures["confusion"] = [{"right": right, "coded": coded, "items": count} for (right, coded), count in ranked]
    return figures


def _row(value: float, values: Floats) -> dict[str, float]:
    low, high = interval(values)
    return {"value": round(float(value), 4), "low": round(low, 4), "high": round(high, 4)}


def risk_curve(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """Share of wrong first themes when only the surest are kept, by tenths and in the last tenth by fiftieths."""
    surest = sorted(judged, key=lambda item: (-item.sureness, item.group))
    return [
        {"kept": share, "wrong": round(_wrong(surest[: max(1, round(len(surest) * share))]), 4)} for share in COVERAGES
    ]


def saved_by_abstaining(judged: Sequence[Judged]) -> dict[str, float]:
    """By how much the error among all is higher than among the kept, with its interval over agencies."""
    groups = sorted({item.group for item in judged})
    rows = {group: row for row, group in enumerate(groups)}
    table = np.zeros((len(groups), 4))
    for item in judged:
        wrong, kept = item.right[0] != item.coded[0], item.abstained is None
        table[rows[item.group]] += (1, wrong, kept, kept and wrong)
    picks = np.random.default_rng(SEED).integers(0, len(groups), (RESAMPLES, len(groups)))
    both = np.concatenate((table.sum(axis=0)[None], table[picks].sum(axis=1)))
    gaps = both[:, 1] / np.maximum(1, both[:, 0]) - both[:, 3] / np.maximum(1, both[:, 2])
    return _row(float(gaps[0]), gaps[1:])

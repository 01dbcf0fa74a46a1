"""The gates before a candidate: it must not be worse than the live model, theme by theme and count by count.

Both are judged side by side on the frozen hold-outs and the golden examples; the cards tell what they were taught.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extractor.classify.counts import NAME as COUNTS
from extractor.classify.linear import ModelFolder
from extractor.classify.themes import ThemeCoder
from training.contexts import Passage, hash_passages, heldout_passages
from training.count_figures import FIGURES, drawn_scores, scores
from training.counts import decided
from training.evaluate import Judged, draws, f1_by_theme, interval, judge, tally, theme_scores
from training.labels import Label, hash_labels, project_labels

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

MARGIN = 0.02
FLOOR = 0.6
MOST_LOST_A_THEME = 0.12
MOST_LOST_OUT_OF_FOLD = 0.06
LEAST_ITEMS = 15
COLLAPSE = 0.5
LEAST_KEPT = 0.4
MOST_MORE = 0.2
COUNT_FLOORS = {"value": 0.9, "indicator": 0.8, "strict": 0.7}


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


def check_candidate(
    candidate: ModelFolder,
    live: ModelFolder,
    holdout: Sequence[Label] | None = None,
    golden: Sequence[Label] | None = None,
    passages: Sequence[Passage] | None = None,
) -> Check:
    """Candidate and live model side by side on the frozen hold-outs and the golden examples."""
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
        counts_kept(live, candidate, heldout_passages() if passages is None else passages),
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


def counts_kept(live: ModelFolder, candidate: ModelFolder, holdout: Sequence[Passage]) -> Gate:
    """Counts are decided no worse: by the frozen hold-out of passages, or by the cards where there is none yet."""
    name = "counts not worse than the live model's"
    files = [[f.read_bytes() for f in _count_files(model) if f.is_file()] for model in (live, candidate)]
    if files[0] == files[1]:
        return Gate(name, True, "the same classifier of counts")
    if len(files[1]) < len(files[0]):
        return Gate(name, False, "the candidate has no classifier of counts")
    cards = [model.card().get("counts") or {} for model in (live, candidate)]
    if not holdout:
        was, now = (card.get("out_of_fold", {}).get("right", 0.0) for card in cards)
        return Gate(name, now >= was - MOST_LOST_OUT_OF_FOLD, f"right out of fold {was:.3f} → {now:.3f}")
    if cards[1].get("holdout", {}).get("sha256") != hash_passages(holdout):
        return Gate(name, False, "the candidate was not kept apart from this hold-out of passages")
    judged = [decided(holdout, model) for model in (live, candidate)]
    old, new = (scores(one) for one in judged)
    drawn = drawn_scores(judged[1]) - drawn_scores(judged[0])
    passed, told = True, []
    for place, figure in enumerate(FIGURES):
        low, high = interval(drawn[:, place], 0.9)
        floor = min(COUNT_FLOORS[figure], old[place])
        passed &= bool(new[place] >= floor and new[place] - old[place] >= -MARGIN and low >= -1.5 * MARGIN)
        told.append(f"{figure} {old[place]:.3f} → {new[place]:.3f}, change {low:+.3f} to {high:+.3f}")
    return Gate(name, passed, f"{'; '.join(told)}; margin {MARGIN}")


def _count_files(model: ModelFolder) -> tuple[Traversable, Traversable]:
    return model.joinpath(f"{COUNTS}.npz"), model.joinpath(f"{COUNTS}.json")

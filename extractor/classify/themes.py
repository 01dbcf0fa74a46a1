"""Themes of problems and improvements: what a careful coder would give, in the codebook's order, or why not sure.

Two models in a row (``evidence``): a linear one reads the wording, a small one weighs the evidence by place and says
how probable each theme is and which comes first. The rules are a second vote. ``themes`` always holds the best
guesses; ``abstained`` says when a person should look: wording unlike the training text, rules and model apart, or a
first theme that is not probable enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from extractor.classify.evidence import FEATURES, gather_evidence
from extractor.classify.linear import Floats, LinearModel, read_json, sigmoid
from extractor.classify.tokens import TokenFinder
from extractor.classify.words import PAIR, RULE, THEME, WORD, ItemReader, Reading
from extractor.errors import ModelError
from extractor.report import Item, Theme
from extractor.vocabulary import THEMES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from extractor.classify.linear import ModelFolder
    from extractor.report import Passage, Report

SCHEMA = "gongkai.themes/1"
NAME = "themes"
DECISION = "themes.decision.json"
MOST_THEMES = 3
CODES = tuple(THEMES)


@dataclass(frozen=True, slots=True)
class Decision:
    """The second model: one weight a feature for all themes, one bias a theme; thresholds and limits of abstention.

    ``unsure_below``: least probability of the first theme to be first; ``apart_below``: the same where the rules vote otherwise.
    """

    presence: Floats
    presence_bias: Floats
    order: Floats
    order_bias: Floats
    thresholds: Floats
    unsure_below: float
    apart_below: float

    @classmethod
    def load(cls, folder: Traversable | ModelFolder) -> Decision:
        """Read ``themes.decision.json``. Errors: ``ModelError``."""
        data = read_json(folder, DECISION)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA or tuple(data.get("features", ())) != FEATURES:
            raise ModelError("a model weighs other evidence", where=DECISION, allowed=SCHEMA, do="train it again")
        arrays = {key: np.array(data[key], dtype=float) for key in ("presence", "presence_bias", "order", "order_bias")}
        thresholds = np.array([data["thresholds"][code] for code in THEMES])
        return cls(**arrays, thresholds=thresholds, unsure_below=data["unsure_below"], apart_below=data["apart_below"])

    def to_dict(self) -> dict[str, Any]:
        """What ``load`` reads."""
        arrays = {
            key: getattr(self, key).round(5).tolist() for key in ("presence", "presence_bias", "order", "order_bias")
        }
        limits = {"unsure_below": round(self.unsure_below, 4), "apart_below": round(self.apart_below, 4)}
        thresholds = dict(zip(THEMES, self.thresholds.round(4).tolist(), strict=True))
        return {"schema": SCHEMA, "features": list(FEATURES), **arrays, "thresholds": thresholds, **limits}

    def present(self, evidence: Floats) -> Floats:
        """Items × themes: the probability that the item has the theme."""
        return sigmoid(evidence @ self.presence + self.presence_bias)

    def first(self, evidence: Floats) -> Floats:
        """Items × themes: the probability that the theme is the item's first; rows sum to one."""
        scores = evidence @ self.order + self.order_bias
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Floats = raised / raised.sum(axis=1, keepdims=True)
        return chances


@dataclass(frozen=True, slots=True)
class Coding:
    """The coding of one text. ``sureness`` is the probability of its first theme to be first."""

    themes: tuple[Theme, ...]
    abstained: str | None
    decided_by: str
    sureness: float
    novelty: float


def choose_themes(present: Sequence[float], first: Sequence[float], thresholds: Sequence[float]) -> tuple[int, ...]:
    """Columns of one item's themes: the likeliest first one, then the others over their thresholds, three at most."""
    best = first.index(max(first))
    others = [
        i for i, (chance, least) in enumerate(zip(present, thresholds, strict=True)) if chance >= least and i != best
    ]
    others = sorted(others, key=lambda i: (-present[i], i))[: MOST_THEMES - 1]
    return (best, *sorted(others, key=lambda i: (-first[i], i)))


def vote_of_rules(reading: Reading) -> frozenset[str]:
    """The themes that rules find in the first clause, else anywhere."""
    early = frozenset(hit.theme for hit in reading.hits if hit.start < reading.clauses[0].end)
    return early or frozenset(hit.theme for hit in reading.hits)


class ThemeCoder:
    """Writes ``problems`` and ``improvements``; ``folder`` is the model's."""

    def __init__(self, folder: Traversable | ModelFolder) -> None:
        self.model = LinearModel.load(folder, NAME)
        self.decision = Decision.load(folder)
        self.reader, self.finder = ItemReader(), TokenFinder(self.model.vocabulary)
        if self.model.labels != CODES:
            raise ModelError("a model knows other themes", where=NAME, allowed=", ".join(THEMES), do="train it again")

    def __call__(self, report: Report) -> Report:
        """Code the passages that were found."""
        if report.narrative is None or not report.passages:
            return replace(report, problems=(), improvements=())
        text = report.narrative.text
        texts = [text[passage.start : passage.end] for passage in report.passages]
        once = list(dict.fromkeys(texts))
        codings = dict(zip(once, self.code(once), strict=True))
        items = [_item(report, passage, codings[own]) for passage, own in zip(report.passages, texts, strict=True)]
        by_kind = {kind: _numbered(kind, items, report.passages) for kind in ("problem", "improvement")}
        return replace(report, problems=by_kind["problem"], improvements=by_kind["improvement"])

    def code(self, texts: Sequence[str]) -> tuple[Coding, ...]:
        """The coding of each text."""
        if not texts:
            return ()
        readings = self.reader.read(texts)
        known = self.finder(readings)
        evidence = gather_evidence(self.model, readings, known)
        present, first = self.decision.present(evidence), self.decision.first(evidence)
        chances = zip(present.tolist(), first.tolist(), known.novelty.tolist(), strict=True)
        limits = self.decision.thresholds.tolist()
        return tuple(self._coding(one, limits, *own) for one, own in zip(readings, chances, strict=True))

    def explain(self, text: str, code: str, most: int = 5) -> tuple[tuple[str, float], ...]:
        """The words and rules that spoke most for a theme: words by themselves, a rule as ``rule:`` and its id."""
        tokens = self.reader(text).tokens
        strongest = self.model.reasons(tokens, code, len(tokens))
        told = [(token, part) for token, part in strongest if len(token) > 1 and not token.startswith((PAIR, THEME))]
        readable = [
            (f"rule:{token.removeprefix(RULE)}" if token.startswith(RULE) else token.removeprefix(WORD), part)
            for token, part in told
        ]
        return _without_pieces(readable)[:most]

    def _coding(
        self, reading: Reading, limits: list[float], present: list[float], first: list[float], novelty: float
    ) -> Coding:
        chosen = choose_themes(present, first, limits)
        themes = tuple(Theme(CODES[i], round(present[i], 4)) for i in chosen)
        best, sureness = chosen[0], first[chosen[0]]
        vote = vote_of_rules(reading)
        agreed = CODES[best] in vote
        abstained = None
        if novelty > self.model.novelty_limit:
            abstained = "novel"
        elif vote and not agreed and sureness < self.decision.apart_below:
            abstained = "disagreement"
        elif sureness < self.decision.unsure_below or present[best] < limits[best]:
            abstained = "unsure"
        return Coding(themes, abstained, "both" if agreed else "model", round(sureness, 4), round(novelty, 4))


def _without_pieces(reasons: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Reasons without those that are part of a stronger one, or hold it."""
    kept: list[tuple[str, float]] = []
    for word, part in reasons:
        if not any(word in other or other in word for other, _ in kept):
            kept.append((word, round(part, 4)))
    return tuple(kept)


def _item(report: Report, passage: Passage, coding: Coding) -> Item:
    span = report.narrative_span(passage.start, passage.end)
    return Item("", passage.ordinal, span, coding.themes, coding.abstained, coding.decided_by)


def _numbered(kind: str, items: list[Item], passages: tuple[Passage, ...]) -> tuple[Item, ...]:
    """The items of a kind with ids p1, p2 … or i1, i2 …"""
    own = [item for item, passage in zip(items, passages, strict=True) if passage.kind == kind]
    return tuple(replace(item, id=f"{kind[0]}{number}") for number, item in enumerate(own, 1))

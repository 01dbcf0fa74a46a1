"""Turn labelled passages into examples for the classifier of counts, and fit it.

A passage goes the same road as a report (clean, segment, find), so that a model sees in training what it sees in use.
A candidate's label is its indicator, or ``no:`` and the reason why it is no count; candidates that a rule has ruled
out are not the model's business. Passages of one agency stay in one fold.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from extractor.classify.context import Context, Tokens
from extractor.classify.counts import NO, CountDecider
from extractor.classify.linear import Floats, LinearModel, find_model
from extractor.clean import clean
from extractor.document import Document, Source
from extractor.find.numbers import NumberFinder
from extractor.report import Candidate, Mention, Report, Section
from extractor.report import Passage as Item
from extractor.segment import Segmenter
from training.contexts import CountMark, Passage, hash_passages
from training.count_figures import JudgedPassage, judge_passage, measure_counts
from training.fit import Example, fit_model

if TYPE_CHECKING:
    from extractor.classify.linear import ModelFolder

STRENGTH, EVENNESS = 30.0, 0.5
"""The best out of fold of strengths 10 to 100 and evennesses 0 to 1; all but 0 lie within 0.2 points."""
LEAST_WEIGHT = 0.1
"""Weights below are dropped: six of seven, with the same decisions out of fold, and a file a quarter as large."""
UNMARKED = "other_work"
ZONES = {"problems": "problem", "improvements": "improvement"}


@dataclass(frozen=True, slots=True)
class Read:
    """A passage as a report with its candidates, and the label of each open one (None: ruled out by a rule)."""

    passage: Passage
    report: Report
    labels: tuple[str | None, ...]
    marks: tuple[CountMark | None, ...]


class PassageReader:
    """Reads labelled passages as reports; holds one pipeline's parts."""

    def __init__(self) -> None:
        self.segment = Segmenter()
        self.find = NumberFinder()

    def __call__(self, passage: Passage) -> Read:
        """Clean, segment and find; then match the marks."""
        digest = hashlib.sha256(passage.text.encode()).hexdigest()
        source = Source(None, digest, "text/plain", len(passage.text.encode()), None, "plain")
        report = clean(Report(Document(source, passage.text, paragraphs_are_lines=True)))
        code = "problems" if passage.section == "improvements" else passage.section
        report = replace(report, sections=(Section(code, None, 0, len(passage.text)),))
        report = self.segment(report)
        report = replace(report, mentions=_mentions(report, passage), passages=_zones(report, passage))
        report = self.find(report)
        marks = match_marks(report, passage.counts)
        labels = tuple(_label(report, passage, c, mark) for c, mark in zip(report.candidates, marks, strict=True))
        return Read(passage, report, labels, marks)


def narrative_range(report: Report, start: int, end: int) -> tuple[int, int]:
    """The narrative's [start, end) of a source span."""
    assert report.narrative is not None
    offsets = report.narrative.offsets
    inside = [place for place in range(len(report.narrative.text)) if start <= offsets[place] < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _mentions(report: Report, passage: Passage) -> tuple[Mention, ...]:
    assert report.narrative is not None
    found: list[Mention] = []
    for mark in passage.channels:
        start, end = narrative_range(report, mark.start, mark.end)
        sentence = report.narrative.sentence_at(start)
        found.append(Mention(start, end, mark.type, mark.name, mark.status, sentence, "label"))
    return tuple(found)


def _zones(report: Report, passage: Passage) -> tuple[Item, ...]:
    kind = ZONES.get(passage.section)
    assert report.narrative is not None
    return (Item(kind, 1, 0, len(report.narrative.text)),) if kind else ()


def match_marks(report: Report, marks: Sequence[CountMark]) -> tuple[CountMark | None, ...]:
    """For each candidate the count that it is, None where it is none; a mark is given out once."""
    free = [(mark, narrative_range(report, mark.start, mark.end)) for mark in marks]
    matched: list[CountMark | None] = [None] * len(report.candidates)
    for exact in (True, False):
        for index, candidate in enumerate(report.candidates):
            if matched[index] is None and (found := _fitting(candidate, free, exact=exact)) is not None:
                matched[index] = free.pop(found)[0]
    return tuple(matched)


def _fitting(candidate: Candidate, free: list[tuple[CountMark, tuple[int, int]]], *, exact: bool) -> int | None:
    for index, (mark, (start, end)) in enumerate(free):
        if candidate.form == "none":
            overlaps = candidate.start < end and start < candidate.end and mark.qualifier == "none"
            if overlaps and (mark.indicator == candidate.indicator or not exact):
                return index
        elif (
            start <= candidate.numeral_start
            and candidate.numeral_end <= end
            and (mark.qualifier != "none" or candidate.value == 0)
        ):
            return index
    return None


def _label(report: Report, passage: Passage, candidate: Candidate, mark: CountMark | None) -> str | None:
    if candidate.reason is not None:
        return None
    if mark is not None:
        return mark.indicator
    for numeral in passage.numerals:
        start, end = narrative_range(report, numeral.start, numeral.end)
        if start < candidate.end and candidate.start < end:
            return f"{NO}{numeral.reason}"
    return f"{NO}quota" if passage.section == "improvements" else f"{NO}{UNMARKED}"


def examples_of(reads: Sequence[Read]) -> list[Example]:
    """One example for each open candidate, in the order of passages and text."""
    examples: list[Example] = []
    tokens = Tokens(str)
    for read in reads:
        context = Context(read.report, tokens)
        right = {index: label for index, label in enumerate(read.labels) if label is not None}
        examples += [
            Example(context.tokens(index, right), (label,), read.passage.agency) for index, label in right.items()
        ]
    return examples


@dataclass(frozen=True, slots=True)
class FittedCounts:
    """The calibrated model, its out-of-fold scores (examples × labels), and the examples."""

    model: LinearModel
    held: Floats
    examples: tuple[Example, ...]


def fit_counts(passages: Sequence[Passage]) -> FittedCounts:
    """Fit on passages, in the order of their ids. Errors: ``LabelError``."""
    reader = PassageReader()
    examples = examples_of([reader(passage) for passage in sorted(passages, key=lambda p: p.id)])
    labels = sorted(Counter(label for example in examples for label in example.labels))
    model, held = fit_model(
        examples, labels, decision="softmax", strength=STRENGTH, evenness=EVENNESS, least_weight=LEAST_WEIGHT
    )
    return FittedCounts(model, held, tuple(examples))


def counts_card(
    fitted: FittedCounts, passages: Sequence[Passage], folder: Path, holdout: Sequence[Passage]
) -> dict[str, Any]:
    """What a card says of the classifier of counts in ``folder``: its passages, and figures on those kept apart."""
    model, examples = fitted.model, fitted.examples
    chances = model.calibrate(fitted.held).max(axis=1)
    right = np.array([model.labels[place] for place in fitted.held.argmax(axis=1)]) == [e.labels[0] for e in examples]
    card: dict[str, Any] = {
        "passages": len(passages), "agencies": len({passage.agency for passage in passages}),
        "sha256": hash_passages(passages), "candidates": len(examples),
        "out_of_fold": {"right": round(float(right.mean()), 4), "mean_confidence": round(float(chances.mean()), 4)},
    }  # fmt: skip
    if holdout:
        figures = measure_counts(decided(holdout, find_model(folder)))
        card["holdout"] = {"sha256": hash_passages(holdout), "passages": len(holdout), **figures}
    return card


def decided(passages: Sequence[Passage], folder: ModelFolder) -> tuple[JudgedPassage, ...]:
    """The marked counts of passages beside those that a model's classifier finds in them."""
    reader, decide = PassageReader(), CountDecider(folder)
    return tuple(
        judge_passage(passage, decide(reader(passage).report).counts)
        for passage in sorted(passages, key=lambda p: p.id)
    )

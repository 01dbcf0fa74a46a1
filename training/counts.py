"""Turn labelled passages into examples for the classifier of counts, and fit it.

A passage goes the same road as a report (clean, segment, find), so that a model sees in training what it sees in use.
A candidate's label is its indicator, or ``no:`` and the reason why it is no count; candidates that a rule has ruled
out are not the model's business. Passages of one agency stay in one fold.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from extractor.classify.context import Context
from extractor.classify.counts import NAME, NO
from extractor.classify.linear import CARD, Floats, LinearModel, hash_of
from extractor.clean import clean
from extractor.document import Document, Source
from extractor.find.numbers import NumberFinder
from extractor.report import Candidate, Mention, Report, Section
from extractor.report import Passage as Item
from extractor.segment import Segmenter
from training.contexts import CountMark, Passage
from training.fit import Example, fit_model
from training.train import file_hashes, write_card

STRENGTH = 30.0
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
    for read in reads:
        context = Context(read.report)
        right = {index: label for index, label in enumerate(read.labels) if label is not None}
        examples += [
            Example(context.tokens(index, right), (label,), read.passage.agency) for index, label in right.items()
        ]
    return examples


def write_counts(passages: Sequence[Passage], folder: Path) -> dict[str, Any]:
    """Fit, write the classifier beside a model's others, and tell of it in the card. Errors: ``LabelError``, ``ModelError``."""
    model, held, examples = fit_counts(passages)
    model.save(folder, NAME)
    chances = model.calibrate(held).max(axis=1)
    right = np.array([model.labels[place] for place in held.argmax(axis=1)]) == [e.labels[0] for e in examples]
    agencies = len({passage.agency for passage in passages})
    card = json.loads(folder.joinpath(CARD).read_bytes()) if folder.joinpath(CARD).is_file() else {}
    card["counts"] = {
        "passages": len(passages), "agencies": agencies, "candidates": len(examples),
        "out_of_fold": {"right": round(float(right.mean()), 4), "mean_confidence": round(float(chances.mean()), 4)},
    }  # fmt: skip
    card["files"], card["sha256"] = file_hashes(folder), hash_of(folder)
    write_card(folder, card)
    return card


def fit_counts(passages: Sequence[Passage]) -> tuple[LinearModel, Floats, list[Example]]:
    """The calibrated model, its out-of-fold scores, and the examples. Errors: ``LabelError``."""
    reader = PassageReader()
    examples = examples_of([reader(passage) for passage in sorted(passages, key=lambda p: p.id)])
    labels = sorted(Counter(label for example in examples for label in example.labels))
    model, held = fit_model(examples, labels, decision="softmax", strength=STRENGTH)
    return model, held, examples

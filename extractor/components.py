"""The finders as spaCy components, for people who live in spaCy: ``nlp.add_pipe("gongkai_channels")``.

A component runs the steps that its facts need over the Doc's text and puts the found places into ``doc.spans`` under
its own name, labelled with the fact's code (channel type, indicator, first theme, practice). The Doc's tokens may be
anybody's: places are aligned to whole tokens. Registered as entry points, so that no import is needed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import SpanGroup

from extractor.document import Document, Source
from extractor.pipeline import default_extractor
from extractor.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

    from extractor.report import Span

LAST_STEPS = {
    "gongkai_channels": "classify.channels",
    "gongkai_counts": "classify.counts",
    "gongkai_problems": "classify.themes",
    "gongkai_improvements": "classify.themes",
    "gongkai_practices": "find.practices",
}


@dataclass(slots=True)
class FactMarker:
    """A component: marks the facts of one kind in ``doc.spans[name]``."""

    name: str

    def __call__(self, doc: Doc) -> Doc:
        """Find the facts of this kind in a Doc's text. Errors: ``ModelError`` where the model cannot be used."""
        spans = []
        for label, span in self._facts(doc.text):
            aligned = doc.char_span(span.start, span.end, label=label, alignment_mode="expand")
            if aligned is not None:
                spans.append(aligned)
        doc.spans[self.name] = SpanGroup(doc, name=self.name, spans=spans)
        return doc

    def _facts(self, text: str) -> Iterator[tuple[str, Span]]:
        if not text.strip():
            return
        extractor = default_extractor()
        data = text.encode()
        source = Source(None, hashlib.sha256(data).hexdigest(), "text/plain", len(data), None, "plain")
        report = Report(Document(source, text))
        for step in extractor.steps:
            report = step.run(report)
            if step.name == LAST_STEPS[self.name]:
                break
        yield from _labelled(report, self.name.removeprefix("gongkai_"))


def _labelled(report: Report, kind: str) -> Iterator[tuple[str, Span]]:
    if kind == "channels":
        yield from ((channel.type, span) for channel in report.channels for span in channel.spans)
    elif kind == "counts":
        yield from ((count.indicator, count.span) for count in report.counts)
    elif kind == "practices":
        yield from ((practice.code, practice.span) for practice in report.practices)
    else:
        items = report.problems if kind == "problems" else report.improvements
        yield from ((item.themes[0].code, item.span) for item in items)


@Language.factory("gongkai_channels", assigns=["doc.spans"])
def make_channels(nlp: Language, name: str) -> FactMarker:
    """Channels (公开渠道), labelled with their type."""
    return FactMarker("gongkai_channels")


@Language.factory("gongkai_counts", assigns=["doc.spans"])
def make_counts(nlp: Language, name: str) -> FactMarker:
    """Counts and statements of none, labelled with their indicator."""
    return FactMarker("gongkai_counts")


@Language.factory("gongkai_problems", assigns=["doc.spans"])
def make_problems(nlp: Language, name: str) -> FactMarker:
    """Problems (存在的主要问题), labelled with their first theme."""
    return FactMarker("gongkai_problems")


@Language.factory("gongkai_improvements", assigns=["doc.spans"])
def make_improvements(nlp: Language, name: str) -> FactMarker:
    """Improvements (改进情况), labelled with their first theme."""
    return FactMarker("gongkai_improvements")


@Language.factory("gongkai_practices", assigns=["doc.spans"])
def make_practices(nlp: Language, name: str) -> FactMarker:
    """Practices in use, labelled with their code."""
    return FactMarker("gongkai_practices")

"""The words around a figure of the prose, which say what it measures, of whom and in which period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.report import Report, Span

MOST_BEFORE, MOST_AROUND = 40, 600


@dataclass(frozen=True, slots=True)
class Context:
    """``before``: the clause up to the figure (at most forty characters); ``lead``: its sentence up to the figure,
    cut at semicolons too; ``behind``: the words that follow in the clause; ``sentence``: the whole sentence; ``earlier``: the
    one before it in the paragraph. None reaches further than 600 characters, so that text without full stops costs no more."""

    before: str
    lead: str
    behind: str
    sentence: str
    earlier: str


def context_of(report: Report, span: Span) -> Context:
    """From cleaned prose, so that line breaks and spaces of the print do not matter."""
    cleaned = report.cleaned
    assert cleaned is not None
    prose = cleaned.prose
    start, end = cleaned.prose_offset(span.start), cleaned.prose_offset(span.end)
    far = max(0, start - MOST_AROUND)
    begin = max(prose.rfind("。", far, start) + 1, prose.rfind("\n", far, start) + 1, far)
    stop = _first(prose, "。\n", end)
    lead = prose[max(begin, prose.rfind("；", begin, start) + 1) : start]
    clause = max(lead.rfind(mark) for mark in "，：；,;") + 1
    behind = prose[end : min(stop, _first(prose, "，；,;", end))]
    paragraph = max(far, prose.rfind("\n", far, start) + 1)
    earlier = prose[max(paragraph, prose.rfind("。", paragraph, max(paragraph, begin - 1)) + 1) : begin]
    return Context(lead[clause:][-MOST_BEFORE:], lead, behind, prose[begin:stop], earlier)


def _first(prose: str, marks: str, start: int) -> int:
    """The first of some marks behind a place, the end of the reach where none follows."""
    far = min(len(prose), start + MOST_AROUND)
    return min((place for mark in marks if (place := prose.find(mark, start, far)) >= 0), default=far)

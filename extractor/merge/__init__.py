"""Comparing and joining: the only place that says agree, contradict, not comparable.

Finders say what the text says, repeats included; here both sides are put beside one another and both stay as
evidence. Nothing printed is ever repaired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.merge.arithmetic import find_arithmetic
from extractor.merge.completeness import find_gaps
from extractor.merge.doubts import find_doubts
from extractor.merge.figures import Figures
from extractor.merge.inside import find_conflicts
from extractor.merge.relations import relate, stated_documents
from extractor.merge.settle import settle

if TYPE_CHECKING:
    from extractor.report import Report


def merge(report: Report) -> Report:
    """Write ``settled`` and ``indicators``, append the findings of all comparisons."""
    settled = settle(report.tables, stated_documents(report))
    judged = replace(report, tables=settled)
    figures = Figures(settled)
    indicators, contradictions = relate(judged, figures)
    doubts = (*find_doubts(judged), *find_arithmetic(settled))
    findings = (*report.findings, *doubts, *contradictions, *find_conflicts(judged, figures), *find_gaps(judged))
    return replace(report, settled=settled, indicators=indicators, findings=findings)

"""Comparing and joining: the only place that says agree, contradict, not comparable.

Finders say what the text says, repeats included; here both sides are put beside one another and both stay as
evidence. Nothing printed is ever repaired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.merge.arithmetic import find_arithmetic
from extractor.merge.completeness import find_gaps
from extractor.merge.inside import find_conflicts
from extractor.merge.relations import relate

if TYPE_CHECKING:
    from extractor.report import Report


def merge(report: Report) -> Report:
    """Write ``indicators`` and append the findings of all comparisons."""
    indicators, contradictions = relate(report)
    findings = (*find_arithmetic(report.tables), *contradictions, *find_conflicts(report), *find_gaps(report))
    return replace(report, indicators=indicators, findings=(*report.findings, *findings))

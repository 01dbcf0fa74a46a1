"""Whether what was planted is found: the finding's code, and for the prose that it quotes the planted sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.report import Report
    from tests.contradictions.reports import Plant

STRUCTURE = ("section.missing", "section.empty", "table.missing")


def kind_of(plant: Plant) -> str:
    """The finding code, for figures against the tables with the indicator: ``narrative.table reviews``."""
    return f"{plant.code} {plant.indicator}".strip()


def is_found(plant: Plant, report: Report) -> bool:
    """Whether a finding of the plant's code stands at the plant's place."""
    findings = [finding for finding in report.findings if finding.code == plant.code]
    if plant.code in STRUCTURE or not plant.sentence:
        return bool(findings)
    start = report.text.index(plant.sentence)
    inside = range(start, start + len(plant.sentence))
    return any(span.start in inside for finding in findings for span in finding.spans)

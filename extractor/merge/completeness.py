"""Parts of the form that are missing or empty: questions in the editions 2019 and 2021, notes before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.report import Finding
from extractor.vocabulary import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.report import Report

PARTS = ("overview", "proactive", "applications", "review_litigation", "problems", "other_matters")
TAIL = re.compile(r"(?:情况|措施|事项|工作|方面|及|和|的)*\s*")
WITH_TABLES = {"proactive", "applications", "review_litigation"}


def find_gaps(report: Report) -> Iterator[Finding]:
    """``section.missing`` and ``section.empty``."""
    severity = "note" if report.meta.edition == "pre2019" else "question"
    printed = {section.code: section for section in report.sections}
    for code in PARTS:
        name = SECTIONS[code].chinese
        if code not in printed:
            yield Finding("section.missing", severity, f"the part {name} is not found")
        elif code not in WITH_TABLES and not _has_text(report, code):
            heading = printed[code].heading
            yield Finding("section.empty", severity, f"the part {name} has no text", (heading,) if heading else ())


def _has_text(report: Report, code: str) -> bool:
    """Whether a part says more than its heading, of which the last words may stand as a sentence of their own."""
    narrative = report.narrative
    assert narrative is not None
    own = [s for s in narrative.sentences if s.section == code or s.section.startswith(f"{code}.")]
    return any(not s.is_heading and not TAIL.fullmatch(narrative.text, s.start, s.end) for s in own)

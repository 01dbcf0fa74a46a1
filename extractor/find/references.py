"""Numbers of the documents that a report cites, such as 国办公开办函〔2021〕30号, whole, wherever they stand.

The issuer's short name is cut where the sentence's own words end, since Chinese puts no space between them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from extractor.report import Reference
from extractor.rulebook import load_file
from extractor.sieve import Sieve

if TYPE_CHECKING:
    from extractor.report import Report

LEAD = re.compile(
    r".*(?:根据|按照|依据|依照|以及|关于|印发|下发|通知|文件|的|及|和|与|即|见|为|了|在|号)"
    r"(?=[\u4e00-\u9fffA-Za-z]{2,}[ ]?[〔\[【(（﹝［])"
)


@cache
def _rules() -> Sieve:
    return Sieve(load_file("references.toml", {}))


def find_references(report: Report) -> Report:
    """Write ``references`` in the order of the text, every mention of its own."""
    narrative = report.narrative
    if narrative is None:
        return replace(report, references=())
    found: list[Reference] = []
    for _, match in _rules()(narrative.text):
        lead = LEAD.match(match.group())
        start = match.start() + (lead.end() if lead else 0)
        found.append(Reference(narrative.text[start : match.end()], report.narrative_span(start, match.end())))
    return replace(report, references=tuple(sorted(found, key=lambda r: (r.span.start, r.span.end))))

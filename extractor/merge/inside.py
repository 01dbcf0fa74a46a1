"""Contradictions inside the prose and between its title and its body: sums, lists, fees, names, years."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.merge.context import context_of
from extractor.merge.lists import find_miscounted
from extractor.merge.sums import find_unequal
from extractor.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.merge.context import Context
    from extractor.merge.figures import Figures
    from extractor.report import Report

ALL_CLOSED = re.compile(r"申请[^。；\n]{0,40}?(?:均已|已?全部|全都)(?:办结|办理完毕|答复完毕)")
ONLY_SOME = re.compile(r"到期|期限|上一?年|去年|往年|以前|结转|其中|应当?于|第[一二三四]季度|半年")
ADMINISTRATIVE = re.compile(r"行政事业性|行政性收费|收费项目|罚没|预算|经费|减免")
BODY_YEAR = re.compile(
    r"(?:^|(?<=[。\n　 ）]))(20\d{2})\s?年度?[，,]|(20\d{2})年度?(?:我|本|全|共|未|无|累计|通过)", re.M
)


def find_conflicts(report: Report, figures: Figures) -> tuple[Finding, ...]:
    """All findings whose both sides stand in the prose."""
    return (
        *find_unequal(report),
        *find_miscounted(report),
        *_fees(report),
        *_closed(report, figures),
        *_names(report),
        *_years(report),
    )


def _fees(report: Report) -> Iterator[Finding]:
    fees = [count for count in report.counts if count.indicator == "fees"]
    none = [count for count in fees if count.qualifier == "none" and "通知" not in count.span.quote]
    stated = [count for count in fees if count.value > 0 and (count.unit or "").endswith("元")]
    charged = [count for count in stated if not _is_administrative(context_of(report, count.span))]
    if none and charged:
        message = "the prose says that no fee was charged, and states an amount"
        yield Finding("fees.conflict", "error", message, (none[0].span, charged[0].span))


def _is_administrative(context: Context) -> bool:
    """Whether an amount is of 行政事业性收费, budgets or fines, and not of 信息处理费."""
    return ADMINISTRATIVE.search(context.lead) is not None and "处理费" not in context.before


def _lead(report: Report, start: int, end: int) -> str:
    """A sentence from its beginning to a place."""
    begin = max(report.text.rfind(mark, 0, start) for mark in "。；\n") + 1
    return report.text[begin:end]


def _closed(report: Report, figures: Figures) -> Iterator[Finding]:
    """全部办结 against requests carried forward."""
    figure = figures.requests(("carried_forward",))
    stated = next((c for c in report.counts if c.indicator == "applications_carried_forward" and c.value > 0), None)
    if not (figure.value or stated):
        return
    claims = (m for m in ALL_CLOSED.finditer(report.text) if not ONLY_SOME.search(_lead(report, m.start(), m.end())))
    match = next(claims, None)
    if match is None:
        return
    spans = (report.span(match.start(), match.end()), *((stated.span,) if stated else ()))
    message = "the prose says that all requests were closed, and some are carried forward"
    yield Finding("narrative.table", "error", message, spans, figure.cells if figure.value else ())


def _names(report: Report) -> Iterator[Finding]:
    by_name: dict[str, list[int]] = {}
    for index, channel in enumerate(report.channels):
        if channel.name:
            by_name.setdefault(channel.name, []).append(index)
    for indexes in by_name.values():
        if len(indexes) > 1:
            spans = tuple(report.channels[i].spans[0] for i in indexes)
            kinds = ", ".join(report.channels[i].type for i in indexes)
            yield Finding("narrative.name", "question", f"one name is used of {len(indexes)} kinds: {kinds}", spans)


def _years(report: Report) -> Iterator[Finding]:
    """The title's year against the period and against the years that the body reports on."""
    meta = report.meta
    if meta.year is None or "title" not in meta.evidence:
        return
    title = meta.evidence["title"]
    if meta.period and int(meta.period[1][:4]) != meta.year:
        message = f"the title says {meta.year}, the period ends in {meta.period[1][:4]}"
        yield Finding("meta.year", "error", message, (title, meta.evidence["period"]))
        return
    if re.compile(rf"{meta.year}\s?年").search(report.text, title.end):
        return
    years = [(int(m[1] or m[2]), m.start(m.lastindex or 0)) for m in BODY_YEAR.finditer(report.text, title.end)]
    others = [(year, place) for year, place in years if abs(year - meta.year) == 1]
    if len(others) >= 2 and len({year for year, _ in others}) == 1:
        place = others[0][1]
        message = f"the title says {meta.year}, the body reports on {others[0][0]}"
        yield Finding("meta.year", "error", message, (title, report.span(place, place + 4)))

"""A stated total against its parts: as their roles tell, and as a printed list tells where the roles do not.

Parts that do not add up are often no parts, so roles alone miss what is wrong with a total. The second way reads the
plain printed list (100条，其中甲类60条、乙类55条) over all its numerals, whatever they count, and claims little: one unit,
no list within the list, no new statement behind a comma, no requests or cases, whose results may overlap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.report import Count, Report

COMPLETE = re.compile(r"其[他它余](?!结果|处理|情[形况])|分别为|分别是|共计|合计")
UNIT = "(?P<unit>[条件篇份个次期例项])"
EDGE = r"(?<![\d.年第])(?<!\d[,， ])"
NUMBER = r"\d{1,3}(?:[,， ]\d{3})+(?!\d)|\d{1,15}"
LISTED = re.compile(
    rf"{EDGE}(?=[1-9])(?P<total>{NUMBER}){UNIT}(?:信息|政务信息|次)?(?:[，,。：:]\s?|\s?[（(])?(?P<lead>其中|分别[为是]|包括|包含|涉及)[：:，,]?"
)
FIGURE = re.compile(rf"{EDGE}(?=[1-9])(?:{NUMBER}){UNIT}")
ITEM = re.compile(
    rf"(?P<label>[^，,、；;。：:（()）\d\n]{{1,16}})(?P<value>{NUMBER})(?P<unit>[条件篇份个次期例项])(?P<mark>(?:[、，,](?:和|及|以及)?|和|及|以及)?)"
)
STATEMENT = re.compile(
    r"全年|年内|同时|另|还|并|共|召开|组织(?!机构)|举办|开展|收到|受理|办理|答复|回复|处理|印发|制发|编制|完成|较|比|同比|增|减|上年|去年|平均"
)
VAGUE = re.compile(r"[约近超逾]$|其中")
CHANGE = re.compile(r"(?:增|减|升|降|涨|多|少|比|较)[^，,。；;]*$|[约近超逾余]$")
MORE = re.compile(r"另|此外|同时|还")
OPENED, CLOSED = re.compile(r"\s*[（(]"), re.compile(r"[）)]")
OVERLAPPING = re.compile(r"申请|复议|诉讼")
MOST_PARTS, MOST_BEFORE = 60, 200


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A stated total and the figures that follow it as its parts."""

    total: Count
    parts: tuple[Count, ...]


def find_unequal(report: Report) -> Iterator[Finding]:
    """``narrative.sum``, one a total."""
    told: set[int] = set()
    for finding in (*_by_roles(report), *_by_list(report)):
        if finding.spans[0].start not in told:
            told.add(finding.spans[0].start)
            yield finding


def _by_list(report: Report) -> Iterator[Finding]:
    """Printed lists behind a total."""
    cleaned = report.cleaned
    assert cleaned is not None
    prose = cleaned.prose
    for match in _listed(prose):
        far = max(0, match.start() - MOST_BEFORE)
        begin = max(far, prose.rfind("。", far, match.start()), prose.rfind("\n", far, match.start()))
        items, end = _items(prose, match)
        if len(items) < 2 or OVERLAPPING.search(prose, begin, end) or prose[end : end + 1] in ("余", "多", "（", "("):
            continue
        if CHANGE.search(prose, max(begin, match.start() - 12), match.start()):
            continue
        stated, total = _value(match["total"]), sum(_value(item["value"]) for item in items)
        is_closed = prose[end : end + 1] in tuple("。；;）)\n") and not items[-1]["mark"]
        says_all = match["lead"].startswith("分别") or COMPLETE.search(prose, match.end(), end)
        if any(_value(item["value"]) > stated for item in items):
            continue
        if total > stated or (total < stated and is_closed and says_all):
            places = [(match.start(), match.end("unit")), *((m.start("value"), m.end("unit")) for m in items)]
            spans = tuple(report.span(*cleaned.source_range(*place)) for place in places)
            message = f"the parts add up to {total}, the stated total is {stated}"
            yield Finding("narrative.sum", "error", message, spans)


def _value(number: str) -> int:
    return int(re.sub("[,， ]", "", number))


def _listed(prose: str) -> Iterator[re.Match[str]]:
    """What ``LISTED`` finds, tried only where a figure has a unit."""
    free = 0
    for figure in FIGURE.finditer(prose):
        if figure.start() >= free and (match := LISTED.match(prose, figure.start())) is not None:
            free = match.end()
            yield match


def _items(prose: str, listed: re.Match[str]) -> tuple[list[re.Match[str]], int]:
    """The parts of one printed list and where it ends; none where it holds something else than plain parts."""
    items: list[re.Match[str]] = []
    place = listed.end()
    while (item := ITEM.match(prose, place)) is not None and item["unit"] == listed["unit"]:
        if len(items) == MOST_PARTS:
            return [], place
        if STATEMENT.match(item["label"]):
            break
        if VAGUE.search(item["label"]):
            return [], place
        items.append(item)
        place = item.end()
        is_whole = len(items) > 1 and sum(_value(one["value"]) for one in items) == _value(listed["total"])
        if not item["mark"] or (is_whole and item["mark"] != "、"):
            break
    return items, place


def breakdowns(counts: tuple[Count, ...]) -> Iterator[Breakdown]:
    """Totals with their parts, one a group: a total may be broken down twice, and a group that reaches it closes."""
    parts_of: dict[str, list[Count]] = {}
    for count in counts:
        if count.part_of is not None:
            parts_of.setdefault(count.part_of, []).append(count)
    by_id = {count.id: count for count in counts}
    for name, parts in parts_of.items():
        total = by_id[name]
        group: list[Count] = []
        for part in parts:
            group.append(part)
            if abs(sum(one.value for one in group) - total.value) < 1e-9:
                yield Breakdown(total, tuple(group))
                group = []
        if group:
            yield Breakdown(total, tuple(group))


def _by_roles(report: Report) -> Iterator[Finding]:
    for breakdown in breakdowns(report.counts):
        total, group = breakdown.total, list(breakdown.parts)
        if len(group) < 2 or any(part.qualifier in ("approx", "at_least") for part in (*group, total)):
            continue
        if len({part.unit for part in (*group, total)} - {None}) > 1 or not _is_one_list(report, total, group):
            continue
        summed = sum(part.value for part in group)
        if summed > total.value + 1e-9 or (
            summed < total.value - 1e-9 and COMPLETE.search(report.text, total.span.end, group[-1].span.end)
        ):
            message = f"the parts add up to {summed:.12g}, the stated total is {total.value:.12g}"
            yield Finding("narrative.sum", "error", message, (total.span, *(part.span for part in group)))


def _is_one_list(report: Report, total: Count, parts: list[Count]) -> bool:
    """Whether a total is no change (增加11条) and its parts stand in one list, every numeral of which is a count."""
    start, end = total.span.end, parts[-1].span.end
    if CHANGE.search(report.text, max(0, total.span.start - 12), total.span.start):
        return False
    words = report.text[start : parts[-1].span.start]
    if MORE.search(words) or (OPENED.match(words) and CLOSED.search(words)):
        return False
    return not any(start <= e.span.start < end and e.status in ("other_work", "earlier_year") for e in report.ledger)

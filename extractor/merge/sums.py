"""A stated total against its parts: as their roles tell, and as a printed list tells where the roles do not.

Parts that do not add up are often no parts, so roles alone miss what is wrong with a total. The second way reads the
plain printed list (100条，其中甲类60条、乙类55条) over all its numerals, whatever they count, and claims little: one unit,
no list within the list, no new statement behind a comma, no requests or cases, whose results may overlap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.merge.figures import WHOLES
from extractor.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.report import Count, Report

COMPLETE = re.compile(r"其[他它余](?!结果|处理|情[形况])|分别为|分别是|共计|合计")
UNIT = "(?P<unit>[条件篇份个次期例项])"
LISTED = re.compile(
    rf"(?<![\d.年第])(?P<total>[1-9]\d*){UNIT}(?:信息|政务信息|次)?(?:[，,。：:]\s?|\s?[（(])?(?P<lead>其中|分别[为是]|包括|包含|涉及)[：:，,]?"
)
ITEM = re.compile(
    r"(?P<label>[^，,、；;。：:（()）\d\n]{1,16})(?P<value>\d+)(?P<unit>[条件篇份个次期例项])(?P<mark>(?:[、，,](?:和|及|以及)?|和|及|以及)?)"
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
    for match in LISTED.finditer(prose):
        far = max(0, match.start() - MOST_BEFORE)
        begin = max(far, prose.rfind("。", far, match.start()), prose.rfind("\n", far, match.start()))
        items, end = _items(prose, match)
        if len(items) < 2 or OVERLAPPING.search(prose, begin, end) or prose[end : end + 1] in ("余", "多", "（", "("):
            continue
        if CHANGE.search(prose, max(begin, match.start() - 12), match.start()):
            continue
        stated, total = int(match["total"]), sum(int(item["value"]) for item in items)
        is_closed = prose[end : end + 1] in tuple("。；;）)\n") and not items[-1]["mark"]
        says_all = match["lead"].startswith("分别") or COMPLETE.search(prose, match.end(), end)
        if any(int(item["value"]) > stated for item in items):
            continue
        if total > stated or (total < stated and is_closed and says_all):
            places = [(match.start(), match.end("unit")), *((m.start("value"), m.end("unit")) for m in items)]
            spans = tuple(report.span(*cleaned.source_range(*place)) for place in places)
            message = f"the parts add up to {total}, the stated total is {stated}"
            yield Finding("narrative.sum", "error", message, spans)


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
        if not item["mark"]:
            break
    return items, place


def breakdowns(counts: tuple[Count, ...]) -> Iterator[Breakdown]:
    """Totals with the parts behind them, up to the next figure that stands alone."""
    for index, count in enumerate(counts):
        if count.role != "total" or count.indicator == "rate":
            continue
        parts: list[Count] = []
        for following in counts[index + 1 : index + 1 + MOST_PARTS]:
            if following.indicator == "rate":
                continue
            is_next = following.role == "total" and (following.value >= count.value or _is_another(count, following))
            if following.role == "single" or is_next or (parts and following.value >= count.value):
                break
            parts.append(following)
        if parts:
            yield Breakdown(count, tuple(parts))


def _is_another(count: Count, following: Count) -> bool:
    """Whether two totals are of quantities that are never parts of one another: received and answered, two kinds of cases."""
    return following.indicator in WHOLES and following.indicator != count.indicator


def _groups(breakdown: Breakdown) -> tuple[list[Count], set[float]]:
    """The last group of parts that does not add up to the total, and the other totals it may belong to.

    A nested total swallows the parts behind it that add up to it; a group that reaches the total closes, since one
    total may be broken down twice.
    """
    group: list[Count] = []
    totals = {float(breakdown.total.value)}
    running = 0.0
    parts = list(breakdown.parts)
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if part.role == "total":
            totals.add(float(part.value))
            index = _swallow(parts, index, float(part.value))
        group.append(part)
        running += part.value
        if abs(running - breakdown.total.value) < 1e-9:
            group, running = [], 0.0
    return group, totals


def _swallow(parts: list[Count], index: int, value: float) -> int:
    running = 0.0
    for place in range(index, len(parts)):
        if parts[place].role == "total":
            break
        running += parts[place].value
        if abs(running - value) < 1e-9:
            return place + 1
        if running > value:
            break
    return index


def _by_roles(report: Report) -> Iterator[Finding]:
    for breakdown in breakdowns(report.counts):
        group, totals = _groups(breakdown)
        if len(group) < 2 or any(part.qualifier in ("approx", "at_least") for part in (*group, breakdown.total)):
            continue
        if len({part.unit for part in (*group, breakdown.total)} - {None}) > 1:
            continue
        if not _is_one_list(report, breakdown.total, group):
            continue
        total = sum(part.value for part in group)
        if any(abs(total - known) < 1e-9 for known in totals) or len(totals) > 1 + any(
            p.role == "total" for p in group
        ):
            continue
        if total > breakdown.total.value or COMPLETE.search(report.text, breakdown.total.span.end, group[-1].span.end):
            message = f"the parts add up to {total:g}, the stated total is {breakdown.total.value:g}"
            spans = (breakdown.total.span, *(part.span for part in group))
            yield Finding("narrative.sum", "error", message, spans)


def _is_one_list(report: Report, total: Count, parts: list[Count]) -> bool:
    """Whether a total is no change (增加11条) and its parts stand in one list, every numeral of which is a count."""
    start, end = total.span.end, parts[-1].span.end
    if CHANGE.search(report.text, max(0, total.span.start - 12), total.span.start):
        return False
    words = report.text[start : parts[-1].span.start]
    if MORE.search(words) or (OPENED.match(words) and CLOSED.search(words)):
        return False
    return not any(start <= e.span.start < end and e.status in ("other_work", "earlier_year") for e in report.ledger)

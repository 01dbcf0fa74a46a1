"""Part three (收到和处理政府信息公开申请情况): up to 25 rows of seven cells, bound together by the form's sums."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from extractor import form
from extractor.tables.anchors import Anchor, Finder, Item, anchor, complete, recover
from extractor.tables.joined import COLUMNS, solve
from extractor.tables.lone import doubt_cut_numbers, doubt_lone_blanks, doubt_odd_lines, doubt_unclaimed_row
from extractor.tables.reading import TableReading, head_start, known_words
from extractor.tables.rows import assign
from extractor.tables.scan import scan
from extractor.tables.slots import TOO_FEW, TOO_MANY, Slot, adds_up
from extractor.tables.tokens import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_REACH = 450
_HEAD_LENGTH = 120
_HEAD_OF_LABEL = 2
_HEAD_BEFORE = 12
_LEAST_ROWS = 6
_PRINTED, _LEAST_PAIRS = 0.5, 3
_SHORT = 6
_THREE = ("other.no_correction", "other.fee_unpaid")
_LATE = ("other", "other.other", "total")
_HEADS_IN_A_ROW = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构")
_OTHER = re.compile("其他(?!处理|法律)")
_HEADS_BEFORE_TOTAL = ("法人或其他组织", "法律服务机构其他")
_VALUE_BEHIND = re.compile(r"[\s|]{0,60}(?:\d|-|/|无|不涉及|不适用)")
_TOTAL = re.compile("[五六七八]?(?:总计|合计)")


@lru_cache(maxsize=1)
def _finder() -> Finder:
    rows = form.EDITIONS["2021"].tables["applications"].rows
    items = [
        Item("row", row.code, row.label, (order,), row.also) for order, row in enumerate(rows) if row.code not in _LATE
    ]
    return Finder(items, _REACH)


def _first(slot: Slot, start: int) -> int:
    """Where the table begins: its heads, or values before its first label."""
    return min([start, *(value.start for value in slot.values)])


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[str, str], ...]:
    rows = form.EDITIONS["2021"].tables["applications"].rows
    return tuple((row.code, row.label) for row in rows if row.code not in _LATE)


def read_applications(ink: Ink, floor: int, ceiling: int | None = None) -> TableReading | None:
    """The table behind ``floor``; None where fewer than six of its rows stand together."""
    anchors, elsewhere = _finder().find(ink)
    if len(anchors) < _LEAST_ROWS:
        return None
    anchors = _with_late_rows(ink, recover(ink, anchors, _labels()))
    words = known_words("applications")
    anchors = complete(ink, anchors, dict(_labels()), words.explains)
    codes = {found.code for found in anchors}
    edition = "2021" if codes & {*_THREE, "other.other"} else "2019"
    printed = form.EDITIONS[edition].tables["applications"]
    start = head_start(ink, anchors[0].start, floor, words)
    slots = _slots(ink, anchors, printed)
    heads = _heads(ink, anchors[0].place)
    first_head = ink.source(anchors[0].place - len(heads))
    above = first_head if heads else min(start, ink.numbers_before(anchors[0].start))
    before = scan(ink, above, anchors[0].start, above, words).values
    fields = _head_fields(ink, start, anchors[0].start)
    for slot in slots:
        slot.width = COLUMNS + ("小计" in heads)
        slot.heads = fields
    assign(slots, before, ink)
    for slot in slots:
        if slot.width > COLUMNS:
            slot.reason = TOO_MANY if slot.cells else slot.reason
            slot.width, slot.cells = COLUMNS, None
    _drop_extra_column(slots, heads)
    doubt_odd_lines(slots, ink)
    doubt_cut_numbers(slots, ink)
    doubt_unclaimed_row(slots, before, ink)
    doubt_lone_blanks(slots)
    has_total = not heads or _has_total(ink, anchors[0].place)
    if not has_total and 2 * sum(slot.cells is not None and all(slot.cells) for slot in slots) < len(slots):
        for slot in slots:
            slot.cells, slot.reason = None, TOO_FEW
    rows = solve(slots, printed, may_split=has_total and "小计" not in heads)
    end = max(slots[-1].gap.end, anchors[-1].end)
    doubtful = _doubtful(slots, printed, ink)
    return TableReading("applications", edition, rows, _first(slots[0], start), end, doubtful, elsewhere)


def _with_late_rows(ink: Ink, anchors: list[Anchor]) -> list[Anchor]:
    """Add the rows whose labels are too common to be searched for anywhere: 其他处理 or 其他, and 总计."""
    by_code = {found.code: found for found in anchors}
    last = by_code.get("carried_forward")
    body = [found for found in anchors if found.code != "carried_forward"]
    stop = last.place if last else min(len(ink.han), body[-1].place_end + _REACH)
    place = body[-1].place_end
    total = _find_total(ink, place, stop)
    limit = total[0] if total else stop
    late: list[Anchor] = []
    if any(code in by_code for code in _THREE):
        others = list(_OTHER.finditer(ink.han, place, limit))
        numbered = [m for m in others if re.search(r"3\s?[.、)。,·:;]?\s*$", ink.text[: ink.source(m.start())][-6:])]
        if others:
            found = (numbered or others)[-1]
            late.append(anchor(ink, "row", "other.other", found.start(), found.end()))
    else:
        at = ink.han.find("其他处理", place, limit)
        if at >= 0:
            late.append(anchor(ink, "row", "other", at, at + 4))
    if total:
        late.append(anchor(ink, "row", "total", *total))
    return [*body, *late, *([last] if last else [])]


def _find_total(ink: Ink, place: int, stop: int) -> tuple[int, int] | None:
    """Where the row （七）总计 stands: with its number if printed, else where a value follows."""
    found = [
        m for m in _TOTAL.finditer(ink.han, place, stop) if not ink.han.endswith(_HEADS_BEFORE_TOTAL, place, m.start())
    ]
    numbered = [match for match in found if match.group().startswith("七")]
    if not found:
        return None
    filled = [match for match in found if _VALUE_BEHIND.match(ink.text, ink.source(match.end() - 1) + 1)]
    match = numbered[-1] if numbered else filled[0] if filled else found[-1]
    for earlier in reversed(found[: found.index(match)]):
        match = earlier if earlier.end() == match.start() else match
    return match.end() - 2, match.end()


def _slots(ink: Ink, anchors: Sequence[Anchor], printed: form.TableForm) -> list[Slot]:
    words = known_words("applications")
    rows = {row.code: row for row in printed.rows}
    slots = []
    for found, following in zip(anchors, [*anchors[1:], None], strict=True):
        stop = following.start if following else len(ink.text)
        gap = scan(ink, found.start, stop, found.end, words, is_last=following is None)
        depth = 2 if rows[found.code].ordinal else 1 if rows[found.code].group else 0
        slot = Slot(found.code, COLUMNS, found, gap, behind=stop, depth=depth)
        slot.ordinal_behind = rows[following.code].ordinal if following else ""
        slot.is_end = not rows[found.code].label.startswith(ink.han[found.place : found.place + _HEAD_OF_LABEL])
        slots.append(slot)
    return slots


def _heads(ink: Ink, place: int) -> str:
    """The characters of the column heads before the first label, from 自然人 on; empty where they are not printed."""
    begin = ink.han.rfind("自然人", max(0, place - _HEAD_LENGTH), place)
    return ink.han[begin:place] if begin >= 0 else ""


def _has_total(ink: Ink, place: int) -> bool:
    """Whether a head 总计 or 合计 stands among the column heads before the first label."""
    begin = ink.han.rfind("自然人", max(0, place - _HEAD_LENGTH), place)
    return "计" in ink.han[max(0, begin - _HEAD_BEFORE) : place].replace("小计", "")


def _head_fields(ink: Ink, start: int, stop: int) -> tuple[int, ...]:
    """The fields of the seven columns as the heads mark them, and the number of fields; empty where none are marked."""
    fields = []
    for head in _HEADS_IN_A_ROW:
        at = ink.han.find(head, ink.han_place(start), ink.han_place(stop))
        place = ink.place(ink.source(at)) if at >= 0 else None
        if place is None or not place.explicit:
            return ()
        fields.append(place.field)
    first = fields[0]
    is_row = fields == list(range(first, first + len(fields)))
    return (*range(first, first + COLUMNS), first + COLUMNS) if is_row else ()


def _doubtful(slots: Sequence[Slot], printed: form.TableForm, ink: Ink) -> tuple[str, ...]:
    """Rows not found although values stand over where they belong: they may be printed."""
    found = [slot.code for slot in slots]
    order = [row.code for row in printed.rows]
    doubtful: list[str] = []
    for slot, behind in zip(slots, [*slots[1:], None], strict=True):
        first = order.index(slot.code) + 1
        last = order.index(behind.code) if behind else len(order)
        missing = [row for row in printed.rows[first:last] if row.code not in found]
        between = ink.han[slot.anchor.place : behind.anchor.place] if behind else ""
        is_unsure = slot.cells is None or (behind is not None and behind.cells is None)
        doubtful += [row.code for row in missing if is_unsure or _is_in_pieces(row.label, between)]
    if slots[0].code != order[0]:
        doubtful += order[: order.index(slots[0].code)]
    return tuple(doubtful)


def _is_in_pieces(label: str, between: str) -> bool:
    """Whether much of a label is printed, too little to find it by: all of a short one but a character, or every second
    pair of characters (信访 and 举报投诉 around pieces of another label)."""
    if len(label) <= _SHORT and (label[1:] in between or label[:-1] in between):
        return True
    pairs = sum(label[at : at + 2] in between for at in range(len(label) - 1))
    return pairs >= max(_LEAST_PAIRS, _PRINTED * (len(label) - 1))


def _drop_extra_column(slots: Sequence[Slot], heads: str) -> None:
    """Tables with one column more (小计): it is left out where heads and sums allow one place for it only."""
    sure = [slot for slot in slots if slot.reason == TOO_MANY and len(slot.values) == COLUMNS + 1]
    wide = [slot for slot in sure if not any(value.is_several for value in slot.values)]
    if len(wide) < max(3, 0.4 * len(slots)):
        return
    subtotal = heads.rfind("小计")
    places = range(COLUMNS + 1) if subtotal < 0 else (6,) if subtotal > heads.rfind("商业企业") else (1,)
    readings = []
    for at in places:
        kept = [[value for i, value in enumerate(slot.values) if i != at] for slot in wide]
        if all(adds_up(values) and _is_a_sum(slot.values, at) for slot, values in zip(wide, kept, strict=True)):
            readings.append(kept)
    numbers = {tuple(value.value for values in kept for value in values) for kept in readings}
    if len(numbers) == 1:
        for slot, values in zip(wide, readings[-1], strict=True):
            slot.values, slot.cells = values, list(values)


def _is_a_sum(values: Sequence[Value], at: int) -> bool:
    """Whether the value is the sum of all persons, of the five kinds of bodies, or a second total."""
    value = values[at].value or 0
    rest = [other.value or 0 for i, other in enumerate(values) if i != at]
    return value in (sum(rest[1:6]), rest[6])

"""Which values belong to which row: by position between labels, and by how many cells a row has.

Values stand behind their label, between its lines, or before it, always in the order of the rows. What stands on a
label's line or between its lines is that row's; a line of values on its own may be the row's before it or the row's
behind it. Of all ways to deal the lines out, those that leave the fewest rows without a full set of cells count; a
row is read only when all of these ways give it the same values. No value is ever moved to make a count fit.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.tables import split
from extractor.tables.fields import doubt_odd_steps, place_fields
from extractor.tables.slots import (
    FOREIGN,
    NOTHING,
    PAGE_NUMBER,
    RUN_TOGETHER,
    SHIFTED,
    TOO_FEW,
    TOO_MANY,
    Border,
    Line,
    Slot,
    lines_of,
)
from extractor.tables.unclaimed import doubt_behind_unclaimed, doubt_blanks, doubt_free_lines
from extractor.tables.ways import ODD, Way, is_plain, ways_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink
    from extractor.tables.tokens import Value


_SUMMED = 7
_MANY_RUNS = 3
_MOST_LINES = 40
_FAR = 10**9


def assign(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> None:
    """Give each slot its values. ``before`` are the values between the heads and the first label."""
    if ink.has_fields:
        if _is_transposed(slots, ink):
            for slot in slots:
                slot.reason = SHIFTED
            return
        before = _drop_page_numbers(slots, before, ink)
    if ink.is_ruled:
        before = _drop_list_numbers(slots, before, ink)
    if not before and all(is_plain(slot, slot.gap.values, ink) for slot in slots):
        for slot in slots:
            slot.values, slot.cells = slot.gap.values, list(slot.gap.values)
    elif _has_other_width(slots):
        for slot in slots:
            slot.values, slot.reason = slot.gap.values, TOO_FEW if len(slot.gap.values) < slot.width else TOO_MANY
    else:
        is_joined = _is_joined(slots)
        for slot in slots:
            slot.is_joined = is_joined
        borders = [
            _first_border(before),
            *(_border(*pair, ink) for pair in zip(slots, [*slots[1:], None], strict=True)),
        ]
        _deal(slots, _pinned(slots, borders, ink), ink)
    if ink.has_fields:
        doubt_odd_steps(slots)
        place_fields(slots, before, ink)


def _drop_page_numbers(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> Sequence[Value]:
    """Leave out lines that are a page's number, where labels stand in marked fields. Gives the values ``before``."""
    for slot in slots:
        if ink.place(slot.anchor.start).explicit:
            lines = [line for line in lines_of(slot.gap.values) if not _is_page_number(line, ink)]
            if slot is slots[-1]:
                lines = [line for line in lines if line[0].explicit]  # prose may follow that names the form's words
            slot.gap.values = [value for line in lines for value in line]
    if slots and ink.place(slots[0].anchor.start).explicit:
        return [value for line in lines_of(before) if not _is_page_number(line, ink) for value in line]
    return before


def _drop_list_numbers(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> Sequence[Value]:
    """Leave out the figures in a label's own field of a ruled row: its list number, wrapped off. Gives the values ``before``."""
    labels = {(place.line, place.field) for slot in slots for place in [ink.place(slot.anchor.start)] if place.explicit}
    for slot in slots:
        slot.gap.values = [value for value in slot.gap.values if (value.line, value.field) not in labels]
    return [value for value in before if (value.line, value.field) not in labels]


def _is_transposed(slots: Sequence[Slot], ink: Ink) -> bool:
    """Whether labels stand side by side in fields of one line with nothing between them: rows printed as columns."""
    places = [ink.place(slot.anchor.start) for slot in slots]
    pairs = zip(pairwise(places), slots, strict=False)
    beside = [a.explicit and a.line == b.line and not slot.gap.values for (a, b), slot in pairs]
    return sum(beside) > 1


def _is_joined(slots: Sequence[Slot]) -> bool:
    """Whether digits run together somewhere: behind a leading zero, or where whole rows are one run that adds up."""
    if any(value.is_several and not value.is_glued for slot in slots for value in slot.gap.values):
        return True
    alone = [slot.gap.values[0] for slot in slots if len(slot.gap.values) == 1 and slot.width == _SUMMED]
    runs = [value.raw for value in alone if value.is_run and len(value.raw) >= _SUMMED]
    cuttable = [run for run in runs if split.sums((run,), _SUMMED) != ()]
    return len(cuttable) >= _MANY_RUNS and 3 * len(cuttable) > 2 * len(runs)


def _has_other_width(slots: Sequence[Slot]) -> bool:
    """Whether most rows have one number of values, and it is not that of the form's columns."""
    counts = Counter((len(slot.gap.values) - slot.width, slot.width) for slot in slots)
    (difference, width), often = counts.most_common(1)[0]
    return difference in (-1, 1) and width > 3 and often > 0.6 * len(slots)


def _first_border(before: Sequence[Value]) -> Border:
    """The values before the first label: all of them the first row's, or none (column numbers, a year)."""
    lines = (tuple(before),) if before else ()
    return Border(lines, 0, len(lines))


def _border(slot: Slot, following: Slot | None, ink: Ink) -> Border:
    lines = lines_of(slot.gap.values)
    last_line = ink.line(slot.anchor.end - 1)
    least = 0
    for index, line in enumerate(lines):
        if line[0].start < slot.anchor.end or line[0].line == last_line:
            least = index + 1
    own, most = least, len(lines)
    if len(lines) > _MOST_LINES or following is None:
        least = most
    elif ink.is_ruled:
        next_line = ink.line(following.anchor.start)
        most = max(least, sum(line[0].line != next_line for line in lines))
    if slot.wall:
        behind = sum(line[0].start < slot.wall for line in lines)
        least = most = max(least, behind)
    return Border(tuple(lines), least, most, own, bool(slot.wall))


def _is_filled(border: Border, ink: Ink) -> bool:
    """Whether the values on the first row's label are the row's for certain, no page number inside it."""
    beside = [value for line in border.lines[: border.own] for value in line if not value.group]
    return len(beside) > 1 or any(not ink.stands_alone(value.start, value.end) for value in beside)


def _is_page_number(line: Line, ink: Ink) -> bool:
    """Whether a line between marked fields has none itself and holds but a short number: no row of such a table."""
    if line[0].explicit or not ink.stands_alone(line[0].start, line[-1].end):
        return False
    return bool(line[0].group) or (len(line) == 1 and line[0].is_run and len(line[0].raw) <= 3)


def _pinned(slots: Sequence[Slot], borders: Sequence[Border], ink: Ink) -> list[Border]:
    """Borders whose lines are all the first row's, since the second row is sure to have its own behind its label.

    A row has its values on one side of its label, so what stands before a label with values behind it is the row's
    before. From the last row, which nothing follows, this goes on upwards as far as values stand behind each label; not so
    where values stand before the first label, or where it would give a row the values of two.
    """
    pinned = list(borders)
    is_sure = not borders[0].lines
    for index in range(len(borders) - 1, 0, -1):
        border = pinned[index]
        if is_sure and not border.is_walled:
            count = len(border.lines)
            border = pinned[index] = Border(border.lines, count, count, border.own)
        own = [value for line in border.lines[: border.least] for value in line]
        is_sure = (border.least == border.most and not _may_be_page_number(own)) or _is_filled(border, ink)
    for slot, border in zip(slots, pinned[1:], strict=True):
        if sum(map(len, border.lines[: border.least])) >= 2 * slot.width:
            return list(borders)
    return pinned


def _may_be_page_number(values: Sequence[Value]) -> bool:
    """Whether values are none at all, or may be no more than the number of a page."""
    return len(values) < 2 or len({value.group for value in values if value.group}) > 0


def _deal(slots: Sequence[Slot], borders: Sequence[Border], ink: Ink) -> None:
    """Deal the lines out at the least cost, and settle the rows on which all ways of that cost agree."""
    ways = [
        {
            (left, right): ways_of(slot, before.lines[left:], behind.lines[:right], behind.own, ink)
            for left in before.cuts()
            for right in behind.cuts()
        }
        for slot, before, behind in zip(slots, borders, borders[1:], strict=False)
    ]
    forward: list[dict[int, int]] = [{cut: 0 if cut == 0 else ODD // 2 for cut in borders[0].cuts()}]
    for row in ways:
        reached: dict[int, int] = {}
        for (left, right), choices in row.items():
            cost = forward[-1].get(left, _FAR) + min(way.cost for way in choices)
            reached[right] = min(cost, reached.get(right, _FAR))
        forward.append(reached)
    end = borders[-1].most
    backward: dict[int, int] = {end: 0}
    best = forward[-1].get(end, _FAR)
    for index in range(len(slots) - 1, -1, -1):
        fitting: list[Way] = []
        reached = {}
        for (left, right), choices in ways[index].items():
            behind_cost = backward.get(right, _FAR)
            for way in choices:
                if forward[index].get(left, _FAR) + way.cost + behind_cost == best:
                    fitting.append(way)
            cost = behind_cost + min(way.cost for way in choices)
            reached[left] = min(cost, reached.get(left, _FAR))
        backward = reached
        may_be_blank = borders[index].least == len(borders[index].lines) and not borders[index + 1].lines
        _settle(slots[index], fitting, may_be_blank=may_be_blank)
    doubt_free_lines(slots, borders)
    doubt_blanks(slots, borders)
    doubt_behind_unclaimed(slots, borders)


def _settle(slot: Slot, fitting: Sequence[Way], *, may_be_blank: bool) -> None:
    """Read a row on which all ways agree; else say why not."""
    distinct = {way.values: way for way in fitting}
    for way in fitting:
        if len(way.values) > len(slot.values):
            slot.values = list(way.values)
    slot.is_odd = any(way.cost >= ODD or not way.values for way in fitting)
    if len(distinct) != 1:
        slot.reason = PAGE_NUMBER if any(value.group for value in slot.values) else NOTHING
        return
    (way,) = distinct.values()
    if way.is_full:
        slot.cells = list(way.values)
    elif not way.values and not slot.gap.is_foreign and may_be_blank:
        slot.cells = [None] * slot.width
    else:
        slot.reason = _reason_of(slot) if slot.is_odd else RUN_TOGETHER


def _reason_of(slot: Slot) -> str:
    if slot.values and slot.values[0].explicit and len({value.field for value in slot.values}) < len(slot.values):
        return SHIFTED
    if any(value.is_several for value in slot.values):
        return RUN_TOGETHER
    if slot.gap.is_foreign:
        return FOREIGN
    if len(slot.values) > slot.width:
        return TOO_MANY
    if any(v.is_run and len(v.raw) > 1 for v in slot.values):
        return RUN_TOGETHER
    return TOO_FEW

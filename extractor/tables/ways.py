"""In which ways the values near a row's label may be the row's, each at a cost: whole, with pieces left out, run together.

A page's number may stand among a row's values, and where digits run together pieces hold several cells. So a row can
often be read in more ways than one; which of them hold is told by the rows around it. A way that leaves nothing out
and fills the row's cells costs nothing.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from extractor.tables import split
from extractor.tables.slots import NARROW, Line, Slot, adds_up, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from extractor.tables.ink import Ink
    from extractor.tables.tokens import Value

ODD = 100
_DROPPED, _CUT, _BLANK, _BARE_LINE = 1, 3, 10, 11
_SUMMED = 7


class Way(NamedTuple):
    """One way to read a row: its values, at a cost; ``is_full`` where they fill its cells one by one."""

    cost: int
    values: tuple[Value, ...]
    is_full: bool


def is_plain(slot: Slot, values: Sequence[Value], ink: Ink) -> bool:
    """Whether the values behind the label are as many as the cells, and nothing is odd about them."""
    return (
        len(values) == slot.width
        and not slot.wall
        and not slot.gap.is_foreign
        and not any(value.is_several or value.group for value in values)
        and ((slot.width > NARROW and not values[0].explicit) or len({value.line for value in values}) == 1)
        and not _shares_fields(slot, values, ink)
    )


def ways_of(slot: Slot, before: Sequence[Line], behind: Sequence[Line], own: int, ink: Ink) -> list[Way]:
    """The ways to read a row from lines before and behind its label, ``own`` of which stand on the label itself.

    There is always at least one way, be it that nothing fits.
    """
    values = tuple(value for line in (*before, *behind) for value in line)
    if not values:
        return [Way(ODD if slot.gap.is_foreign else _BLANK, (), is_full=False)]
    if not before and own == len(behind) and not values[0].explicit and is_plain(slot, values, ink):
        return [Way(slot.width == _SUMMED and not adds_up(values), values, is_full=True)]
    upper = {value.start for line in before for value in line}
    fixed = {value.start for line in behind[:own] for value in line}
    found: list[Way] = []
    for dropped, reading in _readings(slot, values, fixed, ink):
        is_bare = _keeps_bare_line(reading, ink)
        if _shares_fields(slot, reading, ink) or (is_bare and not adds_up(reading)):
            continue
        cost = dropped * _DROPPED + _BARE_LINE * is_bare
        if not reading:
            found.append(Way(cost + _BLANK, reading, is_full=False))
        elif not _is_one_row(reading, upper, fixed, slot.width):
            continue
        elif len(reading) == slot.width and not any(value.is_several for value in reading):
            cost += slot.width == _SUMMED and not adds_up(reading)
            found.append(Way(cost, reading, is_full=True))
        elif _may_be_cut(slot, reading):
            found.append(Way(cost + _CUT, reading, is_full=False))
    return found or [Way(ODD, values, is_full=False)]


def _is_one_row(reading: tuple[Value, ...], upper: AbstractSet[int], fixed: AbstractSet[int], width: int) -> bool:
    """Whether values may make up one row: on one side of the label, and a line, a line and a value, or a value a line."""
    if reading[0].explicit and any(value.line != reading[0].line for value in reading):
        return False
    above = sum(value.start in upper for value in reading)
    if 0 < above < len(reading):
        return False
    free = [value for value in reading if value.start not in fixed]
    lines = lines_of(free)
    is_parted = len(free) < len(reading) or (bool(lines) and len(lines[0]) > 1)
    if width <= NARROW and lines and len(reading) > len(lines[0]) and is_parted:
        return False
    return len(lines) <= 1 or all(len(line) == 1 for line in lines[1:])


def _shares_fields(slot: Slot, values: Sequence[Value], ink: Ink) -> bool:
    """Whether two values stand in one marked field, as 1 234 does; a line may hold all its values in its last field,
    right behind the label's where a row has few cells."""
    if not values or not values[0].explicit:
        return False
    fields = {value.field for value in values}
    if len(fields) == len(values):
        return False
    if len(fields) > 1 or ink.fields(values[0].start) > values[0].field + 1:
        return True
    return slot.width <= NARROW and values[0].field > ink.place(slot.anchor.end - 1).field + 1


def _keeps_bare_line(values: Sequence[Value], ink: Ink) -> bool:
    """Whether a number between dashes on a line of its own is taken for values."""
    groups = [value for value in values if value.group]
    return bool(groups) and ink.stands_alone(groups[0].start, groups[-1].end)


def _may_be_cut(slot: Slot, values: Sequence[Value]) -> bool:
    if len(values) >= slot.width and not any(value.is_several for value in values):
        return False
    if not slot.is_joined or values[0].explicit or len({value.line for value in values}) > 1:
        return False
    if not all(value.is_run for value in values) or sum(len(value.raw) for value in values) < slot.width:
        return False
    return slot.width <= 3 or bool(split.sums(tuple(value.raw for value in values), slot.width))


def _readings(
    slot: Slot, values: tuple[Value, ...], fixed: AbstractSet[int], ink: Ink
) -> list[tuple[int, tuple[Value, ...]]]:
    """The values with and without the pieces that may be page furniture, and how many pieces were left out."""
    groups = sorted({value.group for value in values if value.group})[:3]
    if not groups and len(values) <= slot.width:
        return [(0, values)]
    readings: list[tuple[int, tuple[Value, ...]]] = []
    for size in range(len(groups) + 1):
        for dropped in combinations(groups, size):
            readings.append((size, tuple(value for value in values if value.group not in dropped)))
    if any(len(reading) == slot.width for _, reading in readings):
        return readings
    for size, reading in list(readings):
        more = len(reading) - slot.width
        if 0 < more <= 3:
            readings += [(size + more, kept) for kept in _without_pages(slot, reading, fixed, more, ink)]
    return readings


def _without_pages(
    slot: Slot, values: tuple[Value, ...], fixed: AbstractSet[int], more: int, ink: Ink
) -> list[tuple[Value, ...]]:
    """Readings without bare page numbers on lines of their own, or without the next label's number that lost its dot."""
    last = values[-1]
    if slot.ordinal_behind and last.raw == slot.ordinal_behind and not ink.text[last.end : slot.behind].strip(" .、"):
        return [values[:-1]] if more == 1 else []
    short = [v for v in values if v.is_run and len(v.raw) <= 3 and v.raw[0] != "0"]
    alone = [v for v in short if ink.stands_alone(v.start, v.end)][:6]
    if all(ink.stands_alone(v.start, v.end) for v in values):
        return []
    found = [tuple(v for v in values if v not in pages) for pages in combinations(alone, more)]
    if slot.width <= NARROW:
        found = [reading for reading in found if all(value.start in fixed for value in reading)]
    if slot.width == _SUMMED or (len(found) > 1 and slot.width > 2):
        found = [reading for reading in found if adds_up(reading)]
    return found

"""Which values belong to which row: by position between labels, and by how many cells a row has.

Values stand behind their label, between its lines, or before it, in the order of the rows. A row is read when its
values are exactly as many as its cells, or when marked fields (tabs, bars, a grid) say which cells are empty. All
else stays unread with its reason: no value is ever moved to make a count fit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.anchors import Anchor
    from extractor.tables.ink import Ink
    from extractor.tables.tokens import Gap, Value

NOTHING = "nothing can be told apart here"
TOO_FEW = "fewer values than cells, and nothing marks the empty ones"
TOO_MANY = "more values than cells"
RUN_TOGETHER = "digits run together that more than one split fits"
FOREIGN = "words that the form does not know stand among the values"
SHIFTED = "empty fields do not tell their columns"


@dataclass(slots=True)
class Slot:
    """A row on its way: its label, its values, and what became of them.

    ``cells`` holds a value, or None for a blank, for each column once the row is read; until then ``reason`` says
    why not. ``values`` are those that belong to the row. ``behind`` is where the next row's label begins, and
    ``ordinal_behind`` its list number.
    """

    code: str
    width: int
    anchor: Anchor
    gap: Gap
    values: list[Value] = field(default_factory=list)
    cells: list[Value | None] | None = None
    reason: str = NOTHING
    ordinal_behind: str = ""
    behind: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether the row is read and nothing is printed in it."""
        return self.cells is not None and not any(self.cells)


def assign(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> None:
    """Give each slot its values. ``before`` are the values between the heads and the first label."""
    if before and slots and not slots[-1].gap.values and _assign_before(slots, before):
        _place_fields(slots, ink)
        return
    carried: list[Value] = []
    for index, slot in enumerate(slots):
        own = carried or slot.gap.values
        if carried:
            rest = slot.gap.values
            carried = []
            if rest:
                own = [*own, *rest]
        elif index + 1 < len(slots) and not slots[index + 1].gap.values:
            own, carried = _share(slot, slots[index + 1], own, ink)
        slot.values = list(own)
        _settle(slot, ink)
    _place_fields(slots, ink)
    _doubt_blanks(slots, ink)


def _assign_before(slots: Sequence[Slot], before: Sequence[Value]) -> bool:
    """Values all stand before their labels: true where every row's count fits so."""
    own = [list(before), *(slot.gap.values for slot in slots[:-1])]
    if any(
        len(values) != slot.width or any(v.is_several for v in values) for slot, values in zip(slots, own, strict=True)
    ):
        return False
    for slot, values in zip(slots, own, strict=True):
        slot.values, slot.cells = values, list(values)
    return True


def _share(slot: Slot, following: Slot, values: list[Value], ink: Ink) -> tuple[list[Value], list[Value]]:
    """Part values between a row and the next, when the next has none behind its label and the count fits both."""
    if len(values) != slot.width + following.width or slot.gap.is_foreign or any(v.is_several for v in values):
        return values, []
    own, rest = values[: slot.width], values[slot.width :]
    if own[-1].line == rest[0].line or rest[-1].explicit:
        return values, []
    return own, rest


def _settle(slot: Slot, ink: Ink) -> None:
    """Read a row whose values are as many as its cells, in one way only."""
    readings = _readings(slot, ink)
    full = [reading for reading in readings if len(reading) == slot.width and not any(v.is_several for v in reading)]
    empty = [reading for reading in readings if not reading]
    if len(full) == 1 and not empty:
        slot.values, slot.cells = list(full[0]), list(full[0])
    elif len(full) > 1 or (full and empty):
        slot.reason = "page numbers cannot be told from values"
    elif empty:
        slot.values = []
        slot.cells = None if slot.gap.is_foreign else [None] * slot.width
        slot.reason = FOREIGN
    else:
        slot.values = list(readings[0])
        slot.reason = _reason(slot)


def _reason(slot: Slot) -> str:
    if any(value.is_several for value in slot.values):
        return RUN_TOGETHER
    if slot.gap.is_foreign:
        return FOREIGN
    if len(slot.values) > slot.width:
        return TOO_MANY
    if len(slot.values) < slot.width and any(v.is_run and len(v.raw) > 1 for v in slot.values):
        return RUN_TOGETHER
    return TOO_FEW


def _readings(slot: Slot, ink: Ink) -> list[list[Value]]:
    """The row's values with and without the pieces that may be page furniture."""
    values = slot.values
    groups = sorted({value.group for value in values if value.group})[:3]
    readings: list[list[Value]] = []
    for size in range(len(groups), -1, -1):
        for dropped in combinations(groups, size):
            reading = [value for value in values if value.group not in dropped]
            if reading not in readings:
                readings.append(reading)
    if any(len(reading) == slot.width for reading in readings):
        return readings
    for reading in list(readings):
        if len(reading) == slot.width + 1:
            readings += _without_one(slot, reading, ink)
    return readings


def _without_one(slot: Slot, values: list[Value], ink: Ink) -> list[list[Value]]:
    """Readings without a bare page number on a line of its own, or without the next label's number that lost its dot."""
    last = values[-1]
    if slot.ordinal_behind and last.raw == slot.ordinal_behind and not ink.text[last.end : slot.behind].strip():
        return [values[:-1]]
    alone = [v for v in values if v.is_run and len(v.raw) <= 3 and ink.stands_alone(v.start, v.end)]
    if len(alone) == len(values):
        return []
    found = [[v for v in values if v is not page] for page in alone]
    if len(found) > 1 and slot.width > 2:
        found = [reading for reading in found if _adds_up(reading)]
    return found


def _adds_up(values: Sequence[Value]) -> bool:
    numbers = [value.value or 0 for value in values]
    return sum(numbers[:-1]) == numbers[-1]


def _place_fields(slots: Sequence[Slot], ink: Ink) -> None:
    """Rows with empty cells, where tabs, bars or a grid mark the fields."""
    shapes: Counter[tuple[tuple[int, int, int], tuple[int, ...]]] = Counter()
    for slot in slots:
        if slot.cells and all(slot.cells) and (key := _key(slot, ink)):
            fields = tuple(value.field for value in slot.values)
            if len(set(fields)) == len(fields) and len({value.line for value in slot.values}) == 1:
                shapes[(key, fields)] += 1
    for slot in slots:
        if (slot.cells is None or slot.is_blank) and len(slot.values) < slot.width:
            _place_row(slot, shapes, ink)


def _key(slot: Slot, ink: Ink) -> tuple[int, int, int] | None:
    """What rows of one layout share: the label's field, the number of fields, the number of cells."""
    place = ink.place(slot.anchor.start)
    return (place.field, ink.fields(slot.anchor.start), slot.width) if place.explicit else None


def _place_row(slot: Slot, shapes: Counter[tuple[tuple[int, int, int], tuple[int, ...]]], ink: Ink) -> None:
    key = _key(slot, ink)
    if key is None:
        return
    line = ink.place(slot.anchor.start).line
    if any(value.line != line or value.is_several for value in slot.values) or slot.gap.is_foreign:
        slot.cells, slot.reason = None, SHIFTED
        return
    own = {value.field: value for value in slot.values}
    if len(own) != len(slot.values):
        return
    candidates = {fields for (other, fields) in shapes if other == key}
    if not candidates and key[1] - key[0] - 1 == slot.width:
        candidates = {tuple(range(key[0] + 1, key[1]))}
    if not candidates and line < 0:
        candidates = {fields for (other, fields) in shapes if other[2] == slot.width}
    readings = {tuple(own.get(at) for at in fields) for fields in candidates if set(own) <= set(fields)}
    if len(readings) == 1:
        slot.cells = list(readings.pop())
    elif own:
        slot.cells, slot.reason = None, SHIFTED


def _doubt_blanks(slots: Sequence[Slot], ink: Ink) -> None:
    """A row without values is blank only where no row beside it has values too many."""
    for before, slot, behind in zip([None, *slots[:-1]], slots, [*slots[1:], None], strict=True):
        if slot.is_blank and not ink.place(slot.anchor.start).explicit:
            for other in (before, behind):
                if other is not None and other.cells is None and len(other.values) > other.width:
                    slot.cells, slot.reason = None, NOTHING

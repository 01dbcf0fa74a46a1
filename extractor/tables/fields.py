"""Rows with empty cells, where tabs, bars or a grid mark the fields: a cell is read by its column.

A row is placed only where one layout is possible: that of full rows with as many fields, or that of the column
heads; and only where its label stands where such rows have theirs, since rows lose or gain a field in print.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from extractor.tables.ink import HAN_RUN
from extractor.tables.slots import NARROW, SHIFTED, Slot, adds_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extractor.tables.ink import Ink, Place
    from extractor.tables.tokens import Value

_Shape = tuple[int, ...]
_Shapes = dict[tuple[int, int], dict[_Shape, set[tuple[int, int]]]]


class _Row(NamedTuple):
    """Where a row's label stands, how many fields its line has, and whether a bar opens and closes it."""

    place: Place
    fields: int
    is_barred: bool


def place_fields(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> None:
    """Rows with empty cells, where tabs, bars or a grid mark the fields; ``before`` are the values before the first label."""
    filled = {value.line for values in (before, *(slot.gap.values for slot in slots)) for value in values}
    shapes: _Shapes = {}
    closed = [ink.is_barred(slot.anchor.start) for slot in slots]
    counts = [ink.fields(slot.anchor.start) for slot in slots]
    if 2 * sum(closed) <= len(slots):  # a row with a bar at both ends has two empty cells there, as others have not
        counts = [count + is_closed for count, is_closed in zip(counts, closed, strict=True)]
        closed = [False] * len(slots)
    for slot, count in zip(slots, counts, strict=True):
        place = ink.place(slot.anchor.start)
        if slot.cells and all(slot.cells) and place.explicit:
            fields = tuple(value.field for value in slot.values)
            if len(set(fields)) == len(fields) and len({value.line for value in slot.values}) == 1:
                seen = shapes.setdefault((count, slot.width), {})
                seen.setdefault(fields, set()).add((place.field, slot.depth))
    for slot, count, is_barred in zip(slots, counts, closed, strict=True):
        place = ink.place(slot.anchor.start)
        if not slot.values and place.explicit and place.line in filled:
            slot.cells, slot.reason = None, SHIFTED
        elif place.explicit and (slot.cells is None or slot.is_blank) and len(slot.values) < slot.width:
            _place_row(slot, _Row(place, count, is_barred), shapes, ink)


def doubt_odd_steps(slots: Sequence[Slot]) -> None:
    """Rows whose values stand in other fields, seen from the first, than those of most rows: an empty field is a cell."""
    steps = {
        slot.code: tuple(value.field - slot.values[0].field for value in slot.values)
        for slot in slots
        if slot.cells and all(slot.cells) and slot.width > NARROW and all(value.explicit for value in slot.values)
    }
    often = Counter(steps.values()).most_common(1)
    usual = often[0][0] if often and 2 * often[0][1] > len(steps) else None
    for slot in slots:
        if slot.code in steps and steps[slot.code] not in (usual, usual or tuple(range(slot.width))):
            slot.cells, slot.reason = None, SHIFTED


def _place_row(slot: Slot, row: _Row, shapes: _Shapes, ink: Ink) -> None:
    """Read a row by its fields where one layout only is possible for it."""
    place, count, is_barred = row
    slot.cells, slot.reason = None, SHIFTED
    if any(value.line != place.line or value.is_several for value in slot.values) or slot.gap.is_foreign:
        return
    own = {value.field: value for value in slot.values}
    if not own and slot.is_end:  # its values may stand beside the label's beginning
        return
    seen = shapes.get((count, slot.width), {})
    alike = {fields for fields, labels in seen.items() if (place.field, slot.depth) in labels}
    candidates = alike if len(alike) == 1 else set(seen)
    if not alike and len(slot.heads) == slot.width + 1 and count == slot.heads[-1]:
        candidates.add(slot.heads[:-1])
    if not candidates and count - place.field - 1 == slot.width and is_barred:
        candidates = {tuple(range(place.field + 1, count))}
    if len(candidates) != 1 or len(own) != len(slot.values):
        return
    (fields,) = candidates
    is_in_place = _is_in_place(slot, place.field, fields, is_barred) and (bool(alike) or len(seen) < 2)
    if not ink.has_grids:
        pieces = ink.pieces(slot.anchor.start)
        is_in_place &= not any(HAN_RUN.search(pieces[at]) for at in fields if at < len(pieces) and at not in own)
    if set(own) <= set(fields) and is_in_place and not _breaks_its_sum(slot, own, fields):
        slot.cells = [own.get(at) for at in fields]


def _is_in_place(slot: Slot, label: int, fields: _Shape, is_barred: bool) -> bool:
    """Whether the label stands as many fields before the values as its kind does: rows lose leading fields in print."""
    first = int(is_barred)
    if fields[0] - first == 1:
        return label == first
    if slot.depth == 0:
        return label == first or (first == 1 and fields[0] - label == 1)
    return fields[0] - label == 3 - slot.depth


def _breaks_its_sum(slot: Slot, own: Mapping[int, Value], fields: _Shape) -> bool:
    """Whether a row placed so has a total that its other cells do not make."""
    total = own.get(fields[-1])
    return slot.width > NARROW and total is not None and not adds_up([own.get(at) for at in fields])

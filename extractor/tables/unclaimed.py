"""Values that no row takes: what may be theirs is in doubt, a blank row above all.

Labels that are not found, columns printed behind all labels and lines among foreign words leave values over. Their rows'
neighbours would take them, or look blank; such rows stay unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.tables.slots import NARROW, NOTHING, Border, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence


def doubt_blanks(slots: Sequence[Slot], borders: Sequence[Border]) -> None:
    """No row is blank for sure where a row has values too many, or the values of two rows are nobody's: columns may be
    printed behind all labels. Nor is the first where values stand before it that do not number the columns."""
    above = [value.value for line in borders[0].lines for value in line]
    first = slots[0]
    if first.is_blank and len(above) >= first.width and above != list(range(1, len(above) + 1)):
        first.cells, first.reason = None, NOTHING
    has_too_many = any(slot.cells is None and len(slot.values) > slot.width for slot in slots)
    printed = sum(len(slot.gap.values) + slot.gap.left_out for slot in slots)
    free = printed - sum(len(slot.values) for slot in slots if slot.cells)
    for slot in slots:
        if slot.is_blank and (has_too_many or free >= 2 * slot.width):
            slot.cells, slot.reason = None, NOTHING


def doubt_behind_unclaimed(slots: Sequence[Slot], borders: Sequence[Border]) -> None:
    """Rows behind values that no row takes, since a label between was not found, or only its end: they are read only from
    values on their own label's lines, and where that label was found from its beginning on."""
    for before, slot, border in zip(slots, slots[1:], borders[2:], strict=False):
        own = {value for line in border.lines[: border.own] for value in line}
        is_own = own.issuperset(slot.values)
        has_too_many = before.cells is None and len(before.values) > before.width
        is_left_out = before.gap.left_out >= slot.width > NARROW
        if slot.cells and ((is_left_out and not is_own) or (has_too_many and slot.is_end)):
            slot.cells, slot.reason = None, NOTHING


def doubt_free_lines(slots: Sequence[Slot], borders: Sequence[Border]) -> None:
    """Where one row of a stretch of lines on their own is empty or odd, none of these lines is surely any row's."""
    free = [border.most > border.least for border in borders]
    begin = 0
    for index in range(len(slots)):
        if index + 1 < len(slots) and free[index + 1]:
            continue
        stretch = slots[begin : index + 1]
        if any(slot.is_odd or slot.is_blank for slot in stretch) and len(stretch) > 1:
            lines = [line for border in borders[begin : index + 2] for line in border.lines[border.least : border.most]]
            loose = {value for line in lines for value in line}
            for slot in stretch:
                if slot.cells is not None and loose & set(slot.values):
                    slot.cells, slot.reason = None, NOTHING
        begin = index + 1

"""Numbers alone on their lines: a page's or a label's number may stand where a cell is empty, or a neighbour's value.

Empty cells leave nothing in running text, so in a table that has such cells a row with as many values as cells may
still hold a number that is none of its own. What the row's lines, its sum and the table's other rows do not speak for
stays unread.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from extractor.tables.slots import NOTHING, Slot, adds_up, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink
    from extractor.tables.tokens import Value

_DIGITS = 3
_CUT = "the line's end may cut the total"
_BELOW = re.compile(r"[ \t|*]*\r?\n[ \t*]*(\d{1,9})[ \t*]*(?=[\r\n\f]|$)")
_MAY_BE_PAGE = "a number on a line of its own may be a page number"


def doubt_odd_lines(slots: Sequence[Slot], ink: Ink) -> None:
    """Rows in other lines than the table's rows are printed in, where that may come from a neighbour or a page's number.

    In a table with rows that lack values, a row over several lines is read only in the lines usual there. A row that
    breaks its sum and holds a short number alone on its line needs usual lines and no such rows.
    """
    full = [slot for slot in slots if slot.cells and all(slot.cells)]
    often = Counter(_shape(slot) for slot in full).most_common(2)
    usual = often[0][0] if often and (len(often) == 1 or often[0][1] > often[1][1]) else ()
    is_regular = len(full) == len(slots)
    for slot in full:
        shape = _shape(slot)
        is_usual = shape == usual and 2 * often[0][1] > len(full)
        if len(shape) > 1 and not is_usual and not is_regular:
            slot.cells, slot.reason = None, NOTHING
        elif not (is_usual and is_regular) and not adds_up(slot.values) and _has_lone_number(slot, ink):
            slot.cells, slot.reason = None, _MAY_BE_PAGE


def doubt_cut_numbers(slots: Sequence[Slot], ink: Ink) -> None:
    """Rows whose sum fails, and holds with the figures that stand alone on the next line: the line's end cut the total."""
    for slot in slots:
        if not slot.cells or not slot.values or (slot.cells[-1] and adds_up(slot.cells)):
            continue
        below = _BELOW.match(ink.text, slot.values[-1].end)
        if below is None:
            continue
        others = sum((cell.value or 0) for cell in slot.cells[:-1] if cell)
        last = slot.cells[-1]
        if str(others) == f"{last.raw if last else ''}{below[1]}":
            slot.cells, slot.reason = None, _CUT


def doubt_unclaimed_row(slots: Sequence[Slot], before: Sequence[Value], ink: Ink) -> None:
    """Where a whole row of values before the first label is no row's, rows printed on lines of their own may be shifted."""
    numbers = [value.value for value in before]
    is_count = numbers == list(range(1, len(numbers) + 1))
    if len(before) < slots[0].width or is_count or before[0] in slots[0].values:
        return
    for slot in slots:
        if slot.cells is not None and slot.values and slot.values[0].line != ink.line(slot.anchor.end - 1):
            slot.cells, slot.reason = None, NOTHING


def doubt_lone_blanks(slots: Sequence[Slot]) -> None:
    """A row without any value is not blank for sure where the rows beside it could not be read: its label may be
    another's, as 总计 of heads printed again is."""
    unread = [True, *(slot.cells is None for slot in slots), True]
    for place, slot in enumerate(slots, 1):
        if slot.is_blank and unread[place - 1] and unread[place + 1]:
            slot.cells, slot.reason = None, NOTHING


def _shape(slot: Slot) -> tuple[int, ...]:
    """How many values of a row stand on each of its lines."""
    return tuple(map(len, lines_of(slot.values)))


def doubt_lone_rows(slots: Sequence[Slot], ink: Ink, *, lacks_values: bool = False) -> None:
    """Rows without a sum that hold a number alone on its line, which may be a page's in the place of an empty cell: not
    read where cells of the table, or of another one (``lacks_values``), are empty."""
    if not lacks_values and all(slot.cells is not None and all(slot.cells) for slot in slots):
        return
    for slot in slots:
        if slot.cells is not None and _has_lone_number(slot, ink):
            slot.cells, slot.reason = None, _MAY_BE_PAGE


def _has_lone_number(slot: Slot, ink: Ink) -> bool:
    """Whether a value may be the number of a page or of a label: short, not 0, and alone on its line."""
    short = [value for value in slot.values if value.is_run and len(value.raw) <= _DIGITS and value.value]
    return any(ink.stands_alone(value.start, value.end) for value in short)

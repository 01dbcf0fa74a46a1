"""Rows of part three whose digits run together: split where the form's sums allow one split only.

A row is split only where its own sum fits, and all rows at once only where the sums of the columns hold too; one
split left over is a reading, several are none.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from extractor.tables import split
from extractor.tables.reading import RowReading
from extractor.tables.slots import RUN_TOGETHER, Slot, adds_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extractor import form
    from extractor.tables.tokens import Value

COLUMNS = 7
_COMBINATIONS = 3_000
_SUMS = 1_000
_FEW = 8
_DECIMAL = "a count cannot have decimals"
_SUM_DOUBT = "the split that fits the row's sum does not fit the columns' sums"


def solve(slots: Sequence[Slot], printed: form.TableForm, *, may_split: bool) -> dict[str, RowReading]:
    """Rows as read, those with digits run together as far as the sums settle them; ``may_split`` that sums are printed."""
    is_joined = any(slot.reason == RUN_TOGETHER for slot in slots if slot.cells is None)
    for slot in slots:
        if is_joined and slot.cells and not adds_up(slot.cells):
            slot.cells, slot.reason = None, RUN_TOGETHER
    rows = {slot.code: _as_read(slot) for slot in slots}
    open_slots = [slot for slot in slots if slot.cells is None and _can_be_split(slot)]
    candidates = {slot.code: _candidates(slot) for slot in open_slots}
    candidates = {code: found for code, found in candidates.items() if found}
    if not candidates or not may_split:
        return rows
    settled = _settle_columns(candidates, rows, printed)
    for slot in open_slots:
        cut = settled.get(slot.code)
        if cut is not None:
            rows[slot.code] = RowReading(split.place_cut(slot.values, cut))
        elif slot.code in candidates:
            rows[slot.code].reason = RUN_TOGETHER if len(candidates[slot.code]) > 1 else _SUM_DOUBT
    return rows


def _as_read(slot: Slot) -> RowReading:
    at = slot.anchor.start
    if slot.cells is None:
        return RowReading(None, slot.reason, slot.values, at)
    if any(value is not None and isinstance(value.value, float) for value in slot.cells):
        return RowReading(None, _DECIMAL, slot.values, at)
    return RowReading(slot.cells, at=at)


def _can_be_split(slot: Slot) -> bool:
    """Bare digits that may hold more cells than there are pieces."""
    pieces = [value.raw for value in slot.values]
    if slot.is_odd or slot.reason != RUN_TOGETHER or not all(value.is_run for value in slot.values):
        return False
    return len(pieces) <= COLUMNS and len("".join(pieces)) >= COLUMNS


def _candidates(slot: Slot) -> tuple[tuple[str, ...], ...]:
    pieces = tuple(value.raw for value in slot.values)
    found = split.sums(pieces, COLUMNS)
    if found is None or split.has_blanks(pieces, COLUMNS):
        return ()
    last = pieces[-1]
    if slot.ordinal_behind and last.endswith(slot.ordinal_behind) and slot.values[-1].end == slot.behind:
        shorter = (*pieces[:-1], last[:-1]) if len(last) > 1 else pieces[:-1]
        found += split.sums(shorter, COLUMNS) or ()
    return found


def _settle_columns(
    candidates: Mapping[str, Sequence[tuple[str, ...]]], rows: Mapping[str, RowReading], printed: form.TableForm
) -> dict[str, tuple[str, ...]]:
    """The cut of each row that all sums of the columns allow, where that is one."""
    known = {code: _numbers(row.values) for code, row in rows.items() if row.values is not None}
    several = prod(map(len, candidates.values())) > _FEW
    possible = _possible(candidates, known, rows, printed) if several else candidates
    if prod(map(len, possible.values())) > _COMBINATIONS:
        return {code: cuts[0] for code, cuts in possible.items() if len(cuts) == 1}
    names = list(possible)
    fitting = []
    for cuts in product(*possible.values()):
        numbers: dict[str, Sequence[float]] = {
            **known,
            **{code: [int(cell) for cell in cut] for code, cut in zip(names, cuts, strict=True)},
        }
        if _columns_hold(numbers, rows, printed):
            fitting.append(cuts)
    if not fitting:
        return {code: cuts[0] for code, cuts in candidates.items() if len(cuts) == 1 and _is_sure(cuts[0])}
    agreed = zip(names, zip(*fitting, strict=True), strict=True)
    return {code: cuts[0] for code, cuts in agreed if len(set(cuts)) == 1}


def _possible(
    candidates: Mapping[str, Sequence[tuple[str, ...]]],
    known: Mapping[str, Sequence[float]],
    rows: Mapping[str, RowReading],
    printed: form.TableForm,
) -> dict[str, Sequence[tuple[str, ...]]]:
    """The cuts that some cuts of the other rows go with in each column's sum; none of a row where no sum can hold."""
    left = dict(candidates)
    before = -1
    while before != (before := sum(map(len, left.values()))):
        for identity in printed.identities:
            members = dict.fromkeys(identity.left, 1) | dict.fromkeys(identity.right, -1)
            members = {code: sign for code, sign in members.items() if code in rows}
            if identity.sum_of != "rows" or any(code not in known and code not in left for code in members):
                continue
            open_rows = [code for code in members if code in left]
            for column in range(COLUMNS):
                offset = sum(sign * known[code][column] for code, sign in members.items() if code in known)
                terms = [{members[code] * int(cut[column]) for cut in left[code]} for code in open_rows]
                for code, values in zip(open_rows, _in_some_sum(terms, -offset), strict=True):
                    left[code] = [cut for cut in left[code] if members[code] * int(cut[column]) in values]
    return left


def _in_some_sum(terms: Sequence[set[int]], wanted: float) -> Sequence[set[int]]:
    """Of each term's values those that make the sum wanted with some values of the other terms; all, past a bound."""
    behind: list[set[float]] = [{0}]
    for values in reversed(terms):
        behind.append({rest + value for rest in behind[-1] for value in values})
        if len(behind[-1]) > _SUMS:
            return terms
    behind.reverse()
    before: set[float] = {0}
    kept = []
    for values, rest in zip(terms, behind[1:], strict=True):
        kept.append({value for value in values if any(wanted - value - sum_ in rest for sum_ in before)})
        before = {sum_ + value for sum_ in before for value in values}
    return kept


def _is_sure(cut: Sequence[str]) -> bool:
    """Whether the digits could be cut in no other way: one digit a cell."""
    return all(len(cell) == 1 for cell in cut)


def _numbers(values: Sequence[Value | None]) -> list[float]:
    return [(value.value or 0) if value else 0 for value in values]


def _columns_hold(
    numbers: Mapping[str, Sequence[float]], rows: Mapping[str, RowReading], printed: form.TableForm
) -> bool:
    """Whether the sums over rows hold in each column; rows that stay unread may only leave room to fill."""
    for identity in printed.identities:
        if identity.sum_of != "rows" or not any(code in numbers for code in identity.right):
            continue
        unread = [code for code in (*identity.left, *identity.right) if code in rows and code not in numbers]
        for column in range(COLUMNS):
            left = sum(numbers[code][column] for code in identity.left if code in numbers)
            right = sum(numbers[code][column] for code in identity.right if code in numbers)
            if unread and set(unread) <= set(identity.left) and left <= right:
                continue
            if unread and not set(unread) <= set(identity.left):
                continue
            if left != right:
                return False
    return True

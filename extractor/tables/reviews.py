"""Part four (行政复议、行政诉讼情况): fifteen cells in three groups of five, each group with its sum.

The heads are printed in every order that a page can bring them into, but from few characters; so a run of these
characters marks the heads, and the cells are the values behind or between them, in the order of the groups.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from extractor.tables import split
from extractor.tables.reading import RowReading, TableReading, known_words
from extractor.tables.scan import scan
from extractor.tables.slots import PAGE_NUMBER, RUN_TOGETHER, TOO_FEW, TOO_MANY, adds_up
from extractor.tables.tokens import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_GROUPS = ("review", "litigation_direct", "litigation_after_review")
_CELLS = 5
_HEADS = re.compile("[行政复议诉讼未经直接起后结果维持纠正其他尚审总合计]{4,}")
_NEAR = 30
_LEAST = 36
_START = re.compile("行政复议")
_HEADING = re.compile("行政(?:法)?复议.{0,3}行政诉讼(?:的?情况)?")
_NUMBER_LINE = re.compile(r"(?:^|(?<=[\r\n\f]))[\d \t|,/\-件无不涉及适用]{9,}(?=[\r\n\f]|$)")
_SPOKEN = re.compile(r"[^\d\r\n。)]{0,4}\d+\s?[件起宗]\s?(?:[;。、]|[,(]\s?(?!无|不涉及|不适用))")
_FAR = 900
_NEXT_LINES = 5
_NO_HEADS = "the table's heads are not printed"
_DECIMAL = "a count cannot have decimals"


def read_reviews(ink: Ink, floor: int) -> TableReading | None:
    """The table behind ``floor``; None where neither heads nor values of it stand there."""
    words = known_words("review_litigation")
    zones = _zones(ink, floor)
    if not zones:
        return _without_heads(ink, floor)
    begin, end, _ = max(zones, key=itemgetter(2))
    begin = _first_head(ink, begin, end)
    start = ink.source(begin)
    label_end = ink.source(end - 1) + 1
    between = scan(ink, start, label_end, start, words)
    behind = scan(ink, label_end, len(ink.text), label_end, words, is_last=True)
    heads = ink.han[begin:end]
    has_total = "合计" in heads and heads.count("总计") >= len(_GROUPS)
    values = [*between.values, *behind.values]
    if len(behind.values) == len(_GROUPS) * _CELLS + has_total and all(_stands_alone(v, ink) for v in between.values):
        values = behind.values
    if any(value.explicit for value in values):
        values = [value for value in values if value.explicit or not _stands_alone(value, ink)]
    loose = all(not value.explicit and (value.group or _stands_alone(value, ink)) for value in values)
    rows = _blank_row(ink, label_end, start) if loose else {}
    rows = rows or _read(values, ink, start, has_total=has_total)
    elsewhere = len(_GROUPS) * (len(zones) - 1)
    return TableReading("review_litigation", "2021", rows, start, max(label_end, behind.end), elsewhere=elsewhere)


def _blank_row(ink: Ink, label_end: int, at: int) -> dict[str, RowReading]:
    """All cells blank, where a line of as many marked fields as the table has cells follows the heads, all empty."""
    cells = len(_GROUPS) * _CELLS
    end = ink.line_bounds(label_end)[1]
    for _ in range(_NEXT_LINES):
        start = end + len(ink.text[end : end + 4]) - len(ink.text[end : end + 4].lstrip("\r\n\f"))
        if start >= len(ink.text):
            break
        end = ink.line_bounds(start)[1]
        line = ink.text[start:end]
        first = 1 if ink.is_barred(start) else 0
        if not line.strip(" \t|") and ("\t" in line or "|" in line) and ink.fields(start) - first == cells:
            return {code: RowReading([None] * _CELLS, at=at) for code in _GROUPS}
    return {}


def _without_heads(ink: Ink, floor: int) -> TableReading | None:
    """A line of values behind the section's heading, without heads: read only where all sums hold."""
    place = ink.han_place(floor)
    heading = _HEADING.search(ink.han, place, min(len(ink.han), place + 200))
    if heading is None:
        return None
    start = ink.source(heading.end() - 1) + 1
    words = known_words("review_litigation")
    lines = _NUMBER_LINE.finditer(ink.text, start, min(len(ink.text), start + _FAR))
    for at in (start, *(line.start() for line in lines)):
        found = scan(ink, at, len(ink.text), at, words, is_last=True)
        if sum(len(value.raw) for value in found.values) >= len(_GROUPS) * _CELLS:
            break
    else:
        return None
    rows = _read(found.values, ink, start, has_total=False)
    groups = [row.values for row in rows.values()]
    if not all(values is not None and adds_up(values) for values in groups):
        rows = {code: RowReading(None, _NO_HEADS, found.values, start) for code in _GROUPS}
    return TableReading("review_litigation", "2021", rows, found.values[0].start, found.end)


def _zones(ink: Ink, floor: int) -> list[list[int]]:
    """Where heads stand in the stream of Chinese characters, and how many: near runs of their characters, taken together
    where no full stop parts them.

    Sentences that say the same (行政复议19件，其中结果维持11件) are no heads.
    """
    zones: list[list[int]] = []
    for match in _HEADS.finditer(ink.han, ink.han_place(floor)):
        if _SPOKEN.match(ink.text, ink.source(match.end() - 1) + 1):
            continue
        is_near = bool(zones) and match.start() - zones[-1][1] <= _NEAR
        if is_near and bisect_right(ink.stops, zones[-1][1]) == bisect_right(ink.stops, match.start()):
            zones[-1][1] = match.end()
            zones[-1][2] += match.end() - match.start()
        else:
            zones.append([match.start(), match.end(), match.end() - match.start()])
    return [zone for zone in zones if zone[2] >= _LEAST and _is_heads(ink.han[zone[0] : zone[1]])]


def _is_heads(han: str) -> bool:
    """Whether results and both kinds of lawsuits are named."""
    return all(han.count(word) >= 1 for word in ("维", "纠", "审")) and "起诉" in han and han.count("计") >= 2


def _first_head(ink: Ink, begin: int, end: int) -> int:
    """The heads without the section's own heading before them, which names the same two things."""
    run = ink.han[begin:end]
    first = re.search("行政复议行政诉讼(?:结|其|尚|未|总)|行政复议(?:结|维)", run)
    return begin + first.start() if first else begin


def _read(values: Sequence[Value], ink: Ink, at: int, *, has_total: bool) -> dict[str, RowReading]:
    cells = len(_GROUPS) * _CELLS
    placed_fields = _by_fields(values, ink, cells + has_total)
    if placed_fields:
        return {code: _row(placed_fields[i * _CELLS : (i + 1) * _CELLS], at) for i, code in enumerate(_GROUPS)}
    kept = _without_page_numbers(values, cells + has_total, ink)
    printed = len(kept)
    if has_total:
        kept = _without_total(kept)
    groups = [kept[i : i + _CELLS] for i in range(0, len(kept), _CELLS)]
    touches = any(value.end == behind.start for value, behind in pairwise(kept))
    is_loose = all(ink.stands_alone(value.start, value.end) for value in kept)
    lacks_total = has_total and printed == cells
    in_doubt = lacks_total or touches or is_loose or printed < sum(not v.group for v in values) or _share_fields(kept)
    if (lacks_total and touches) or (in_doubt and not all(adds_up(group) for group in groups)):
        return {code: RowReading(None, RUN_TOGETHER if touches else PAGE_NUMBER, kept, at) for code in _GROUPS}
    if len(kept) == cells and not any(value.is_several for value in kept):
        return {code: _row(kept[i * _CELLS : (i + 1) * _CELLS], at) for i, code in enumerate(_GROUPS)}
    cut = _cut(kept, has_total=has_total)
    if cut is not None:
        placed = split.place_cut(kept, cut)
        return {code: RowReading(placed[i * _CELLS : (i + 1) * _CELLS], at=at) for i, code in enumerate(_GROUPS)}
    if len(kept) > cells:
        reason = TOO_MANY
    else:
        reason = RUN_TOGETHER if any(value.is_run and len(value.raw) > 1 for value in kept) else TOO_FEW
    return {code: RowReading(None, reason, kept, at) for code in _GROUPS}


def _without_total(values: Sequence[Value]) -> list[Value]:
    """The values without a further 合计 at the end, where it is the sum of the groups' totals."""
    numbers = [value.value or 0 for value in values]
    if len(values) == len(_GROUPS) * _CELLS + 1 and sum(numbers[_CELLS - 1 : -1 : _CELLS]) == numbers[-1]:
        return list(values[:-1])
    return list(values)


def _by_fields(values: Sequence[Value], ink: Ink, cells: int) -> list[Value | None]:
    """The cells of one marked line that has as many fields as the table, empty ones among them; else nothing."""
    marked = [value for value in values if value.explicit]
    if not marked or len({value.line for value in marked}) != 1 or any(value.is_several for value in marked):
        return []
    if any(not value.explicit and not value.group and not ink.stands_alone(value.start, value.end) for value in values):
        return []
    own = {value.field: value for value in marked}
    first = 1 if ink.is_barred(marked[0].start) else 0
    if len(own) != len(marked) or ink.fields(marked[0].start) - first != cells:
        return []
    cells_in_order = [own.get(first + at) for at in range(len(_GROUPS) * _CELLS)]
    groups = [cells_in_order[i : i + _CELLS] for i in range(0, len(cells_in_order), _CELLS)]
    is_closed = first == 1 or marked[0].line < 0 or cells_in_order[-1] is not None
    is_whole = all(cells_in_order) or (is_closed and all(adds_up(group) for group in groups))
    return cells_in_order if is_whole else []


def _row(values: Sequence[Value | None], at: int) -> RowReading:
    if any(value is not None and isinstance(value.value, float) for value in values):
        return RowReading(None, _DECIMAL, [value for value in values if value], at)
    return RowReading(list(values), at=at)


def _without_page_numbers(values: Sequence[Value], cells: int, ink: Ink) -> list[Value]:
    """The values without dashed numbers, or numbers alone on a line, where just the table's cells are left then."""
    inline = [value for value in values if not value.group or not _is_whole_line(values, value.group, ink)]
    alone = [ink.stands_alone(value.start, value.end) for value in inline]
    main = alone.index(False) if False in alone else len(inline)
    if main < len(inline):
        inline = inline[main:]
    plain = [value for value in inline if not value.group]
    for kept in (plain, inline):
        if len(kept) > cells:
            beside = [value for value in kept if not _stands_alone(value, ink)]
            if len(beside) == cells:
                return beside
        if len(kept) == cells:
            return kept
    return inline


def _stands_alone(value: Value, ink: Ink) -> bool:
    """Whether a value may be a page number: short, and alone on its line."""
    return len(value.raw) <= 3 and ink.stands_alone(value.start, value.end)


def _is_whole_line(values: Sequence[Value], group: int, ink: Ink) -> bool:
    """Whether a number between dashes has a line of its own."""
    parts = [value for value in values if value.group == group]
    return ink.stands_alone(parts[0].start, parts[-1].end)


def _share_fields(values: Sequence[Value]) -> bool:
    """Whether two values stand in one marked field, as 1 234 does, while others have fields of their own."""
    fields = {(value.line, value.field) for value in values if value.explicit}
    return 1 < len(fields) < len(values)


def _cut(values: Sequence[Value], *, has_total: bool) -> tuple[str, ...] | None:
    """The one cut of digits run together that all three sums allow, with or without a further 合计 where one is headed."""
    if not values or not all(value.is_run for value in values):
        return None
    pieces = tuple(value.raw for value in values)
    if split.has_blanks(pieces, _CELLS, len(_GROUPS)):
        return None
    found = split.groups(pieces, _CELLS, len(_GROUPS))
    if found is None:
        return None
    cuts = set(found)
    for length in range(1, len(pieces[-1]) + 1 if has_total else 1):
        rest = (*pieces[:-1], pieces[-1][:-length]) if length < len(pieces[-1]) else pieces[:-1]
        shorter = split.groups(rest, _CELLS, len(_GROUPS)) if rest else ()
        if shorter is None:
            return None
        total = pieces[-1][-length:]
        cuts |= {cut for cut in shorter if total == str(sum(map(int, cut[_CELLS - 1 :: _CELLS])))}
    return cuts.pop() if len(cuts) == 1 else None

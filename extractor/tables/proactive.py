"""Part two (主动公开政府信息情况): few rows of one to three cells, and no sums to check them by.

So nothing here is ever split: digits run together are read only where one cut exists at all. Which edition's table
is printed is told by its heads, not by the report's year: old tables are found in new reports.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from extractor import form
from extractor.tables import split
from extractor.tables.anchors import Anchor, Finder, Item, complete
from extractor.tables.lone import doubt_lone_rows
from extractor.tables.reading import RowReading, TableReading, head_start, known_words
from extractor.tables.rows import assign
from extractor.tables.scan import Gap, scan
from extractor.tables.slots import NOTHING, RUN_TOGETHER, SHIFTED, Slot
from extractor.tables.tokens import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_REACH = 60
_ALL_HEADS = {head.code for e in ("2021", "2019") for head in form.EDITIONS[e].tables["proactive"].heads}
_BEHIND = 60
_LONE = "a number alone on its line may be a page number"
_ORDER = (
    ("article", "第二十条第一项", (0,)),
    ("contents", "信息内容", (1, 8, 15, 22, 28)),
    ("issued", "", (2,)),
    ("made", "", (2,)),
    ("repealed", "", (3,)),
    ("newly_disclosed", "", (3,)),
    ("in_force", "", (4,)),
    ("total_disclosed", "", (4,)),
    ("regulations", "", (5,)),
    ("normative_documents", "", (6,)),
    ("article", "第二十条第五项", (7,)),
    ("previous_items", "", (9, 16, 23)),
    ("change", "", (10, 17, 24)),
    ("decisions", "", (11, 18)),
    ("permits", "", (12,)),
    ("other_services", "", (13,)),
    ("article", "第二十条第六项", (14,)),
    ("penalties", "", (19,)),
    ("coercive_measures", "", (20,)),
    ("article", "第二十条第八项", (21,)),
    ("amount_10k_yuan", "", (25,)),
    ("fees", "", (26,)),
    ("article", "第二十条第九项", (27,)),
    ("items", "", (29,)),
    ("procurement", "", (30,)),
)


@lru_cache(maxsize=1)
def _finder() -> Finder:
    heads = {h.code: h for e in ("2021", "2019") for h in form.EDITIONS[e].tables["proactive"].heads}
    rows = {r.code: r for e in ("2021", "2019") for r in form.EDITIONS[e].tables["proactive"].rows}
    items = []
    for code, label, order in _ORDER:
        if code in rows:
            items.append(Item("row", code, rows[code].label, order, rows[code].also))
        elif code in heads:
            items.append(Item("head", code, heads[code].label, order, heads[code].also))
        else:
            items.append(Item("head", code, label, order))
    return Finder(items, _REACH)


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {row.code: row.label for e in ("2021", "2019") for row in form.EDITIONS[e].tables["proactive"].rows}


def read_proactive(ink: Ink, floor: int, *, lacks_values: bool = False) -> TableReading | None:
    """The table behind ``floor``; None where no three of its rows stand together with a head of it.

    ``lacks_values`` tells that another table of the report leaves cells empty.
    """
    anchors, elsewhere = _finder().find(ink)
    words = known_words("proactive")
    anchors = complete(ink, anchors, _labels(), words.explains)
    rows = [found for found in anchors if found.kind == "row"]
    heads = {found.code for found in anchors if found.kind == "head"}
    if len(rows) < 3 or (not heads and len(rows) < 5):
        return None
    gaps, walls = _gaps(ink, anchors)
    edition = _edition(anchors, gaps)
    printed = form.EDITIONS[edition].tables["proactive"]
    widths = {row.code: len(row.columns) for row in printed.rows}
    slots = [
        Slot(found.code, widths[found.code], found, gaps[found.code], wall=walls.get(found.code, 0))
        for found in rows
        if found.code in widths
    ]
    for slot in slots:
        slot.heads = _head_fields(ink, anchors, slot)
    assign(slots, _before(ink, anchors), ink)
    _collapse_repeats(slots, ink)
    _doubt_lone_numbers(slots, ink)
    doubt_lone_rows(slots, ink, lacks_values=lacks_values)
    if _has_heads_behind(ink, anchors):
        for slot in slots:
            if slot.is_blank:
                slot.cells, slot.reason = None, NOTHING
    readings = {slot.code: _reading(slot) for slot in slots}
    start = head_start(ink, anchors[0].start, floor, words)
    end = max(max(gap.end for gap in gaps.values()), anchors[-1].end)
    return TableReading("proactive", edition, readings, start, end, _doubtful(slots, printed), elsewhere)


def _doubtful(slots: Sequence[Slot], printed: form.TableForm) -> tuple[str, ...]:
    """Rows not found beside one that could not be read: they may be printed."""
    found = {slot.code: slot for slot in slots}
    doubtful: list[str] = []
    before: Slot | None = None
    for row in printed.rows:
        if row.code in found:
            before = found[row.code]
        elif before is None or before.cells is None or before.gap.is_foreign:
            doubtful.append(row.code)
    return tuple(doubtful)


def _gaps(ink: Ink, anchors: Sequence[Anchor]) -> tuple[dict[str, Gap], dict[str, int]]:
    """What stands behind each row's label up to the next label, and where heads of the next row begin."""
    words = known_words("proactive")
    gaps: dict[str, Gap] = {}
    walls: dict[str, int] = {}
    rows = [index for index, found in enumerate(anchors) if found.kind == "row"]
    for index, following in zip(rows, [*rows[1:], None], strict=True):
        found = anchors[index]
        stop = len(ink.text) if following is None else anchors[following].start
        gaps[found.code] = scan(ink, found.start, stop, found.end, words, is_last=following is None, takes_words=True)
        behind = anchors[index + 1 : index + 2]
        if following is not None and behind and behind[0].kind == "head":
            walls[found.code] = behind[0].start
            heads = range(behind[0].start, anchors[following - 1].end)
            gap = gaps[found.code]
            kept = [value for value in gap.values if value.start not in heads or value.explicit]
            gap.left_out += len(gap.values) - len(kept)
            gap.values = kept
    return gaps, walls


def _edition(anchors: Sequence[Anchor], gaps: dict[str, Gap]) -> str:
    """The edition whose heads and rows are printed; without heads, the one that the cells' number fits."""
    score = {}
    codes = {found.code for found in anchors}
    for code in ("2021", "2019"):
        printed = form.EDITIONS[code].tables["proactive"]
        score[code] = 2 * len(codes & {head.code for head in printed.heads})
        rows = {row.code: len(row.columns) for row in printed.rows}
        score[code] -= 9 * len([row for row in gaps if row not in rows])
        score[code] -= 3 * len([row for row in rows if row not in gaps])
        if not codes & _ALL_HEADS:
            score[code] += sum(len(gap.values) == rows.get(row) for row, gap in gaps.items())
    return "2021" if score["2021"] >= score["2019"] else "2019"


def _head_fields(ink: Ink, anchors: Sequence[Anchor], slot: Slot) -> tuple[int, ...]:
    """The fields of a row's cells as the heads above it mark them, and the number of fields; empty without marks."""
    above = [found for found in anchors if found.code == "contents" and found.start < slot.anchor.start]
    if not above:
        return ()
    head, label = ink.place(above[-1].start), ink.place(slot.anchor.start)
    if not head.explicit or head.field != label.field:
        return ()
    first = head.field + 1
    return (*range(first, first + slot.width), ink.fields(above[-1].start))


def _has_heads_behind(ink: Ink, anchors: Sequence[Anchor]) -> bool:
    """Whether heads of the columns are printed behind the last label: the table stands column by column there."""
    place = anchors[-1].place_end
    behind = ink.han[place : place + _BEHIND]
    return any(head.label in behind for e in ("2021", "2019") for head in form.EDITIONS[e].tables["proactive"].heads)


def _before(ink: Ink, anchors: Sequence[Anchor]) -> list[Value]:
    """The values between the last head and the first label."""
    place = next(index for index, found in enumerate(anchors) if found.kind == "row")
    start = anchors[place - 1].end if place else ink.numbers_before(anchors[place].start)
    return scan(ink, start, anchors[place].start, start, known_words("proactive"), takes_words=True).values


def _doubt_lone_numbers(slots: Sequence[Slot], ink: Ink) -> None:
    """Rows of one value alone on its line, which may be a page's number where such are printed; not where most rows'
    values stand so."""
    filled = [slot for slot in slots if slot.values]
    below = [slot for slot in filled if slot.values[0].line != ink.line(slot.anchor.end - 1)]
    if 2 * len(below) > len(filled):
        return
    for slot in slots:
        short = {int(value.raw) for value in slot.values if value.is_run and len(value.raw) <= 3}
        if slot.cells is None or slot.width > 1 or not short:
            continue
        if all(ink.stands_alone(value.start, value.end) for value in slot.values):
            pages = ink.lone_numbers - short
            if any(number - 1 in pages or number + 1 in pages for number in short):
                slot.cells, slot.reason = None, _LONE


def _collapse_repeats(slots: Sequence[Slot], ink: Ink) -> None:
    """Rows whose wider cells are printed once a field: equal neighbours are one cell."""
    widest = max(slot.width for slot in slots)
    for slot in slots:
        if _may_repeat(slot, ink.place(slot.anchor.start).field):
            slot.cells, slot.reason = None, SHIFTED
        if slot.cells is not None or slot.width == widest or len(slot.values) != widest:
            continue
        if not all(value.explicit for value in slot.values):
            continue
        if slot.width == 1:
            kept = slot.values[:1] if len({value.raw for value in slot.values}) == 1 else []
        else:
            kept = [slot.values[0], slot.values[-1]] if slot.values[1].raw == slot.values[2].raw else []
        if len(kept) == slot.width:
            slot.values, slot.cells = kept, list(kept)


def _may_repeat(slot: Slot, label_field: int) -> bool:
    """Whether two equal values behind an empty field may be one wide cell that is printed twice."""
    if slot.width != 2 or slot.cells is None or len(slot.values) != 2 or not slot.values[0].explicit:
        return False
    return slot.values[0].raw == slot.values[1].raw and slot.values[0].field > label_field + 1


def _reading(slot: Slot) -> RowReading:
    at = slot.anchor.start
    if slot.cells is not None:
        return RowReading(slot.cells, at=at)
    pieces = tuple(value.raw for value in slot.values)
    is_one_line = len({value.line for value in slot.values}) == 1
    if is_one_line and all(value.is_run for value in slot.values) and slot.reason == RUN_TOGETHER:
        cut = split.only_cut(pieces, slot.width)
        if cut is not None:
            return RowReading(split.place_cut(slot.values, cut), at=at)
    return RowReading(None, slot.reason, slot.values, at)

"""The statistics annexes before 2019 (政府信息公开情况统计表): rows as printed, for this year and for all years.

Each region had its own list of indicators, so there are no labels to search for. What delimits a row is its unit of
counting (条, 件, 元): the words before it, back to the unit of the row above, are its label, and values are dealt
out to rows as in the official tables.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.report import Cell, Table
from extractor.tables import split
from extractor.tables.anchors import Anchor
from extractor.tables.annex import Annex
from extractor.tables.annex_row import Row, is_row
from extractor.tables.annex_titles import find_titled
from extractor.tables.lone import doubt_lone_rows
from extractor.tables.rows import assign
from extractor.tables.scan import Gap
from extractor.tables.slots import RUN_TOGETHER, TOO_FEW, TOO_MANY, Slot

if TYPE_CHECKING:
    from extractor.report import Report
    from extractor.tables.ink import Ink
    from extractor.tables.tokens import Value

_HEAD = re.compile("指标名称|统计指标|统计项目|统计内容|指标")
_HEAD_WORD = re.compile(
    "(?P<cumulative>历年累计数?|累计数?)|(?P<year>本年度?|年度?|统计数[据量值]?|数[量据值])|计量单位|单位|代码|序号|名称|指标|度"
)
_PUNCTUATION = (
    r"[：:、.．,，;；“”\"'‘’（）()《》<>\u2e80-\u2eff]"  # with the radicals that some PDFs print for characters (⻔)
)
_LETTERS = re.compile(r" ?[A-Za-z]{1,12} ?")
_NO_PUNCTUATION = re.compile(_PUNCTUATION.replace("[", "[^"))
_TOUCHING = re.compile(f"{_PUNCTUATION}+"), re.compile(rf"(?<=[\s|]){_PUNCTUATION}+$")
_CLOSES = re.compile(r"[一二三四五六七八九十]{1,3}[)）]")
_OPENED_ABOVE = re.compile(r"([(（])[^（()）\u3400-\u9fff]*[条件元个人次份篇场期项宗起]?[^（()）\u3400-\u9fff]*$")
_NEAR = 120
_CLOSED_BELOW = re.compile(r"[ \t|]*\r?\n[ \t|]*([)）])")
_CLOSING = frozenset("）)》”")
_POINT_BEHIND = re.compile(r"[.．、][\d\u3400-\u9fff]")
_POINT_BEFORE = re.compile(r"\d\.$")
SEVERAL_POINTS = "decimals run together that more than one split fits"
CODE = "the row's code does not stand before its unit as in other rows"
LABEL = "the lines of its label may belong to this row or to a neighbour"
_LEAST_ROWS = 3
_HEAD_LENGTH = 30


def read_statistics(ink: Ink, report: Report) -> tuple[Table | None, tuple[tuple[int, int], ...]]:
    """The annex's table and its region; None where no head with rows behind it is found."""
    best: tuple[int, Annex, tuple[str, ...]] | None = None
    for head in list(_HEAD.finditer(ink.han))[:8]:
        columns, place = _columns(ink.han, head.end())
        if not columns:
            continue
        annex = Annex(ink, "代码" in ink.han[head.start() : head.start() + _HEAD_LENGTH])
        begin = ink.source(place - 1) + 1
        annex.read(begin, _repeated_heads(ink, begin))
        if len(annex.rows) >= _LEAST_ROWS and (best is None or len(annex.rows) > len(best[1].rows)):
            best = (ink.source(head.start()), annex, columns)
    if best is None:
        return _read_titled(ink, report)
    start, annex, columns = best
    return Table("pre2019", "read", _cells(annex, columns, report)), ((start, annex.end),)


def _read_titled(ink: Ink, report: Report) -> tuple[Table | None, tuple[tuple[int, int], ...]]:
    """The table under a title whose column heads are lost or in pieces; its region alone where they do not tell columns."""
    found = find_titled(ink)
    if found is None:
        return None, ()
    if not found.columns:
        return None, ((found.start, found.end),)
    annex = Annex(ink, found.has_codes)
    annex.read(found.begin, [])
    region = ((found.start, max(found.end, annex.end)),)
    if len(annex.rows) < _LEAST_ROWS:
        return None, region
    return Table("pre2019", "read", _cells(annex, found.columns, report)), region


def _columns(han: str, place: int) -> tuple[tuple[str, ...], int]:
    """The value columns that the head names, and where it ends."""
    columns: list[str] = []
    while match := _HEAD_WORD.match(han, place):
        if match.group("year") and "this_year" not in columns:
            columns.append("this_year")
        if match.group("cumulative") and "cumulative" not in columns:
            columns.append("cumulative")
        place = match.end()
    return tuple(columns), place


def _repeated_heads(ink: Ink, place: int) -> list[tuple[int, int]]:
    """Where the heads are printed again, as behind a page break."""
    found = []
    for head in list(_HEAD.finditer(ink.han, ink.han_place(place)))[:20]:
        columns, end = _columns(ink.han, head.end())
        if columns:
            found.append((ink.source(head.start()), ink.source(end - 1) + 1))
    return found


def _cells(annex: Annex, columns: tuple[str, ...], report: Report) -> tuple[Cell, ...]:
    """The cells of all rows; where the annex prints codes of indicators (代码), each cell's note tells its row's."""
    slots: list[Slot] = []
    notes: list[str | None] = []
    odd: list[int] = []
    starts = [row.start for row in annex.rows]
    for row, following in zip(annex.rows, [*starts[1:], annex.end + 1], strict=True):
        own = [value for value in annex.values if row.start <= value.start < following]
        if is_row(annex.ink, row.unit_end - 1):
            own = [value for value in own if value.line == annex.ink.line(row.unit_end - 1)]
        codes = [value for value in own if value.start < row.unit_end and annex.has_codes]
        odd += [len(slots)] if annex.has_codes and len(codes) != 1 else []
        notes.append(f"code {codes[-1].raw}" if codes else None)
        gap = Gap([value for value in own if value not in codes], end=row.unit_end)
        anchor = Anchor("row", _label(row, report.text), row.start, row.unit_end, 0, 0)
        slots.append(Slot(anchor.code, len(columns), anchor, gap, behind=following, depth=1))
    counted = [slot for slot, row in zip(slots, annex.rows, strict=True) if not (row.is_heading and _take_dashes(slot))]
    if counted:
        assign(counted, [value for value in annex.values if value.start < starts[0]], annex.ink)
        doubt_lone_rows(counted, annex.ink)
    for index, (slot, row) in enumerate(zip(slots, annex.rows, strict=True)):
        if row.is_unsure:
            slot.cells, slot.reason = None, LABEL
        elif index in odd and 2 * len(odd) < len(slots):
            slot.cells, slot.reason = None, CODE
        if any(_is_cut_off(value, report.text) for value in slot.gap.values):
            slot.cells, slot.reason = None, SEVERAL_POINTS
    seen: dict[str, int] = {}
    cells: list[Cell] = []
    for slot, note in zip(slots, notes, strict=True):
        seen[slot.code] = seen.get(slot.code, 0) + 1
        name = slot.code if seen[slot.code] == 1 else f"{slot.code} ({seen[slot.code]})"
        cells += [replace(cell, note=cell.note or note) for cell in _row_cells(name, slot, columns, report)]
    return tuple(cells)


def _take_dashes(slot: Slot) -> bool:
    """Settle a heading's row, which has no values or marks only; False where figures stand behind it."""
    values = slot.gap.values
    if any(value.kind != "not_applicable" for value in values):
        return False
    slot.values = values
    if len(values) in (0, slot.width):
        slot.cells = list(values) or [None] * slot.width
    else:
        slot.reason = TOO_FEW if len(values) < slot.width else TOO_MANY
    return True


def _is_cut_off(value: Value, text: str) -> bool:
    """Whether a figure with decimals, or the rest of one, goes on in a further point (12.301.5, 1.52.延期): its digits may
    be cut in several ways."""
    behind = _POINT_BEHIND.match(text, value.end) is not None and "." in value.raw
    return behind or _POINT_BEFORE.search(text, max(0, value.start - 2), value.start) is not None


def _label(row: Row, text: str) -> str:
    """The label as printed, without white space; punctuation between its pieces stays with it."""
    printed = []
    for index, (start, end) in enumerate(row.label):
        following = row.label[index + 1][0] if index + 1 < len(row.label) else end
        printed.append(text[start:end] + _punctuation(text[end:following], is_parted=end <= row.unit_end <= following))
    if row.label and text[row.label[-1][1] : row.label[-1][1] + 1] in _CLOSING:
        printed.append(text[row.label[-1][1]])
    label = re.sub(r"[\s|]+", "", "".join(printed))
    if _CLOSES.match(label) and (opening := _OPENED_ABOVE.search(text, max(0, row.start - _NEAR), row.label[0][0])):
        label = opening[1] + label
    if _opens(label) and (closing := _CLOSED_BELOW.match(text, row.label[-1][1])):
        label += closing[1]
    return label


def _opens(label: str) -> bool:
    """Whether a bracket is left open."""
    return sum(label.count(bracket) for bracket in "(（") > sum(label.count(bracket) for bracket in ")）")


def _punctuation(between: str, *, is_parted: bool) -> str:
    """The punctuation between two pieces of a label; where the row's unit and figures part them, what touches a piece."""
    if not is_parted and _LETTERS.fullmatch(between):
        return between
    if not is_parted:
        return _NO_PUNCTUATION.sub("", between)
    behind, before = _TOUCHING[0].match(between), _TOUCHING[1].search(between)
    return (behind[0] if behind else "") + (before[0] if before else "")


def _row_cells(name: str, slot: Slot, columns: tuple[str, ...], report: Report) -> list[Cell]:
    found = slot.cells
    is_one_line = len({value.line for value in slot.values}) == 1
    if found is None and is_one_line and slot.reason == RUN_TOGETHER and all(value.is_run for value in slot.values):
        cut = split.only_cut(tuple(value.raw for value in slot.values), len(columns))
        found = list(split.place_cut(slot.values, cut)) if cut else None
    if found is None:
        span = report.span(slot.values[0].start, slot.values[-1].end) if slot.values else None
        raw = span.quote if span else ""
        return [Cell(name, column, None, "unread", raw, span, slot.reason) for column in columns]
    return [_cell(name, column, value, report) for column, value in zip(columns, found, strict=True)]


def _cell(name: str, column: str, value: Value | None, report: Report) -> Cell:
    if value is None:
        return Cell(name, column, None, "blank", "", None)
    span = report.span(value.start, value.end)
    return Cell(name, column, value.value, value.kind, span.quote, span)

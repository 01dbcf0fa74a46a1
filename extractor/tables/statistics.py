"""The statistics annexes before 2019 (政府信息公开情况统计表): rows as printed, for this year and for all years.

Each region had its own list of indicators, so there are no labels to search for. What delimits a row is its unit of
counting (条, 件, 元): the words before it, back to the unit of the row above, are its label, and values are dealt
out to rows as in the official tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.report import Cell, Table
from extractor.tables import split
from extractor.tables.anchors import Anchor
from extractor.tables.ink import CELL_WORDS
from extractor.tables.reading import known_words
from extractor.tables.rows import RUN_TOGETHER, Slot, assign
from extractor.tables.tokens import TOKEN, Gap, Value, none_of, none_words, number_of, parts_of, value_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.report import Report
    from extractor.tables.ink import Ink

_HEAD = re.compile("指标名称|统计指标|指标")
_HEAD_WORD = re.compile(
    "(?P<cumulative>历年累计数?|累计数?)|(?P<year>本年度?|年度|统计数[据量值]?|数[量据值])|计量单位|单位|代码|序号|名称|指标|度"
)
_UNIT = re.compile("人次|件次|万元|[条件元个人次份篇场期项宗起%部册]")
_MARKER = re.compile(r"\(.*\)|.*、|[①-⑳]")
_END = re.compile("。|附件下载|备\\s*注|注\\s*:")
_CELL_TAIL = re.compile(f"(?:{CELL_WORDS.pattern})$")
_NONE_TAIL = re.compile(f"(?<={_UNIT.pattern.split('|')[-1]})(?:不涉及|不适用|无)+$")
_HAN_BEHIND = re.compile(rf"\s*(?!无|不涉及|不适用|{CELL_WORDS.pattern})[\u3400-\u9fff]")
_PUNCTUATION = re.compile(r"[^:、.,;“”\"'‘’()《》<>]")
_LEAST_ROWS = 3
_LONGEST_LABEL = 90
_MOST_ROWS = 200


@dataclass(slots=True)
class _Row:
    """A row being read: the pieces of its label, and where its unit ends."""

    label: list[tuple[int, int]]
    unit_end: int


def read_statistics(ink: Ink, report: Report) -> tuple[Table | None, tuple[tuple[int, int], ...]]:
    """The annex's table and its region; None where no head with rows behind it is found."""
    best: tuple[int, list[_Row], list[Value], int, tuple[str, ...]] | None = None
    for head in list(_HEAD.finditer(ink.han))[:8]:
        columns, place = _columns(ink.han, head.end())
        if not columns:
            continue
        rows, values, end = _rows(ink, ink.source(place - 1) + 1)
        if len(rows) >= _LEAST_ROWS and (best is None or len(rows) > len(best[1])):
            best = (ink.source(head.start()), rows, values, end, columns)
    if best is None:
        return None, ()
    start, rows, values, end, columns = best
    cells, end = _cells(ink, rows, values, columns, end, report)
    return Table("pre2019", "read", cells), ((start, end),)


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


def _rows(ink: Ink, place: int) -> tuple[list[_Row], list[Value], int]:
    """Labels with their units, and all values, behind a head; the end of the last unit or value."""
    stop = min(len(ink.text), place + 20_000)
    if found := _END.search(ink.text, place, stop):
        stop = found.start()
    rows: list[_Row] = []
    values: list[Value] = []
    label: list[tuple[int, int]] = []
    repeated = _repeated_heads(ink, place)
    while (match := TOKEN.search(ink.text, place, stop)) and len(rows) < _MOST_ROWS:
        place = match.end()
        if behind := next((end for start, end in repeated if start <= match.start() < end), 0):
            place = behind
            continue
        kind = "number" if match.lastgroup == "unit" else match.lastgroup
        if kind == "number":
            end = value_end(ink.text, match, stop)
            if end > match.start("number"):
                values.append(number_of(ink, match, end))
            if end < match.end():
                label.append((end, match.end()))
        elif kind == "none":
            values.append(none_of(ink, match))
        elif kind == "page":
            values += parts_of(ink, match)
        elif kind == "furniture" and _MARKER.fullmatch(match.group()):
            label.append(match.span())
        elif kind == "han":
            if marks := none_words(ink, match.start(), match.group(), match.end()):
                values += marks
                continue
            words = _CELL_TAIL.search(match.group())
            end = match.end() - len(words.group()) if words else match.end()
            marks = _NONE_TAIL.search(match.group())
            if marks and not words:
                end = match.end() - len(marks.group())
            unit = _unit_start(ink, match.start(), end, bool(label))
            if unit < end:
                if unit > match.start():
                    label.append((match.start(), unit))
                rows.append(_Row(label, end))
                label = []
            elif end > match.start():
                label.append((match.start(), end))
            if marks and not words:
                values += none_words(ink, end, marks.group(), match.end())
            if words:
                where = ink.place(end)
                span = (end, match.end(), words.group())
                values.append(Value(*span, "text", None, where.line, where.field, where.explicit))
            if label and sum(e - s for s, e in label) > _LONGEST_LABEL:
                break
    ends = [row.unit_end for row in rows[-1:]]
    if label:
        values = [value for value in values if value.start < label[0][0] or value.line == _line(ink, rows)]
    return rows, values, max([*ends, *(value.end for value in values)], default=place)


def _repeated_heads(ink: Ink, place: int) -> list[tuple[int, int]]:
    """Where the heads are printed again, as behind a page break."""
    found = []
    for head in list(_HEAD.finditer(ink.han, ink.han_place(place)))[:20]:
        columns, end = _columns(ink.han, head.end())
        if columns:
            found.append((ink.source(head.start()), ink.source(end - 1) + 1))
    return found


def _line(ink: Ink, rows: Sequence[_Row]) -> int | None:
    return ink.place(rows[-1].unit_end - 1).line if rows else None


def _unit_start(ink: Ink, start: int, end: int, has_label: bool) -> int:
    """Where a run's unit begins: a unit on its own, or at the end of a run that a value follows at once."""
    run = ink.text[start:end]
    following = ink.text[end : end + 1]
    if has_label and _UNIT.fullmatch(run):
        alone = ink.stands_alone(start, end)
        return end if alone and _HAN_BEHIND.match(ink.text, end) else start
    if following and (following.isdigit() or following in "-/无不" or CELL_WORDS.match(ink.text, end)):
        for length in (2, 1):
            if len(run) > length and _UNIT.fullmatch(run[-length:]):
                return end - length
    return end


def _cells(
    ink: Ink, rows: Sequence[_Row], values: Sequence[Value], columns: tuple[str, ...], end: int, report: Report
) -> tuple[tuple[Cell, ...], int]:
    slots = []
    starts = [row.label[0][0] if row.label else row.unit_end for row in rows]
    for row, start, following in zip(rows, starts, [*starts[1:], end + 1], strict=True):
        gap = Gap([value for value in values if start <= value.start < following], end=row.unit_end)
        anchor = Anchor("row", _label(ink, row), start, row.unit_end, 0, 0)
        slots.append(Slot(anchor.code, len(columns), anchor, gap, behind=following, depth=1))
    assign(slots, [value for value in values if value.start < starts[0]], ink)
    seen: dict[str, int] = {}
    cells: list[Cell] = []
    for slot in slots:
        seen[slot.code] = seen.get(slot.code, 0) + 1
        name = slot.code if seen[slot.code] == 1 else f"{slot.code} ({seen[slot.code]})"
        cells += _row_cells(name, slot, columns, report)
    return tuple(cells), end


def _label(ink: Ink, row: _Row) -> str:
    """The label as printed, without white space: all text between its pieces that is no value stays with it."""
    printed = []
    for index, (start, end) in enumerate(row.label):
        following = row.label[index + 1][0] if index + 1 < len(row.label) else end
        printed.append(ink.text[start:end] + _PUNCTUATION.sub("", ink.text[end:following]))
    return re.sub(r"[\s|]+", "", "".join(printed))


def _row_cells(name: str, slot: Slot, columns: tuple[str, ...], report: Report) -> list[Cell]:
    found = slot.cells
    is_one_line = len({value.line for value in slot.values}) == 1
    if found is None and is_one_line and slot.reason == RUN_TOGETHER and all(value.is_run for value in slot.values):
        cut = split.only_cut(split.run_of(tuple(value.raw for value in slot.values)), len(columns))
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

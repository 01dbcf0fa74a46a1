"""The statistics annexes before 2019 (政府信息公开情况统计表): rows as printed, for this year and for all years.

Each region had its own list of indicators, so rows keep their printed labels. A row is a label, a unit of counting
and one value a column; labels that wrap and values that run together are treated as in the other tables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.report import Cell, Table
from extractor.tables import split
from extractor.tables.rows import RUN_TOGETHER, TOO_FEW

if TYPE_CHECKING:
    from extractor.report import Report
    from extractor.tables.ink import Ink

_HAN = r"\u3400-\u9fff"
_HEAD = re.compile(r"(?:指\s*标\s*名\s*称|统\s*计\s*指\s*标|指\s*标\s*(?=[|\t]))")
_HEAD_END = re.compile(
    r"(?P<cumulative>历\s*年\s*累\s*计(?:\s*数)?)|(?P<one>统\s*计\s*数(?:\s*[据量值])?|数\s*[量据值]|本\s*年\s*度?(?:\s*数)?|年\s*度)"
)
_UNITS = "人次|万元|条|件|元|个|人|次|份|篇|场|期|项|宗|起|%"
_ROW = re.compile(
    rf"(?P<label>[^\d\-/]*?(?:\d{{1,2}}\s?[.、)](?!\d))?[^\d]*?[{_HAN})〉》”\"])\s*[|\t ]*\s*"
    rf"(?P<unit>{_UNITS})?\s*[|\t\s]*(?P<values>(?:-?\d[\d,]*(?:\.\d+)?|-{{1,4}}|/)(?:[ \t|\r\n]+(?:-?\d[\d,]*(?:\.\d+)?(?![\d.]*\s?[.、)]\s*[{_HAN}])|-{{1,4}}(?!\d)|/))*)"
)
_VALUE = re.compile(r"-?\d[\d,]*(?:\.\d+)?|-{1,4}|/")
_MARKER_BEHIND = re.compile(rf"\d(?=[.、)]\s*[{_HAN}])")
_FIRST_REACH = 60
_LEAST_ROWS = 3
_LONGEST_LABEL = 90


def read_statistics(ink: Ink, report: Report) -> tuple[Table | None, tuple[tuple[int, int], ...]]:
    """The annex's table and its region; None where no head with rows behind it is found."""
    for head in reversed(list(_HEAD.finditer(ink.text))[-8:]):
        columns, place = _columns(ink.text, head.end())
        if not columns:
            continue
        cells, end = _rows(ink.text, place, columns, report)
        if len(cells) >= _LEAST_ROWS * len(columns):
            return Table("pre2019", "read", tuple(cells)), ((head.start(), end),)
    return None, ()


def _columns(text: str, place: int) -> tuple[tuple[str, ...], int]:
    """The value columns that the head names, and where it ends."""
    columns: list[str] = []
    end = place
    for match in _HEAD_END.finditer(text, place, min(len(text), place + _FIRST_REACH)):
        if columns and re.search(rf"[{_HAN}]", text[end : match.start()]):
            break
        cumulative = match.group("cumulative")
        code = "cumulative" if cumulative else "this_year"
        if code not in columns:
            columns.append(code)
        end = match.end()
    return tuple(columns), end


def _rows(text: str, place: int, columns: tuple[str, ...], report: Report) -> tuple[list[Cell], int]:
    cells: list[Cell] = []
    end = place
    seen: dict[str, int] = {}
    while match := _ROW.match(text, place, min(len(text), place + 4 * _LONGEST_LABEL)):
        label = _label(match.group("label"))
        if not label or len(label) > _LONGEST_LABEL:
            break
        seen[label] = seen.get(label, 0) + 1
        name = label if seen[label] == 1 else f"{label} ({seen[label]})"
        end = _values_end(text, match)
        cells += _cells(name, match.start("values"), text[match.start("values") : end], columns, report)
        place = end
    return cells, end


def _values_end(text: str, match: re.Match[str]) -> int:
    """Where the values end when the next row's number (…002.) runs on from them."""
    start, end = match.span("values")
    return end - 1 if end - start > 1 and _MARKER_BEHIND.match(text, end - 1) else end


def _label(printed: str) -> str:
    return re.sub(r"[\s|]+", "", printed).lstrip("。;,:：；，")


def _cells(label: str, base: int, printed: str, columns: tuple[str, ...], report: Report) -> list[Cell]:
    pieces = [(base + m.start(), base + m.end(), m.group()) for m in _VALUE.finditer(printed)]
    if len(pieces) == 1 and len(columns) > 1 and pieces[0][2].isdigit():
        cut = split.only_cut(split.run_of((pieces[0][2],)), len(columns))
        if cut is not None:
            start = base
            pieces = []
            for text in cut:
                pieces.append((start, start + len(text), text))
                start += len(text)
    if len(pieces) != len(columns):
        span = report.span(base, base + len(printed))
        reason = RUN_TOGETHER if len(pieces) < len(columns) else TOO_FEW
        return [Cell(label, column, None, "unread", span.quote, span, reason) for column in columns]
    return [_cell(label, column, piece, report) for column, piece in zip(columns, pieces, strict=True)]


def _cell(label: str, column: str, piece: tuple[int, int, str], report: Report) -> Cell:
    start, end, raw = piece
    span = report.span(start, end)
    plain = raw.replace(",", "")
    if not plain.lstrip("-"):
        return Cell(label, column, None, "not_applicable", span.quote, span)
    if plain == "/":
        return Cell(label, column, None, "not_applicable", span.quote, span)
    return Cell(label, column, float(plain) if "." in plain else int(plain), "number", span.quote, span)

"""Where an annex stands whose column heads are lost or printed in pieces: a title, and below it lines of one shape.

A converter prints a narrow head cell over several lines (指标 … 统, 名称 单位 计, 数), or leaves the head out. The lines of
the table still read label, unit, figures; under a title (统计表, 附件, 附表) several of them are a table, and no prose.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from extractor.tables.ink import Ink

_TITLE = re.compile("统计表|情况表|附件|附表")
_ROW_LINE = re.compile(
    r".*[\u3400-\u9fff)][ \t|]+(?P<code>\d{1,3}[ \t|]+)?(?P<unit>人次|件次|万元|[条件元个人次份篇场期项宗起部册])[ \t|]+"
    r"(?P<values>(?:-?\d[\d.,]*|-{1,4}|/)(?:[ \t|]+(?:-?\d[\d.,]*|-{1,4}|/))*)[ \t|]*"
)
_UNIT_LINE = re.compile(
    r"^[ \t|]*(?:\d{1,3}[ \t]+)?(?:人次|件次|万元|[条件元个人次份篇场期项宗起部册])(?:[ \t|]+-?\d[\d.,]*)*[ \t|]*\r?$",
    re.MULTILINE,
)
_MANY_UNITS = 8
_VALUES = re.compile(r"[^ \t|]+")
_EMPTY = re.compile(r"[\t|] *[\t|](?=.*\S)")
_UNKNOWN = 99
_HEAD_LINE = re.compile(r"[\s|()\d]*(?:[指标名称计量单位统数据本年度历累值序号代码项目内容][\s|()\d]*)+")
_YEAR, _CUMULATIVE = re.compile(r"20(?:\d\d)?(?!\d)|本年|年度"), re.compile("历年|累计")
_LONGEST_LINE, _LEAST, _MOST_APART, _MOST_ABOVE = 300, 4, 12, 20


class Titled(NamedTuple):
    """A titled annex: where its title and its rows begin, where its last line ends, its columns (none: unknown), and
    whether a code stands before each unit."""

    start: int
    begin: int
    end: int
    columns: tuple[str, ...]
    has_codes: bool


class _Line(NamedTuple):
    """A line of the text: its number, its place, how many values it has as a table's row (0: it is none), and whether
    a code stands before its unit."""

    number: int
    start: int
    end: int
    values: int
    has_code: bool


def find_titled(ink: Ink) -> Titled | None:
    """The annex under a title, None where fewer than four lines of a table's shape follow one."""
    if not _TITLE.search(ink.text):
        return None
    lines = _lines(ink.text)
    rows = _longest_stretch([line for line in lines if line.values])
    stop = _stop(ink.text, rows[0].start) if rows else 0
    rows = [row for row in rows if row.start < stop]
    if len(rows) < _LEAST:
        return _find_columns(ink.text)
    above = lines[max(0, rows[0].number - _MOST_ABOVE) : rows[0].number]
    titles = [line for line in above if _TITLE.search(ink.text, line.start, line.end)]
    if not titles:
        return None
    title = titles[-1]
    heads = [line for line in above if line.number >= title.number and _is_above_rows(ink.text[line.start : line.end])]
    prose = ink.text.rfind("。", 0, rows[0].start) + 1
    start, begin = max(title.start, prose), max(max([title, *heads]).end, prose)
    widths = Counter(line.values for line in rows)
    width, often = widths.most_common(1)[0]
    codes = sum(line.has_code for line in rows)
    is_regular = 5 * often >= 4 * len(rows) and _UNKNOWN not in widths and codes in (0, len(rows))
    columns = _columns(ink.text, heads, width) if is_regular else ()
    return Titled(start, begin, rows[-1].end, columns, bool(codes))


def _find_columns(text: str) -> Titled | None:
    """An annex printed column by column: its labels, and then units and figures on lines of their own. It is not read."""
    units = list(_UNIT_LINE.finditer(text))
    if len(units) < _MANY_UNITS:
        return None
    prose, stop = text.rfind("。", 0, units[0].start()), _stop(text, units[0].start())
    titles = [title.start() for title in _TITLE.finditer(text, prose + 1, units[0].start())]
    units = [unit for unit in units if unit.start() < stop]
    if len(units) < _MANY_UNITS or not titles:
        return None
    return Titled(titles[-1], titles[-1], units[-1].end(), (), has_codes=False)


def _stop(text: str, start: int) -> int:
    """Where prose begins again behind a table: its first full stop."""
    stop = text.find("。", start)
    return stop if stop >= 0 else len(text)


def _lines(text: str) -> list[_Line]:
    """The lines that hold something."""
    lines: list[_Line] = []
    start = 0
    for line in text.splitlines(keepends=True):
        printed = line.strip()
        if printed:
            row = _ROW_LINE.fullmatch(printed) if len(printed) <= _LONGEST_LINE else None
            values = _count(printed, row) if row else 0
            lines.append(_Line(len(lines), start, start + len(line.rstrip()), values, bool(row and row["code"])))
        start += len(line)
    return lines


def _count(line: str, row: re.Match[str]) -> int:
    """How many values a row has; one too many to count where a field between them is empty."""
    return _UNKNOWN if _EMPTY.search(line, row.end("unit")) else len(_VALUES.findall(row["values"]))


def _longest_stretch(rows: list[_Line]) -> list[_Line]:
    """The most rows with few lines between one and the next."""
    stretches: list[list[_Line]] = []
    for row in rows:
        if stretches and row.number - stretches[-1][-1].number <= _MOST_APART:
            stretches[-1].append(row)
        else:
            stretches.append([row])
    return max(stretches, key=len, default=[])


def _is_above_rows(line: str) -> bool:
    """Whether a line under the title is a piece of the head, or says who fills the table in."""
    return _HEAD_LINE.fullmatch(line) is not None or (":" in line and "其中" not in line)


def _columns(text: str, heads: list[_Line], width: int) -> tuple[str, ...]:
    """The columns that pieces of a head name, as far as they tell which is which."""
    printed = [text[line.start : line.end] for line in heads]
    pieces = [line for line in printed if ":" not in line and not line.strip().startswith("(")]
    years = [match.start() for line in pieces for match in _YEAR.finditer(line)]
    totals = [match.start() for line in pieces for match in _CUMULATIVE.finditer(line)]
    if width == 1:
        return () if totals else ("this_year",)
    is_in_order = width == 2 and years and totals and max(years) < min(totals)
    return ("this_year", "cumulative") if is_in_order else ()

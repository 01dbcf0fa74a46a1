"""The page as the table reader sees it: unified characters, the stream of Chinese characters alone, lines and fields.

Labels are found in the stream of Chinese characters, because white space, punctuation, wrapping, page breaks and
values may stand anywhere inside a printed label, and its characters keep their order. Values are found in the text
itself. Grids handed over by a reader give the same two answers as running text does: on which line a character
stands, and in which field of it; so both go through one road.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractor.document import Grid

HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_FULL_STOP = re.compile("。")
_LINE_ENDS = "\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"
CELL_WORDS = re.compile("(?:详见|见|参见)附[件表]|涉密|保密|另行公布|暂无(?:数据)?|待统计|未统计|无法统计|不予公布")
_PAGE_NUMBER = re.compile(r"[第共]\s?\d{1,3}\s?页")
_LABEL_BEHIND = re.compile(r"[^\u3400-\u9fff\d]{0,12}[法正]")
_CELL_FIRST = frozenset("亿万元人件项个条宗起份不无第共页详见参涉保另暂待未")
_CELL_LENGTH = 9
_CLOSING_NUMBER = re.compile(r"(?:^|(?<=[\r\n\f]))[ \t]*(\d{1,3})[ \t]*\r?\n?\f")
_NUMBER_LINE = re.compile(r"[ \t]*[\d\-/无不(][\d.,/\-无不涉及适用件项个条宗起份人次亿万元%() \t]*")
_MARKER_LINE = re.compile(r"\s*(?:[一二三四五六七]、|\([一二三四五六七]\))\s*")
_LINES_ABOVE = 18
_LONE_NUMBER = re.compile(r"(?:^|(?<=[\r\n\f]))[ \t]*(\d{1,3})[ \t]*(?=[\r\n\f]|$)")
_UNIT = re.compile("亿元|万元|元|人次|件次|[件项个条宗起份]")
_MARKED = re.compile(r"(?:\([一二三四五六七]\)|[一二三四五六七]、|(?<!\d)\d[.、])\s*$")
_NONE = re.compile("(?:不涉及|不适用|无)+")
_ODD = "！＂＄＇（）＊，：；＜＞？［＼］＾｀｛｜｝│┃┆—‒―─∕⁄﹒﹙﹚它⸺⸻"  # what the unified text still has of them
_PLAIN = tuple(zip(_ODD, "!\"$'()*,:;<>?[\\]^`{|}|||----//.()他--", strict=True))
_LONG_CELL, _LONG_ROW = 400, 60
_RULE = re.compile(r"[+├┼┌┬└┴╞╪][-=]{2,}")
_FIELD_FIGURE = re.compile(r"[\d/-][ \t]*\|")
_BRACKETS = "() \t\r\n\f\v"


class Place(NamedTuple):
    """Line and field (tab, bar or grid column) of a character; ``explicit`` tells whether fields are marked at all."""

    line: int
    field: int
    explicit: bool


class _GridCell(NamedTuple):
    """A cell of a grid that holds text: where, its line (negative, as no text's is) and column, its grid's width."""

    start: int
    end: int
    line: int
    column: int
    width: int


class Ink:
    """Unified text with its Chinese characters as one string ``han``, and the ways from one to the other."""

    def __init__(self, unified: str, grids: Sequence[Grid] = ()) -> None:
        self._grids = grids
        self.text = _plain(unified)
        matches = [run for run in HAN_RUN.finditer(self.text) if run[0][0] not in _CELL_FIRST or self._is_label(run)]
        runs = [match[0] for match in matches]
        self.han = "".join(runs)
        self._starts = [match.start() for match in matches]
        self._bases = [0, *accumulate(map(len, runs))]
        self.stops = [self.han_place(match.start()) for match in _FULL_STOP.finditer(self.text)]
        self._lines = [0, *accumulate(map(len, self.text.splitlines(keepends=True)))]
        self._rows = _ruled_rows(self.text, self._lines) if _RULE.search(self.text) else {}
        self.is_ruled = bool(self._rows)
        self._cells = _grid_cells(grids)
        self.has_grids = bool(self._cells)
        self._cell_starts = [cell.start for cell in self._cells]
        self.page_numbers = _page_numbers(self.text) if "\f" in self.text else frozenset()
        self.has_fields = self.has_grids or "\t" in self.text or "|" in self.text

    def without(self, regions: Iterable[tuple[int, int]]) -> Ink:
        """The same page with nothing but a full stop printed in some regions."""
        text = self.text
        for start, end in regions:
            text = f"{text[:start]}{'。':\n^{end - start}}{text[end:]}"
        return Ink(text, self._grids)

    def _is_label(self, match: re.Match[str]) -> bool:
        """Whether a run may be a piece of a label: it fills no cell, as a mark (不涉及) or a unit behind a figure does."""
        run, start = match[0], match.start()
        if len(run) > _CELL_LENGTH:
            return True
        if _UNIT.fullmatch(run):
            return not self.text[start - 1 : start].isdigit()
        if CELL_WORDS.fullmatch(run) or self._is_page_word(run, start):
            return False
        if not _NONE.fullmatch(run):
            return True
        goes_on = run.endswith("无") and _LABEL_BEHIND.match(self.text, start + len(run)) is not None
        return goes_on or _MARKED.search(self.text, max(0, start - 6), start) is not None

    def _is_page_word(self, run: str, start: int) -> bool:
        """Whether a run belongs to 第 3 页 or 共 12 页."""
        if run in ("第", "共"):
            return _PAGE_NUMBER.match(self.text, start) is not None
        return run in ("页", "页共") and self.text[max(0, start - 2) : start].strip()[-1:].isdigit()

    def source(self, place: int) -> int:
        """The source offset of the ``place``-th Chinese character."""
        run = bisect_right(self._bases, place, 0, len(self._starts)) - 1
        return self._starts[run] + place - self._bases[run]

    def source_range(self, place: int, end: int) -> tuple[int, int]:
        """The source's [start, end) of the Chinese characters [place, end)."""
        run = bisect_right(self._bases, place, 0, len(self._starts)) - 1
        start = self._starts[run] + place - self._bases[run]
        return start, start + end - place if end <= self._bases[run + 1] else self.source(end - 1) + 1

    def han_place(self, offset: int) -> int:
        """How many Chinese characters stand before a source offset."""
        run = bisect_right(self._starts, offset) - 1
        return min(self._bases[run] + offset - self._starts[run], self._bases[run + 1]) if run >= 0 else 0

    def run_before(self, place: int, least: int = 0) -> tuple[int, str]:
        """The run of Chinese characters that ends before the ``place``-th, cut at ``least``: its place and text."""
        run = bisect_right(self._bases, place - 1) - 1
        start = max(self._bases[run], least)
        return start, self.han[start:place]

    def line_bounds(self, offset: int) -> tuple[int, int]:
        """The source's [start, end) of the line around an offset, its line end left out."""
        line = self._printed_line(offset)
        start = self._lines[line]
        return start, start + len(self.text[start : self._lines[line + 1]].rstrip(_LINE_ENDS))

    def _printed_line(self, offset: int) -> int:
        return bisect_right(self._lines, offset, 0, len(self._lines) - 1) - 1

    def _cell_at(self, offset: int) -> _GridCell | None:
        """The cell of a grid that holds a character."""
        index = bisect_right(self._cell_starts, offset) - 1
        return self._cells[index] if index >= 0 and offset < self._cells[index].end else None

    def line(self, offset: int) -> int:
        """The line of a character; a row of a grid, or of lines between two rules, counts as one."""
        cell = self._cell_at(offset) if self.has_grids else None
        line = self._printed_line(offset)
        return cell.line if cell else self._rows.get(line, line)

    def place(self, offset: int) -> Place:
        """Line and field of a character."""
        if self.has_grids and (cell := self._cell_at(offset)):
            return Place(cell.line, cell.column, True)
        line = self._printed_line(offset)
        if not self.has_fields:
            return Place(line, 0, False)
        start, end = self._lines[line], self._lines[line + 1]
        field = self.text.count("\t", start, offset) + self.text.count("|", start, offset)
        is_marked = field > 0 or self.text.find("\t", offset, end) >= 0 or self.text.find("|", offset, end) >= 0
        return Place(self._rows.get(line, line), field, is_marked)

    def fields(self, offset: int) -> int:
        """How many fields the line around an offset has; a bar at its end closes one where a bar begins the line."""
        if cell := self._cell_at(offset):
            return cell.width
        return len(self.pieces(offset)) - self.is_barred(offset)

    def is_barred(self, offset: int) -> bool:
        """Whether the line around an offset begins and ends with a bar, so that all its fields are printed."""
        start, end = self.line_bounds(offset)
        line = self.text[start:end].strip(" ")
        return line.startswith("|") and line.endswith("|")

    def pieces(self, offset: int) -> list[str]:
        """What is printed in the fields of the line around an offset."""
        start, end = self.line_bounds(offset)
        return self.text[start:end].replace("|", "\t").split("\t")

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether nothing else is printed on the line (or in the grid row) of a piece."""
        place = self.place(start)
        if place.explicit:
            return False
        line_start, line_end = self.line_bounds(start)
        behind = self.text[end:line_end].removeprefix("(无)").removeprefix("(不涉及)")
        return not self.text[line_start:start].strip(_BRACKETS) and not behind.strip(_BRACKETS)

    def numbers_before(self, offset: int) -> int:
        """Where lines of nothing but numbers and marks begin that stand right above the line of ``offset``, a label's
        own number between them left aside."""
        start = begin = self.line_bounds(offset)[0]
        for _ in range(_LINES_ABOVE):
            if not start:
                break
            start, end = self.line_bounds(start - 1)
            line = self.text[start:end]
            if _NUMBER_LINE.fullmatch(line):
                begin = start
            elif line.strip() and not _MARKER_LINE.fullmatch(line):
                break
        return begin

    @cached_property
    def lone_numbers(self) -> frozenset[int]:
        """Numbers of up to three digits that stand alone on a line anywhere: page numbers, or cells."""
        return frozenset(int(match.group(1)) for match in _LONE_NUMBER.finditer(self.text))


def _plain(text: str) -> str:
    for odd, plain in _PLAIN:
        text = text.replace(odd, plain)
    return text


def _page_numbers(text: str) -> frozenset[int]:
    """Where numbers stand that close one page after another: alone, before a form feed, each one more than the last."""
    closing = [(match.start(1), int(match.group(1))) for match in _CLOSING_NUMBER.finditer(text)]
    runs = [pair for pair in pairwise(closing) if pair[1][1] == pair[0][1] + 1]
    return frozenset(place for pair in runs for place, _ in pair)


def _ruled_rows(text: str, starts: Sequence[int]) -> dict[int, int]:
    """The first line of each line's row, where rules (+---+---+, ├──┼──┤) part rows of several lines.

    Between two rules stand several rows where more than one line is as full of figures as any.
    """
    rules = [line for line, (start, end) in enumerate(pairwise(starts)) if _RULE.search(text, start, end)]
    rows: dict[int, int] = {}
    for above, below in pairwise(rules):
        lines = range(above + 1, below)
        figures = [len(_FIELD_FIGURE.findall(text, starts[line], starts[line + 1])) for line in lines]
        if 1 < len(lines) <= _LONG_ROW and (max(figures) == 0 or figures.count(max(figures)) == 1):
            rows |= dict.fromkeys(lines, above + 1)
    return rows


def _grid_cells(grids: Sequence[Grid]) -> list[_GridCell]:
    """The cells that hold text, by place; those of great length lay out a page and hold running text, so are none."""
    cells = []
    base = -1_000_000
    for grid in grids:
        width = max((cell.column + cell.columns for cell in grid.cells), default=0)
        for cell in grid.cells:
            if 0 < cell.end - cell.start <= _LONG_CELL:
                cells.append(_GridCell(cell.start, cell.end, base + cell.row, cell.column, width))
        base += 100_000
    return sorted(cells)

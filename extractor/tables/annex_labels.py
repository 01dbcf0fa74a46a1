"""Where one label of an annex ends and the next begins, when labels are wrapped and units stand beside some line of them.

A converter prints a row's unit and figures beside the first, a middle or the last line of its label, so the lines
between two units are the first row's rest, headings without a unit, or the second row's beginning. Rows of a grid or
between rules tell it, brackets left open, and the list numbers with which labels begin. Where none of them does, the
lines go as in most of the table's rows, and rows of which that is not sure are marked so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from extractor.tables.annex_row import Piece, Row, is_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_MARKER = re.compile(
    r"[ \t|]*(?:(?P<first>[一二三四五六七八九十]{1,3}、)|(?P<second>\([一二三四五六七八九十]{1,3}\))"
    r"|(?P<third>\d{1,2}[ ]?\\?[.、](?![ ]?\d)|[①-⑳]|\(\d{1,2}\))|(?P<fourth>其中))"
)
_LEVELS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_BRACKET = 120
_MANY, _WIDE, _SPARE = 3, 12, 4
_MOST_REST = 6
_MOST_BELOW = 3


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a row's label that may be others': those before its unit's line, and ``last``, the pieces on that.

    ``marks`` are the places and levels of the lines that begin with a list number, ``last`` counted as one more line.
    """

    free: tuple[tuple[Piece, ...], ...]
    last: tuple[Piece, ...]
    marks: tuple[tuple[int, int], ...]

    @property
    def all(self) -> tuple[tuple[Piece, ...], ...]:
        return (*self.free, self.last) if self.last else self.free


def settle_labels(rows: Sequence[Row], rest: Sequence[Piece], ink: Ink) -> list[Row]:
    """The rows with their own labels; ``rest`` are the words behind the last row. Headings without units become rows
    where the fields of their line are marked."""
    if not rows or not _has_lines(rows, ink):
        return list(rows)
    return _Settling(list(rows), tuple(rest), ink).settled()


def _has_lines(rows: Sequence[Row], ink: Ink) -> bool:
    """Whether the rows stand on lines of their own, as they do not in a text that runs on."""
    lines = {ink.line(row.unit_end - 1) for row in rows}
    return 2 * len(lines) > len(rows)


class _Settling:
    """One annex's rows while their labels are parted."""

    def __init__(self, rows: list[Row], rest: tuple[Piece, ...], ink: Ink) -> None:
        self._rows, self._rest, self._ink = rows, rest, ink
        self._headings: dict[int, list[Row]] = {}
        beside = [line for row in rows for line in self._by_line(row.label) if self._is_beside(line, row)]
        self._widest = max(map(self._width, beside), default=0)

    def settled(self) -> list[Row]:
        for index in range(1, len(self._rows)):
            self._take_certain(index)
        if self._rest:
            self._take_last()
        parted = [self._lines(index) for index in range(len(self._rows))]
        tops = sum(bool(lines.marks and lines.marks[0][0] and lines.free) for lines in parted[1:])
        leads = sum(bool(lines.marks and lines.marks[-1][0] < len(lines.free)) for lines in parted)
        self._doubt_last(tops)
        for index, lines in enumerate(parted):
            if not lines.free:
                continue
            if is_row(self._ink, lines.free[0][0][0]):
                self._give_rest(index, lines.free if lines.last else lines.free[:-1])
                self._rows[index] = replace(self._rows[index], label=lines.last or lines.free[-1])
            elif lines.marks:
                self._part_at_marks(index, lines)
            elif index:
                self._part_unmarked(index, lines, tops, leads)
        return [row for index, row in enumerate(self._rows) for row in (*self._headings.get(index, ()), row)]

    def _by_line(self, pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
        return [tuple(line) for _, line in groupby(pieces, key=lambda piece: self._ink.line(piece[0]))]

    def _width(self, line: Sequence[Piece]) -> int:
        """How wide a line of a label is printed, in Latin letters."""
        return sum(1 + (character > "\u2e80") for character in self._ink.text[line[0][0] : line[-1][1]])

    def _take_certain(self, index: int) -> None:
        """Give the row before what is surely its own: pieces in its label's cell, or in a bracket that it left open."""
        before, row = self._rows[index - 1], self._rows[index]
        count = 0
        if is_row(self._ink, before.unit_end - 1):
            line = self._ink.line(before.unit_end - 1)
            own = self._ink.place(before.label[-1][0]).field if before.label else None
            places = [self._ink.place(start) for start, _ in row.label]
            others = (at for at, place in enumerate(places) if place.line != line or own not in (None, place.field))
            count = next(others, len(places))
            if count and own is None:
                self._rows[index - 1] = replace(before, is_unsure=True)
        count = count or self._bracketed(before, row.label)
        self._move(index, count)

    def _bracketed(self, before: Row, pieces: Sequence[Piece]) -> int:
        """How many pieces on lines below a row stand in the bracket that its label leaves open."""
        if not before.label or not pieces or self._ink.line(pieces[0][0]) == self._ink.line(before.unit_end - 1):
            return 0
        printed = self._ink.text[before.label[0][0] : before.unit_end]
        if printed.count("(") <= printed.count(")"):
            return 0
        closing = self._ink.text.find(")", pieces[0][0], pieces[0][0] + _BRACKET)
        inside = [piece for piece in pieces if piece[1] <= closing]
        return 0 if any(self._level(piece) for piece in inside) else len(inside)

    def _move(self, index: int, count: int) -> None:
        """Give the first pieces of a row's label to the row before."""
        if count:
            before, row = self._rows[index - 1], self._rows[index]
            self._rows[index - 1] = replace(before, label=(*before.label, *row.label[:count]))
            self._rows[index] = replace(row, label=row.label[count:])

    def _take_last(self) -> None:
        """What stands behind the last row and belongs to its label."""
        self._rows.append(Row(self._rest, self._rest[-1][1]))
        self._take_certain(len(self._rows) - 1)
        self._rest = self._rows.pop().label

    def _doubt_last(self, tops: int) -> None:
        """The last row is unsure where what follows may be its label's rest, as other rows of the table have one."""
        last = self._rows[-1]
        if not self._rest or self._level(self._rest[0]):
            return
        start, end = self._ink.line_bounds(self._rest[0][0])
        between = self._ink.text[self._ink.line_bounds(last.unit_end - 1)[1] : start]
        most = _MOST_BELOW if tops else int(self._is_full(last))
        if between.count("\n") <= most and ":" not in self._ink.text[start:end]:
            self._rows[-1] = replace(last, is_unsure=True)

    def _level(self, piece: Piece) -> int:
        """How deep the list number is with which a line begins at a piece; 0 where none does."""
        start = self._ink.line_bounds(piece[0])[0]
        marker = _MARKER.match(self._ink.text, start)
        if marker is None or not marker.start(marker.lastgroup or 0) <= piece[0] <= marker.end():
            return 0
        return _LEVELS[marker.lastgroup or "first"]

    def _lines(self, index: int) -> _Lines:
        """The lines of a row's label that are left, none of them where the label begins on the line of the unit before."""
        row = self._rows[index]
        lines = self._by_line(row.label)
        above = self._ink.line(self._rows[index - 1].unit_end - 1) if index else None
        if not lines or self._ink.line(lines[0][0][0]) == above:
            return _Lines((), (), ())
        is_last = self._ink.line(lines[-1][0][0]) == self._ink.line(row.unit_end - 1)
        free, last = (lines[:-1], lines[-1]) if is_last else (lines, ())
        if not is_last and len(free) == 1:
            return _Lines((), (), ())
        marks = tuple((at, level) for at, line in enumerate(lines) if (level := self._level(line[0])))
        return _Lines(tuple(free), last, marks)

    def _part_at_marks(self, index: int, lines: _Lines) -> None:
        """Part the lines where list numbers begin: the rest of the row before, headings, and the row's own label."""
        marks = lines.marks
        if len(marks) > 1 and marks[-2][1] == _LEVELS["fourth"]:
            marks = marks[:-1]
        self._give_rest(index, lines.all[: marks[0][0]])
        row = self._rows[index]
        is_nested = all(above < below for (_, above), (_, below) in pairwise(marks))
        label = tuple(piece for line in lines.all[marks[-1][0] :] for piece in line)
        self._rows[index] = replace(row, label=label, is_unsure=row.is_unsure or not is_nested)
        for (start, _), (end, _) in pairwise(marks):
            pieces = tuple(piece for line in lines.all[start:end] for piece in line)
            if self._ink.place(pieces[0][0]).explicit and is_nested:
                self._headings.setdefault(index, []).append(Row(pieces, pieces[-1][1], is_heading=True))

    def _give_rest(self, index: int, rest: Sequence[tuple[Piece, ...]]) -> None:
        """Give lines to the row before: as headings of their own in rows that are certain, else as its label's rest."""
        if not rest:
            return
        if is_row(self._ink, rest[0][0][0]):
            rows = [Row(line, line[-1][1], is_heading=True) for line in rest]
            self._headings.setdefault(index, []).extend(rows)
            return
        if not index:
            return
        before = self._rows[index - 1]
        pieces = tuple(piece for line in rest for piece in line)
        is_sure = self._is_full(before) and len(rest) <= _MOST_REST and self._is_adjacent(before, pieces)
        self._rows[index - 1] = replace(
            before, label=(*before.label, *pieces), is_unsure=before.is_unsure or not is_sure
        )

    def _is_full(self, row: Row) -> bool:
        """Whether the line of a label beside its unit is as wide as the column, so that it may be wrapped there."""
        line = next((line for line in self._by_line(row.label) if self._is_beside(line, row)), ())
        return bool(line) and self._width(line) >= max(_WIDE, self._widest - _SPARE)

    def _is_beside(self, line: Sequence[Piece], row: Row) -> bool:
        return self._ink.line(line[0][0]) == self._ink.line(row.unit_end - 1)

    def _is_adjacent(self, row: Row, pieces: Sequence[Piece]) -> bool:
        """Whether pieces stand on the lines right below a row, with no empty line between."""
        below = self._ink.line_bounds(row.unit_end - 1)[1]
        lines = self._ink.text[below : self._ink.line_bounds(pieces[-1][0])[0]].split("\n")
        held = {self._ink.line_bounds(start)[0] for start, _ in pieces}
        return len(lines) - 1 <= len(held) and "\f" not in self._ink.text[below : pieces[-1][0]]

    def _part_unmarked(self, index: int, lines: _Lines, tops: int, leads: int) -> None:
        """Lines without list numbers: as in most rows; both rows are unsure where the table's rows do not tell."""
        before, row = self._rows[index - 1], self._rows[index]
        shares_line = any(self._is_beside(line, before) for line in self._by_line(before.label))
        if not tops and (leads or not shares_line):
            return
        if tops >= _MANY and not leads and lines.last:
            self._give_rest(index, lines.free)
            self._rows[index] = replace(row, label=lines.last)
            return
        self._rows[index - 1] = replace(before, is_unsure=True)
        self._rows[index] = replace(row, is_unsure=True)

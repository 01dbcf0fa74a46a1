"""The rows of a statistics annex: labels, each ended by its unit of counting, and the values among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from extractor.tables.annex_labels import settle_labels
from extractor.tables.annex_row import Row
from extractor.tables.ink import CELL_WORDS
from extractor.tables.tokens import TOKEN, Value, none_of, none_words, number_of, parts_of, value_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_UNIT = re.compile("人次|件次|万元|[条件元个人次份篇场期项宗起%部册]")
_CUT_UNITS = frozenset({"万元", "人次", "件次"})
_MARKER = re.compile(r"\(.*\)|.*、|[①-⑳]")
_END = re.compile(r"。|附件下载|备\s*注|注\s*:")
_CELL_TAIL = re.compile(f"(?:{CELL_WORDS.pattern})$")
_NONE_TAIL = re.compile("(?<=[条件元个人次份篇场期项宗起%部册])(?:不涉及|不适用|无)+$")
_HAN_BEHIND = re.compile(
    rf"\s*(?!无|注|不涉及|不适用|[第共]\s?\d|{CELL_WORDS.pattern})[\u3400-\u9fff](?![\u3400-\u9fff])"
)
_DASHES = re.compile(r"[ \t|]*-{1,4}(?:[ \t|]+-{1,4})*[ \t|]*")
_NEXT_LABEL = re.compile(
    r"[ \t|-]*(?:\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、](?!\d)|其中)"
)
_UNIT_DASH = 2
_CLOSED = re.compile(r"\d{1,3}[ ]?[\u3400-\u9fff]{1,3}[ ]?\)")
_BRACKETS = 40
_SPREAD = 4
_LONGEST_LABEL = 90
_MOST_ROWS = 200
_FAR = 20_000


@dataclass(slots=True)
class Annex:
    """What is read so far: whole rows, all values, and the pieces of the label that no unit has ended yet."""

    ink: Ink
    has_codes: bool = False
    rows: list[Row] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    label: list[tuple[int, int]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The end of the last unit or value."""
        ends = [row.unit_end for row in self.rows[-1:]]
        return max([*ends, *(value.end for value in self.values)], default=0)

    def read(self, place: int, heads: Sequence[tuple[int, int]]) -> None:
        """Read on from ``place``; ``heads`` are where the column heads are printed again."""
        stop = min(len(self.ink.text), place + _FAR)
        if found := _END.search(self.ink.text, place, stop):
            stop = found.start()
        while match := TOKEN.search(self.ink.text, place, stop):
            behind = next((end for start, end in heads if start <= match.start() < end), 0)
            place = behind or match.end()
            if not behind:
                self._take(match, stop)
            is_long = sum(end - start for start, end in self.label) > _LONGEST_LABEL
            if is_long or len(self.rows) >= _MOST_ROWS or len(self.values) > 8 * _MOST_ROWS:
                break
        self._leave_rest()
        self.rows = settle_labels(self.rows, self.label, self.ink)

    def _take(self, match: re.Match[str], stop: int) -> None:
        kind = "number" if match.lastgroup == "unit" else match.lastgroup
        if kind in ("number", "han") and self._is_remark(match.start()):
            self.label.append(match.span())
        elif kind == "none" and self._is_unit(match):
            self.rows.append(Row(tuple(self.label), match.end(), is_heading=True))
            self.label = []
        elif kind == "number" and self._is_code_and_unit(match):
            code = number_of(self.ink, match, match.end())
            self.values.append(code._replace(raw=match.group("number"), end=match.end("number"), unit=""))
            self.rows.append(Row(tuple(self.label), match.end()))
            self.label = []
        elif kind == "number" and match.start() not in self.ink.page_numbers:
            end = value_end(self.ink.text, match, stop)
            if end > match.start("number"):
                self.values.append(number_of(self.ink, match, end))
            if end < match.end():
                self.label.append((end, match.end()))
        elif kind == "none":
            self.values.append(none_of(self.ink, match))
        elif kind == "page":
            self.values += parts_of(self.ink, match)
        elif kind == "furniture" and _MARKER.fullmatch(match.group()):
            self.label.append(match.span())
        elif kind == "han":
            self._take_words(match)

    def _is_remark(self, start: int) -> bool:
        """Whether a piece stands in brackets that belong to the label, or to the rest of the one before (…相同信息计1条)."""
        text = self.ink.text
        place = self.ink.place(start)
        if ")" not in text[start : start + _BRACKETS]:
            return False
        if self.label and place.explicit and place.field != self.ink.place(self.label[-1][0]).field:
            return False
        before = text[max(0, self.label[0][0] - 1) : start] if self.label else ""
        if before.count("(") > before.count(")"):
            return True
        if not self.rows or start - self.rows[-1].unit_end > _LONGEST_LABEL * _SPREAD:
            return False
        before = text[self.rows[-1].start : start]
        is_open = before.count("(") > before.count(")")
        return is_open and (bool(self.label) or _CLOSED.match(text, start) is not None)

    def _is_code_and_unit(self, match: re.Match[str]) -> bool:
        """Whether a figure with a unit behind a label is the indicator's code and its unit (收取的费用54万元)."""
        unit = (match.group("unit") or "").strip()
        return (
            self.has_codes
            and bool(self.label)
            and match.group("number").isdigit()
            and _UNIT.fullmatch(unit) is not None
        )

    def _is_unit(self, match: re.Match[str]) -> bool:
        """Whether a dash stands where the unit does: behind the label, with nothing but dashes behind it on its line.

        A dash that no other follows is a unit in the field next to the label's, and in running text a long one only.
        """
        if not self.label:
            return False
        start, end = match.span()
        is_beside = self.ink.line(start) == self.ink.line(self.label[-1][1] - 1)
        behind = self.ink.text[end : self.ink.line_bounds(end)[1]]
        if _DASHES.fullmatch(behind):
            return is_beside
        is_long = end - start >= _UNIT_DASH
        if behind.strip(" \t|"):
            return is_long and is_beside and _NEXT_LABEL.match(behind) is not None
        place = self.ink.place(start)
        if place.explicit and is_beside:
            own = [value for value in self.values if self.label[0][0] < value.start < start] if self.has_codes else []
            return place.field == self.ink.place(self.label[-1][1] - 1).field + 1 + len(own)
        return is_long and (is_beside or self.ink.stands_alone(start, end))

    def _take_words(self, match: re.Match[str]) -> None:
        """A run of Chinese characters: a piece of a label, its unit, and words or marks that fill a cell."""
        start, stop = match.span()
        if self._ends_cut_unit(start, stop):
            return
        if marks := none_words(self.ink, start, match.group(), stop):
            self.values += marks
            return
        tail = _CELL_TAIL.search(match.group()) or _NONE_TAIL.search(match.group())
        end = stop - len(tail.group()) if tail else stop
        unit = _unit_start(self.ink, start, end, bool(self.label) or self._is_below_units(start))
        if unit > start:
            self.label.append((start, unit))
        if unit < end:
            self._drop_cut_unit(unit, end)
            self.rows.append(Row(tuple(self.label), end))
            self.label = []
        if tail and not self._take_marks(end, tail.group(), stop):
            where = self.ink.place(end)
            self.values.append(Value(end, stop, tail.group(), "text", None, *where))

    def _is_below_units(self, start: int) -> bool:
        """Whether a piece stands in the field of the unit of the row before, on a line of its own."""
        place = self.ink.place(start)
        if not place.explicit or not self.rows:
            return False
        above = self.ink.place(self.rows[-1].unit_end - 1)
        return above.field == place.field and above.line != place.line

    def _ends_cut_unit(self, start: int, end: int) -> bool:
        """Whether a run is the second character of the unit before it, on the next line; the unit then ends with it."""
        text = self.ink.text
        last = self.rows[-1] if self.rows and not self.label else None
        if last is None or text[last.unit_end - 1] + text[start:end] not in _CUT_UNITS:
            return False
        if not text[last.unit_end : start].isspace():
            return False
        self.rows[-1] = replace(last, unit_end=end)
        return True

    def _drop_cut_unit(self, unit: int, end: int) -> None:
        """Leave the first character of a unit that is cut over two lines (万/元, 人/次) out of the label."""
        if not self.label or self.ink.text[slice(*self.label[-1])] + self.ink.text[unit:end] not in _CUT_UNITS:
            return
        is_below = self.ink.line(unit) != self.ink.line(self.label[-1][0])
        if is_below and self.ink.stands_alone(*self.label[-1]):
            self.label.pop()

    def _take_marks(self, start: int, printed: str, end: int) -> bool:
        marks = none_words(self.ink, start, printed, end)
        self.values += marks
        return bool(marks)

    def _leave_rest(self) -> None:
        """Leave out what stands behind the last row: words that no unit ended, and numbers among them."""
        if self.label and self.rows:
            line = self.ink.line(self.rows[-1].unit_end - 1)
            self.values = [v for v in self.values if v.start < self.label[0][0] or v.line == line]


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

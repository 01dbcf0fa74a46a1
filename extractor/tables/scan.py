"""What stands between two labels: its values, in order, and whether words stand among them that no label explains.

Words that no label of the table explains are foreign: numbers beside them are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from extractor.tables.ink import CELL_WORDS, HAN_RUN
from extractor.tables.tokens import (
    Value,
    blank_of,
    is_in_label,
    next_token,
    none_of,
    none_words,
    number_of,
    parts_of,
    plain_figures,
    value_end,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.tables.ink import Ink

_NONE_FIRST = re.compile(r"(?:不涉及|不适用|无(?![法正]))+")
_NONE_LAST = re.compile(r"(?:不涉及|不适用|无)+$")
_NOTE = re.compile(r"\((?:不涉及|不适用|无)\)")
_MARK_FIRST, _MARK_LAST = frozenset("不无"), frozenset("及用无")
_MOST_VALUES = 150


@dataclass(slots=True)
class Gap:
    """What stands behind a label: its values, the unexplained words among them, and where reading stopped.

    ``left_out`` counts the values that stand on a line with such words.
    """

    values: list[Value] = field(default_factory=list)
    is_foreign: bool = False
    end: int = 0
    left_out: int = 0


class Known:
    """The words of a table: tells whether a run of Chinese characters is made of pieces of its labels."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._print = "\n".join(labels)
        self._seen: dict[str, bool] = {}

    def explains(self, run: str) -> bool:
        """Whether pieces of labels, of two characters or more, make up the run; one lone character is allowed."""
        known = self._seen.get(run)
        if known is None:
            known = self._cover(run)
            if len(self._seen) < 4_000:
                self._seen[run] = known
        return known

    def _cover(self, run: str) -> bool:
        if len(run) > 200:
            return False
        place, singles = 0, 0
        while place < len(run):
            end = place + 1
            while end <= len(run) and run[place:end] in self._print:
                end += 1
            if end - 1 == place:
                return False
            singles += end - 1 - place == 1
            place = end - 1
        return singles <= 1


def scan(
    ink: Ink, start: int, stop: int, label_end: int, known: Known, *, is_last: bool = False, takes_words: bool = False
) -> Gap:
    """Take apart what stands in [start, stop), of which the label's own characters are [start, label_end).

    ``is_last`` tells that nothing of the table follows, so the first foreign word ends it; ``takes_words`` that a cell
    may hold words (详见附件), which then count as its value.
    """
    return _Scan(ink, start, label_end, known, is_last=is_last, takes_words=takes_words).run(stop)


class _Scan:
    """One pass over the text between two labels."""

    def __init__(self, ink: Ink, start: int, label_end: int, known: Known, *, is_last: bool, takes_words: bool) -> None:
        self._ink, self._known, self._label_end = ink, known, label_end
        self._is_last, self._takes_words = is_last, takes_words
        self._start = start
        self._gap = Gap(end=label_end)
        self._dropped_line: int | None = None

    @cached_property
    def _label_lines(self) -> frozenset[int]:
        """The first and the last line of the label."""
        places = (self._start, self._label_end - 1) if self._label_end > self._start else ()
        return frozenset(map(self._ink.line, places))

    def run(self, stop: int) -> Gap:
        """The values up to ``stop``, or to where the table ends."""
        text, gap, label_end = self._ink.text, self._gap, self._label_end
        place = label_end if HAN_RUN.fullmatch(text, self._start, label_end) else self._start
        while match := next_token(text, place, stop):
            place, kind = match.end(), match.lastgroup
            if len(gap.values) > _MOST_VALUES:
                gap.is_foreign = True
                break
            if kind == "han":
                if place <= label_end:
                    self._take_inner(match)
                elif not self._words(match):
                    break
            elif kind in ("number", "unit"):
                place = self._take_figures(match, stop)
            elif kind == "none":
                if not is_in_label(text, match):
                    self._keep(none_of(self._ink, match))
            elif kind == "blank":
                self._keep(blank_of(self._ink, match))
            elif kind == "page":
                self._keep(*parts_of(self._ink, match))
            elif kind == "date":
                gap.is_foreign |= not self._is_last
                if self._is_last:
                    break
        return gap

    def _take_figures(self, match: re.Match[str], stop: int) -> int:
        """Keep the line of plain figures that begins here, or the one number. Gives where to go on."""
        if match.start() in self._ink.page_numbers:
            return match.end()
        if figures := plain_figures(self._ink, match.start(), stop):
            self._keep(*figures)
            return figures[-1].end
        end = value_end(self._ink.text, match, stop)
        return (
            self._take_number(number_of(self._ink, match, end), match.end(), stop)
            if end > match.start("number")
            else match.end()
        )

    def _take_number(self, value: Value, place: int, stop: int) -> int:
        """Keep a number; a 0 may carry a note, 0（无）, which is no cell. Gives where to go on."""
        note = _NOTE.match(self._ink.text, value.end, stop) if value.raw.endswith("0") else None
        self._keep(value._replace(is_glued=True) if note and value.raw != "0" else value)
        return note.end() if note else place

    def _take_inner(self, match: re.Match[str]) -> None:
        """A run between the pieces of the label: a mark or words that fill a cell, or the label itself."""
        self._keep(*none_words(self._ink, match.start(), match.group(), match.end()))
        if self._takes_words and CELL_WORDS.fullmatch(match.group()):
            where = self._ink.place(match.start())
            self._keep(Value(match.start(), match.end(), match.group(), "text", None, *where))

    def _keep(self, *values: Value) -> None:
        """Keep values of one line, unless a foreign word stands on it."""
        if not values:
            return
        if values[0].line == self._dropped_line:
            self._gap.left_out += len(values)
            return
        self._gap.values += values
        self._gap.end = max(self._gap.end, values[-1].end)

    def _words(self, match: re.Match[str]) -> bool:
        """Place a run of Chinese characters; False where it ends the table."""
        begin = max(match.start(), self._label_end)
        begin, end = self._take_marks(begin, match.end())
        run = self._ink.text[begin:end]
        if not run or self._known.explains(run):
            if not run:
                return True
            return not (self._is_last and self._gap.values and begin > self._label_end)
        line = self._ink.place(begin).line
        if self._is_a_cell(begin, run, line):
            where = self._ink.place(begin)
            self._keep(Value(begin, end, run, "text", None, where.line, where.field, where.explicit))
            return True
        if self._is_remark(begin, run, line):
            return True
        if self._is_last:
            self._gap.is_foreign = line in self._label_lines and not self._gap.values
            return False
        self._gap.is_foreign = True
        self._dropped_line = line
        if line not in self._label_lines:
            kept = [value for value in self._gap.values if value.line != line]
            self._gap.left_out += len(self._gap.values) - len(kept)
            self._gap.values = kept
        return True

    def _take_marks(self, begin: int, end: int) -> tuple[int, int]:
        """Take marks such as 不涉及 off both ends of a run as values, where a label runs into them; the rest's place."""
        run = self._ink.text[begin:end]
        if run[0] not in _MARK_FIRST and run[-1] not in _MARK_LAST:
            return begin, end
        if marks := none_words(self._ink, begin, run, end):
            self._keep(*marks)
            return end, end
        first = _NONE_FIRST.match(run)
        if first and self._known.explains(run[first.end() :]):
            self._keep(*none_words(self._ink, begin, first.group(), begin + first.end()))
            begin += first.end()
        last = _NONE_LAST.search(run)
        if last and begin + last.start() - (end - len(run)) >= 0 and begin < end - len(last.group()) + 1:
            at = end - len(last.group())
            if begin <= at and (at - begin <= 3 or self._known.explains(self._ink.text[begin:at])):
                self._keep(*none_words(self._ink, at, last.group(), end))
                end = at
        return begin, end

    def _is_a_cell(self, begin: int, run: str, line: int) -> bool:
        """Whether words fill a cell: set apart on the label's line, or one of the usual phrases."""
        if not self._takes_words or len(run) > 12:
            return False
        if CELL_WORDS.fullmatch(run):
            return True
        behind = self._ink.text[match_end] if (match_end := begin + len(run)) < len(self._ink.text) else "\n"
        place = self._ink.place(begin)
        return place.explicit and line in self._label_lines and behind in "\t|\r\n " and begin > self._label_end

    def _is_remark(self, begin: int, run: str, line: int) -> bool:
        """Whether words belong to the label: its last few characters, or a remark in brackets behind it."""
        if begin == self._label_end and len(run) <= 3:
            return True
        opened = self._ink.text[begin - 1] in "(（" if begin else False
        return line in self._label_lines and not self._gap.values and len(run) <= 12 and opened

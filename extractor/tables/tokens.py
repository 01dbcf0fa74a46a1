"""Values between labels: numbers, marks of not-applicable, and what is neither.

Everything printed between two labels is taken apart once. List numbers (2., （三）), dates, article numbers and page
numbers are no values; a dash pair around a number may be a page number or three cells, so it stays ``optional`` and
the count of cells decides. Words that no label of the table explains are foreign: numbers beside them are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extractor.tables.ink import CELL_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.tables.ink import Ink

_HAN = r"\u3400-\u9fff"
TOKEN = re.compile(
    rf"""
    (?P<rule>(?:(?<=\n)|(?<=\r)|(?<=\f)|^)(?:[ \t|:+]*-{{3,}}[-=|: \t+]*|\|(?::?-{{1,2}}:?\|)+[ ]*)(?=[\r\n\f]|$))
  | (?P<furniture>
        (?:(?<=\n)|(?<=\r)|(?<=\f)|^)[ \t]*(?:
            [~·•*\[(【《<]+\s?\d{{1,3}}\s?[~·•*\])】》>]+ | \d{{1,3}}\s?页 | (?:[Pp]age|[Pp])\.?\s?\d{{1,3}}(?:\s?(?:of|/)\s?\d+)?
        )[ \t]*(?=[\r\n\f]|$)
      | 第\s?\d{{1,3}}\s?页(?:[\s,/]{{0,2}}共\s?\d{{1,3}}\s?页)? | 共\s?\d{{1,3}}\s?页
      | (?<!\d)(?:19|20)\d\d(?:\s?年(?:\s?\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日)?)?|[-./]\d{{1,2}}[-./]\d{{1,2}}(?!\d))
      | 第\s?\d{{1,3}}\s?条(?:\s?第?\s?\(?\s?\d{{1,2}}\s?\)?\s?项)? | 第\s?\(?\s?\d{{1,2}}\s?\)?\s?项
      | \(\s?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?\) | [一二三四五六七八九十]{{1,3}}\s?、
      | [①-⑳] | [A-Za-z][A-Za-z0-9_.]*(?:[:.]\s?\d+)?
    )
  | (?P<page>(?:-{{1,3}}[ ]\d{{1,3}}[ ]-{{1,3}}|(?:(?<=\n)|(?<=\r)|(?<=\f))[ ]*-{{1,3}}\d{{1,3}}-{{1,3}})(?=[ \t]*(?:[\r\n\f]|$))
      | (?:(?<=\n)|(?<=\r)|(?<=\f))[ ]*\d{{1,3}}[ ]?/[ ]?\d{{1,3}}(?=[ ]*(?:[\r\n\f]|$)))
  | (?P<number>(?:(?<![\d\-])-)?(?:\d{{1,3}}(?:,\d{{3}})+(?:(?![\d,])|(?=\d[ ]?[.、)][ ]?[{_HAN}“]))|\d+)(?:\.\d+)?)
    (?P<unit>[ ]?(?:亿元|万元|元)|人次|件次|[件项个条宗起份%])?
  | (?P<none>-{{1,4}}|/)
  | (?P<han>[{_HAN}]+)
    """,
    re.VERBOSE,
)
_PART = re.compile(r"\d+|-+|/")
_MARKER_TAIL = re.compile(rf"\s?[.、)。,·:;]\s*(?=[{_HAN}“\"‘])")
_LEADING_ZERO = re.compile(r"-?0\d")
_COMMA_DIGIT = re.compile(r",\d")
_SEEN_BEHIND = 4
_NONE_WORDS = re.compile(r"(?:不涉及|不适用|无)+")
_NONE_FIRST = re.compile(r"(?:不涉及|不适用|无(?![法正]))+")
_NONE_LAST = re.compile(r"(?:不涉及|不适用|无)+$")
_MARKED = re.compile(r"(?:\([一二三四五六七]\)|[一二三四五六七]、)\s*$")
_NONE_WORD = re.compile(r"不涉及|不适用|无")


@dataclass(frozen=True, slots=True)
class Value:
    """A printed value: ``kind`` number, not_applicable or text; ``line`` and ``field`` where it stands.

    ``group`` is above 0 for pieces that may be page furniture; pieces of one group go or stay together.
    """

    start: int
    end: int
    raw: str
    kind: str
    value: float | int | None
    line: int
    field: int
    explicit: bool
    unit: str = ""
    group: int = 0
    is_glued: bool = False

    @property
    def is_run(self) -> bool:
        """Whether this is a bare run of digits, which may hold several values."""
        return self.kind == "number" and not self.unit and not self.is_glued and self.raw.isdigit()

    @property
    def is_several(self) -> bool:
        """Whether this may be more than one cell: digits behind a leading zero, or a dash between digits."""
        return self.is_glued or (self.kind == "number" and _LEADING_ZERO.match(self.raw) is not None)


@dataclass(slots=True)
class Gap:
    """What stands behind a label: its values, the unexplained words among them, and where reading stopped."""

    values: list[Value] = field(default_factory=list)
    is_foreign: bool = False
    end: int = 0


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
            if len(self._seen) < 20_000:
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
    return _Scan(ink, start, label_end, known, is_last=is_last, takes_words=takes_words).run(start, stop)


def next_token(text: str, place: int, stop: int) -> re.Match[str] | None:
    """The next token that begins before ``stop``; what stands right behind is seen, but not taken."""
    match = TOKEN.search(text, place, min(len(text), stop + _SEEN_BEHIND))
    if match is None or match.start() >= stop:
        return None
    return TOKEN.match(text, match.start(), stop) if match.lastgroup == "han" and match.end() > stop else match


class _Scan:
    """One pass over the text between two labels."""

    def __init__(
        self, ink: Ink, start: int, label_end: int, known: Known, *, is_last: bool, takes_words: bool
    ) -> None:
        self._ink, self._known, self._label_end = ink, known, label_end
        self._is_last, self._takes_words = is_last, takes_words
        self._label_lines = {ink.place(start).line, ink.place(label_end - 1).line} if label_end > start else set()
        self._gap = Gap(end=label_end)
        self._dropped_line: int | None = None

    def run(self, start: int, stop: int) -> Gap:
        """The values up to ``stop``, or to where the table ends."""
        place = start
        while match := next_token(self._ink.text, place, stop):
            place = match.end()
            kind = "number" if match.lastgroup == "unit" else match.lastgroup
            if kind == "number":
                end = value_end(self._ink.text, match, stop)
                if end > match.start("number"):
                    self._keep(number_of(self._ink, match, end))
            elif kind == "none":
                if not is_in_label(self._ink.text, match):
                    self._keep(none_of(self._ink, match))
            elif kind == "page":
                for value in parts_of(self._ink, match):
                    self._keep(value)
            elif kind == "han" and match.end() <= self._label_end:
                for value in none_words(self._ink, match.start(), match.group(), match.end()):
                    self._keep(value)
            elif kind == "han" and not self._words(match):
                break
        return self._gap

    def _keep(self, value: Value) -> None:
        if value.line != self._dropped_line:
            self._gap.values.append(value)
            self._gap.end = max(self._gap.end, value.end)

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
            self._keep(
                Value(begin, end, run, "text", None, where.line, where.field, where.explicit)
            )
            return True
        if self._is_remark(begin, run, line):
            return True
        if self._is_last:
            self._gap.is_foreign = line in self._label_lines and not self._gap.values
            return False
        self._gap.is_foreign = True
        self._dropped_line = line
        if line not in self._label_lines:
            self._gap.values = [value for value in self._gap.values if value.line != line]
        return True

    def _take_marks(self, begin: int, end: int) -> tuple[int, int]:
        """Take marks such as 不涉及 off both ends of a run as values, where a label runs into them; the rest's place."""
        run = self._ink.text[begin:end]
        if marks := none_words(self._ink, begin, run, end):
            for value in marks:
                self._keep(value)
            return end, end
        first = _NONE_FIRST.match(run)
        if first and self._known.explains(run[first.end() :]):
            for value in none_words(self._ink, begin, first.group(), begin + first.end()):
                self._keep(value)
            begin += first.end()
        last = _NONE_LAST.search(run)
        if last and begin + last.start() - (end - len(run)) >= 0 and begin < end - len(last.group()) + 1:
            at = end - len(last.group())
            if begin <= at and (at - begin <= 3 or self._known.explains(self._ink.text[begin:at])):
                for value in none_words(self._ink, at, last.group(), end):
                    self._keep(value)
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


def value_end(text: str, match: re.Match[str], stop: int) -> int:
    """Where the value ends when a list number (…0002.) runs on from it: the digit before the point is the marker."""
    if match.group("unit"):
        return match.end()
    if _MARKER_TAIL.match(text, match.end(), min(len(text), stop + 1)):
        raw = match.group("number")
        return match.end() - 1 if raw[-1:].isdigit() and "." not in raw else match.end()
    return match.end()


def number_of(ink: Ink, match: re.Match[str], end: int) -> Value:
    start = match.start("number")
    printed = ink.text[start : min(end, match.end("number"))]
    where = ink.place(start)
    if printed == "-":
        return Value(start, end, printed, "not_applicable", None, where.line, where.field, where.explicit)
    plain = printed.replace(",", "")
    is_glued = _COMMA_DIGIT.match(ink.text, end) is not None or ink.text[start - 1 : start] == ","
    value = float(plain) if "." in plain else int(plain[:300])
    unit = (match.group("unit") or "").strip()
    return Value(start, end, ink.text[start:end], "number", value, where.line, where.field, where.explicit, unit, is_glued=is_glued)


def is_in_label(text: str, match: re.Match[str]) -> bool:
    """Whether a slash is the one of the head 本年增/减."""
    return match.group() == "/" and text[max(0, match.start() - 12) : match.start()].rstrip().endswith("增")


def none_of(ink: Ink, match: re.Match[str]) -> Value:
    """A dash or a slash as a value; glued where digits on both sides leave open whether it is a minus."""
    start, end = match.span()
    where = ink.place(start)
    before, behind = ink.text[start - 1 : start], ink.text[end : end + 1]
    dashes = match.group() != "/" and behind.isdigit() and behind != "0"
    after_minus = re.search(r"-\d+$", ink.text[max(0, start - 9) : start]) is not None
    touches = end - start > 1 and not (behind.strip(" \t|\r\n\f") == "" and before.strip(" \t|\r\n\f") == "")
    is_glued = (dashes and before.isdigit()) or after_minus or touches
    return Value(
        start, end, match.group(), "not_applicable", None, where.line, where.field, where.explicit, is_glued=is_glued
    )


def parts_of(ink: Ink, match: re.Match[str]) -> list[Value]:
    """A number between dashes as cells, all marked as one optional group."""
    values = []
    group = match.start() + 1
    for part in _PART.finditer(match.group()):
        start = match.start() + part.start()
        raw = part.group()
        where = ink.place(start)
        kind = "number" if raw.isdigit() else "not_applicable"
        value = int(raw) if raw.isdigit() else None
        values.append(
            Value(start, start + len(raw), raw, kind, value, where.line, where.field, where.explicit, "", group)
        )
    return values


def none_words(ink: Ink, begin: int, run: str, end: int) -> list[Value]:
    """The marks 无 and 不涉及 as values, where the run is nothing else and no label goes on from it."""
    if not _NONE_WORDS.fullmatch(run):
        return []
    following = ink.han_place(end)
    if run.endswith("无") and ink.han[following : following + 1] in ("法", "正"):
        return []
    if run.endswith("无") and _MARKED.search(ink.text, max(0, begin - 6), begin):
        return []
    where = ink.place(begin)
    return [
        Value(
            begin + word.start(),
            begin + word.end(),
            word.group(),
            "not_applicable",
            None,
            where.line,
            where.field,
            where.explicit,
        )
        for word in _NONE_WORD.finditer(run)
    ]

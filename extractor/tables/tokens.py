"""Values between labels: numbers, marks of not-applicable, and what is neither.

Everything printed between two labels is taken apart once. List numbers (2., （三）), dates, article numbers and page
numbers are no values; a dash pair around a number may be a page number or three cells, so it stays ``optional`` and
the count of cells decides. Words that no label of the table explains are foreign: numbers beside them are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from extractor.tables.ink import Ink

_HAN = r"\u3400-\u9fff"
TOKEN = re.compile(
    rf"""
    (?P<rule>(?:(?<=\n)|(?<=\r)|(?<=\f)|^)(?:[ \t|:+├┌└]*-{{3,}}[-=|: \t+├┼┤┌┬┐└┴┘]*|\|(?::-{{1,2}}:?\|)+[ ]*|\|-[ ]*)(?=[\r\n\f]|$))
  | (?P<blank>(?<![A-Za-z])(?:NaN|nan|NULL|null|None)(?![A-Za-z]))
  | (?P<furniture>
        (?:(?<=\n)|(?<=\r)|(?<=\f)|^)[ \t]*(?:
            [~·•*\[(【《<]+\s?\d{{1,3}}\s?[~·•*\])】》>]+ | \d{{1,3}}\s?页 | (?:[Pp]age|[Pp])\.?\s?\d{{1,3}}(?:\s?(?:of|/)\s?\d+)?
        )[ \t]*(?=[\r\n\f]|$)
      | https?://[!-~]+
      | (?<!\d)(?:(?:19|20)\d\d[-/]\d{{1,2}}[-/]\d{{1,2}}|\d{{1,2}}/\d{{1,2}}/(?:20)?\d\d),?[ ]\d{{1,2}}:\d\d(?::\d\d)?(?:[ ]?[AP]M)?
      | 第\s?\d{{1,3}}\s?页(?:[\s,/]{{0,2}}共\s?\d{{1,3}}\s?页)? | 共\s?\d{{1,3}}\s?页
      | (?<!\d)(?:19|20)\d\d\s?年(?:\s?\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日)?)?
      | 第\s?\d{{1,3}}\s?条(?:\s?第?\s?\(?\s?\d{{1,2}}\s?\)?\s?项)? | 第\s?\(?\s?\d{{1,2}}\s?\)?\s?项
      | \(\s?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?\) | [一二三四五六七八九十]{{1,3}}\s?、
      | [①-⑳] | </?[A-Za-z][^<>\n]{{0,200}}> | \{{[^{{}}=\n]{{0,80}}=[^{{}}\n]{{0,160}}\}} | [+├┼┌┬└┴╞╪]-{{2,}}[-+├┼┌┬└┴┤┐┘]* | [A-Za-z][A-Za-z0-9_.]*(?:[:.]\s?\d+)?
    )
  | (?P<date>(?<!\d)20[0-4]\d(?P<point>[-./])(?:0?[1-9]|1[0-2])(?P=point)(?:[12]\d|3[01]|0?[1-9])(?!\d))
  | (?P<page>(?:-{{1,3}}[ ]\d{{1,3}}[ ]-{{1,3}}|(?:(?<=\n)|(?<=\r)|(?<=\f))[ ]*-{{1,3}}\d{{1,3}}-{{1,3}})(?=[ \t]*(?:[\r\n\f]|$))
      | (?:(?<=\n)|(?<=\r)|(?<=\f))[ ]*\d{{1,3}}[ ]?/[ ]?\d{{1,3}}(?=[ ]*(?:[\r\n\f]|$)))
  | (?P<number>(?:(?<![\d\-])-)?(?:(?<!\d)[1-9]\d{{0,2}}(?:[ ]\d{{3}})*[ ]0\d\d(?:[ ]\d{{3}})*(?!\d)|\d{{1,3}}(?:,\d{{3}})+(?:(?![\d,])|(?=\d[ ]?[.、)][ ]?[{_HAN}“]))|\d+)(?:\.\d+)?)
    (?P<unit>[ ]?(?:亿元|万元|元)|人次|件次|[件项个条宗起份%])?
  | (?P<none>-{{1,4}}|/)
  | (?P<han>[{_HAN}]+)
    """,
    re.VERBOSE,
)
_FIGURES = re.compile(r"(?<![\d,-])\d{1,18}(?:[ \t|]+\d{1,18})*(?=[ \t|]*(?:\r?\n(?![.、])|$))")
_FIGURE = re.compile(r"([ \t|]*)(\d+)")
_GROUPED = re.compile(r" 0\d\d")
_GROUPS = re.compile(r"\d{1,3}(?: 0\d\d)+(?:\.\d+)?")  # surely one number; 913 107 096 may be two
_PART = re.compile(r"\d+|-+|/")
_MARKER_TAIL = re.compile(
    rf"(?:[ \t]?\\?[.、)。,·:;][ \t]*|[.、]\s{{0,4}}|[.、][ \t]*[|\t][ \t]*)(?=[{_HAN}“\"‘])|\.[ \t]+(?=[\d(/-])"
)
_MARKER_BELOW = re.compile(rf"\r?\n[ \t]*[.、]\s{{0,4}}(?=[{_HAN}“\"‘])")
_MARKER_BEHIND = re.compile(rf"\d[.、][ \t]*[{_HAN}“\"‘]")
_GROUP_BEFORE = re.compile(rf"[{_HAN}][ \t\u3000]*(?:\r?\n[ \t]*)?$")
_LEADING_ZERO = re.compile(r"-?0\d")
_MARKER_FIRST = frozenset(" \t\r\n\f.、)。,·:;\\")
_SEEN_BEHIND = 4
_NONE_WORDS = re.compile(r"(?:不涉及|不适用|无)+")
_MARKED = re.compile(r"(?:\([一二三四五六七]\)|[一二三四五六七]、|(?<!\d)\d[.、])\s*$")
_NONE_WORD = re.compile(r"不涉及|不适用|无")
_NONE_BEHIND = re.compile(r"[\s|]{0,40}(?:不涉及|不适用|无)")


class Value(NamedTuple):
    """A printed value: ``kind`` number, not_applicable, text or blank; ``line`` and ``field`` where it stands.

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
        return self.is_glued or (len(self.raw) > 1 and self.kind == "number" and bool(_LEADING_ZERO.match(self.raw)))


def next_token(text: str, place: int, stop: int) -> re.Match[str] | None:
    """The next token that begins before ``stop``; what stands right behind is seen, but not taken."""
    match = TOKEN.search(text, place, stop + _SEEN_BEHIND)
    if match is None or match.start() >= stop:
        return None
    return TOKEN.match(text, match.start(), stop) if match.lastgroup == "han" and match.end() > stop else match


def value_end(text: str, match: re.Match[str], stop: int) -> int:
    """Where the value ends when a list number (…0002.) runs on from it: the digit before the point is the marker."""
    end = match.end()
    if text[end : end + 1] not in _MARKER_FIRST or match.group("unit"):
        return end
    if text[end] == "," and _NONE_WORD.match(text, end + 1):
        return end
    if _MARKER_TAIL.match(text, end, stop + 1):
        raw = match.group("number")
        return end - 1 if raw[-1:].isdigit() and "." not in raw else end
    if not _MARKER_BELOW.match(text, end, stop + 1):
        return end
    start = match.start("number")
    return start if end - start == 1 and _GROUP_BEFORE.search(text, max(0, start - 4), start) else end


def plain_figures(ink: Ink, start: int, stop: int) -> list[Value]:
    """The rest of a line of nothing but plain figures, taken at once; empty where anything else stands there."""
    figures = _FIGURES.match(ink.text, start)
    if figures is None or figures.end() > stop or ink.has_grids or ink.page_numbers or _GROUPED.search(figures[0]):
        return []
    line, field, explicit = ink.place(start)
    values = []
    for figure in _FIGURE.finditer(ink.text, start, figures.end()):
        between, raw = figure.groups()
        field += between.count("\t") + between.count("|")
        begin, end = figure.span(2)
        values.append(Value(begin, end, raw, "number", int(raw), line, field, explicit))
    return values


def number_of(ink: Ink, match: re.Match[str], end: int) -> Value:
    start = match.start("number")
    printed = ink.text[start : min(end, match.end("number"))]
    where = ink.place(start)
    if printed == "-":
        return Value(start, end, printed, "not_applicable", None, where.line, where.field, where.explicit)
    plain = printed.replace(",", "").replace(" ", "")
    is_loose = not where.explicit and " " in printed and not _GROUPS.fullmatch(printed)
    is_glued = ink.text[start - 1 : start] == "," or (
        ink.text[end : end + 1] == "," and ink.text[end + 1 : end + 2].isdigit()
    )
    value = float(plain) if "." in plain else int(plain[:300])
    unit = (match.group("unit") or "").strip()
    return Value(
        start,
        end,
        ink.text[start:end],
        "number",
        value,
        where.line,
        where.field,
        where.explicit,
        unit,
        is_glued=is_glued or is_loose,
    )


def blank_of(ink: Ink, match: re.Match[str]) -> Value:
    """What a data frame prints for an empty cell."""
    return Value(match.start(), match.end(), match.group(), "blank", None, *ink.place(match.start()))


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
    beside = before if _MARKER_BEHIND.match(ink.text, end) else before + behind
    touches = end - start > 1 and any(near.isdigit() or near in "-/无及用不" for near in beside)
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
    """The marks 无 and 不涉及 as values, where the run is nothing else; the last is none where a label goes on from it."""
    if not _NONE_WORDS.fullmatch(run):
        return []
    words = list(_NONE_WORD.finditer(run))
    following = ink.han_place(end)
    goes_on = run.endswith("无") and ink.han[following : following + 1] in ("法", "正")
    if goes_on and not _NONE_BEHIND.match(ink.text, end):
        words.pop()
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
        for word in words
    ]

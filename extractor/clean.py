"""Two plain views of the source beside it, each with an exact way back.

Converters wrap lines, put blank lines between them, mix full-width and half-width forms and map fonts to
radicals. The source is never edited: ``unified`` replaces characters one for one, so its offsets are the
source's; ``prose`` joins wrapped lines and keeps an offset for every character.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.characters import plain_characters
from extractor.report import Cleaned

if TYPE_CHECKING:
    from extractor.report import Report

LINE_BREAK = re.compile(r"\r\n|[\n\r\f\v\u0085\u2028\u2029]")
NUMERAL = "一二三四五六七八九十"
MARKER = re.compile(
    rf"第?[{NUMERAL}]{{1,3}}[、．.章]|第[{NUMERAL}]{{1,3}}部分|[（(][{NUMERAL}\d]{{1,3}}[）)]|\d{{1,2}}[.、．](?!\d)"
    rf"|[{NUMERAL}]{{1,2}}(?:是|要|方面)|首先|其次|再次|[-●■◆★▪•]\s?|[①-⑳]|附件|附：|注[：:]"
)
NARROW_MARK = re.compile(  # begins with one class of characters, which ``re`` looks for ten times as fast as for others
    r"[,;:?!().](?:(?<!\.)(?:(?<=[\u4e00-\u9fff）”》\x22].)|(?=[\u4e00-\u9fff（“《]))"
    rf"|(?<=[\u4e00-\u9fff）”》]\.)(?<![第（{NUMERAL}]\.)(?=\s|$|[\u4e00-\u9fff“《（]|\d{{1,2}}[.、．]))"
)
FULL_MARKS = dict(zip(",;:?!().", "，；：？！（）。", strict=True))
MARKDOWN = "#*"
WIDE = re.compile("[\u2014\u2018-\u201d\u2026\u2e81-\U0010ffff]+")
RUN = re.compile(r"[^ \t]+")
TERMINAL = re.compile(r"[。！？；：!?;:…][”’」』）)》]?$")
BULLET = re.compile(r"[●■◆★▪•①-⑳]")
PAGE_MARK = re.compile(
    r"[-~·•\s]*-\s*\d{1,4}\s*-[-~·•\s]*|[-~·•]+\s*\d{1,4}"
    r"|第\s*[\d一二三四五六七八九十]{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|(?i:page)\s*\d{1,4}"
)
WIDEST_INDENT = 4
CROWDED = 6
BARE_MARK = re.compile(r"\d{1,3}(?:\s*/\s*\d{1,3})?")
LONGEST_MARK = 24
LIST_MARKS = "，、（“《,"
SPEECH = re.compile(r"[\u4e00-\u9fff][，。；：、]?[\u4e00-\u9fff]")
TITLE_BROKEN = re.compile(r"信息公开.{0,12}$")
TITLE_WHOLE = re.compile(r"信息公开.{0,12}报告$")


class Line(NamedTuple):
    """A non-empty line: its trimmed extent in the source, its width (Chinese characters count two) and its number of
    characters, both with a paragraph's indent, and what stands before.
    """

    start: int
    end: int
    width: int
    characters: int
    indented: bool
    after_blank: bool


def _width(text: str) -> int:
    return 2 * len(text) - len(WIDE.sub("", text))


def _lines(unified: str) -> list[Line]:
    lines: list[Line] = []
    place, blank = 0, False
    for match in (*LINE_BREAK.finditer(unified), None):
        end = match.start() if match else len(unified)
        raw = unified[place:end]
        content = raw.strip()
        if content.startswith(("#", "**")):
            content = content.strip(MARKDOWN).strip()
        if content:
            start = place + raw.index(content)
            indent = start - place if start - place <= WIDEST_INDENT else 0
            width = _width(content) + (2 * indent if indent <= WIDEST_INDENT // 2 else indent)
            lines.append(Line(start, start + len(content), width, len(content) + indent, start - place >= 2, blank))
            blank = False
        else:
            blank = blank or bool(lines)
        place = match.end() if match else end
    return lines


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text is set: the width its lines are wrapped at (0: not wrapped), and which signs of paragraphs it uses.

    ``wrapped_count`` is the number of characters a line, 0 where lines were not cut by count.
    """

    wrapped_at: int
    blank_parts: bool
    indent_parts: bool
    wrapped_count: int = 0

    def is_full(self, line: Line) -> bool:
        """Whether a line reaches the limit, by its width or, where lines were cut so, by its count of characters."""
        return line.width >= self.wrapped_at - 7 or 0 < self.wrapped_count <= line.characters + 1


def guess_layout(lines: list[Line]) -> Layout:
    """The wrapping of a text by the crowding of its line widths below one limit."""
    widths = sorted(line.width for line in lines if line.width >= 40)
    if len(widths) < 5 or widths[-1] > 160:
        return Layout(0, blank_parts=True, indent_parts=False)
    crowds = [bisect_right(widths, width) - bisect_left(widths, width - CROWDED) for width in widths]
    limit = max(zip(crowds, widths, strict=True))[1]
    full = [line for line in lines if limit - CROWDED <= line.width <= limit + 8]
    if len(full) < 0.3 * len(widths) or len(widths) - bisect_right(widths, limit + 8) > 0.2 * len(widths):
        return Layout(0, blank_parts=True, indent_parts=False)
    blanks = sum(line.after_blank for line in lines) / len(lines)
    indents = sum(line.indented for line in full) / len(full)
    counts = sorted(line.characters for line in lines if line.width >= limit * 0.75)
    count = counts[int(len(counts) * 0.9)]
    is_counted = sum(count - 1 <= one <= count for one in counts) > 0.5 * len(counts)
    return Layout(limit, blank_parts=blanks < 0.6, indent_parts=0.02 < indents < 0.6, wrapped_count=count * is_counted)


def _continues(unified: str, line: Line, following: Line, layout: Layout) -> bool:
    """Whether ``following`` goes on with the paragraph of ``line``."""
    if following.width <= 12 and _is_rest_of_title(unified, line, following):
        return True
    if not layout.wrapped_at or line.width < layout.wrapped_at * 0.6 or BULLET.match(unified, following.start):
        return False
    text, rest = unified[line.start : line.end], unified[following.start : following.end]
    if "\t" in text or "\t" in rest or (layout.indent_parts and following.indented):
        return False
    if not layout.is_full(line):
        is_open = text[-1] in LIST_MARKS or (text[-1].isdigit() and rest[0].isdigit())
        return is_open and bool(SPEECH.search(text)) and bool(SPEECH.search(rest))
    ended = bool(TERMINAL.search(text[-2:]))
    if ended and (MARKER.match(rest) or (layout.blank_parts and following.after_blank)):
        return False
    return not (ended and line.width < layout.wrapped_at - 3)


def _is_rest_of_title(unified: str, line: Line, following: Line) -> bool:
    text, rest = unified[line.start : line.end], unified[following.start : following.end]
    if not TITLE_BROKEN.search(text) or TITLE_WHOLE.search(text):
        return False
    return TITLE_WHOLE.search(text + rest) is not None


@lru_cache(maxsize=4)
def _places(size: int) -> array[int]:
    return array("L", range(size))


def _append(unified: str, line: Line, pieces: list[str], offsets: array[int], places: array[int]) -> None:
    """Add a line's characters but its white space; ``places`` counts up, so that ranges are copied and not counted."""
    text = unified[line.start : line.end]
    if " " not in text and "\t" not in text:
        pieces.append(text)
        offsets.extend(places[line.start : line.end])
        return
    for run in RUN.finditer(unified, line.start, line.end):
        start, end = run.span()
        if start > line.start and (mark := _separator(pieces[-1][-1], unified[start])):
            pieces.append(mark)
            offsets.append(start - 1)
        pieces.append(run.group())
        offsets.extend(places[start:end])


def _separator(before: str, following: str) -> str:
    """What white space inside a paragraph stands for.

    A space between two Latin letters or digits; a paragraph's end behind a full stop, since pages saved as one line
    leave nothing else of it; nothing between Chinese characters.
    """
    if before in "。！？" and not following.isascii():
        return "\n"
    return " " if before.isascii() and following.isascii() and before.isalnum() and following.isalnum() else ""


def _page_marks(unified: str, lines: list[Line], layout: Layout) -> frozenset[int]:
    """The lines that are a page's number: between dashes or so named; a bare one only within wrapped prose."""
    marks = set()
    for index in range(1, len(lines) - 1):
        line = lines[index]
        if line.width > LONGEST_MARK:
            continue
        if PAGE_MARK.fullmatch(unified, line.start, line.end):
            marks.add(index)
        elif layout.wrapped_at and BARE_MARK.fullmatch(unified, line.start, line.end):
            before, behind = lines[index - 1], lines[index + 1]
            speech = (SPEECH.search(unified, one.start, one.end) for one in (before, behind))
            if layout.is_full(before) and all(speech):
                marks.add(index)
    return frozenset(marks)


def unwrap(unified: str, *, paragraphs_are_lines: bool) -> Cleaned:
    """The view with wrapped lines joined and page marks left out."""
    lines = _lines(unified)
    layout = Layout(0, blank_parts=True, indent_parts=False) if paragraphs_are_lines else guess_layout(lines)
    marks = _page_marks(unified, lines, layout)
    kept = [line for index, line in enumerate(lines) if index not in marks] if marks else lines
    pieces: list[str] = []
    offsets = array("L")
    places = _places(1 << len(unified).bit_length())
    for index, line in enumerate(kept):
        _append(unified, line, pieces, offsets, places)
        if index + 1 == len(kept):
            break
        following, last = kept[index + 1], unified[line.end - 1]
        if not _continues(unified, line, following, layout):
            pieces.append("\n")
            offsets.append(line.end)
        elif _separator(last, unified[following.start]) == " " and not last.isdigit():
            pieces.append(" ")
            offsets.append(line.end)
    offsets.append(len(unified))
    page_marks = tuple((lines[index].start, lines[index].end) for index in sorted(marks))
    return Cleaned(unified, "".join(pieces), offsets, page_marks)


def _full_mark(match: re.Match[str]) -> str:
    return FULL_MARKS[match.group()]


def clean(report: Report) -> Report:
    """Write ``cleaned``: the unified text and the un-wrapped prose with its offsets."""
    unified = NARROW_MARK.sub(_full_mark, plain_characters(report.text))
    return replace(report, cleaned=unwrap(unified, paragraphs_are_lines=report.document.paragraphs_are_lines))

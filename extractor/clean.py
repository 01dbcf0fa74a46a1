"""Two plain views of the source beside it, each with an exact way back.

Converters wrap lines, put blank lines between them, mix full-width and half-width forms and map fonts to
radicals. The source is never edited: ``unified`` replaces characters one for one, so its offsets are the
source's; ``prose`` joins wrapped lines and keeps an offset for every character.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractor.characters import character_map
from extractor.report import Cleaned

if TYPE_CHECKING:
    from extractor.report import Report

LINE_BREAK = re.compile(r"\r\n|[\n\r\f\v\u0085\u2028\u2029]")
NUMERAL = "一二三四五六七八九十"
MARKER = re.compile(
    rf"第?[{NUMERAL}]{{1,3}}[、．.章]|第[{NUMERAL}]{{1,3}}部分|[（(][{NUMERAL}\d]{{1,3}}[）)]|\d{{1,2}}[.、．](?!\d)"
    rf"|[{NUMERAL}]{{1,2}}(?:是|要|方面)|首先|其次|再次|[-●■◆★▪•]\s?|[①-⑳]|附件|附：|注[：:]"
)
NARROW_MARK = re.compile(
    r"(?<=[\u4e00-\u9fff）”》\x22])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff（“《])"
    rf"|(?<=[\u4e00-\u9fff）”》])(?<![第（{NUMERAL}])\.(?=\s|$|[\u4e00-\u9fff“《（]|\d{{1,2}}[.、．])"
)
WIDE = dict(zip(",;:?!().", "，；：？！（）。", strict=True))
MARKDOWN = "#*"
RUN = re.compile(r"[^ \t]+")
TERMINAL = re.compile(r"[。！？；：!?;:…][”’」』）)》]?$")
BULLET = re.compile(r"[●■◆★▪•①-⑳]")
PAGE_MARK = re.compile(
    r"[-~·•\s]*-\s*\d{1,4}\s*-[-~·•\s]*|[-~·•]+\s*\d{1,4}|第\s*[\d一二三四五六七八九十]{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|(?i:page)\s*\d{1,4}"
)
BARE_MARK = re.compile(r"\d{1,3}(?:\s*/\s*\d{1,3})?")
LIST_MARKS = "，、（“《,"
SPEECH = re.compile(r"[\u4e00-\u9fff][，。；：、]?[\u4e00-\u9fff]")
TITLE_BROKEN = re.compile(r"信息公开.{0,12}$")
TITLE_WHOLE = re.compile(r"信息公开.{0,12}报告$")


@dataclass(frozen=True, slots=True)
class Line:
    """A non-empty line: its trimmed extent in the source, its width (Chinese characters count two), what stands before."""

    start: int
    end: int
    width: int
    indented: bool
    after_blank: bool


def _width(text: str) -> int:
    return len(text) + sum(1 for c in text if c > "⺀")


def _lines(unified: str) -> list[Line]:
    lines: list[Line] = []
    place, blank = 0, False
    for match in (*LINE_BREAK.finditer(unified), None):
        end = match.start() if match else len(unified)
        raw = unified[place:end]
        content = raw.strip().strip(MARKDOWN).strip() if raw.strip().startswith(("#", "**")) else raw.strip()
        if content:
            start = place + raw.index(content)
            lines.append(Line(start, start + len(content), _width(content), start - place >= 2, blank))
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
        return line.width >= self.wrapped_at - 7 or 0 < self.wrapped_count <= line.end - line.start + 1


def guess_layout(lines: list[Line]) -> Layout:
    """The wrapping of a text by the crowding of its line widths below one limit."""
    widths = sorted(line.width for line in lines if line.width >= 40)
    if len(widths) < 5 or widths[-1] > 160:
        return Layout(0, blank_parts=True, indent_parts=False)
    limit = widths[int(len(widths) * 0.9)]
    full = [line for line in lines if limit - 6 <= line.width <= limit + 8]
    if len(full) < 0.3 * len(widths):
        return Layout(0, blank_parts=True, indent_parts=False)
    blanks = sum(line.after_blank for line in lines) / len(lines)
    indents = sum(line.indented for line in full) / len(full)
    counts = sorted(line.end - line.start for line in lines if line.width >= limit * 0.75)
    count = counts[int(len(counts) * 0.9)]
    is_counted = sum(count - 1 <= one <= count for one in counts) > 0.5 * len(counts)
    return Layout(limit, blank_parts=blanks < 0.6, indent_parts=0.02 < indents < 0.6, wrapped_count=count * is_counted)


def _continues(unified: str, line: Line, following: Line, layout: Layout) -> bool:
    """Whether ``following`` goes on with the paragraph of ``line``."""
    text, rest = unified[line.start : line.end], unified[following.start : following.end]
    if (
        following.width <= 12
        and TITLE_BROKEN.search(text)
        and TITLE_WHOLE.search(text + rest)
        and not TITLE_WHOLE.search(text)
    ):
        return True
    if BULLET.match(rest):
        return False
    if not layout.wrapped_at or "\t" in text or "\t" in rest or (layout.indent_parts and following.indented):
        return False
    if not layout.is_full(line):
        is_open = text[-1] in LIST_MARKS or (text[-1].isdigit() and rest[0].isdigit())
        return is_open and line.width >= layout.wrapped_at * 0.6 and bool(SPEECH.search(text)) and bool(SPEECH.search(rest))
    ended = bool(TERMINAL.search(text))
    if ended and (MARKER.match(rest) or (layout.blank_parts and following.after_blank)):
        return False
    return not (ended and line.width < layout.wrapped_at - 3)


def _append(unified: str, line: Line, letters: list[str], offsets: array[int]) -> None:
    for run in RUN.finditer(unified, line.start, line.end):
        if run.start() > line.start and (mark := _separator(letters, unified[run.start()])):
            letters.append(mark)
            offsets.append(run.start() - 1)
        letters.extend(run.group())
        offsets.extend(range(run.start(), run.end()))


def _separator(letters: list[str], following: str) -> str:
    """What white space inside a paragraph stands for.

    A space between two Latin letters or digits; a paragraph's end behind a full stop, since pages saved as one line
    leave nothing else of it; nothing between Chinese characters.
    """
    before = letters[-1]
    if before in "。！？" and not following.isascii():
        return "\n"
    return " " if before.isascii() and following.isascii() and before.isalnum() and following.isalnum() else ""


def _page_marks(unified: str, lines: list[Line], layout: Layout) -> frozenset[int]:
    """The lines that are a page's number: between dashes or so named; a bare one only within wrapped prose."""
    marks = set()
    for index in range(1, len(lines) - 1):
        line = lines[index]
        if line.width > 24:
            continue
        before, behind = lines[index - 1], lines[index + 1]
        is_between = layout.is_full(before) and SPEECH.search(unified, before.start, before.end) is not None
        if not layout.wrapped_at or not is_between or not SPEECH.search(unified, behind.start, behind.end):
            is_between = False
        pattern = BARE_MARK if is_between else PAGE_MARK
        if PAGE_MARK.fullmatch(unified, line.start, line.end) or pattern.fullmatch(unified, line.start, line.end):
            marks.add(index)
    return frozenset(marks)


def unwrap(unified: str, *, paragraphs_are_lines: bool) -> Cleaned:
    """The view with wrapped lines joined and page marks left out."""
    lines = _lines(unified)
    layout = Layout(0, blank_parts=True, indent_parts=False) if paragraphs_are_lines else guess_layout(lines)
    marks = _page_marks(unified, lines, layout)
    kept = [line for index, line in enumerate(lines) if index not in marks]
    letters: list[str] = []
    offsets = array("L")
    for index, line in enumerate(kept):
        _append(unified, line, letters, offsets)
        if index + 1 == len(kept):
            break
        following = kept[index + 1]
        if not _continues(unified, line, following, layout):
            letters.append("\n")
            offsets.append(line.end)
        elif _separator(letters, unified[following.start]) == " " and not letters[-1].isdigit():
            letters.append(" ")
            offsets.append(line.end)
    offsets.append(len(unified))
    page_marks = tuple((lines[index].start, lines[index].end) for index in sorted(marks))
    return Cleaned(unified, "".join(letters), offsets, page_marks)


def _wide_mark(match: re.Match[str]) -> str:
    return WIDE[match.group()]


def clean(report: Report) -> Report:
    """Write ``cleaned``: the unified text and the un-wrapped prose with its offsets."""
    unified = NARROW_MARK.sub(_wide_mark, report.text.translate(character_map()))
    return replace(report, cleaned=unwrap(unified, paragraphs_are_lines=report.document.paragraphs_are_lines))

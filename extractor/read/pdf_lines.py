"""Lines of a PDF page with their places, by PDFium.

PDFium hands the text over in the order of the page's content, one line a run of a baseline; that order is the
author's, and right in what WPS, Word and LibreOffice print. Only the places of a line's first and last character
are asked for, since a box a character would double the cost of a page.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from extractor.characters import UNUSUAL, read_characters, reading_map
from extractor.read.pdf_calls import address_of, character_box, parts_of
from extractor.read.pdf_unmapped import is_unmapped_page, mark_unmapped
from extractor.read.pdf_unseen import UNSEEN, is_speck, least_size, sample, without_unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Edges = tuple[float, float, float, float]

# what no plain text of a page holds; line breaks are PDFium's own
ODD: dict[int, str | None] = {**reading_map(), 0x0A: "\n", 0x0D: "\r"}
BLANK = " \r\t\f\v" + UNSEEN
HYPHENS = {0xFFFE: "-", 0x02: "-"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, the index of its first character on the page, and its box in points from the top left."""

    text: str
    first: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Of its first character, in points."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as read: its size in points as it is shown, its lines in the order of the content, whether it is to be read
    as an image, and whether that is so because its letters have no characters."""

    width: float
    height: float
    lines: tuple[Line, ...]
    is_image: bool = False
    is_unmapped: bool = False


class Places:
    """Boxes of a page's characters as the page is shown, turned pages included."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self.textpage = textpage
        self.turn = page.get_rotation()
        self.width, self.height = page.get_size()
        left, bottom, right, top = page.get_cropbox()
        self.left, self.bottom, self.right, self.top = left, bottom, right, top
        self.least = least_size(self.height)
        self.handle = address_of(textpage.raw)
        self._edges = (ctypes.c_double * 4)()
        self._parts = parts_of(self._edges)

    def box(self, character: int) -> Edges | None:
        """Left, top, right, bottom from the shown page's top left; None for a character without a place."""
        if not character_box(self.handle, character, *self._parts):
            return None
        x0, x1, y0, y1 = self._edges
        if self.turn == 90:
            return y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left
        if self.turn == 180:
            return self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom
        if self.turn == 270:
            return self.top - y1, self.right - x1, self.top - y0, self.right - x0
        return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0


def character_index(textpage: Any, text: str) -> Sequence[int]:
    """For each place of a page's text PDFium's own index of the character.

    They part where a character has no Unicode value, or takes two units of UTF-16.
    """
    if len(text) == textpage.count_chars():
        return range(len(text))
    indices, unit = [], 0
    for letter in text:
        indices.append(pdfium.FPDFText_GetCharIndexFromTextIndex(textpage.raw, unit))
        unit += 2 if ord(letter) > 0xFFFF else 1
    return indices


def lines_of(page: Any) -> Sheet:
    """The lines of a page that PDFium opened."""
    textpage = page.get_textpage()
    try:
        here = seen_text(page, textpage)
        lines: list[Line] = []
        for start, end in _line_ranges(here.text):
            lines += here.lines(start, end)
        is_unmapped = is_unmapped_page(here.text)
        return Sheet(here.places.width, here.places.height, tuple(lines), is_unmapped, is_unmapped)
    finally:
        textpage.close()


def seen_text(page: Any, textpage: Any) -> PageText:
    """A page's text with ``UNSEEN`` for each letter that it does not show, ``UNMAPPED`` for each that has no character."""
    text, places = textpage.get_text_range(), Places(page, textpage)
    sampled = sample(text)
    text, indices = mark_unmapped(places.handle, text, character_index(textpage, text), sampled)
    here = PageText(text, False, places, indices)
    here = replace(here, text=without_unseen(page, here, sampled))
    unusual = "".join(UNUSUAL.findall(here.text))
    return replace(here, is_odd=unusual.translate(ODD) != unusual)


def _line_ranges(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip(BLANK):
            yield _trimmed(text, start, end)
        start = end + 1


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A range of the text without the blanks at its ends."""
    line = text[start:end]
    return end - len(line.lstrip(BLANK)), start + len(line.rstrip(BLANK))


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text while its lines are made; ``is_odd`` says that characters in it mean others."""

    text: str
    is_odd: bool
    places: Places
    indices: Sequence[int]

    def box(self, place: int) -> Edges | None:
        """The box of the character at a place of the text."""
        return self.places.box(self.indices[place])

    def lines(self, start: int, end: int) -> Iterator[Line]:
        """The line at [start, end); where PDFium joined some that stand at different heights, each of them."""
        while start < end:
            first, last = self.box(start), self.box(end - 1) if end - start > 1 else None
            last = last or first
            if first is not None and last is not None and self._loses(start, first, end - 1, last):
                shown = self._without_lost(start, end)
                yield from shown.lines(*_trimmed(shown.text, start, end))
                return
            cut = end
            if first is not None and last is not None and (last[3] <= first[1] or last[1] >= first[3]):
                cut = self._height_cut(start, end)
                last = self.box(cut - 1) or first
            content = self.text[start:cut]
            if self.is_odd:
                content = read_characters(content.translate(HYPHENS)).strip()
            if content and (first is None or last is None):
                yield Line(content, start, 0.0, 0.0, 0.0, 0.0)
            elif content and first is not None and last is not None:
                yield Line(content.rstrip(), start, first[0], min(first[1], last[1]), last[2], max(first[3], last[3]))
            start = cut

    def _is_within(self, first: Edges, last: Edges) -> bool:
        """Whether letters with these boxes are on the page and not too small, which goes for what stands between."""
        places, least = self.places, self.places.least
        return (
            first[0] >= 0 <= first[1]
            and last[2] <= places.width
            and last[3] <= places.height
            and (first[3] - first[1] >= least or first[2] - first[0] >= least)
            and (last[3] - last[1] >= least or last[2] - last[0] >= least)
        )

    def _loses(self, start: int, first: Edges, end: int, last: Edges) -> bool:
        return not self._is_within(first, last) and (self.is_lost(start, first) or self.is_lost(end, last))

    def is_lost(self, place: int, box: Edges) -> bool:
        """Whether the letter at a place stands beside the page, or is too small for an eye."""
        if self._is_within(box, box):
            return False
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not (0 <= x <= self.places.width and 0 <= y <= self.places.height):
            return True
        return is_speck(self.places.textpage, self.indices[place], self.places.least)

    def _without_lost(self, start: int, end: int) -> PageText:
        """The text with the letters of a line left out that are lost."""
        lost = [
            self.text[place] not in BLANK and (box := self.box(place)) is not None and self.is_lost(place, box)
            for place in range(start, end)
        ]
        letters = (UNSEEN if gone else self.text[start + place] for place, gone in enumerate(lost))
        return replace(self, text=self.text[:start] + "".join(letters) + self.text[end:], is_odd=True)

    def _height_cut(self, start: int, end: int) -> int:
        """Where in a line the letters' height first changes; its end where only small signs stand off."""
        before = None
        for place in range(start, end):
            if not self.text[place].isalnum():
                continue
            box = self.box(place)
            if box is not None and before is not None and (box[1] >= before[3] or box[3] <= before[1]):
                return place
            before = box or before
        return end

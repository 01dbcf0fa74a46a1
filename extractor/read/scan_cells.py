"""The ruled cells of a page's image, each read alone; the extra [scan].

Recognition of a whole page loses two thirds of a table's numbers, recognition of single cells nearly none. An engine may
be sure and wrong, so a figure is trusted only where a second reading at another size says the same and where the cell
holds no other ink than what was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFilter

from extractor.read.filled import FilledTable
from extractor.read.scan_engine import recognise

if TYPE_CHECKING:
    from extractor.read.ruling import Ink, RuledCell, RuledTable
    from extractor.read.scan_flat import Grey

DARK = 155
RULE, TRACE = 0.85, 0.04
LOW_AT_EDGE = 0.6
FAR, APART, THIN = 8.0, 3.0, 2.5
FAINT, LOW_LINE, LINE_GAP, LOW_PIECE = 0.05, 5.5, 2.5, 2.0
PIECED = 0.5
PALE, PALE_LEAST, AROUND = 12, 15.0, 2.0
AGAIN, EDGE = 3.0, 1.5
ILLEGIBLE = "〓"
LIKE_DIGITS = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "Ｏ": "0", "l": "1", "I": "1", "|": "1"})
NUMBER_LIKE = re.compile(r"[\dOo〇○ＯlI|.,]+")
WORDED = re.compile(r"[\u4e00-\u9fff]|^[-－—–/／]+$|^-?[\d,]+(?:\.\d+)?%?$")
HANGING = re.compile(r"(?<=\d)[。．](?=\d)")
WIDEST_DIGIT, NARROWEST_DIGIT = 0.95, 0.3


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of ink in a cell: its image with a margin, its place in the cell in pixels, and whether it is in doubt
    because it touches the cell's upper or lower edge, or its sides, or its parts stand far apart."""

    image: Grey
    top: int
    bottom: int
    left: int
    right: int
    touches: bool
    is_apart: bool


class CellReader:
    """Reads the cells of one page's tables: ``even`` is the page, ``sharp`` the same with its strokes darker."""

    def __init__(self, even: Grey, sharp: Grey, scale: float) -> None:
        self.even, self.sharp, self.scale = even, sharp, scale
        self.pale = _pale(even)

    def fill(self, table: RuledTable) -> FilledTable:
        """Each cell's text and how sure it is, all lines of a table's cells in one go."""
        boxes = [_inside(self.sharp, cell, self.scale) for cell in table.cells]
        strips = [_strips(self.even, self.sharp, box, self.scale) for box in boxes]
        read = iter(recognise([strip.image for found in strips for strip in found]))
        texts, sure = [], []
        for found in strips:
            parts = [next(read) for _ in found]
            texts.append(_as_number("".join(text or ILLEGIBLE for text, _ in parts)))
            sure.append(min((confidence for _, confidence in parts), default=1.0))
        doubtful = self._misread(strips, texts)
        for number, (box, found) in enumerate(zip(boxes, strips, strict=True)):
            if not found and self._has_other_ink(box, found):
                texts[number], sure[number] = ILLEGIBLE, 0.0
            elif number in doubtful or self._is_doubtful(box, found, texts[number]):
                sure[number] = min(sure[number], PIECED)
        return FilledTable(table, tuple(texts), tuple(round(value, 3) for value in sure))

    def _misread(self, strips: list[list[Strip]], texts: list[str]) -> set[int]:
        """The cells whose figure comes out otherwise when it is read again, smaller on a wider ground."""
        figures = [number for number, text in enumerate(texts) if _is_number(text)]
        wider = int(AGAIN * self.scale)
        again = iter(
            recognise(
                [np.pad(strip.image, wider, constant_values=255) for number in figures for strip in strips[number]]
            )
        )
        second = {number: _as_number("".join(next(again)[0] for _ in strips[number])) for number in figures}
        return {number for number, text in second.items() if text != texts[number]}

    def _is_doubtful(self, box: tuple[slice, slice], found: list[Strip], text: str) -> bool:
        """Whether a figure may be less or more than its cell shows: a piece of rule read as a digit, a digit lost, or
        signs that are neither a figure nor words."""
        if not _is_number(text):
            return bool(found) and not WORDED.search(text)
        if any(strip.is_apart or (len(found) > 1 and strip.touches) for strip in found):
            return True
        if self._has_other_ink(box, found):
            return True
        return len(found) == 1 and not _fits(text, found[0])

    def _has_other_ink(self, box: tuple[slice, slice], found: list[Strip]) -> bool:
        """Whether a cell holds ink, however faint, outside of the lines that were read."""
        rest, around = self.pale[box].copy(), int(AROUND * self.scale)
        for strip in found:
            rest[max(0, strip.top - around) : strip.bottom + around, max(0, strip.left - around) : strip.right + around] = False  # fmt: skip
        edge = int(EDGE * self.scale)
        return bool(rest[edge:-edge, edge:-edge].sum() > PALE_LEAST * self.scale)


def _is_number(text: str) -> bool:
    return NUMBER_LIKE.fullmatch(text) is not None


def _fits(text: str, strip: Strip) -> bool:
    """Whether a line of ink is as wide for its height as its digits are: no digit lost, none made of a smear."""
    height, width = strip.bottom - strip.top, strip.right - strip.left
    digits = sum(letter.isdigit() for letter in text)
    return NARROWEST_DIGIT * (digits - 1) * height <= width <= WIDEST_DIGIT * len(text) * height


def _pale(image: Grey) -> Ink:
    """Where the page is darker than its paper over more than a few pixels: ink, however faint."""
    smooth = np.asarray(Image.fromarray(image).filter(ImageFilter.BoxBlur(3)))
    return smooth < float(np.median(smooth)) - PALE


def _inside(sharp: Grey, cell: RuledCell, scale: float) -> tuple[slice, slice]:
    """The rows and columns of pixels inside a cell's rules, however far these lean or spread."""
    inset, zone = max(2, int(0.9 * scale)), int(3.4 * scale)
    left, right, top, bottom = (max(0, int(edge * scale)) for edge in (cell.left, cell.right, cell.top, cell.bottom))
    ink = sharp[top:bottom, left:right] < DARK
    if min(ink.shape) < 3 * zone:
        return slice(top + inset, max(top, bottom - inset)), slice(left + inset, max(left, right - inset))
    along, across = ink[:, inset:-inset], ink[inset:-inset].T
    first, last, start, end = (
        max(inset, _rule_depth(edge[:zone])) for edge in (along, along[::-1], across, across[::-1])
    )
    return slice(top + first, bottom - last), slice(left + start, right - end)


def _rule_depth(edge: Ink) -> int:
    """How far a rule reaches into a cell along one of its sides, straight, leaning or spread; 0 where there is none."""
    if edge.any(axis=0).mean() <= RULE:
        return 0
    inked = np.flatnonzero(edge.mean(axis=1) > TRACE)
    gaps = np.flatnonzero(np.diff(inked) > 1)
    return int(inked[gaps[0] if len(gaps) else -1]) + 1


def _strips(image: Grey, sharp: Grey, box: tuple[slice, slice], scale: float) -> list[Strip]:
    """The lines of ink in a cell."""
    inner = image[box]
    ink = sharp[box] < DARK
    if inner.size == 0 or ink.sum() < 6:
        return []
    strips, lines = [], _lines_of_ink(ink, scale)
    tallest = max(bottom - top for top, bottom in lines)
    margin = max(1, int(0.4 * scale))
    for top, bottom in lines:
        is_at_edge = top == 0 or bottom == ink.shape[0]
        if len(lines) > 1 and (bottom - top < 2 * scale or (is_at_edge and bottom - top < LOW_AT_EDGE * tallest)):
            continue
        first, last = _ends_of_line(ink[top:bottom].any(axis=0), scale)
        cut = inner[max(0, top - margin) : bottom + margin, max(0, first - margin) : last + 1 + margin]
        inked = np.flatnonzero(ink[top:bottom, first : last + 1].any(axis=0))
        is_apart = first <= 1 or last >= ink.shape[1] - 2 or bool((np.diff(inked) > FAR * scale).any())
        touches = top <= 1 or bottom >= ink.shape[0] - 1
        padded = np.pad(cut, int(2 * scale), constant_values=255)
        strips.append(Strip(padded, top, bottom, first, last + 1, touches, is_apart))
    return strips


def _ends_of_line(inked: Any, scale: float) -> tuple[int, int]:
    """The first and last column of a line's ink; a thin piece at the cell's edge, far from all else, is of its rule."""
    places = np.flatnonzero(inked)
    parts = np.split(places, np.flatnonzero(np.diff(places) > APART * scale) + 1)
    thin = THIN * scale
    while len(parts) > 1 and parts[-1][-1] >= len(inked) - 3 and parts[-1][-1] - parts[-1][0] < thin:
        parts.pop()
    while len(parts) > 1 and parts[0][0] <= 2 and parts[0][-1] - parts[0][0] < thin:
        parts.pop(0)
    return int(parts[0][0]), int(parts[-1][-1])


def _lines_of_ink(ink: Ink, scale: float) -> list[tuple[int, int]]:
    """Where the lines of a cell begin and end; a part too low to be a line belongs to the nearer of its neighbours."""
    profile = ink.sum(axis=1)
    inked = np.flatnonzero(profile > FAINT * profile.max())
    parts = np.split(inked, np.flatnonzero(np.diff(inked) > max(1, int(0.5 * scale))) + 1)
    lines = [(int(part[0]), int(part[-1]) + 1) for part in parts]
    if any(bottom - top >= LOW_LINE * scale for top, bottom in lines):  # what is left of a rule is no part of a line
        edges = (0, ink.shape[0])
        lines = [(t, b) for t, b in lines if b - t >= LOW_PIECE * scale or (t != edges[0] and b != edges[1])]
    place = 0
    while len(lines) > 1 and place < len(lines):
        top, bottom = lines[place]
        if bottom - top >= LOW_LINE * scale:
            place += 1
            continue
        before = top - lines[place - 1][1] if place else ink.shape[0]
        behind = lines[place + 1][0] - bottom if place + 1 < len(lines) else ink.shape[0]
        if min(before, behind) > LINE_GAP * scale:
            place += 1
            continue
        first = place - 1 if before <= behind else place
        lines[first : first + 2] = [(lines[first][0], lines[first + 1][1])]
        place = max(0, first)
    return lines


def _as_number(text: str) -> str:
    """A cell of digits with the letters that look like digits read as such."""
    text = text.strip()
    if NUMBER_LIKE.fullmatch(HANGING.sub(".", text)):
        return HANGING.sub(".", text).translate(LIKE_DIGITS)
    return text

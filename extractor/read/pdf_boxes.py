"""Where on its page a piece of a PDF's text stands; only when asked for.

The file is read again, which costs less than keeping a box for every letter of every report.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from extractor.characters import read_characters
from extractor.document import Box
from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits
from extractor.read.pdf import compose_pages
from extractor.read.pdf_grids import compose_with_tables
from extractor.read.pdf_lines import HYPHENS, seen_text
from extractor.read.pdf_pages import opened, read_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from extractor.document import Document
    from extractor.read.pdf_lines import Line
    from extractor.read.pdf_text import Composed


def find_boxes(
    data: bytes, document: Document, ranges: Iterable[tuple[int, int]], limits: Limits = STANDARD
) -> tuple[Box, ...]:
    """Boxes of the ranges [start, end) of the text, one a line; of a ruled table's cell the whole cell.

    ``data`` are the bytes that ``document`` was read from. Errors: ``DocumentError`` where they are other bytes.
    """
    wanted = sorted(ranges)
    if document.source.reader == "scan":
        return _clipped(document.boxes, wanted)
    with opened(data, limits) as pdf:
        is_laid = bool(document.grids or document.boxes)
        sheets = read_sheets(pdf, limits)
        compose = compose_with_tables if is_laid else compose_pages
        composed = compose(pdf, data, sheets, limits)
        if composed.text != document.text:
            raise DocumentError(
                "the file is not the one that was read", do="give the bytes that the document came from"
            )
        seen = {box.page for box in composed.boxes}
        with ExitStack() as stack:
            letters = cache(lambda number: PageLetters(pdf, number, stack))
            boxes = [box for start, end in wanted for box in _line_boxes(letters, composed, start, end, seen)]
    boxes += [box for start, end in wanted for box in _cell_boxes(composed, start, end, seen)]
    boxes += _clipped(composed.boxes, wanted)
    return tuple(sorted(boxes, key=lambda box: (box.start, box.end)))


def _clipped(boxes: Iterable[Box], wanted: list[tuple[int, int]]) -> tuple[Box, ...]:
    """The boxes of lines and cells seen by the engine, for what of them is wanted."""
    return tuple(
        replace(box, start=max(start, box.start), end=min(end, box.end))
        for start, end in wanted
        for box in boxes
        if start < box.end and box.start < end
    )


class PageLetters:
    """A page's letters and their places, kept open while boxes are asked for."""

    def __init__(self, pdf: Any, number: int, stack: ExitStack) -> None:
        page = pdf[number - 1]
        textpage = page.get_textpage()
        stack.callback(textpage.close)
        self.here = seen_text(page, textpage)

    def boxes(self, line: Line, offset: int, wanted: tuple[int, int]) -> list[tuple[float, float, float, float]]:
        """The boxes of the letters that stand in [wanted) of the text, of a line that stands at ``offset``."""
        place, found = offset, []
        for index in range(line.first, len(self.here.text)):
            if place >= wanted[1]:
                break
            if self.here.text[index] == "\n" and line.text[place - offset] == " ":
                place += 1
            if self.here.text[index] in "\r\n" or not read_characters(self.here.text[index].translate(HYPHENS)):
                continue
            if place >= wanted[0] and not self.here.text[index].isspace():
                found.append(self.here.box(index))
            place += 1
        return [box for box in found if box is not None]


def _line_boxes(
    letters: Callable[[int], PageLetters], composed: Composed, start: int, end: int, seen: set[int]
) -> list[Box]:
    boxes = []
    for offset, number, line in composed.lines:
        wanted = max(start, offset), min(end, offset + len(line.text))
        if wanted[0] < wanted[1] and number not in seen:
            found = letters(number).boxes(line, offset, wanted)
            found = found or [(line.left, line.top, line.right, line.bottom)]
            left, top = min(box[0] for box in found), min(box[1] for box in found)
            right, bottom = max(box[2] for box in found), max(box[3] for box in found)
            boxes.append(Box(*wanted, number, round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)))
    return boxes


def _cell_boxes(composed: Composed, start: int, end: int, seen: set[int]) -> list[Box]:
    boxes = []
    for number, filled, first_row in composed.tables:
        for place, cell in zip(filled.lay(first_row)[1].cells, filled.ordered(), strict=True):
            first, last = max(start, place.start), min(end, place.end)
            if first < last and number not in seen:
                box = (round(edge, 1) for edge in (cell.left, cell.top, cell.right, cell.bottom))
                boxes.append(Box(first, last, number, *box))
    return boxes

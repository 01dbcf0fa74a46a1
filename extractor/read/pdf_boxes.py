"""Where on its page a piece of a PDF's text stands, and the page's image to show it on; only when asked for.

The file is read again, which costs less than keeping a box for every letter of every report.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pypdfium2

from extractor.characters import read_characters
from extractor.document import Box
from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits
from extractor.read.pdf_grids import compose_with_tables
from extractor.read.pdf_lines import HYPHENS, Line, Places, character_index
from extractor.read.pdf_pages import opened, read_sheets
from extractor.read.pdf_text import Composed, compose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.document import Document

WIDEST = 2400


def find_boxes(
    data: bytes, document: Document, ranges: Iterable[tuple[int, int]], limits: Limits = STANDARD
) -> tuple[Box, ...]:
    """Boxes of the ranges [start, end) of the text, one a line; of a ruled table's cell the whole cell.

    ``data`` are the bytes that ``document`` was read from. Errors: ``DocumentError`` where they are other bytes.
    """
    wanted = sorted(ranges)
    with opened(data, limits) as pdf:
        composed = compose_with_tables(pdf, limits) if document.grids else compose(read_sheets(pdf, limits))
        if composed.text != document.text:
            raise DocumentError(
                "the file is not the one that was read", do="give the bytes that the document came from"
            )
        boxes = [box for start, end in wanted for box in _line_boxes(pdf, composed, start, end)]
    boxes += [box for start, end in wanted for box in _cell_boxes(composed, start, end)]
    return tuple(sorted(boxes, key=lambda box: (box.start, box.end)))


def _line_boxes(pdf: Any, composed: Composed, start: int, end: int) -> list[Box]:
    boxes = []
    for offset, number, line in composed.lines:
        first, last = max(start, offset), min(end, offset + len(line.text))
        if first < last:
            boxes.append(_box(pdf[number - 1], number, line, offset, (first, last)))
    return boxes


def _box(page: Any, number: int, line: Line, offset: int, wanted: tuple[int, int]) -> Box:
    """The box around the letters of a line that stand in [wanted) of the text."""
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range()
        places, indices = Places(page, textpage), character_index(textpage, text)
        place, found = offset, []
        for index in range(line.first, len(text)):
            if place >= wanted[1]:
                break
            if not read_characters(text[index].translate(HYPHENS)):
                continue
            if place >= wanted[0] and (box := places.box(indices[index] if indices else index)) is not None:
                found.append(box)
            place += 1
    finally:
        textpage.close()
    left, top, right, bottom = (
        (min(b[0] for b in found), min(b[1] for b in found), max(b[2] for b in found), max(b[3] for b in found))
        if found
        else (line.left, line.top, line.right, line.bottom)
    )
    return Box(*wanted, number, round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))


def _cell_boxes(composed: Composed, start: int, end: int) -> list[Box]:
    boxes = []
    for number, filled, first_row in composed.tables:
        for place, cell in zip(filled.lay(first_row)[1].cells, filled.ordered(), strict=True):
            first, last = max(start, place.start), min(end, place.end)
            if first < last:
                box = (round(edge, 1) for edge in (cell.left, cell.top, cell.right, cell.bottom))
                boxes.append(Box(first, last, number, *box))
    return boxes


def page_image(data: bytes, page: int, *, width: int = 1000, limits: Limits = STANDARD) -> bytes:
    """A page, counted from 1, as a PNG image. Errors: ``DocumentError`` where there is no such page."""
    with opened(data, limits) as pdf:
        if not 1 <= page <= len(pdf):
            raise DocumentError("the PDF has no such page", found=str(page), allowed=f"1 to {len(pdf)}")
        try:
            sheet = pdf[page - 1]
            scale = min(max(width, 50), WIDEST) / max(sheet.get_width(), 1.0)
            scale = min(scale, WIDEST * 2 / max(sheet.get_height(), 1.0))
            image = sheet.render(scale=scale, draw_annots=False).to_pil()
        except pypdfium2.PdfiumError as error:
            raise DocumentError("a page of the PDF is damaged", where=f"page {page}", do="download it again") from error
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

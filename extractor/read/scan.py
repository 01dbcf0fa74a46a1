"""Scans: files of page images, and the pages of a PDF that are images among pages of text; the extra [scan]."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from extractor.document import Box, Document
from extractor.errors import DocumentError
from extractor.read.drawn import MOST_PIXELS, draw
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.page_views import points_across
from extractor.read.pdf_pages import opened
from extractor.read.pdf_text import Composed, compose
from extractor.read.scan_cells import ILLEGIBLE
from extractor.read.scan_engine import engine, has_engine
from extractor.read.scan_page import SeenPage, see_page
from extractor.read.sources import source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.read.filled import FilledTable
    from extractor.read.pdf_lines import Line, Sheet
    from extractor.read.ruling import RuledCell

DOTS_AN_INCH = 200
SCALE = DOTS_AN_INCH / 72
LEAST_SCALE = 60 / 72
REMEMBERED = 60
LOW_ON_PAGE = 0.8

_seen: OrderedDict[tuple[str, int], SeenPage] = OrderedDict()


def read_scanned_pdf(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A PDF of images. Errors: ``MissingPartError`` without the extra, ``DocumentError`` where nothing is readable."""
    engine()
    with opened(data, limits) as pdf:
        if len(pdf) > limits.scanned_pages:
            raise refuse("the scan has too many pages", str(len(pdf)), f"{limits.scanned_pages} pages")
        pages = list(see_pages(pdf, data, range(len(pdf))).values())
    return _document(data, name, pages, "pdf", len(pages))


def read_scanned_image(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A PNG or JPEG image of one page. Errors: as for a PDF of images."""
    engine()
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise refuse(
                    "the image is too large", f"{image.width} by {image.height} pixels", f"{MOST_PIXELS} pixels"
                )
            grey = np.asarray(image.convert("L"))
            across = points_across(image.width, image.height)
    except Image.DecompressionBombError as error:
        raise refuse("the image is too large", "far too many pixels", f"{MOST_PIXELS} pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise DocumentError(
            "the image is damaged", found=f"{len(data)} bytes", do="scan or download it again"
        ) from error
    return _document(data, name, [see_page(grey, grey.shape[1] / across)], kind, 1)


def see_pages(pdf: Any, data: bytes, numbers: Sequence[int]) -> dict[int, SeenPage]:
    """What stands on some pages of a PDF, counted from 0, each rendered as an image.

    Pages seen lately are remembered by the file's hash, since a file's boxes and grids are asked for after its text.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    return {number: _remembered(pdf, sha256, number) for number in numbers}


def see_image_pages(pdf: Any, data: bytes, sheets: Sequence[Sheet], limits: Limits) -> dict[int, SeenPage]:
    """What stands on the image pages among pages of text; nothing without the extra, or where there are too many."""
    numbers = [number for number, sheet in enumerate(sheets) if sheet.is_image]
    if not numbers or len(numbers) > limits.scanned_pages or not has_engine():
        return {}
    return see_pages(pdf, data, numbers)


def _remembered(pdf: Any, sha256: str, number: int) -> SeenPage:
    key = (sha256, number)
    if key not in _seen:
        page = pdf[number]
        _seen[key] = see_page(*draw(page, _own_scale(page), with_notes=True))
        while len(_seen) > REMEMBERED:
            _seen.popitem(last=False)
    return _seen[key]


def _own_scale(page: Any) -> float:
    """The pixels a point of the picture that covers a page, where that has fewer than ``SCALE``: a page is not drawn
    finer than it was scanned, since PDFium's own way to enlarge leaves steps in every stroke."""
    for picture in page.get_objects([FPDF_PAGEOBJ_IMAGE], max_depth=2):
        (left, _, right, _), (across, _) = picture.get_bounds(), picture.get_px_size()
        if right - left > 0.8 * page.get_width():
            return float(min(SCALE, max(LEAST_SCALE, across / (right - left))))
    return SCALE


def without_cut_blanks(pages: list[SeenPage]) -> list[SeenPage]:
    """The pages with the blanks in doubt of a row that a page's end may cut, where the page behind makes no sense."""
    kept = []
    for page, behind in zip_longest(pages, pages[1:]):
        last = page.tables[-1] if page.tables else None
        if last and behind and not behind.makes_sense and last.table.bottom > LOW_ON_PAGE * page.sheet.height:
            page = replace(page, tables=[*page.tables[:-1], _with_doubtful_end(last)])
        kept.append(page)
    return kept


def _with_doubtful_end(filled: FilledTable) -> FilledTable:
    """A table whose last row's blanks are illegible."""
    cells, end = filled.table.cells, max(cell.row + cell.rows for cell in filled.table.cells)
    cut = [not text and cell.row + cell.rows == end for cell, text in zip(cells, filled.texts, strict=True)]
    texts = tuple(ILLEGIBLE if is_cut else text for text, is_cut in zip(filled.texts, cut, strict=True))
    sure = tuple(0.0 if is_cut else each for each, is_cut in zip(filled.sureness, cut, strict=True))
    return replace(filled, texts=texts, confidences=sure)


def _document(data: bytes, name: str | None, pages: list[SeenPage], kind: str, count: int) -> Document:
    pages = without_cut_blanks(pages)
    composed = compose([page.sheet for page in pages], [page.tables for page in pages])
    if not composed.text.strip():
        raise DocumentError(
            "nothing on the pages can be read", found=f"{count} page images", do="scan them again, upright and sharp"
        )
    return Document(
        source(data, name, "scan", kind, count),
        composed.text,
        composed.page_starts,
        composed.grids,
        seen_boxes(composed, dict(enumerate(pages))),
    )


def seen_boxes(composed: Composed, seen: dict[int, SeenPage]) -> tuple[Box, ...]:
    """The place of every line and cell of pages that were seen as images, with how sure its reading is."""
    boxes = []
    for offset, page, line in composed.lines:
        if page - 1 in seen:
            sure = seen[page - 1].confidences[line.first]
            boxes.append(_box(offset, offset + len(line.text), page, line, sure, seen[page - 1]))
    for page, filled, start in composed.tables:
        for place, cell in zip(filled.lay(start)[1].cells, filled.ordered(), strict=True):
            if page - 1 in seen and place.end > place.start:
                boxes.append(_box(place.start, place.end, page, cell, place.confidence, seen[page - 1]))
    return tuple(sorted(boxes, key=lambda box: (box.start, box.end)))


def _box(start: int, end: int, number: int, on: Line | RuledCell, sure: float, page: SeenPage) -> Box:
    """A box where it stands on the page as it came, upright around it however the page lies."""
    corners = np.array([(x, y, 1.0) for x in (on.left, on.right) for y in (on.top, on.bottom)])
    across, down, depth = page.back @ corners.T
    x, y = across / depth, down / depth
    left, top, right, bottom = (round(float(edge), 1) for edge in (x.min(), y.min(), x.max(), y.max()))
    return Box(start, end, number, left, top, right, bottom, sure)

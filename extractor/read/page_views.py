"""A page as it looks, to show a piece of text on it: of a PDF by PDFium, of an image file the image itself."""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image, UnidentifiedImageError

from extractor.document import PageView
from extractor.errors import DocumentError
from extractor.read.drawn import MOST_PIXELS
from extractor.read.limits import STANDARD, Limits
from extractor.read.pdf_pages import opened

WIDEST = 2400
NARROWEST = 50
A4 = (595.0, 842.0)
COLOURS = 48


def page_view(data: bytes, page: int, *, width: int = 1000, limits: Limits = STANDARD) -> PageView:
    """A page, counted from 1, ``width`` pixels wide. Errors: ``DocumentError`` where there is no such page."""
    is_image = data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
    image, across, down = _image_file(data, page, width) if is_image else _pdf_page(data, page, width, limits)
    out = io.BytesIO()
    image.quantize(COLOURS).save(out, "PNG", optimize=True)
    return PageView(page, round(across, 1), round(down, 1), out.getvalue())


def page_image(data: bytes, page: int, *, width: int = 1000, limits: Limits = STANDARD) -> bytes:
    """A page, counted from 1, as a PNG image. Errors: ``DocumentError`` where there is no such page."""
    return page_view(data, page, width=width, limits=limits).image


def _pdf_page(data: bytes, page: int, width: int, limits: Limits) -> tuple[Image.Image, float, float]:
    with opened(data, limits) as pdf:
        if not 1 <= page <= len(pdf):
            raise _no_page(page, len(pdf))
        try:
            sheet = pdf[page - 1]
            across, down = sheet.get_size()
            scale = min(_bounded(width) / max(across, 1.0), WIDEST * 2 / max(down, 1.0))
            return sheet.render(scale=scale, draw_annots=False).to_pil().convert("RGB"), across, down
        except pypdfium2.PdfiumError as error:
            raise DocumentError("a page of the PDF is damaged", where=f"page {page}", do="download it again") from error


def _image_file(data: bytes, page: int, width: int) -> tuple[Image.Image, float, float]:
    if page != 1:
        raise _no_page(page, 1)
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened_image:
            if opened_image.width * opened_image.height > MOST_PIXELS:
                raise DocumentError("the image is too large", allowed=f"{MOST_PIXELS} pixels", do="scan the page again")
            scale = min(_bounded(width) / opened_image.width, WIDEST * 2 / opened_image.height)
            size = max(1, round(opened_image.width * scale)), max(1, round(opened_image.height * scale))
            across = points_across(opened_image.width, opened_image.height)
            return opened_image.convert("RGB").resize(size), across, across * opened_image.height / opened_image.width
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError("the image is damaged", do="scan or download it again") from error


def points_across(width: int, height: int) -> float:
    """How many points wide an image file's page is taken to be: A4, upright or on its side."""
    return A4[0] if width <= height else A4[1]


def _bounded(width: int) -> int:
    return min(max(width, NARROWEST), WIDEST)


def _no_page(page: int, pages: int) -> DocumentError:
    return DocumentError("the file has no such page", found=str(page), allowed=f"1 to {pages}")

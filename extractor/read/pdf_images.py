"""Pages of a PDF that are images: no text of their own, or a layer of unseen text that a scanner's program guessed.

Only a page's first and last objects are looked at where it has text, since a scan is one picture over the whole page;
to look at all would double the cost of every page.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW_LETTERS = 20
PICTURE, WHOLE_PAGE = 0.3, 0.7
ENDS, MOST_OBJECTS, SAMPLED = 3, 400, 12


def is_image_page(page: Any, letters: int) -> bool:
    """Whether what a page shows is a picture; ``letters`` is how many its text layer has."""
    count = pdfium.FPDFPage_CountObjects(page.raw)
    if letters < FEW_LETTERS:
        return _share(page, range(min(count, MOST_OBJECTS))) >= PICTURE
    ends = sorted({*range(min(ENDS, count)), *range(max(0, count - ENDS), count)})
    return _share(page, ends) >= WHOLE_PAGE and _is_text_unseen(page, count)


def _share(page: Any, numbers: Iterable[int]) -> float:
    """How much of the page the pictures among some of its objects cover; overlapping ones count twice."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    covered = 0.0
    for number in numbers:
        thing = pdfium.FPDFPage_GetObject(page.raw, number)
        if _holds_picture(thing) and pdfium.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
            covered += max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
    x0, y0, x1, y1 = page.get_cropbox()
    return covered / max(abs(float(x1 - x0) * float(y1 - y0)), 1.0)


def _holds_picture(thing: Any) -> bool:
    kind = pdfium.FPDFPageObj_GetType(thing)
    if kind == pdfium.FPDF_PAGEOBJ_FORM:
        inner = range(min(pdfium.FPDFFormObj_CountObjects(thing), ENDS))
        first = (pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(thing, number)) for number in inner)
        return any(kind == pdfium.FPDF_PAGEOBJ_IMAGE for kind in first)
    return bool(kind == pdfium.FPDF_PAGEOBJ_IMAGE)


def _is_text_unseen(page: Any, count: int) -> bool:
    """Whether the text among a sample of the page's objects is drawn without ink."""
    modes = []
    for number in range(0, count, max(1, count // SAMPLED)):
        thing = pdfium.FPDFPage_GetObject(page.raw, number)
        if pdfium.FPDFPageObj_GetType(thing) == pdfium.FPDF_PAGEOBJ_TEXT:
            modes.append(pdfium.FPDFTextObj_GetTextRenderMode(thing))
    return bool(modes) and all(mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE for mode in modes)

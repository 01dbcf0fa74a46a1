"""Text of a PDF page that the page does not show: without ink, in the paper's colour, clear as glass, beside the page,
or too small for an eye.

To ask for the ink of every letter would cost more than the text does, so it is asked for where words begin and end
and for digits, each object of the page's content once. Only a page with an object in doubt is drawn: what stands
there decides, not the colour that was set. White letters on a dark head are seen; letters without ink over a picture or
over outlines are the words of what is seen there, as a scanner's program puts them, and are kept. The same letters
without ink over letters that are seen are said once.
"""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from extractor.read.pdf_calls import colour_of, mode_of, object_of, parts_of
from extractor.read.pdf_images import is_image_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.read.pdf_lines import PageText

UNSEEN = "\u200b"  # stands for an unseen letter, so that places in the text stay; readers drop it
WORD, NUMBER = re.compile(r"\d+|[^\s\d]+"), re.compile(r"\d+")
NO_INK = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
PALE, CLEAR = 232, 12
SMALLEST, PART_OF_PAGE = 1.5, 500


def sample(text: str) -> set[int]:
    """Where words and numbers begin, and where numbers end: enough to know whether a page holds any odd letter."""
    places = {match.start() for match in WORD.finditer(text)}
    places.update(match.end() - 1 for match in NUMBER.finditer(text))
    return places


def _in_doubt(things: Iterable[int | None]) -> set[int]:
    """Those of the objects that hold letters which the page may not show, by their mode, colour and clearness."""
    colour = (ctypes.c_uint * 4)()
    parts = parts_of(colour)
    found = set()
    for thing in things:
        if thing is None:
            continue
        if mode_of(thing) in NO_INK:
            found.add(thing)
        elif colour_of(thing, *parts):
            red, green, blue, alpha = colour
            if alpha <= CLEAR or (red >= PALE and green >= PALE and blue >= PALE):
                found.add(thing)
    return found


def without_unseen(page: Any, here: PageText, sampled: Iterable[int]) -> str:
    """The page's text with ``UNSEEN`` for each letter that the page does not show, if a sample of its places holds any."""
    handle, text, indices = here.places.handle, here.text, here.indices
    if not _in_doubt({object_of(handle, indices[place]) for place in sampled}):
        return text
    if is_image_page(page, len("".join(text.split()))):
        return text
    things = [object_of(handle, indices[place]) for place in range(len(text))]
    unsure = _in_doubt(set(things))
    from extractor.read.pdf_shown import unshown  # loads numpy, which few files need

    gone = unshown(page, here, [thing in unsure for thing in things])
    return "".join(UNSEEN if place in gone else letter for place, letter in enumerate(text)) if gone else text


def least_size(page_height: float) -> float:
    """Up to which height in points letters are too small for an eye."""
    return min(SMALLEST, page_height / PART_OF_PAGE)


def is_speck(textpage: Any, index: int, least: float) -> bool:
    """Whether a letter with a low box is set so small that no one reads it; a sign that is low by nature (一) is not."""
    loose = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, loose):
        return False
    return bool(abs(loose.top - loose.bottom) < least)

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
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from extractor.read.pdf_calls import address_of, colour_of, mode_of, object_of, parts_of
from extractor.read.pdf_images import is_image_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Box = tuple[float, float, float, float]

UNSEEN = "\u200b"  # stands for an unseen letter, so that places in the text stay; readers drop it
WORD, NUMBER = re.compile(r"\d+|[^\s\d]+"), re.compile(r"\d+")
NO_INK = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
PALE, CLEAR = 232, 12
DOTS_AN_INCH, CONTRAST, SHOWN, RIM = 108, 60, 0.5, 0.15
SMALLEST, PART_OF_PAGE = 1.5, 500


def _sample(text: str) -> set[int]:
    """Where words and numbers begin, and where numbers end."""
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


def without_unseen(
    page: Any, textpage: Any, text: str, indices: list[int] | None, box: Callable[[int], Box | None]
) -> str:
    """The page's text with ``UNSEEN`` for each letter that the page does not show.

    ``box`` gives the box of the letter at a place of the text, in points from the shown page's top left.
    """
    handle = address_of(textpage.raw)
    if not _in_doubt({object_of(handle, indices[place] if indices else place) for place in _sample(text)}):
        return text
    if is_image_page(page, len("".join(text.split()))):
        return text
    things = [object_of(handle, indices[place] if indices else place) for place in range(len(text))]
    unsure = _in_doubt(set(things))
    doubtful = [not letter.isspace() and thing in unsure for letter, thing in zip(text, things, strict=True)]
    seen = [
        found for place, letter in enumerate(text) if letter.strip() and not doubtful[place] and (found := box(place))
    ]
    picture = page.render(scale=DOTS_AN_INCH / 72, grayscale=True, draw_annots=False).to_numpy()
    shades = picture[:, :, 0] if picture.ndim == 3 else picture
    letters = list(text)
    for is_doubtful, run in groupby(range(len(text)), key=lambda place: doubtful[place]):
        places = list(run)
        boxes = [found for place in places if (found := box(place))] if is_doubtful else []
        if is_doubtful and not _stands_there(boxes, seen, shades):
            for place in places:
                letters[place] = UNSEEN
    return "".join(letters)


def _stands_there(boxes: list[Box], seen: list[Box], shades: NDArray[Any]) -> bool:
    """Whether the page shows letters, or a picture of some, where a run of letters in doubt stands, and no other letters."""
    shown = sum(_has_contrast(box, shades) and not any(_holds(box, other) for other in seen) for box in boxes)
    return shown > SHOWN * len(boxes)


def _holds(box: Box, other: Box) -> bool:
    """Whether a box holds the middle of another."""
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _has_contrast(box: Box, shades: NDArray[Any]) -> bool:
    """Whether something is drawn in a letter's box, apart from its rim, into which its neighbours may reach."""
    scale = DOTS_AN_INCH / 72
    across, down = RIM * (box[2] - box[0]), RIM * (box[3] - box[1])
    left, top = max(0, round((box[0] + across) * scale)), max(0, round((box[1] + down) * scale))
    right, bottom = max(round((box[2] - across) * scale), left + 1), max(round((box[3] - down) * scale), top + 1)
    part = shades[top:bottom, left:right]
    return bool(part.size) and int(part.max()) - int(part.min()) >= CONTRAST


def least_size(page_height: float) -> float:
    """Up to which height in points letters are too small for an eye."""
    return min(SMALLEST, page_height / PART_OF_PAGE)


def is_speck(textpage: Any, index: int, least: float) -> bool:
    """Whether a letter with a low box is set so small that no one reads it; a sign that is low by nature (一) is not."""
    loose = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, loose):
        return False
    return bool(abs(loose.top - loose.bottom) < least)

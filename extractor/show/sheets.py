"""Pages of a PDF or a scan as they look, with the places of facts marked on them, for the evidence page.

A page's picture stands inside the HTML as data, and each place is an SVG box that links to the text, so that the page
needs no script, no style of its own a box, and nothing from elsewhere.
"""

from __future__ import annotations

import base64
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from extractor.errors import DocumentError, MissingPartError
from extractor.show.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from extractor.document import Box, PageView
    from extractor.show.marks import Mark

MOST_PAGES = 40
PAGED = ("pdf", "scan")
WIDTH = 1000
UNSURE = 0.8


class Viewer(Protocol):
    """What a ``ReaderPool`` can show of a file."""

    def find_boxes(self, data: bytes, text: str, ranges: Iterable[tuple[int, int]]) -> tuple[Box, ...]: ...
    def page_view(self, data: bytes, page: int, *, width: int = 1000) -> PageView: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page: left, top, width and height in points, the mark it belongs to, and whether it is its first."""

    left: float
    top: float
    width: float
    height: float
    mark: Mark
    is_first: bool
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """A page to be shown: number, size in points, its picture as a data address, and the places on it."""

    number: int
    width: float
    height: float
    picture: str
    places: tuple[Place, ...]


def is_paged(result: Mapping[str, Any]) -> bool:
    """Whether a result's document has pages that can be shown."""
    return result["source"]["reader"] in PAGED


def sheets_of(
    result: Mapping[str, Any], data: bytes, viewer: Viewer, *, with_scans: bool = True
) -> tuple[SheetView, ...]:
    """The first ``MOST_PAGES`` pages of the file that a result was made of; none where it has no pages.

    ``with_scans`` asks for the places on scans too, which the engine then has to see again unless it just did. A page
    or places that cannot be had are left out: the text beside them says all that was found.
    """
    if not is_paged(result):
        return ()
    places: dict[int, list[Place]] = {}
    if with_scans or result["source"]["reader"] != "scan":
        places = _places(result, data, viewer)
    sheets = []
    for number in range(1, min(result["source"]["pages"] or 1, MOST_PAGES) + 1):
        try:
            view = viewer.page_view(data, number, width=WIDTH)
        except (DocumentError, MissingPartError):
            break
        picture = "data:image/png;base64," + base64.b64encode(view.image).decode()
        sheets.append(SheetView(number, view.width, view.height, picture, tuple(places.get(number, ()))))
    return tuple(sheets)


def _places(result: Mapping[str, Any], data: bytes, viewer: Viewer) -> dict[int, list[Place]]:
    """The places of all marks by page."""
    marks = [mark for mark in marks_of(result) if mark.end > mark.start]
    ranges = sorted({(mark.start, mark.end) for mark in marks})
    try:
        boxes = sorted(set(viewer.find_boxes(data, result.get("text", ""), ranges)), key=lambda box: box.start)
    except (DocumentError, MissingPartError):
        return {}
    starts = [box.start for box in boxes]
    places: dict[int, list[Place]] = {}
    for mark in marks:
        taken: set[tuple[int, float, float]] = set()
        for box in boxes[bisect_left(starts, mark.start) : bisect_left(starts, mark.end)]:
            here = (box.page, box.top, box.left)
            if box.end <= mark.end and not any(same[:2] == here[:2] and abs(same[2] - here[2]) < 1 for same in taken):
                size = (round(box.right - box.left, 1), round(box.bottom - box.top, 1))
                place = Place(box.left, box.top, *size, mark, not taken, box.confidence < UNSURE)
                places.setdefault(box.page, []).append(place)
                taken.add(here)
    return places

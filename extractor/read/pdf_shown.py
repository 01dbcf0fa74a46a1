"""Which letters of a PDF page in doubt are shown, told by the drawn page."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from extractor.read.drawn import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extractor.read.pdf_lines import PageText

    Box = tuple[float, float, float, float]

SCALE = 108 / 72
CONTRAST, SHOWN, RIM = 60, 0.5, 0.15


def unshown(page: Any, here: PageText, in_doubt: list[bool]) -> set[int]:
    """The places of letters in doubt that the page does not show: nothing is drawn there, or letters beyond doubt are."""
    text = here.text
    doubtful = [unsure and not letter.isspace() for unsure, letter in zip(in_doubt, text, strict=True)]
    sure = (place for place, letter in enumerate(text) if letter.strip() and not doubtful[place])
    seen = np.array([box for place in sure if (box := here.box(place))]).reshape(-1, 4)
    middles = np.column_stack((seen[:, 0] + seen[:, 2], seen[:, 1] + seen[:, 3])) / 2
    middles = middles[np.argsort(middles[:, 1], kind="stable")]
    shades, scale = draw(page, SCALE)
    gone: set[int] = set()
    for is_doubtful, run in groupby(range(len(text)), key=lambda place: doubtful[place]):
        places = list(run) if is_doubtful else []
        boxes = [box for place in places if (box := here.box(place))]
        if sum(_has_contrast(box, shades, scale) and not _holds(box, middles) for box in boxes) <= SHOWN * len(boxes):
            gone.update(places)
    return gone


def _holds(box: Box, middles: NDArray[Any]) -> bool:
    """Whether a box holds one of some places, which are sorted from top to bottom."""
    left, top, right, bottom = box
    first, last = np.searchsorted(middles[:, 1], top, "left"), np.searchsorted(middles[:, 1], bottom, "right")
    across = middles[first:last, 0]
    return bool(((across >= left) & (across <= right)).any())


def _has_contrast(box: Box, shades: NDArray[Any], scale: float) -> bool:
    """Whether something is drawn in a letter's box, apart from its rim, into which its neighbours may reach."""
    across, down = RIM * (box[2] - box[0]), RIM * (box[3] - box[1])
    left, top = max(0, round((box[0] + across) * scale)), max(0, round((box[1] + down) * scale))
    right, bottom = max(round((box[2] - across) * scale), left + 1), max(round((box[3] - down) * scale), top + 1)
    part = shades[top:bottom, left:right]
    return bool(part.size) and int(part.max()) - int(part.min()) >= CONTRAST

"""Which way round a page lies: on its side or upside down; the extra [scan].

A page is read as it came first. Only where that gives little that is surely Chinese, or lines that run down the page, is a
piece of it read in all four ways, and the page turned to the one that reads best.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from extractor.read.ruling import find_runs
from extractor.read.scan_engine import see_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.read.scan_engine import Seen
    from extractor.read.scan_flat import Grey
    from extractor.read.scan_image import EvenPage

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[^\d\s.,，。/％%〓－-]")
SURE, FEWEST_SURE, MOST_DOWN, MOST_UNSURE = 0.85, 0.6, 0.5, 0.4
PIECE, COARSE = 230.0, 8
BETTER, ACROSS = 1.5, 1.5
INK = 160


def is_doubtful(lines: Iterable[Seen], cells: Iterable[tuple[str, float]]) -> bool:
    """Whether what was read may lie another way round."""
    filled = [(text, confidence) for text, confidence in cells if text]
    if sum(confidence < SURE for _, confidence in filled) > MOST_UNSURE * len(filled):
        return True
    seen = [(line.text, line.confidence, line.runs_down) for line in lines]
    seen += [(text, confidence, False) for text, confidence in filled]
    words = sum(len(WORDS.findall(text)) for text, _, _ in seen)
    sure = sum(len(CHINESE.findall(text)) for text, confidence, _ in seen if confidence > SURE)
    down = sum(len(CHINESE.findall(text)) for text, _, runs_down in seen if runs_down)
    return sure < FEWEST_SURE * words or down > MOST_DOWN * sure


def quarters_to_turn(page: EvenPage) -> int:
    """The quarters against the clock after which the page reads best, 0 where none is clearly better than it is."""
    piece = _fullest(page.image, int(PIECE * page.scale))
    scores = [_score(see_lines(np.ascontiguousarray(np.rot90(piece, quarters)))) for quarters in range(4)]
    best = max(range(4), key=lambda quarters: scores[quarters])
    return best if scores[best] > BETTER * scores[0] else 0


def _score(lines: list[Seen]) -> float:
    """How much Chinese was surely read in lines that clearly run across."""
    return sum(
        line.confidence * len(CHINESE.findall(line.text))
        for line in lines
        if line.confidence > SURE and line.right - line.left > ACROSS * (line.bottom - line.top)
    )


def _fullest(image: Grey, side: int) -> Grey:
    """The square piece of the page with most ink that is no rule."""
    side = min(side, *image.shape)
    small = image[::COARSE, ::COARSE] < INK
    longest = max(3, side // COARSE // 8)
    small &= ~(find_runs(small, longest) | find_runs(np.ascontiguousarray(small.T), longest).T)
    sums = np.pad(small.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    step = max(1, side // COARSE)
    inked = sums[step:, step:] - sums[:-step, step:] - sums[step:, :-step] + sums[:-step, :-step]
    top, left = (int(place) * COARSE for place in np.unravel_index(int(inked.argmax()), inked.shape))
    return image[top : top + side, left : left + side]

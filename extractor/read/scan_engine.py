"""The recognition engine RapidOCR, whose Chinese models come inside its package; the extra [scan]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from extractor.characters import read_characters
from extractor.errors import MissingPartError

if TYPE_CHECKING:
    from extractor.read.scan_flat import Grey

OPENING = re.compile(r"\((?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\(")
CLOSING = re.compile(r"(?<=[\u4e00-\u9fff])\)|\)(?=[\u4e00-\u9fff])")
ITEM_GAP = re.compile(r"(^\d{1,2}[.、]|^[（(][一二三四五六七八九十]{1,2}[）)]) +")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that the engine saw: its text, how sure it is, and its box in pixels."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def runs_down(self) -> bool:
        """Whether a line of several letters stands upright, as on a page that lies on its side."""
        return len(self.text) > 2 and self.bottom - self.top > 1.5 * (self.right - self.left)


def has_engine() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def engine() -> Any:
    """The recognition engine of this process. Errors: ``MissingPartError`` where the extra is not installed."""
    if not has_engine():
        raise MissingPartError(
            "scans need the extra [scan]", found="a page of images", do="pip install 'gongkai[scan]'"
        )
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, **threads})


def recognise(strips: list[Grey]) -> list[tuple[str, float]]:
    """Text and confidence of images of single lines."""
    if not strips:
        return []
    from rapidocr.ch_ppocr_rec.typings import TextRecInput

    recogniser = engine()._load_rec_model()
    result = recogniser(TextRecInput(img=[np.repeat(strip[:, :, None], 3, axis=2) for strip in strips]))
    return [(as_printed(text), float(score)) for text, score in zip(result.txts, result.scores, strict=True)]


def see_lines(image: Grey) -> list[Seen]:
    """The pieces of lines on a page, in the engine's order."""
    result = engine()(np.repeat(image[:, :, None], 3, axis=2), use_cls=False)
    if result.boxes is None or result.txts is None:
        return []
    pieces = []
    for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        across, down = [float(x) for x, _ in box], [float(y) for _, y in box]
        pieces.append(Seen(as_printed(text), float(score), min(across), min(down), max(across), max(down)))
    return pieces


def as_printed(text: str) -> str:
    """A recognised line with the brackets that Chinese print has, and no gap behind an item's number."""
    text = ITEM_GAP.sub(r"\1", read_characters(text))
    return CLOSING.sub("）", OPENING.sub("（", text))

"""Scans: page images read by RapidOCR, whose Chinese models come inside its package; the extra [scan].

Recognition of a whole page loses two thirds of a table's numbers, recognition of single cells nearly none: so the
ruled tables are cut out first, each cell is read alone, and only what is left of the page is read as lines. How sure
the engine is goes with every cell and line.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from extractor.characters import read_characters
from extractor.document import Box, Document
from extractor.errors import DocumentError, MissingPartError
from extractor.read.filled import FilledTable
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.pdf_lines import Line, Sheet
from extractor.read.pdf_pages import opened
from extractor.read.pdf_text import Composed, compose
from extractor.read.ruling import RuledCell, RuledTable, find_tables
from extractor.read.sources import source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

DOTS_AN_INCH = 200
SCALE = DOTS_AN_INCH / 72
A4_WIDTH = 595.0
MOST_PIXELS = 60_000_000
SMALLEST_SIDE = 64
BRIGHT = 200
LIKE_DIGITS = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "Ｏ": "0", "l": "1", "I": "1", "|": "1"})
NUMBER_LIKE = re.compile(r"[\dOo〇○ＯlI|.,]+")
OPENING = re.compile(r"\((?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\(")
CLOSING = re.compile(r"(?<=[\u4e00-\u9fff])\)|\)(?=[\u4e00-\u9fff])")
ITEM_GAP = re.compile(r"(^\d{1,2}[.、]|^[（(][一二三四五六七八九十]{1,2}[）)]) +")
HANGING = re.compile(r"(?<=\d)[。．](?=\d)")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that the engine saw: its text, how sure it is, and its box in pixels."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


def read_scanned_pdf(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A PDF of images. Errors: ``MissingPartError`` without the extra, ``DocumentError`` where nothing is readable."""
    engine()
    with opened(data, limits) as pdf:
        if len(pdf) > limits.scanned_pages:
            raise refuse("the scan has too many pages", str(len(pdf)), f"{limits.scanned_pages} pages")
        pages = []
        for number in range(len(pdf)):
            page = pdf[number]
            scale = min(SCALE, (MOST_PIXELS / max(page.get_width() * page.get_height(), 1.0)) ** 0.5)
            image = page.render(scale=scale, grayscale=True).to_numpy()
            pages.append((_flat(image), scale))
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
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError(
            "the image is damaged", found=f"{len(data)} bytes", do="scan or download it again"
        ) from error
    return _document(data, name, [(grey, grey.shape[1] / A4_WIDTH)], kind, 1)


@cache
def engine() -> Any:
    """The recognition engine of this process. Errors: ``MissingPartError`` where the extra is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        raise MissingPartError(
            "scans need the extra [scan]", found="a page of images", do="pip install 'gongkai[scan]'"
        )
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False, **threads})


def _flat(image: Grey) -> Grey:
    return image[:, :, 0] if image.ndim == 3 else image


def _document(data: bytes, name: str | None, pages: list[tuple[Grey, float]], kind: str, count: int) -> Document:
    sheets, tables, seen = [], [], []
    for image, scale in pages:
        if min(image.shape[:2]) < SMALLEST_SIDE:
            raise DocumentError(
                "the image is too small to be a page",
                found=f"{image.shape[1]} × {image.shape[0]} pixels",
                allowed=f"at least {SMALLEST_SIDE} on each side",
                do="scan the page again at 200 dots an inch or more",
            )
        straight = straighten(image)
        found = [_fill(straight, table, scale) for table in find_tables(straight, dark=BRIGHT - 30, scale=scale)]
        lines = _see_lines(_without(straight, found, scale))
        shape = (straight.shape[1] / scale, straight.shape[0] / scale)
        sheets.append(_sheet(lines, found, shape, scale))
        tables.append(found)
        seen.append(lines)
    composed = compose(sheets, tables)
    if not composed.text.strip():
        raise DocumentError(
            "nothing on the pages can be read", found=f"{count} page images", do="scan them again, upright and sharp"
        )
    return Document(
        source(data, name, "scan", kind, count),
        composed.text,
        composed.page_starts,
        composed.grids,
        _boxes(composed, seen),
    )


def straighten(image: Grey) -> Grey:
    """The page turned by the few tenths of a degree that make its rows sharpest."""
    small = Image.fromarray(image).resize((700, max(1, 700 * image.shape[0] // max(image.shape[1], 1))))
    turned = {angle: _sharpness(small, angle) for angle in np.arange(-2.0, 2.01, 0.25)}
    best = max(turned, key=lambda angle: (turned[angle], -abs(angle)))
    if turned[best] < 1.05 * turned[0.0]:
        return image
    return np.asarray(Image.fromarray(image).rotate(best, Image.Resampling.BICUBIC, fillcolor=255))


def _sharpness(image: Image.Image, angle: float) -> float:
    ink = np.asarray(image.rotate(angle, fillcolor=255)) < BRIGHT - 30
    return float(np.square(np.diff(ink.sum(axis=1).astype(np.float64))).sum())


def _fill(image: Grey, table: RuledTable, scale: float) -> FilledTable:
    """Read each cell of a table alone, all of a table's lines in one go."""
    strips: list[Grey] = []
    owners: list[int] = []
    for number, cell in enumerate(table.cells):
        for strip in _strips(image, cell, scale):
            strips.append(strip)
            owners.append(number)
    texts, sure = [""] * len(table.cells), [1.0] * len(table.cells)
    for owner, (text, confidence) in zip(owners, _recognise(strips), strict=True):
        texts[owner] += text
        sure[owner] = min(sure[owner], confidence)
    return FilledTable(table, tuple(_as_number(text) for text in texts), tuple(round(value, 3) for value in sure))


def _strips(image: Grey, cell: RuledCell, scale: float) -> list[Grey]:
    """The lines of ink in a cell, each cut out with a margin."""
    inset = max(2, int(0.9 * scale))
    left, right = int(cell.left * scale) + inset, int(cell.right * scale) - inset
    top, bottom = int(cell.top * scale) + inset, int(cell.bottom * scale) - inset
    inner = image[top:bottom, left:right]
    ink = inner < BRIGHT - 40
    if inner.size == 0 or ink.sum() < 6:
        return []
    rows = np.flatnonzero(ink.any(axis=1))
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > max(2, int(1.2 * scale))) + 1)
    strips = []
    for part in parts:
        if part[-1] - part[0] < 2 * scale and len(parts) > 1:
            continue
        columns = np.flatnonzero(ink[part[0] : part[-1] + 1].any(axis=0))
        cut = inner[part[0] : part[-1] + 1, columns[0] : columns[-1] + 1]
        strips.append(np.pad(cut, int(2 * scale), constant_values=255))
    return strips


def _recognise(strips: list[Grey]) -> list[tuple[str, float]]:
    """Text and confidence of images of single lines."""
    if not strips:
        return []
    from rapidocr.ch_ppocr_rec.typings import TextRecInput

    recogniser = engine()._load_rec_model()
    result = recogniser(TextRecInput(img=[np.repeat(strip[:, :, None], 3, axis=2) for strip in strips]))
    return [(as_printed(text), float(score)) for text, score in zip(result.txts, result.scores, strict=True)]


def as_printed(text: str) -> str:
    """A recognised line with the brackets that Chinese print has, and no gap behind an item's number."""
    text = ITEM_GAP.sub(r"\1", read_characters(text))
    return CLOSING.sub("）", OPENING.sub("（", text))


def _as_number(text: str) -> str:
    """A cell of digits with the letters that look like digits read as such."""
    text = text.strip()
    if NUMBER_LIKE.fullmatch(HANGING.sub(".", text)):
        return HANGING.sub(".", text).translate(LIKE_DIGITS)
    return text


def _without(image: Grey, tables: list[FilledTable], scale: float) -> Grey:
    """The page with its tables blank."""
    rest = image.copy()
    for filled in tables:
        table = filled.table
        top, bottom = int(table.top * scale) - 4, int(table.bottom * scale) + 5
        rest[max(0, top) : bottom, max(0, int(table.left * scale) - 4) : int(table.right * scale) + 5] = 255
    return rest


def _see_lines(image: Grey) -> list[Seen]:
    """The lines of a page without tables, pieces of one line joined, from the top."""
    if (image < BRIGHT).sum() < 50:
        return []
    result = engine()(np.repeat(image[:, :, None], 3, axis=2), use_cls=False)
    if result.boxes is None or result.txts is None:
        return []
    pieces = []
    for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        across, down = [float(x) for x, _ in box], [float(y) for _, y in box]
        pieces.append(Seen(as_printed(text), float(score), min(across), min(down), max(across), max(down)))
    rows: list[list[Seen]] = []
    for piece in sorted(pieces, key=lambda each: (each.top + each.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        if rows and middle < (rows[-1][0].top + rows[-1][0].bottom) / 2 + 0.5 * (piece.bottom - piece.top):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda each: each.left)) for row in rows]


def _joined(row: list[Seen]) -> Seen:
    return Seen(
        " ".join(piece.text for piece in row), min(p.confidence for p in row), min(p.left for p in row),
        min(p.top for p in row), max(p.right for p in row), max(p.bottom for p in row),
    )  # fmt: skip


def _sheet(lines: list[Seen], tables: list[FilledTable], size: tuple[float, float], scale: float) -> Sheet:
    """Lines in points; of each table one line that stands for it, so that it keeps its place among them."""
    here = [
        Line(seen.text, number, seen.left / scale, seen.top / scale, seen.right / scale, seen.bottom / scale)
        for number, seen in enumerate(lines)
        if seen.text.strip()
    ]
    for filled in tables:
        t = filled.table
        middle = (t.top + t.bottom) / 2
        here.append(Line("table", -1, t.left + 1, middle, t.right - 1, middle + 1))
    return Sheet(*size, tuple(sorted(here, key=lambda line: (line.top, line.left))))


def _boxes(composed: Composed, seen: list[list[Seen]]) -> tuple[Box, ...]:
    """The place of every line, with how sure its reading is."""
    boxes = []
    for offset, page, line in composed.lines:
        left, top, right, bottom = (round(edge, 1) for edge in (line.left, line.top, line.right, line.bottom))
        sure = round(seen[page - 1][line.first].confidence, 3)
        boxes.append(Box(offset, offset + len(line.text), page, left, top, right, bottom, sure))
    return tuple(boxes)

"""One page's image read by RapidOCR, whose Chinese models come inside its package; the extra [scan].

Recognition of a whole page loses two thirds of a table's numbers, recognition of single cells nearly none: so the
ruled tables are cut out first, each cell is read alone, and only what is left of the page is read as lines. How sure
the engine is goes with every cell and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFilter

from extractor.characters import read_characters
from extractor.errors import DocumentError, MissingPartError
from extractor.read.filled import FilledTable
from extractor.read.pdf_lines import Line, Sheet
from extractor.read.ruling import RuledCell, RuledTable, find_tables
from extractor.read.scan_image import BRIGHT, Grey, evened, sharpened

if TYPE_CHECKING:
    from extractor.read.ruling import Ink

SMALLEST_SIDE = 64
DARK = 155
RULE = 0.85
LOW_AT_EDGE = 0.6
FAR, THIN = 8.0, 2.5
FAINT, LOW_LINE, LINE_GAP = 0.05, 5.5, 2.5
PIECED = 0.5
PALE, PALE_LEAST = 12, 15.0
ILLEGIBLE = "〓"
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


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as the engine saw it: its sheet of lines, its ruled tables with their texts, and how sure each line is."""

    sheet: Sheet
    tables: list[FilledTable]
    confidences: list[float]


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


def see_page(image: Grey, scale: float) -> SeenPage:
    """What stands on a page's image in grey values, ``scale`` pixels a point. Errors: ``DocumentError`` where the
    image is too small to be a page."""
    if min(image.shape[:2]) < SMALLEST_SIDE:
        raise DocumentError(
            "the image is too small to be a page",
            found=f"{image.shape[1]} × {image.shape[0]} pixels",
            allowed=f"at least {SMALLEST_SIDE} on each side",
            do="scan the page again at 200 dots an inch or more",
        )
    even, scale = evened(image, scale)
    sharp = sharpened(even)
    pale = _pale(even)
    tables = [_fill(even, sharp, pale, table, scale) for table in find_tables(sharp, dark=DARK, scale=scale)]
    lines = _see_lines(_without(even, tables, scale))
    sheet = _sheet(lines, tables, (even.shape[1] / scale, even.shape[0] / scale), scale)
    return SeenPage(sheet, tables, [round(line.confidence, 3) for line in lines])


def _fill(image: Grey, sharp: Grey, pale: Ink, table: RuledTable, scale: float) -> FilledTable:
    """Read each cell of a table alone, all of a table's lines in one go."""
    strips: list[Grey] = []
    owners: list[int] = []
    pieced: set[int] = set()
    texts, sure = [""] * len(table.cells), [1.0] * len(table.cells)
    for number, cell in enumerate(table.cells):
        box = _inside(sharp, cell, scale)
        found = _strips(image, sharp, box, scale)
        strips += [strip for strip, _, _ in found]
        owners += [number] * len(found)
        if any(is_apart or (len(found) > 1 and touches) for _, touches, is_apart in found):
            pieced.add(number)
        if not found and pale[box].sum() > PALE_LEAST * scale:
            texts[number], sure[number] = ILLEGIBLE, 0.0
    for owner, (text, confidence) in zip(owners, _recognise(strips), strict=True):
        texts[owner] += text or ILLEGIBLE
        sure[owner] = min(sure[owner], confidence)
    texts = [_as_number(text) for text in texts]
    for number, text in enumerate(texts):
        if number in pieced and NUMBER_LIKE.fullmatch(text):
            sure[number] = min(sure[number], PIECED)  # perhaps a piece of the rule was read as a digit
    return FilledTable(table, tuple(texts), tuple(round(value, 3) for value in sure))


def _pale(image: Grey) -> Ink:
    """Where the page is darker than its paper over more than a few pixels: ink, however faint."""
    smooth = np.asarray(Image.fromarray(image).filter(ImageFilter.BoxBlur(3)))
    return smooth < float(np.median(smooth)) - PALE


def _inside(sharp: Grey, cell: RuledCell, scale: float) -> tuple[slice, slice]:
    """The rows and columns of pixels inside a cell's rules, however far these lean or spread."""
    inset, zone = max(2, int(0.9 * scale)), int(2.5 * scale)
    left, right = int(cell.left * scale) + inset, int(cell.right * scale) - inset
    top, bottom = int(cell.top * scale) + inset, int(cell.bottom * scale) - inset
    ink = sharp[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] < DARK
    if min(ink.shape) < 3 * zone:
        return slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))
    rows, columns = ink.mean(axis=1) > RULE, ink.mean(axis=0) > RULE
    first, last = (int(np.flatnonzero(edge).max(initial=-1)) + 1 for edge in (rows[:zone], rows[::-1][:zone]))
    start, end = (int(np.flatnonzero(edge).max(initial=-1)) + 1 for edge in (columns[:zone], columns[::-1][:zone]))
    return slice(top + first, bottom - last), slice(left + start, right - end)


def _strips(image: Grey, sharp: Grey, box: tuple[slice, slice], scale: float) -> list[tuple[Grey, bool, bool]]:
    """The lines of ink in a cell, each cut out with a margin; whether it touches the cell's upper or lower edge, and
    whether parts of it stand far apart."""
    inner = image[box]
    ink = sharp[box] < DARK
    if inner.size == 0 or ink.sum() < 6:
        return []
    strips, lines = [], _lines_of_ink(ink, scale)
    tallest = max(bottom - top for top, bottom in lines)
    margin = max(1, int(0.4 * scale))
    for top, bottom in lines:
        is_at_edge = top == 0 or bottom == ink.shape[0]
        if len(lines) > 1 and (bottom - top < 2 * scale or (is_at_edge and bottom - top < LOW_AT_EDGE * tallest)):
            continue
        first, last = _ends_of_line(ink[top:bottom].any(axis=0), scale)
        rows = slice(max(0, top - margin), bottom + margin)
        cut = inner[rows, max(0, first - margin) : last + 1 + margin]
        inked = np.flatnonzero(ink[top:bottom, first : last + 1].any(axis=0))
        is_apart = bool((np.diff(inked) > FAR * scale).any())
        strips.append(
            (np.pad(cut, int(2 * scale), constant_values=255), top <= 1 or bottom >= ink.shape[0] - 1, is_apart)
        )
    return strips


def _ends_of_line(inked: Any, scale: float) -> tuple[int, int]:
    """The first and last column of a line's ink; a thin piece at the cell's edge, far from all else, is of its rule."""
    places = np.flatnonzero(inked)
    parts = np.split(places, np.flatnonzero(np.diff(places) > FAR * scale) + 1)
    thin = THIN * scale
    while len(parts) > 1 and parts[-1][-1] >= len(inked) - 3 and parts[-1][-1] - parts[-1][0] < thin:
        parts.pop()
    while len(parts) > 1 and parts[0][0] <= 2 and parts[0][-1] - parts[0][0] < thin:
        parts.pop(0)
    return int(parts[0][0]), int(parts[-1][-1])


def _lines_of_ink(ink: Ink, scale: float) -> list[tuple[int, int]]:
    """Where the lines of a cell begin and end; a part too low to be a line belongs to the nearer of its neighbours."""
    profile = ink.sum(axis=1)
    inked = np.flatnonzero(profile > FAINT * profile.max())
    parts = np.split(inked, np.flatnonzero(np.diff(inked) > max(1, int(0.5 * scale))) + 1)
    lines = [(int(part[0]), int(part[-1]) + 1) for part in parts]
    place = 0
    while len(lines) > 1 and place < len(lines):
        top, bottom = lines[place]
        if bottom - top >= LOW_LINE * scale:
            place += 1
            continue
        before = top - lines[place - 1][1] if place else ink.shape[0]
        behind = lines[place + 1][0] - bottom if place + 1 < len(lines) else ink.shape[0]
        if min(before, behind) > LINE_GAP * scale:
            place += 1
            continue
        first = place - 1 if before <= behind else place
        lines[first : first + 2] = [(lines[first][0], lines[first + 1][1])]
        place = max(0, first)
    return lines


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

"""Which lines of a page are the report's, and in which order they are read.

Page numbers and running heads stand alone at a page's edge and come again on other pages; a line in the body is
never left out, whatever it says. The order of the content is kept but for paragraphs that are drawn after
something below them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.read.pdf_lines import Line, Sheet

EDGE = 0.12
FAR_EDGE = 0.09
WIDE = 0.55
MOST_LINES = 3000
DRESSED = re.compile(
    r"[-‐‑–—―－~·•\s]{1,6}\d{1,4}[-‐‑–—―－~·•\s]{1,6}|第\s*[\d一二三四五六七八九十百]{1,4}\s*页"
    r"(?:\s*[,，、/／]?\s*共\s*[\d一二三四五六七八九十百]{1,4}\s*页)?|(?:Page|P\.?)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
BARE = re.compile(r"(\d{1,4})(?:\s*/\s*\d{1,4})?")
DIGITS = re.compile(r"\d+")


def furniture(sheets: list[Sheet]) -> list[frozenset[int]]:
    """For each page the places (in ``lines``) of its page number and running heads."""
    edges = [_edge_lines(sheet) for sheet in sheets]
    bare = _bare_numbers(sheets, edges)
    heads = _running_heads(sheets, edges)
    found = []
    for number, (sheet, places) in enumerate(zip(sheets, edges, strict=True)):
        rows = [*([place] for place in places), *_rows(sheet, places)]
        dressed = {place for row in rows if _is_dressed(sheet, row) for place in row}
        found.append(frozenset(dressed | bare[number] | heads[number]))
    return found


def _is_dressed(sheet: Sheet, row: list[int]) -> bool:
    return DRESSED.fullmatch(" ".join(sheet.lines[place].text for place in row)) is not None


def _rows(sheet: Sheet, places: list[int]) -> list[list[int]]:
    """The places in rows: lines at one height, drawn one after another, are the pieces of one (— and 4 —)."""
    rows: list[list[int]] = []
    for place in places:
        line, before = sheet.lines[place], sheet.lines[rows[-1][-1]] if rows else None
        if before is not None and before.top < line.bottom and line.top < before.bottom:
            rows[-1].append(place)
        else:
            rows.append([place])
    return rows


def _edge_lines(sheet: Sheet) -> list[int]:
    """Lines near the upper or lower edge with nothing between them and it but others of their kind."""
    near: list[int] = []
    if len(sheet.lines) > MOST_LINES:
        return near
    for place, line in enumerate(sheet.lines):
        at_top, at_foot = line.bottom <= sheet.height * EDGE, line.top >= sheet.height * (1 - EDGE)
        if (at_top or at_foot) and line.bottom > line.top:
            near.append(place)
    return near


def _stands_off(sheet: Sheet, place: int) -> bool:
    """Whether no other line comes nearer than its own height, and the line is in one of the outermost rows."""
    line = sheet.lines[place]
    room = max(line.height, 8.0)
    upper, lower = line.top - room, line.bottom + room
    is_first = is_last = True
    for number, other in enumerate(sheet.lines):
        if number == place or other.bottom <= other.top:
            continue
        if other.top < lower and other.bottom > upper:
            return False
        is_first, is_last = is_first and other.top > line.top, is_last and other.bottom < line.bottom
        if not (is_first or is_last):
            return False
    return True


def _bare_numbers(sheets: list[Sheet], edges: list[list[int]]) -> list[set[int]]:
    """Undressed numbers that stand off the body and count with the pages."""
    found: list[set[int]] = [set() for _ in sheets]
    by_shift: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (sheet, places) in enumerate(zip(sheets, edges, strict=True)):
        for place in places:
            match = BARE.fullmatch(sheet.lines[place].text)
            if match and _stands_off(sheet, place):
                by_shift[int(match[1]) - number].append((number, place))
    for shift, members in by_shift.items():
        pages = {number for number, _ in members}
        if len(pages) >= max(2, 0.5 * len(sheets)) or (len(sheets) == 1 and shift == 1):
            for number, place in members:
                found[number].add(place)
    return found


def _running_heads(sheets: list[Sheet], edges: list[list[int]]) -> list[set[int]]:
    """Lines at the far edge that say the same (but for digits) at the same height on most pages, or on every second."""
    found: list[set[int]] = [set() for _ in sheets]
    alike: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for number, (sheet, places) in enumerate(zip(sheets, edges, strict=True)):
        for place in places:
            line = sheet.lines[place]
            if line.bottom <= sheet.height * FAR_EDGE or line.top >= sheet.height * (1 - FAR_EDGE):
                alike[DIGITS.sub("0", line.text), round(line.top / 4)].append((number, place))
    for (text, _), members in alike.items():
        pages = {number for number, _ in members}
        if len(pages) >= max(min(3, len(sheets)), 2, 0.4 * len(sheets)) and len(text) <= 100:
            for number, place in members:
                found[number].add(place)
    return found


def reading_order(sheet: Sheet, left_out: frozenset[int]) -> list[Line]:
    """The page's own lines; a block of prose, or one beside which nothing stands, goes back to its height where it is
    drawn after what stands below it."""
    blocks: list[list[Line]] = []
    before = None
    for place, line in enumerate(sheet.lines):
        if place in left_out:
            continue
        if before is None or line.top < before - 1.5 * max(line.bottom - line.top, 6.0):
            blocks.append([])
        blocks[-1].append(line)
        before = line.top
    if len(blocks) == 1 or len(sheet.lines) > MOST_LINES:
        return [line for block in blocks for line in block]
    ordered: list[list[Line]] = []
    tops: list[float] = []
    for block in blocks:
        place, bottom = len(ordered), max(line.bottom for line in block) - 2
        if place and tops[-1] >= bottom and (_is_prose(block, sheet) or _stands_alone(block, sheet)):
            while place and tops[place - 1] >= bottom:
                place -= 1
        ordered.insert(place, block)
        tops.insert(place, min(line.top for line in block))
    return [line for block in ordered for line in block]


def _is_prose(block: list[Line], sheet: Sheet) -> bool:
    wide = sum(line.right - line.left > WIDE * sheet.width for line in block)
    return 2 * wide >= len(block)


def _stands_alone(block: list[Line], sheet: Sheet) -> bool:
    top, bottom = min(line.top for line in block) + 1, max(line.bottom for line in block) - 1
    return sum(line.top < bottom and line.bottom > top for line in sheet.lines) == len(block)

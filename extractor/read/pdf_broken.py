"""Numbers that an unruled cell breaks over two lines, put together again: 84 with 2 below it is 842; and a row's values
that PDFium hands over as several lines, on one line again.

PDFium gives a cell's lines one after another and then goes up again to the next cell of the row. So a lone number
right below the end of a line of numbers belongs to that cell where the line after it stands beside the first part, or
the part stands beside the line before it; across rows a label would come between.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from extractor.read.pdf_lines import Line, Sheet

VALUES = re.compile(r"(?:\d[\d.,，]*|[-—–/／]{1,2}|无|不涉及)(?: +(?:\d[\d.,，]*|[-—–/／]{1,2}|无|不涉及))*")
LONE = re.compile(r"\d{1,4}")
LAST_NUMBER = re.compile(r"(?:^|(?<=\s))\d+$")
NEAR = 3.0
MOST_OBJECTS, LEAST_RULES = 20_000, 4
SHAPES = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


def is_stacked(above: Line, below: Line) -> bool:
    """Whether a lone number stands close under the end of the line before it: perhaps one number that its cell breaks."""
    if not LONE.fullmatch(below.text) or not above.text[-1].isdigit() or above.height <= 0:
        return False
    gap = below.top - above.bottom
    return -0.5 * above.height <= gap <= 0.9 * above.height and above.left - NEAR <= below.left <= above.right + NEAR


def broken_pages(pdf: Any, sheets: list[Sheet]) -> dict[int, bool]:
    """The pages on which a number may be broken within its cell, counted from 0; whether it stands among rules that tell.

    A rule between two numbers parts them: only the bounds of the page's shapes are asked for, which costs a tenth of
    drawing the page.
    """
    broken: dict[int, bool] = {}
    for number, sheet in enumerate(sheets):
        stacked = [(above, below) for above, below in pairwise(sheet.lines) if is_stacked(above, below)]
        if not stacked:
            continue
        shapes = _shapes(pdf[number])
        unparted = [pair for pair in stacked if not any(_parts(shape, *pair) for shape in shapes)]
        if unparted:
            broken[number] = len(shapes) >= LEAST_RULES and any(_are_among(shapes, *pair) for pair in unparted)
    return broken


def _shapes(page: Any) -> list[tuple[float, float, float, float]]:
    """The bounds of all that is drawn on a page but letters, from the page's top left where it is not turned."""
    edges = tuple(ctypes.c_float() for _ in range(4))
    left, _, _, top = page.get_cropbox()
    shapes = []
    for number in range(min(pdfium.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page.raw, number)
        if pdfium.FPDFPageObj_GetType(thing) in SHAPES and pdfium.FPDFPageObj_GetBounds(thing, *edges):
            x0, y0, x1, y1 = (edge.value for edge in edges)
            shapes.append((x0 - left, top - y1, x1 - left, top - y0))
    return shapes


def _are_among(shapes: list[tuple[float, float, float, float]], above: Line, below: Line) -> bool:
    """Whether two numbers stand between the uppermost and the lowest shape, not in a page's head or foot."""
    return min(shape[1] for shape in shapes) <= above.top and below.bottom <= max(shape[3] for shape in shapes)


def _parts(shape: tuple[float, float, float, float], above: Line, below: Line) -> bool:
    """Whether a shape's upper or lower edge runs between two numbers, over the width of the second."""
    left, top, right, bottom = shape
    if left > below.left or right < below.right:
        return False
    first, last = (above.top + above.bottom) / 2, (below.top + below.bottom) / 2
    return first < top < last or first < bottom < last


def with_whole_numbers(sheet: Sheet) -> Sheet:
    """The page with its broken numbers whole."""
    lines: list[Line] = []
    for place, line in enumerate(sheet.lines):
        behind = sheet.lines[place + 1] if place + 1 < len(sheet.lines) else None
        if lines and is_stacked(lines[-1], line) and _is_of_one_cell(lines, line, behind):
            above = lines[-1]
            lines[-1] = replace(above, text=above.text + line.text)
        else:
            lines.append(line)
    return sheet if len(lines) == len(sheet.lines) else replace(sheet, lines=tuple(lines))


def _is_of_one_cell(lines: list[Line], line: Line, behind: Line | None) -> bool:
    above = lines[-1]
    number = LAST_NUMBER.search(above.text)
    if number is None:
        return False
    width = (above.right - above.left) * len(number.group()) / max(len(above.text), 1)
    if line.right < above.right - 2 * width - NEAR or line.left > above.right + NEAR:
        return False
    goes_up = behind is not None and behind.left > above.right and _are_beside(behind, above)
    came_along = " " in above.text.strip() or (
        len(lines) > 1 and lines[-2].right < above.left + NEAR and _are_beside(lines[-2], above)
    )
    return goes_up or came_along


def _are_beside(one: Line, other: Line) -> bool:
    """Whether two lines stand at one height, or the second part of one beside the first of the other."""
    return abs(one.top - other.top) < 0.5 * max(one.height, other.height)


def with_whole_rows(sheet: Sheet) -> Sheet:
    """The page with lines of values that follow one another from left to right at one height as one line."""
    lines: list[Line] = []
    for line in sheet.lines:
        if lines and _goes_on(lines[-1], line):
            above = lines[-1]
            top, bottom = min(above.top, line.top), max(above.bottom, line.bottom)
            text = f"{above.text} {line.text}"
            lines[-1] = replace(above, text=text, top=top, right=line.right, bottom=bottom)
        else:
            lines.append(line)
    return sheet if len(lines) == len(sheet.lines) else replace(sheet, lines=tuple(lines))


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line of values stands right of another one, and at its height."""
    if line.left <= before.right or min(line.bottom, before.bottom) <= max(line.top, before.top):
        return False
    return VALUES.fullmatch(before.text) is not None and VALUES.fullmatch(line.text) is not None

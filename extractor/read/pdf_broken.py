"""Numbers that an unruled cell breaks over two lines, put together again: 84 with 2 below it is 842.

PDFium gives a cell's lines one after another and then goes up again to the next cell of the row. So a lone number
right below the end of a line of numbers belongs to that cell where the line after it stands beside the first part, or
the part stands beside the line before it; across rows a label would come between.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.read.pdf_lines import Line, Sheet

LONE = re.compile(r"\d{1,4}")
LAST_NUMBER = re.compile(r"(?:^|(?<=\s))\d+$")
NEAR = 3.0


def is_stacked(above: Line, below: Line) -> bool:
    """Whether a lone number stands close under the end of the line before it: perhaps one number that its cell breaks."""
    if not LONE.fullmatch(below.text) or not above.text[-1].isdigit() or above.height <= 0:
        return False
    gap = below.top - above.bottom
    return -0.5 * above.height <= gap <= 0.9 * above.height and above.left - NEAR <= below.left <= above.right + NEAR


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

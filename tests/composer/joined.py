"""Sheets printed with their cells run together, as text extraction from web pages leaves them.

What such a print destroys is where one value ends: rows of several values are doubtful, single values are not.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tests.composer.frames import Line, Printed, cells_of, is_unruly

if TYPE_CHECKING:
    import random

    from extractor.report import CellAddress
    from tests.composer.form import Row, Sheet


def _ambiguous(rows: tuple[Row, ...]) -> frozenset[CellAddress]:
    several = (row for row in rows if sum(b.is_value for b in row) > 1 or is_unruly(row))
    return frozenset(cell for row in several for cell in cells_of(row))


def joined_rows(sheet: Sheet, rng: random.Random) -> Printed:
    """Each row one string on a line of its own."""
    lines = tuple(Line("".join(b.text for b in row), cells_of(row)) for row in sheet.rows)
    return Printed(lines, _ambiguous(sheet.rows))


def joined_table(sheet: Sheet, rng: random.Random) -> Printed:
    """The whole table one string: a value runs into the next row's number."""
    text = "".join(b.text for row in sheet.rows for b in row)
    cells = tuple(cell for row in sheet.rows for cell in cells_of(row))
    return Printed((Line(text, cells),), _ambiguous(sheet.rows))


def joined_now_and_then(sheet: Sheet, rng: random.Random) -> Printed:
    """Spaces between values lost here and there."""
    lines: list[Line] = []
    doubtful: set[CellAddress] = set()
    for row in sheet.rows:
        loses = rng.random() < 0.4
        text = ""
        for before, box in zip((None, *row), row, strict=False):
            between = before is not None and not (loses and box.is_value and rng.random() < 0.5)
            text += (" " if between else "") + box.text
        if loses or is_unruly(row):
            doubtful.update(cells_of(row))
        lines.append(Line(text, cells_of(row)))
    return Printed(tuple(lines), frozenset(doubtful))


def runs_on(sheet: Sheet, rng: random.Random) -> Printed:
    """Values apart by spaces, but no sign between a row's last value and the next row's label."""
    rows = [" ".join(b.text for b in row) for row in sheet.rows]
    cells = tuple(cell for row in sheet.rows for cell in cells_of(row))
    doubtful = {cell for row in sheet.rows if is_unruly(row) for cell in cells_of(row)}
    for row, following in pairwise(sheet.rows):
        if _has_unknown_number(sheet, following):
            doubtful.update(cells_of(row))
    return Printed((Line("".join(rows), cells),), frozenset(doubtful))


def _has_unknown_number(sheet: Sheet, row: Row) -> bool:
    """Whether the row begins with a digit that the form does not give away: an annex's, or a wrong one."""
    label = row[0].text
    return label[:1].isdigit() and (sheet.table == "statistics" or (label.startswith("2.其他") and len(label) == 4))


def glued(sheet: Sheet, rng: random.Random) -> Printed:
    """Label and first value without a separator; values apart by spaces."""
    lines = []
    for row in sheet.rows:
        labels = "".join(b.text for b in row if not b.is_value)
        values = " ".join(b.text for b in row if b.is_value)
        lines.append(Line(labels + values, cells_of(row)))
    blank = frozenset(cell for row in sheet.rows if is_unruly(row) for cell in cells_of(row))
    return Printed(tuple(lines), blank)

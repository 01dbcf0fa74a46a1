"""Ruled tables found on a page's image: lines first, then the cells that they bound.

One road for PDF (a page rendered by PDFium) and scans, whatever draws the lines: strokes, thin boxes, images.
A vertical rule counts only between two horizontal ones that it joins, so that a letter's stroke is never one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ink = NDArray[np.bool_]

COVERED, HALF = 0.88, 0.5
BAND = 512
NEAR = 3
OPEN, HIGHEST_OPEN_ROW, NARROWEST = 8.0, 40.0, 12.0


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell of a ruled table: its place, its extent, and its box in the image's own units from the top left."""

    row: int
    column: int
    rows: int
    columns: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table's cells in the order of rows, and its outer box."""

    cells: tuple[RuledCell, ...]
    left: float
    top: float
    right: float
    bottom: float


def find_tables(image: NDArray[np.uint8], *, dark: int = 170, scale: float = 150 / 72) -> tuple[RuledTable, ...]:
    """The ruled tables of a page in grey values, upper before lower, boxes in points at ``scale`` pixels a point."""
    ink = image < dark
    across = find_runs(ink, int(22 * scale))
    levels = _centres(across.sum(axis=1) >= 40 * scale)
    tables: list[RuledTable] = []
    group: list[int] = []
    for level in levels:
        if group and not _joined(ink, across, group, level, scale):
            tables += _table(ink, across, group, scale)
            group = []
        group.append(level)
    tables += _table(ink, across, group, scale)
    return tuple(tables)


def find_runs(ink: Ink, least: int) -> Ink:
    """Of each row of pixels the runs of ink at least so long; gaps of one pixel are bridged. A band of rows at a time,
    since the counts take many times the memory of a page."""
    runs = np.zeros_like(ink)
    if ink.shape[1] > least:
        for top in range(0, ink.shape[0], BAND):
            before = min(top, 1)
            runs[top : top + BAND] = _runs_of(ink[top - before : top + BAND + 1], least)[before : before + BAND]
    return runs


def _runs_of(ink: Ink, least: int) -> Ink:
    bridged = ink.copy()
    bridged[:, 1:-1] |= ink[:, :-2] & ink[:, 2:]
    thick = bridged.copy()
    thick[1:] |= bridged[:-1]
    thick[:-1] |= bridged[1:]
    counts = np.zeros((ink.shape[0], ink.shape[1] + 1), np.int32)
    np.cumsum(thick, axis=1, out=counts[:, 1:])
    whole = counts[:, least:] - counts[:, :-least] == least
    marks = np.zeros((ink.shape[0], ink.shape[1] + 1), np.int8)
    marks[:, : whole.shape[1]] += whole
    marks[:, least:] -= whole[:, : ink.shape[1] + 1 - least]
    return np.asarray((np.cumsum(marks, axis=1, dtype=np.int32)[:, :-1] > 0) & bridged)


def _centres(marked: NDArray[np.bool_], gap: int = NEAR) -> list[int]:
    """The middles of the runs of marked places; runs a few places apart are one."""
    places = np.flatnonzero(marked)
    if not len(places):
        return []
    parts = np.split(places, np.flatnonzero(np.diff(places) > gap) + 1)
    return [int(part[0] + part[-1]) // 2 for part in parts]


def _upright(ink: Ink, top: int, bottom: int) -> list[int]:
    """Where vertical rules join two levels."""
    band = ink[top : bottom + 1]
    near = band.copy()
    near[:, 1:] |= band[:, :-1]
    near[:, :-1] |= band[:, 1:]
    return _centres(near.mean(axis=0) >= COVERED + 0.08)


def _ends(across: Ink, level: int) -> tuple[int, int]:
    """Where the rules of a level begin and end."""
    places = np.flatnonzero(across[max(0, level - NEAR) : level + NEAR + 1].any(axis=0))
    return (int(places[0]), int(places[-1])) if len(places) else (0, 0)


def _joined(ink: Ink, across: Ink, group: list[int], bottom: int, scale: float) -> bool:
    """Whether a level bounds a row with the last of a table's: a vertical rule joins them, or, in a table that is open
    at its sides, they have the same ends and stand as near as a row's edges do."""
    top, near = group[-1], OPEN * scale
    if _upright(ink, top, bottom):
        return True
    if len(group) < 2 or bottom - top > HIGHEST_OPEN_ROW * scale:
        return False
    left, right = _ends(across, top)
    rules = _upright(ink, group[-2], top)
    is_open = bool(rules) and rules[0] > left + near and rules[-1] < right - near
    return is_open and all(abs(a - b) <= near for a, b in zip((left, right), _ends(across, bottom), strict=True))


def _table(ink: Ink, across: Ink, levels: list[int], scale: float) -> list[RuledTable]:
    if len(levels) < 2:
        return []
    rules: list[int] = []
    for top, bottom in pairwise(levels):
        rules += _upright(ink, top, bottom)
    marked = np.zeros(ink.shape[1], bool)
    marked[rules] = True
    columns = _centres(marked, gap=2 * NEAR)
    ends = [_ends(across, level) for level in levels]
    left, right = min(end[0] for end in ends), max(end[1] for end in ends)
    if columns and left < columns[0] - OPEN * scale:
        columns.insert(0, left)
    if columns and right > columns[-1] + OPEN * scale:
        columns.append(right)
    if len(columns) < 2 or columns[-1] - columns[0] < NARROWEST * scale * (len(columns) - 1):
        return []
    cells = _cells(ink, across, levels, columns, scale)
    if len(cells) < 2:
        return []
    return [RuledTable(tuple(cells), columns[0] / scale, levels[0] / scale, columns[-1] / scale, levels[-1] / scale)]


def _cells(ink: Ink, across: Ink, levels: list[int], columns: list[int], scale: float) -> list[RuledCell]:
    """The cells of a grid: its smallest places joined where no rule parts them."""
    height, width = len(levels) - 1, len(columns) - 1
    right_open = [
        [not _is_upright(ink, columns[c + 1], levels[r], levels[r + 1]) for c in range(width)] for r in range(height)
    ]
    below_open = [
        [not _is_level(across, levels[r + 1], columns[c], columns[c + 1]) for c in range(width)] for r in range(height)
    ]
    taken: set[tuple[int, int]] = set()
    cells: list[RuledCell] = []
    for row in range(height):
        for column in range(width):
            if (row, column) in taken:
                continue
            last = column
            while last + 1 < width and right_open[row][last] and (row, last + 1) not in taken:
                last += 1
            low = row
            while low + 1 < height and all(below_open[low][c] for c in range(column, last + 1)):
                low += 1
            taken.update((r, c) for r in range(row, low + 1) for c in range(column, last + 1))
            box = (columns[column] / scale, levels[row] / scale, columns[last + 1] / scale, levels[low + 1] / scale)
            cells.append(RuledCell(row, column, low - row + 1, last - column + 1, *box))
    return cells


def _is_upright(ink: Ink, column: int, top: int, bottom: int) -> bool:
    strip = ink[top + 1 : bottom, max(0, column - NEAR) : column + NEAR + 1]
    return bool(strip.size) and float(strip.any(axis=1).mean()) >= COVERED


def _is_level(across: Ink, level: int, left: int, right: int) -> bool:
    """Whether a horizontal rule parts two cells: more than half of one, since only long runs of ink are in ``across`` and
    a poor scan breaks them."""
    strip = across[max(0, level - NEAR) : level + NEAR + 1, left + 1 : right]
    return bool(strip.size) and float(strip.any(axis=0).mean()) >= HALF

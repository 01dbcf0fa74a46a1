"""Sheets printed as running lines, as text extraction from PDF leaves them: labels wrapped or vertical, values before,
between or after their label's lines, the last value on a line of its own, group labels in blocks or scattered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.composer.frames import Line, Printed, cells_of, is_unruly

if TYPE_CHECKING:
    import random

    from extractor.report import CellAddress
    from tests.composer.form import Row, Sheet

WIDTHS = {"none": 99, "wide": 18, "narrow": 9, "tight": 4, "vertical": 1}
PLACES = ("last_line", "own_line", "before", "between", "first_line", "mixed")
HEADS = ("plain", "wrapped", "vertical")
GROUPS = ("inline", "block", "vertical", "scattered", "every_row", "lost")


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How lines are laid out. ``separator`` stands between values; ``width`` is a key of ``WIDTHS``."""

    separator: str = " "
    width: str = "none"
    place: str = "last_line"
    last_apart: bool = False
    heads: str = "plain"
    groups: str = "inline"
    one_cell_a_line: bool = False
    values_a_line: int = 99


_UNBREAKABLE = re.compile(
    r"(?:[（(﹙].[）)﹚]|\d[.、．]|[一二三四五六七]、)?\s*(?:\d+|.)[）)﹚”\"、，：；。.]*", re.DOTALL
)


def chunks(text: str, width: int) -> list[str]:
    """The text in lines of about ``width`` characters, by the habits of typesetting: a number stays with its label,
    closing punctuation starts no line."""
    pieces = [""]
    for match in _UNBREAKABLE.finditer(text):
        if pieces[-1] and len(pieces[-1]) + len(match[0].rstrip("）)﹚”、，：；。")) > width:
            pieces.append("")
        pieces[-1] += match[0]
    return [stripped for piece in pieces if (stripped := piece.strip())]


def print_lines(sheet: Sheet, style: LineStyle, rng: random.Random) -> Printed:
    """The sheet as lines in the given style."""
    lines: list[Line] = []
    doubtful: set[CellAddress] = set()
    group: list[str] = []
    waiting: list[str] = []
    for row in sheet.rows:
        if not any(b.is_value for b in row):
            lines += _head_lines(row, style)
            continue
        labels = [b.text for b in row if not b.is_value]
        outer, inner = labels[:-1], labels[-1] if labels else ""
        group = _group_of(row, group)
        if sheet.table == "statistics":
            outer, inner, group = [], labels[0], []
        inner, before, waiting = _place_group(outer, inner, group, waiting, style)
        lines += before
        printed = _row_lines(inner, row, labels[1:] if sheet.table == "statistics" else [], style, rng)
        after = [Line(text, after="label") for text in waiting]
        lines += [printed[0], *after, *printed[1:]] if after and len(printed) > 1 else [*printed, *after]
        waiting = []
        if is_unruly(row):
            doubtful.update(cells_of(row))
    return Printed(tuple(lines), frozenset(doubtful))


def _group_of(row: Row, group: list[str]) -> list[str]:
    """The labels of the groups that the row stands in."""
    labels = [b for b in row if not b.is_value]
    if len(labels) > 1:
        kept = group[:1] if len(labels) == 2 and labels[0].columns == 1 and labels[1].columns == 1 else []
        return [*kept, *(b.text for b in labels[:-1])]
    return group if labels and labels[0].columns == 1 else group[:1] if labels and labels[0].columns == 2 else []


def _place_group(
    outer: list[str], inner: str, group: list[str], waiting: list[str], style: LineStyle
) -> tuple[str, list[Line], list[str]]:
    """The row's label, the lines of group labels before it, and the pieces that come within its own lines."""
    if style.groups == "lost":
        return inner, [], []
    if style.groups == "every_row":
        return " ".join((*group, inner)), [], []
    if style.one_cell_a_line or (style.groups == "inline" and style.width != "none"):
        return inner, [Line(text, after="label") for text in outer], []
    if style.groups == "inline":
        return " ".join((*outer, inner)), [], []
    width = 1 if style.groups == "vertical" else 3
    pieces = [piece for text in outer for piece in chunks(text, width)]
    if style.groups == "scattered" and len(pieces) > 1:
        return inner, [Line(pieces[0], after="label")], pieces[1:]
    return inner, [Line(piece, after="label") for piece in pieces], []


def _head_lines(row: Row, style: LineStyle) -> list[Line]:
    texts = [b.text for b in row]
    if style.one_cell_a_line:
        return [Line(text) for text in texts]
    if style.heads == "plain" or len(row) == 1:
        return [Line(style.separator.join(texts))]
    width = 1 if style.heads == "vertical" else 2
    return [Line(piece) for text in texts for piece in chunks(text, width)]


def _row_lines(label: str, row: Row, unit: list[str], style: LineStyle, rng: random.Random) -> list[Line]:
    """The lines of a row; ``unit`` (annexes have one) stands before the values."""
    cells = cells_of(row)
    values = [*unit, *(b.text for b in row if b.is_value)]
    if style.one_cell_a_line:
        texts = [label, *values] if label else values
        return _closed([Line(text, cells, "nothing", bare=True) for text in texts])
    value_lines = _value_lines(values, style)
    is_free = bool(unit)  # nobody knows an annex's labels beforehand: only their own lines tell where they end
    pieces = chunks(label, max(WIDTHS[style.width], WIDTHS["narrow"]) if is_free else WIDTHS[style.width])
    place = rng.choice(PLACES[:-1]) if style.place == "mixed" else style.place
    if place in ("before", "between", "first_line") and (len(pieces) <= 1 or is_free):
        place = "last_line"
    labelled = [Line(text, cells, "label") for text in pieces]
    own = [Line(text, cells, bare=True) for text in value_lines if text]
    if not labelled or not own:
        return _closed([*labelled, *own])
    if place == "before":
        return _closed([*own, *labelled])
    if place == "own_line":
        return _closed([*labelled, *own])
    if place == "between":
        cut = rng.randint(1, len(labelled) - 1)
        return _closed([*labelled[:cut], *own, *labelled[cut:]])
    joined = 0 if place == "first_line" else len(labelled) - 1
    text = labelled[joined].text + style.separator + own[0].text
    labelled[joined : joined + 1] = [Line(text, cells, "label" if joined == 0 else "nothing"), *own[1:]]
    return _closed(labelled)


def _value_lines(values: list[str], style: LineStyle) -> list[str]:
    if style.last_apart and len(values) == 7:
        return [style.separator.join(v for v in values[:-1] if v), values[-1]]
    step = style.values_a_line
    parts = (values[start : start + step] for start in range(0, len(values), step))
    return [style.separator.join(v for v in part if v) for part in parts]


def _closed(lines: list[Line]) -> list[Line]:
    """The lines of a row: a break behind the last cuts nothing but the table, inside it cuts the row or a label."""
    last = len(lines) - 1
    closed = []
    for place, line in enumerate(lines):
        after = "nothing" if place == last else "label" if line.after == "label" else "row"
        closed.append(Line(line.text, line.cells, after, line.bare))
    for place, (line, following) in enumerate(pairwise(closed)):
        if following.bare and line.after == "label":
            closed[place] = Line(line.text, line.cells, "row", line.bare)
    return closed

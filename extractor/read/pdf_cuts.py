"""Tables that a page cuts: one set of columns, cut rows and cells mended, one grid.

A row is cut where the page's first row says nothing that begins a row of an official table and no value stands on
both sides of the cut; its pieces then come together above it. A spanning label goes on below the cut in the same way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.document import Grid
from extractor.read.filled import FilledTable, merge_edges
from extractor.rulebook import load_file

if TYPE_CHECKING:
    from extractor.read.ruling import RuledCell
    from extractor.rulebook import Rule

VALUE = re.compile(r"[\d.,/\-—－]+|无|不涉及")


@cache
def _row_rules() -> tuple[Rule, ...]:
    rules = load_file("page_frame.toml", {"part": ("speech", "line", "metadata", "row")})
    return tuple(rule for rule in rules if rule.fields["part"] == "row")


def begins_row(text: str) -> bool:
    """Whether a text is how a row of an official table begins."""
    return any(next(iter(rule.find(text)), None) is not None for rule in _row_rules())


def mend(tables: list[list[FilledTable]]) -> list[list[FilledTable]]:
    """The tables of all pages, those that a page cuts with one set of columns and their cut texts brought together."""
    mended = [list(page) for page in tables]
    for _ in tables:
        before = [[table.edges for table in page] for page in mended]
        for above, below in pairwise(mended):
            if above and below and above[-1].edges != below[0].edges and above[-1].stands_over(below[0]):
                edges = merge_edges(above[-1].edges, below[0].edges)
                above[-1], below[0] = above[-1].on_columns(edges), below[0].on_columns(edges)
        if before == [[table.edges for table in page] for page in mended]:
            break
    for above, below in pairwise(mended):
        if above and below and above[-1].edges == below[0].edges:
            above[-1], below[0] = _mend_cut(above[-1], below[0])
    return [[table for table in page if table.table.cells] for page in mended]


def _mend_cut(above: FilledTable, below: FilledTable) -> tuple[FilledTable, FilledTable]:
    """Two parts of a table with the texts that the cut parts brought together in the upper one."""
    last = max(cell.row + cell.rows for cell in above.table.cells)
    ends = {cell.column: place for place, cell in enumerate(above.table.cells) if cell.row + cell.rows == last}
    starts = {cell.column: place for place, cell in enumerate(below.table.cells) if cell.row == 0}
    if _is_cut_row(above, below, ends, starts):
        moved = [(ends[column], place) for column, place in starts.items() if column in ends]
        return _move(above, below, moved), _without_first_row(below)
    moved = [
        (ends[column], place)
        for column, place in starts.items()
        if column in ends and _goes_on(above, below, ends[column], place)
    ]
    texts = list(below.texts)
    for _, place in moved:
        texts[place] = ""
    going_on = frozenset(place for _, place in moved)
    return _move(above, below, moved), replace(below, texts=tuple(texts), going_on=going_on)


def _move(above: FilledTable, below: FilledTable, moved: list[tuple[int, int]]) -> FilledTable:
    """The upper part with texts of the lower one added, as sure as the less sure of the two."""
    texts, sure = list(above.texts), list(above.sureness)
    for target, place in moved:
        texts[target] += below.texts[place]
        sure[target] = min(sure[target], below.sureness[place])
    return replace(above, texts=tuple(texts), confidences=tuple(sure))


def _is_cut_row(above: FilledTable, below: FilledTable, ends: dict[int, int], starts: dict[int, int]) -> bool:
    upper = {column: above.texts[place] for column, place in ends.items()}
    lower = {column: below.texts[place] for column, place in starts.items()}
    said = {column: text for column, text in lower.items() if text}
    if not said or any(begins_row(text) for text in said.values()) or not set(said) <= set(upper):
        return False
    values = [sum(bool(VALUE.fullmatch(text)) for text in texts.values()) for texts in (upper, lower)]
    if min(values) > 0:
        return False
    if max(values) == 0:
        same = (above.table.cells[ends[c]].columns == below.table.cells[starts[c]].columns for c in said)
        return all(same) and all(upper[column] for column in said)
    if any(VALUE.fullmatch(text) and upper[column] for column, text in said.items()):
        return False
    return values[1] > 0 or not _has_blank_rows(above)


def _has_blank_rows(table: FilledTable) -> bool:
    """Whether a table has rows with a label and no value, so that a lack of values tells nothing."""
    rows: dict[int, list[str]] = {}
    for cell, text in zip(table.table.cells, table.texts, strict=True):
        rows.setdefault(cell.row, []).append(text)
    first = next((row for row, texts in sorted(rows.items()) if any(VALUE.fullmatch(text) for text in texts)), None)
    return first is not None and any(
        row > first and any(texts) and "" in texts and not any(VALUE.fullmatch(text) for text in texts)
        for row, texts in rows.items()
    )


def _goes_on(above: FilledTable, below: FilledTable, upper: int, lower: int) -> bool:
    """Whether a label that spans rows goes on below the cut."""
    over, under = above.table.cells[upper], below.table.cells[lower]
    text = below.texts[lower]
    if over.columns != under.columns or max(over.rows, under.rows) < 2:
        return False
    if not above.texts[upper]:
        return upper in above.going_on and not text
    return not begins_row(text) and not VALUE.fullmatch(text)


def _without_first_row(filled: FilledTable) -> FilledTable:
    cells: list[RuledCell] = []
    texts: list[str] = []
    sure: list[float] = []
    going_on: set[int] = set()
    for cell, text, confidence in zip(filled.table.cells, filled.texts, filled.sureness, strict=True):
        if cell.row == 0 and cell.rows == 1:
            continue
        sure.append(confidence)
        if cell.row == 0:
            going_on.add(len(cells))
            cells.append(replace(cell, rows=cell.rows - 1))
            texts.append("")
        else:
            cells.append(replace(cell, row=cell.row - 1))
            texts.append(text)
    table = replace(filled.table, cells=tuple(cells))
    return replace(
        filled,
        table=table,
        texts=tuple(texts),
        columns=filled.edges,
        confidences=tuple(sure),
        going_on=frozenset(going_on),
    )


def join_grids(grids: list[Grid], tables: list[FilledTable]) -> tuple[Grid, ...]:
    """The grids with those joined that one table cut by pages makes: nothing between them, and the same columns."""
    joined: list[Grid] = []
    for place, (grid, filled) in enumerate(zip(grids, tables, strict=True)):
        if joined and joined[-1].end + 1 == grid.start and tables[place - 1].edges == filled.edges:
            joined[-1] = _joined(joined[-1], grid, filled)
        else:
            joined.append(grid)
    return tuple(joined)


def _joined(above: Grid, below: Grid, filled: FilledTable) -> Grid:
    rows = max(cell.row + cell.rows for cell in above.cells)
    going_on = {filled.table.cells[place].column: filled.table.cells[place].rows for place in filled.going_on}
    upper = [
        replace(cell, rows=cell.rows + going_on[cell.column])
        if cell.row + cell.rows == rows and cell.column in going_on
        else cell
        for cell in above.cells
    ]
    lower = [replace(cell, row=cell.row + rows) for cell in below.cells if cell.row or cell.column not in going_on]
    return Grid(above.start, below.end, (*upper, *lower))

"""Sheets printed as grids: tabs, pipes, Markdown. Every frame yields lines that know which cells they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.composer.marks import WORDS

if TYPE_CHECKING:
    import random

    from extractor.report import CellAddress
    from tests.composer.form import Row, Sheet


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line. ``after`` says what a page break behind it would cut: ``nothing``, a ``label``, or a ``row``;
    ``bare`` that it holds values and no label, so that a bare page number beside it can be taken for one."""

    text: str
    cells: tuple[CellAddress, ...] = ()
    after: str = "nothing"
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet in lines; ``doubtful`` are the cells whose place or extent the frame has thrown away."""

    lines: tuple[Line, ...]
    doubtful: frozenset[CellAddress] = frozenset()


def cells_of(row: Row) -> tuple[CellAddress, ...]:
    """The official cells of a row."""
    return tuple(b.cell for b in row if b.cell)


def has_blank(row: Row) -> bool:
    """Whether a value of the row is printed as nothing."""
    return any(b.is_value and not b.text for b in row)


def is_unruly(row: Row) -> bool:
    """Whether running text loses the place of a value: one is printed as nothing, or as words like a label's."""
    return has_blank(row) or any(b.is_value and b.text == WORDS for b in row)


def expand(sheet: Sheet, *, repeat_labels: bool = False, repeat_values: bool = False) -> list[list[str]]:
    """The sheet as a full grid of texts; covered places are empty, or repeat their box."""
    height = len(sheet.rows)
    grid: list[list[str | None]] = [[None] * sheet.width for _ in range(height)]
    for place, row in enumerate(sheet.rows):
        column = 0
        for box in row:
            while column < sheet.width and grid[place][column] is not None:
                column += 1
            repeats = repeat_values if box.is_value else repeat_labels
            for r in range(place, min(place + box.rows, height)):
                for c in range(column, min(column + box.columns, sheet.width)):
                    is_origin = (r, c) == (place, column)
                    grid[r][c] = box.text if is_origin or repeats else ""
    return [[text or "" for text in row] for row in grid]


def tabs(sheet: Sheet, rng: random.Random, *, trimmed: bool = False) -> Printed:
    """One line a row, one tab a column; ``trimmed`` drops the tabs at the end, and with them blank last values."""
    lines: list[Line] = []
    doubtful: set[CellAddress] = set()
    for row, texts in zip(sheet.rows, expand(sheet), strict=True):
        text = "\t".join(texts)
        lines.append(Line(text.rstrip("\t") if trimmed else text, cells_of(row)))
        if trimmed and has_blank(row):
            doubtful.update(cells_of(row))
    return Printed(tuple(lines), frozenset(doubtful))


def tabs_shifted(sheet: Sheet, rng: random.Random, *, by: int) -> Printed:
    """Tabs, with some rows moved left (empty cells lost) or right (an empty cell too many)."""
    lines: list[Line] = []
    doubtful: set[CellAddress] = set()
    for row, texts in zip(sheet.rows, expand(sheet), strict=True):
        if rng.random() < 0.5 and any(b.is_value for b in row):
            if by < 0:
                texts = texts[next(i for i, text in enumerate(texts) if text) :] if any(texts) else texts
                texts += [""] * (sheet.width - len(texts))
            else:
                texts.insert(rng.choice((0, len(row) - len(cells_of(row)))), "")
        if has_blank(row):  # where rows may be shifted, no row's blanks have a sure place
            doubtful.update(cells_of(row))
        lines.append(Line("\t".join(texts), cells_of(row)))
    return Printed(tuple(lines), frozenset(doubtful))


def pipes(sheet: Sheet, rng: random.Random) -> Printed:
    """Cells between bars, without any rule line."""
    grid = zip(sheet.rows, expand(sheet), strict=True)
    return Printed(tuple(Line("| " + " | ".join(texts) + " |", cells_of(row)) for row, texts in grid))


def wide_bars(sheet: Sheet, rng: random.Random) -> Printed:
    """Cells between bars of full width."""
    grid = zip(sheet.rows, expand(sheet), strict=True)
    return Printed(tuple(Line("｜" + "｜".join(texts) + "｜", cells_of(row)) for row, texts in grid))


def commas(sheet: Sheet, rng: random.Random) -> Printed:
    """Cells between commas: nothing tells 3,251 from two cells, so rows of several values are doubtful."""
    lines: list[Line] = []
    doubtful: set[CellAddress] = set()
    for row, texts in zip(sheet.rows, expand(sheet), strict=True):
        lines.append(Line(",".join(texts), cells_of(row)))
        doubtful.update(cells_of(row))
    return Printed(tuple(lines), frozenset(doubtful))


def transposed(sheet: Sheet, rng: random.Random) -> Printed:
    """Rows as columns, one cell a field: labels no longer stand beside their values, so nothing is sure."""
    columns = zip(*expand(sheet, repeat_labels=True), strict=True)
    every = tuple(cell for row in sheet.rows for cell in cells_of(row))
    return Printed(tuple(Line("\t".join(texts), every) for texts in columns), frozenset(every))


def markdown(sheet: Sheet, rng: random.Random, *, repeat: bool = False) -> Printed:
    """One Markdown table; its first row serves as the head. ``repeat`` fills the places that a span covers."""
    lines = []
    grid = expand(sheet, repeat_labels=repeat, repeat_values=repeat)
    for place, (row, texts) in enumerate(zip(sheet.rows, grid, strict=True)):
        lines.append(Line("| " + " | ".join(texts) + " |", cells_of(row)))
        if place == 0:
            lines.append(Line("|" + " --- |" * sheet.width))
    return Printed(tuple(lines))


def markdown_false_head(sheet: Sheet, rng: random.Random) -> Printed:
    """A Markdown table under an empty head."""
    head = (Line("|" + "  |" * sheet.width), Line("|" + ":---:|" * sheet.width))
    grid = zip(sheet.rows, expand(sheet), strict=True)
    return Printed(head + tuple(Line("|" + "|".join(texts) + "|", cells_of(row)) for row, texts in grid))


def markdown_rows(sheet: Sheet, rng: random.Random) -> Printed:
    """A Markdown table a row: each row is the head of its own table."""
    lines = []
    for row, texts in zip(sheet.rows, expand(sheet), strict=True):
        lines.append(Line("| " + " | ".join(texts) + " |", cells_of(row), after="row"))
        lines.append(Line("|" + " --- |" * sheet.width, after="row"))
        lines.append(Line(""))
    return Printed(tuple(lines))

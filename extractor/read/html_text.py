"""A page's blocks as text; a table that only arranges the page is no table, and its cells are read as blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.read.html_tree import CELLS, Block, Run
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.rows import Lines, Placed

WORD_STYLE = re.compile(r"(?:/\*[^*]{0,200}\*/)?[@A-Za-z.*#][^{}。；，、]{0,200}\{[^{}]{0,4000}\}")
WORD_NOISE = re.compile(
    r"(?:Normal\s+0\s+[\d.]+\s*磅\s+0\s+2|MicrosoftInternetExplorer4|X-NONE)[A-Za-z0-9\s./-]*"
    r"|/\*\s*Style Definitions\s*\*/"
)
SPACES = re.compile(r" {2,}")
UNREADABLE = "〓"
NUMBERED = re.compile(r"^[（(]?[\d一二三四五六七八九十]{1,3}[)）.、．]")
LONG_CELL = 600


def tidy(text: str) -> str:
    """A line without its outer white space and without Word's style sheets pasted as text."""
    if "{" in text:
        text = WORD_STYLE.sub("", text)
    if "X-NONE" in text or "磅" in text or "Style Def" in text:
        text = WORD_NOISE.sub("", text)
    return SPACES.sub(" ", text).strip(" \u3000")


def lines_of(block: Block) -> list[str]:
    """The non-empty lines of a block and of all within, tables as blocks."""
    writer = Writer(tables=False)
    writer.write(block)
    return writer.lines


@dataclass(slots=True)
class Writer(Lines):
    """Writes blocks; without ``tables`` the cells of tables are lines too."""

    limits: Limits = STANDARD
    tables: bool = True

    def line(self, text: str) -> None:
        """Add a line, unless there is nothing in it."""
        self.add(tidy(text))

    def write(self, block: Block, mark: str = "") -> None:
        """Add a block's lines; ``mark`` is the number that its list gives it."""
        words = [mark]
        number = _list_start(block)
        for piece in block.pieces:
            if isinstance(piece, Run):
                if piece.text == "\n":
                    self.line("".join(words))
                    words = []
                else:
                    words.append(piece.text)
                continue
            self.line("".join(words))
            words = []
            if piece.tag == "li" and number is not None:
                self._write_item(piece, number)
                number += 1
            elif piece.tag == "table" and self.tables and not is_layout(piece):
                self.add_table(*place_cells(piece, self.limits))
            else:
                self.write(piece)
        self.line("".join(words))

    def _write_item(self, item: Block, number: int) -> None:
        first = next(iter(lines_of(item)), "")
        self.write(item, "" if NUMBERED.match(first) or not isinstance(item.pieces[0], Run) else f"{number}.")


def _list_start(block: Block) -> int | None:
    if block.tag != "ol":
        return None
    start = block.attributes.get("start") or "1"
    return int(start) if start.isdecimal() and len(start) < 5 else 1


def rows_of(table: Block) -> list[Block]:
    """A table's own rows, those of tables within it left out."""
    rows: list[Block] = []
    for child in table.blocks:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows += [row for row in child.blocks if row.tag == "tr"]
    return rows


def cells_of(row: Block) -> list[Block]:
    """A row's cells."""
    return [cell for cell in row.blocks if cell.tag in CELLS]


def place_cells(table: Block, limits: Limits) -> tuple[list[Placed], int]:
    """The cells at their places, and the table's width. Errors: ``LimitError`` where spans grow it too far."""
    rows = rows_of(table)
    taken: set[tuple[int, int]] = set()
    placed: list[Placed] = []
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in cells_of(row):
            while (number, column) in taken:
                column += 1
            high = min(_span(cell, "rowspan") or len(rows), len(rows) - number)
            wide = min(_span(cell, "colspan") or 1, 200)
            if len(taken) + high * wide > limits.cells:
                raise refuse("a table is too large", "its spans cover too many places", f"{limits.cells} places")
            taken.update((r, c) for r in range(number, number + high) for c in range(column, column + wide))
            text = " ".join(lines_of(cell)).replace("\t", " ")
            says = text or _shown(cell)
            placed.append(Placed(number, column, high, wide, says, 0.0 if says == UNREADABLE else 1.0))
            column += wide
            width = max(width, column)
    if len(rows) * width > limits.cells:
        raise refuse("a table is too large", f"{len(rows)} rows of {width} columns", f"{limits.cells} places")
    return placed, width


def _shown(cell: Block) -> str:
    """What an empty cell shows all the same: the one figure in its field, else ``UNREADABLE`` for fields or pictures."""
    if not cell.shown:
        return ""
    said = set(cell.shown)
    return said.pop() or UNREADABLE if len(said) == 1 else UNREADABLE


def _span(cell: Block, name: str) -> int:
    """A span as the page gives it; 0 means to the end, anything unreadable is 1."""
    value = (cell.attributes.get(name) or "1").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else 1


def is_layout(table: Block) -> bool:
    """Whether a table only arranges the page: nested tables, a single column, or cells that hold whole passages."""
    rows = [cells_of(row) for row in rows_of(table)]
    cells = [cell for row in rows for cell in row]
    if max((len(row) for row in rows), default=0) <= 1:
        return True
    for cell in cells:
        if any(inner.tag == "table" and inner.plain > 1 for inner in cell.within()):
            return True
        if cell.plain + cell.linked > LONG_CELL or any(inner.tag in ("h1", "h2", "h3") for inner in cell.within()):
            return True
    return False

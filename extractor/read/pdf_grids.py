"""Ruled tables of a PDF as grids: the second road, where the order of lines leaves a cell in doubt.

Rules are found on the rendered page, letters come from the text layer, and each letter goes into the cell that
holds its middle; so no value depends on the order of lines, and an empty cell is seen to be empty. The document
comes back with the tables' lines replaced by rows with tabs, as web pages have them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from extractor.characters import read_characters
from extractor.read.drawn import draw
from extractor.read.filled import FilledTable
from extractor.read.limits import STANDARD, Limits
from extractor.read.pdf_broken import with_whole_numbers, with_whole_rows
from extractor.read.pdf_lines import HYPHENS, Sheet, seen_text
from extractor.read.pdf_pages import opened, read_sheets
from extractor.read.pdf_text import Composed, compose
from extractor.read.pdf_unmapped import UNMAPPED
from extractor.read.ruling import RuledCell, RuledTable, find_tables
from extractor.read.scan import see_image_pages, seen_boxes

if TYPE_CHECKING:
    from extractor.document import Document

DOTS_AN_INCH = 150


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a page with the middle and height of its box, in points from the top left; ``apart`` says that a space stands
    before it on its line."""

    text: str
    x: float
    y: float
    height: float
    apart: bool


def ruled_grids(data: bytes, document: Document, limits: Limits = STANDARD) -> Document:
    """The document of a PDF read anew with its ruled tables as grids; the same document where it has none.

    ``data`` are the bytes that ``document`` was read from. Errors: as for reading it.
    """
    with opened(data, limits) as pdf:
        composed = compose_with_tables(pdf, data, read_sheets(pdf, limits), limits)
    if not composed.grids:
        return document
    return replace(
        document,
        text=composed.text,
        page_starts=composed.page_starts,
        grids=composed.grids,
        boxes=composed.boxes,
    )


def compose_with_tables(pdf: Any, data: bytes, sheets: list[Sheet], limits: Limits = STANDARD) -> Composed:
    """The text of a PDF with its ruled tables in rows, its image pages seen by the scan engine where that is installed."""
    seen = see_image_pages(pdf, data, sheets, limits)
    tables = [[] if number in seen else page_tables(pdf[number]) for number in range(len(sheets))]
    sheets = [_outside(sheet, tables[number]) for number, sheet in enumerate(sheets)]
    for number, page in seen.items():
        sheets[number], tables[number] = page.sheet, page.tables
    composed = compose(sheets, tables)
    composed.boxes = seen_boxes(composed, seen)
    return composed


def _outside(sheet: Sheet, tables: list[FilledTable]) -> Sheet:
    """The page with the numbers and rows that no ruled table holds made whole."""
    return sheet if tables else with_whole_rows(with_whole_numbers(sheet))


def page_tables(page: Any) -> list[FilledTable]:
    """The ruled tables of a page with each cell's text."""
    image, scale = draw(page, DOTS_AN_INCH / 72)
    tables = find_tables(image, scale=scale)
    if not tables:
        return []
    letters = letters_of(page)
    return [filled for table in tables if any((filled := fill(table, letters)).texts)]


def letters_of(page: Any) -> list[Letter]:
    """All letters of a page, in the order of its content."""
    textpage = page.get_textpage()
    try:
        here = seen_text(page, textpage)
        letters: list[Letter] = []
        before = "\n"
        for place, letter in enumerate(here.text):
            meant = read_characters(letter.translate(HYPHENS))
            if meant.strip() and (box := here.box(place)) is not None and not here.is_lost(place, box):
                letters.append(
                    Letter(meant, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[3] - box[1], before == " ")
                )
            before = letter
        return letters
    finally:
        textpage.close()


def fill(table: RuledTable, letters: list[Letter]) -> FilledTable:
    """The text of each cell: the letters whose middle it holds, in the order of the content, broken lines joined; a
    cell with a letter that has no character is not sure."""
    inside: dict[RuledCell, list[Letter]] = defaultdict(list)
    for letter in letters:
        if table.left <= letter.x <= table.right and table.top <= letter.y <= table.bottom:
            cell = next(
                (c for c in table.cells if c.left <= letter.x <= c.right and c.top <= letter.y <= c.bottom), None
            )
            if cell is not None:
                inside[cell].append(letter)
    texts = tuple(_join(inside[cell]) for cell in table.cells)
    return FilledTable(table, texts, tuple(0.0 if UNMAPPED in text else 1.0 for text in texts))


def _join(letters: list[Letter]) -> str:
    """Letters in one text, those of each line from the left; a space stays only between two that are not Chinese."""
    lines: list[list[Letter]] = []
    tall: Letter | None = None
    for letter in letters:
        if tall is not None and abs(letter.y - tall.y) < 0.7 * max(tall.height, letter.height, 5.0):
            lines[-1].append(letter)
            tall = max(tall, letter, key=lambda each: each.height)
        else:
            lines.append([letter])
            tall = letter
    return "".join(_line_text(sorted(line, key=lambda each: each.x)) for line in lines)


def _line_text(line: list[Letter]) -> str:
    pieces = [line[0].text]
    for before, letter in pairwise(line):
        if letter.apart and before.text.isascii() and letter.text.isascii():
            pieces.append(" ")
        pieces.append(letter.text)
    return "".join(pieces)

"""PDF with a text layer, by PDFium: lines in reading order, page numbers and running heads left out.

The text keeps the page's line breaks, since cleaning un-wraps; a paragraph's first line keeps its indent as two
wide spaces, which is how the page says that a paragraph begins. Tables are looked for only where a number may be
broken within a cell; else ``pdf_grids`` reads them when the table step is left in doubt. PDFium is not for threads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from extractor.document import Document
from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits
from extractor.read.pdf_broken import broken_pages, with_whole_numbers, with_whole_rows
from extractor.read.pdf_pages import opened, read_sheets
from extractor.read.pdf_text import compose
from extractor.read.pdf_unmapped import has_usable_text
from extractor.read.sources import source

if TYPE_CHECKING:
    from extractor.read.pdf_lines import Sheet
    from extractor.read.pdf_text import Composed

REPORT_TITLE = re.compile(r"(?:报告|年报)")


class NoTextError(DocumentError):
    """A PDF of images, or one whose letters cannot be told."""


def read_pdf(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """The text layer of a PDF. Errors: ``DocumentError`` where it is damaged, encrypted or has no usable text layer;
    ``LimitError`` where it has too many pages or too much text."""
    with opened(data, limits) as pdf:
        sheets = read_sheets(pdf, limits)
        headline = _headline(pdf)
        composed = compose_pages(pdf, data, sheets, limits)
    is_usable = has_usable_text(composed.text) and not all(sheet.is_image and _is_engine_there() for sheet in sheets)
    text = composed.text
    if not is_usable:
        raise NoTextError(
            "the PDF has no text layer that can be used",
            found=f"{len(sheets)} pages" + (", characters without a usable map" if text.strip() else ", images only"),
            allowed="PDF with text; scans where the extra [scan] is installed",
            do="pip install 'gongkai[scan]', or give the web page or the Word file",
        )
    return Document(
        source(data, name, "pdf", "pdf", len(sheets)),
        text,
        composed.page_starts,
        composed.grids,
        composed.boxes,
        headline=headline,
        notes=_notes(sheets, composed),
    )


def _notes(sheets: list[Sheet], composed: Composed) -> tuple[tuple[str, str, str], ...]:
    """What is to be said of pages that are images: not read, guessed by a scanner's program, or seen by the engine."""
    seen = {box.page for box in composed.boxes}
    unmapped = {number for number, sheet in enumerate(sheets, 1) if sheet.is_unmapped}
    images = {number for number, sheet in enumerate(sheets, 1) if sheet.is_image} - unmapped
    guessed = {number for number in images - seen if sheets[number - 1].lines}
    said = (
        ("question", "pages that are images beside pages of text are not read", images - seen - guessed),
        ("question", "pages that are images were read by the text that a scanner's program put behind them", guessed),
        ("question", "the font of pages does not say which characters its letters are", unmapped - seen),
        ("note", "pages that are images were read by the scan engine", images & seen),
        ("note", "pages whose font does not say its characters were read by the scan engine", unmapped & seen),
    )
    return tuple(
        ("table.unread", severity, f"{what}: {', '.join(map(str, sorted(pages)))}")
        for severity, what, pages in said
        if pages
    )


def compose_pages(pdf: Any, data: bytes, sheets: list[Sheet], limits: Limits) -> Composed:
    """The text of a PDF's pages: by their lines alone, or, where some are images or a number may be broken within a
    ruled cell, with the tables in rows."""
    images = [sheet for sheet in sheets if sheet.is_image]
    if len(images) == len(sheets) and _is_engine_there():
        return compose(sheets)  # to be read as a scan
    broken = broken_pages(pdf, sheets)
    if images or any(broken.values()):
        from extractor.read.pdf_grids import compose_with_tables  # loads numpy, which few files need

        return compose_with_tables(pdf, data, sheets, limits)
    whole = [with_whole_numbers(sheet) if number in broken else sheet for number, sheet in enumerate(sheets)]
    return compose([with_whole_rows(sheet) for sheet in whole])


def _is_engine_there() -> bool:
    from extractor.read.scan_engine import has_engine

    return has_engine()


def _headline(pdf: Any) -> str | None:
    """The file's own title, where it names a report."""
    title = str(pdf.get_metadata_dict().get("Title") or "").strip()
    return title if REPORT_TITLE.search(title) and len(title) <= 120 else None

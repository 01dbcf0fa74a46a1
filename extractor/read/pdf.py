"""PDF with a text layer, by PDFium: lines in reading order, page numbers and running heads left out.

The text keeps the page's line breaks, since cleaning un-wraps; a paragraph's first line keeps its indent as two
wide spaces, which is how the page says that a paragraph begins. No table is looked for here: ruled tables are
read by ``pdf_grids`` where this road leaves doubt. PDFium is not for threads.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pypdfium2

from extractor.characters import PRIVATE
from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.pdf_lines import Sheet, lines_of
from extractor.read.pdf_text import compose
from extractor.read.sources import source
from extractor.report import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD_ERROR = 4
CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMON = re.compile(r"[的一是在不了有和人这中大为上个国公开信息政府工作情况年度报告行项第申请数量结果其他理]")
REPORT_TITLE = re.compile(r"(?:报告|年报)")


class NoTextError(DocumentError):
    """A PDF of images, or one whose letters cannot be told."""


def read_pdf(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """The text layer of a PDF. Errors: ``DocumentError`` where it is damaged, encrypted or has no usable text layer;
    ``LimitError`` where it has too many pages or too much text."""
    with opened(data, limits) as pdf:
        sheets = read_sheets(pdf, limits)
        headline = _headline(pdf)
    composed = compose(sheets)
    text = composed.text
    if not has_usable_text(text):
        raise NoTextError(
            "the PDF has no text layer that can be used",
            found=f"{len(sheets)} pages" + (", characters without a usable map" if text.strip() else ", images only"),
            allowed="PDF with text; scans where the extra [scan] is installed",
            do="pip install 'gongkai[scan]', or give the web page or the Word file",
        )
    return Document(source(data, name, "pdf", "pdf", len(sheets)), text, composed.page_starts, headline=headline)


@contextmanager
def opened(data: bytes, limits: Limits = STANDARD) -> Iterator[Any]:
    """PDFium's document over the bytes, closed at the end."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise DocumentError(
                "the PDF is encrypted", found="a password is asked for", do="save it without one"
            ) from error
        raise DocumentError("the PDF is damaged", found=f"{len(data)} bytes", do="download it again") from error
    try:
        if len(pdf) > limits.pages:
            raise refuse("the PDF has too many pages", str(len(pdf)), f"{limits.pages} pages")
        if len(pdf) == 0:
            raise DocumentError("the PDF is damaged", found="no pages", do="download it again")
        yield pdf
    finally:
        pdf.close()


def read_sheets(pdf: Any, limits: Limits = STANDARD) -> list[Sheet]:
    """The lines of all pages. Errors: ``DocumentError`` where a page cannot be loaded."""
    sheets, letters = [], 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            sheet = lines_of(page)
            page.close()
        except pypdfium2.PdfiumError as error:
            raise DocumentError(
                "a page of the PDF is damaged", where=f"page {number + 1}", do="download it again"
            ) from error
        letters += sum(len(line.text) for line in sheet.lines)
        if letters > limits.letters:
            raise refuse("the PDF holds too much text", f"{letters} characters", f"{limits.letters}")
        sheets.append(sheet)
    return sheets


def has_usable_text(text: str) -> bool:
    """Whether a text layer says something: enough letters, few without a meaning, and Chinese that reads as Chinese."""
    letters = "".join(text.split())
    if len(letters) < 20:
        return False
    if len(PRIVATE.findall(letters)) > 0.1 * len(letters):
        return False
    chinese = len(CHINESE.findall(letters))
    if chinese > 0.2 * len(letters):
        return len(COMMON.findall(letters)) >= 0.06 * chinese
    words = sum(letter.isascii() and letter.isalnum() for letter in letters)
    return words > 0.6 * len(letters)


def _headline(pdf: Any) -> str | None:
    """The file's own title, where it names a report."""
    title = str(pdf.get_metadata_dict().get("Title") or "").strip()
    return title if REPORT_TITLE.search(title) and len(title) <= 120 else None

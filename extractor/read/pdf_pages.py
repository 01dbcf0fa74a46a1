"""A PDF opened by PDFium within limits, and the lines of its pages."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdfium2

from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.pdf_images import is_image_page
from extractor.read.pdf_lines import Sheet, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD_ERROR = 4


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
            here = sum(len(line.text) for line in sheet.lines)
            if is_image_page(page, here):
                sheet = replace(sheet, is_image=True)
            page.close()
        except pypdfium2.PdfiumError as error:
            raise DocumentError(
                "a page of the PDF is damaged", where=f"page {number + 1}", do="download it again"
            ) from error
        letters += here
        if letters > limits.letters:
            raise refuse("the PDF holds too much text", f"{letters} characters", f"{limits.letters}")
        sheets.append(sheet)
    return sheets

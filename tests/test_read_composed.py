"""One truth printed as web page, Word file, PDF and image: the readers hand over the same cells and paragraphs."""

from __future__ import annotations

import io
import itertools
import random

import pypdfium2
import pytest

from extractor.document import Document
from extractor.read import read
from extractor.read.pdf_grids import ruled_grids
from tests.composer.truth import draw_truth, seeded_truth
from tests.composer.webpage import CELLS, ENCODINGS, FRAMES, SPANS, PageStyle, compose_page
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.parts import need_office, need_scan

PAGES = list(itertools.product(FRAMES, CELLS, SPANS, ENCODINGS))[::7]


def cells(document: Document) -> list[list[tuple[int, int, int, int, str]]]:
    """Places, extents and texts of all grids' cells, white space aside."""
    return [
        sorted(
            (c.row, c.column, c.rows, c.columns, "".join(document.text[c.start : c.end].split())) for c in grid.cells
        )
        for grid in document.grids
    ]


def paragraphs(document: Document) -> str:
    """The prose without its tables and white space, so that line breaks do not matter."""
    tabled = {(grid.start, grid.end) for grid in document.grids}
    pieces, place = [], 0
    for start, end in sorted(tabled):
        pieces.append(document.text[place:start])
        place = end
    return "".join("".join((*pieces, document.text[place:])).split())


@pytest.mark.parametrize("style", PAGES, ids="-".join)
def test_a_page_reads_like_the_word_file_of_the_same_truth(style: tuple[str, str, str, str]) -> None:
    truth = draw_truth(random.Random("-".join(style)), "2021")
    page, word = compose_page(truth, PageStyle(*style)), compose_word(truth, WordStyle())
    by_page, by_word = read(page.data), read(word.data)
    assert paragraphs(by_page) == paragraphs(by_word)
    if style[2] in ("spans", "nested"):
        assert cells(by_page) == cells(by_word)
    assert "首页" not in by_page.text


@pytest.mark.parametrize("numbering", ["typed", "list"])
@pytest.mark.parametrize("changes", ["none", "tracked"])
@pytest.mark.parametrize("title", ["paragraph", "text_box"])
def test_a_word_file_reads_the_same_however_it_is_made(numbering: str, changes: str, title: str) -> None:
    truth = draw_truth(random.Random(7), "2021")
    plain = read(compose_word(truth, WordStyle()).data)
    other = read(compose_word(truth, WordStyle(numbering, title, changes)).data)
    assert (other.text, cells(other)) == (plain.text, cells(plain))


@pytest.mark.parametrize("layout", ["ruled", "landscape", "narrow"])
def test_a_ruled_pdf_reads_like_the_word_file_it_was_printed_from(layout: str) -> None:
    need_office()
    word = compose_word(draw_truth(random.Random(layout), "2021"), WordStyle(layout=layout))
    data = to_pdf(word).data
    by_word, by_pdf = read(word.data), ruled_grids(data, read(data))
    assert cells(by_pdf) == cells(by_word)
    assert paragraphs(by_pdf) == paragraphs(by_word)


def test_a_scan_reads_the_values_of_the_pdf_it_was_made_from() -> None:
    need_office()
    need_scan()
    data = to_pdf(compose_word(draw_truth(random.Random(3), "2021"), WordStyle())).data
    with pypdfium2.PdfDocument(data) as pdf, pypdfium2.PdfDocument.new() as scan:
        image = pypdfium2.PdfImage.new(scan)
        image.set_bitmap(pdf[0].render(scale=200 / 72, grayscale=True))
        width, height = pdf[0].get_size()
        page = scan.new_page(width, height)
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page.insert_obj(image)
        page.gen_content()
        out = io.BytesIO()
        scan.save(out)
        printed = ruled_grids(data, read(data))
    scanned = read(out.getvalue())
    assert scanned.source.reader == "scan"
    values = [row[4] for row in cells(printed)[0] if row[4].replace(".", "").isdigit()]
    assert values == [row[4] for row in cells(scanned)[0] if row[4].replace(".", "").isdigit()]
    assert all(0 <= cell.confidence <= 1 for cell in scanned.grids[0].cells)
    assert scanned.boxes


def test_a_number_broken_within_its_cell_is_read_whole() -> None:
    need_office()
    word = compose_word(seeded_truth(57, "2021"), WordStyle(layout="narrow"))
    document = read(to_pdf(word).data)
    assert cells(document) == cells(read(word.data))

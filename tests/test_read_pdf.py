"""PDF: the text road, ruled tables, boxes, and what it costs."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn

from extractor.clean import clean
from extractor.document import Document
from extractor.errors import DocumentError
from extractor.read import read
from extractor.read.page_views import page_image
from extractor.read.pdf_boxes import find_boxes
from extractor.read.pdf_broken import _parts, is_stacked
from extractor.read.pdf_grids import ruled_grids
from extractor.read.pdf_lines import Line
from extractor.report import Report
from extractor.sections import find_sections
from extractor.tables import read_tables
from tests.composer import judge
from tests.composer.truth import seeded_truth
from tests.composer.webpage import ComposedFile
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.parts import need_office

HUAIAN = Path(__file__).parents[2] / "shared" / "corpus" / "reports" / "huaian_government_2024.pdf"
needs_report = pytest.mark.skipif(not HUAIAN.is_file(), reason=f"{HUAIAN.name} is not beside the checkout")


@pytest.fixture(scope="module")
def data() -> bytes:
    return HUAIAN.read_bytes()


@pytest.fixture(scope="module")
def document(data: bytes) -> Document:
    return read(data, name=HUAIAN.name)


@pytest.fixture(scope="module")
def gridded(data: bytes, document: Document) -> Document:
    return ruled_grids(data, document)


@needs_report
def test_page_numbers_are_left_out_and_pages_known(document: Document) -> None:
    assert document.source.pages == len(document.page_starts) == 6
    assert not [line for line in document.text.splitlines() if line.strip(" -").isdigit() and "-" in line]


@needs_report
def test_a_paragraph_that_a_page_cuts_goes_on_in_the_next_line(document: Document) -> None:
    cut = document.page_starts[1]
    assert document.text[cut - 1] == "\n"
    assert document.text[cut - 2] not in "。\n"


@needs_report
def test_first_lines_of_paragraphs_keep_their_indent(document: Document) -> None:
    indented = [line for line in document.text.splitlines() if line.startswith("　　")]
    assert sum(line[2] in "一二四五六（2本对针" for line in indented) >= 12


@needs_report
def test_a_table_cut_by_pages_is_one_grid_with_every_cell_in_its_place(gridded: Document) -> None:
    assert [len({c.row for c in grid.cells}) for grid in gridded.grids] == [14, 28, 4]
    applications = gridded.grids[1]
    by_place = {(c.row, c.column): gridded.text[c.start : c.end] for c in applications.cells}
    last = max(row for row, _ in by_place)
    assert by_place[last, 0].startswith("四、结转")
    assert all(by_place[last, column].isdigit() for column in range(3, 10))
    assert all(by_place[row, 9].isdigit() for row in range(3, last + 1))


@needs_report
def test_every_cell_of_a_grid_lies_in_its_text(gridded: Document) -> None:
    for grid in gridded.grids:
        for cell in grid.cells:
            assert grid.start <= cell.start <= cell.end <= grid.end
            assert not set("\t\n") & set(gridded.text[cell.start : cell.end])


@needs_report
@pytest.mark.parametrize("road", ["lines", "grids"])
def test_boxes_stand_around_the_words(data: bytes, document: Document, gridded: Document, road: str) -> None:
    read_by = document if road == "lines" else gridded
    start = read_by.text.index("447228")
    (box,) = find_boxes(data, read_by, [(start, start + 6)])
    assert box.page == 3
    assert 0 < box.left < box.right < 595
    assert 0 < box.top < box.bottom < 842
    wrapped = read_by.text.index("国政府\n信息")
    assert len(find_boxes(data, read_by, [(wrapped, wrapped + 6)])) == 2


@needs_report
def test_boxes_of_another_file_are_refused(data: bytes, document: Document, gridded: Document) -> None:
    with pytest.raises(DocumentError, match="not the one"):
        find_boxes(data, Document(document.source, document.text + "x"), [(0, 1)])


@needs_report
def test_a_page_is_shown_as_an_image(data: bytes) -> None:
    assert page_image(data, 6, width=300).startswith(b"\x89PNG")
    with pytest.raises(DocumentError, match="no such page"):
        page_image(data, 7)


@pytest.mark.parametrize("layout", ["ruled", "unruled"])
def test_numbers_that_their_cells_break_come_out_whole_and_have_their_boxes(layout: str) -> None:
    need_office()
    pdf = to_pdf(compose_word(seeded_truth(7, "2021"), WordStyle(layout=layout))).data
    document = read(pdf)
    assert bool(document.grids) is (layout == "ruled")
    start = document.text.index("903")
    assert find_boxes(pdf, document, [(start, start + 3)])


@pytest.mark.parametrize("seed", [2, 4])
def test_values_of_unruled_rows_that_come_as_several_lines_are_one_row(seed: int) -> None:
    need_office()
    word = compose_word(seeded_truth(seed, "2021"), WordStyle(layout="unruled"))
    data = to_pdf(word).data
    document = read(data)
    assert not document.grids
    report = read_tables(find_sections(clean(Report(document))))
    assert report.tables is not None
    verdict = judge(word, report.tables, report.text)
    assert (verdict.right, verdict.wrong, verdict.undue) == (200, [], [])
    assert report.tables.applications is not None
    spans = [c.span for c in report.tables.applications.cells if c.row == "total" and c.span is not None]
    left, right = (find_boxes(data, document, [(span.start, span.end)])[0] for span in (spans[0], spans[-1]))
    assert right.left - left.right > 200
    assert abs(right.top - left.top) < 3


def test_only_two_numbers_without_a_rule_between_them_may_be_one() -> None:
    above, below = Line("84", 0, 100.0, 100.0, 110.0, 110.0), Line("2", 3, 100.0, 112.0, 105.0, 122.0)
    assert is_stacked(above, below)
    assert _parts((90.0, 110.5, 200.0, 111.5), above, below)
    assert not _parts((90.0, 90.0, 200.0, 130.0), above, below)
    assert not _parts((102.0, 110.5, 200.0, 111.5), above, below)


def turned(data: bytes, degrees: int) -> bytes:
    """The PDF with its pages' content laid on its side and shown upright again."""
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            width, height = page.get_size()
            matrix = {90: (0, 1, -1, 0, height, 0), 270: (0, -1, 1, 0, 0, width), 180: (-1, 0, 0, -1, width, height)}
            for thing in page.get_objects(max_depth=1):
                thing.transform(pypdfium2.PdfMatrix(*matrix[degrees]))
            if degrees != 180:
                page.set_mediabox(0, 0, height, width)
                page.set_cropbox(0, 0, height, width)
            page.set_rotation(degrees)
            page.gen_content()
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pages_that_lie_on_their_side_are_read_as_they_are_shown(degrees: int) -> None:
    need_office()
    word = compose_word(seeded_truth(3, "2021"), WordStyle())
    data = turned(to_pdf(word).data, degrees)
    document = ruled_grids(data, read(data))
    report = read_tables(find_sections(clean(Report(document))))
    assert report.tables is not None
    verdict = judge(word, report.tables, report.text)
    assert (verdict.right, verdict.wrong, verdict.undue) == (200, [], [])


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    need_office()
    made = docx.Document()
    made.sections[0]._sectPr.xpath("./w:cols")[0].set(qn("w:num"), "2")
    words = [
        f"第{sign}段，{'栏目按季度核对，失效链接及时修复，' * 5}由专人登记。" for sign in "甲乙丙丁戊己庚辛壬癸子丑"
    ]
    for text in words:
        made.add_paragraph(text)
    data = io.BytesIO()
    made.save(data)
    word = ComposedFile(data.getvalue(), "columns.docx", seeded_truth(3, "2021"), {}, frozenset())
    assert "".join(read(to_pdf(word).data).text.split()) == "".join(words)

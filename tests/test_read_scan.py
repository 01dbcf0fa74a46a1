"""Scans and image pages: what the engine is not sure of comes out unread, and image pages stand among those of text."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from functools import cache

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from extractor.clean import clean
from extractor.document import Document, Grid
from extractor.read import read
from extractor.read.filled import FilledTable
from extractor.read.page_views import page_image
from extractor.read.pdf_boxes import find_boxes
from extractor.read.pdf_grids import ruled_grids
from extractor.read.pdf_lines import Sheet
from extractor.read.ruling import RuledCell, RuledTable
from extractor.read.scan import without_cut_blanks
from extractor.read.scan_cells import Strip, _ends_of_line, _fits, _lines_of_ink, _rule_depth
from extractor.read.scan_engine import Seen
from extractor.read.scan_flat import flattened, projected
from extractor.read.scan_image import EvenPage, evened
from extractor.read.scan_page import SeenPage, _joined
from extractor.read.scan_turn import is_doubtful
from extractor.report import Report, Tables
from extractor.sections import find_sections
from extractor.tables import read_tables
from tests.composer import judge
from tests.composer.truth import seeded_truth
from tests.composer.webpage import ComposedFile, PageStyle, compose_page
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.parts import need_office, need_scan


def tables_of(document: Document) -> tuple[Tables, str]:
    report = read_tables(find_sections(clean(Report(document))))
    assert report.tables is not None
    return report.tables, report.text


@cache
def printed() -> ComposedFile:
    return to_pdf(compose_word(seeded_truth(3, "2021"), WordStyle()))


def page_of(data: bytes, number: int, dots: int = 150) -> Image.Image:
    with pypdfium2.PdfDocument(data) as pdf:
        return pdf[number].render(scale=dots / 72, grayscale=True).to_pil().convert("L")


def with_images(data: bytes, numbers: set[int], images: dict[int, Image.Image] | None = None) -> bytes:
    """The PDF with some of its pages printed as images."""
    with pypdfium2.PdfDocument(data) as pdf, pypdfium2.PdfDocument.new() as mixed:
        for number in range(len(pdf)):
            if number not in numbers:
                mixed.import_pages(pdf, [number])
                continue
            picture = io.BytesIO()
            (images or {}).get(number, page_of(data, number)).convert("RGB").save(picture, "JPEG", quality=85)
            image = pypdfium2.PdfImage.new(mixed)
            image.load_jpeg(picture, inline=True)
            width, height = pdf[number].get_size()
            page = mixed.new_page(width, height)
            image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
            page.insert_obj(image)
            page.gen_content()
        out = io.BytesIO()
        mixed.save(out)
        return out.getvalue()


def with_confidence(document: Document, sure: dict[str, float]) -> Document:
    """The document with another confidence for cells of certain texts."""
    grids = []
    for grid in document.grids:
        cells = (replace(c, confidence=sure.get(document.text[c.start : c.end].strip(), 1.0)) for c in grid.cells)
        grids.append(Grid(grid.start, grid.end, tuple(cells)))
    return replace(document, grids=tuple(grids))


def test_a_cell_of_low_confidence_is_unread_and_the_others_stay() -> None:
    composed = compose_page(seeded_truth(3, "2021"), PageStyle())
    document = read(composed.data)
    tables, _ = tables_of(document)
    assert tables.proactive is not None
    chosen = next(cell for cell in tables.proactive.cells if (cell.value or 0) > 100)
    unsure, text = tables_of(with_confidence(document, {chosen.raw: 0.5}))
    verdict = judge(composed, unsure, text)
    assert verdict.wrong == []
    assert [(a.row, a.column) for a in verdict.undue] == [(chosen.row, chosen.column)]
    told = next(cell for cell in unsure.proactive.cells if cell.status == "unread") if unsure.proactive else None
    assert told is not None
    assert (told.raw, told.value) == (chosen.raw, None)
    assert "scan" in (told.note or "")


def test_figures_of_a_failing_sum_are_not_taken_from_a_scan() -> None:
    composed = compose_page(seeded_truth(5, "2021"), PageStyle())
    tables, _ = tables_of(read(composed.data))
    assert tables.review_litigation is not None
    total = next(c for c in tables.review_litigation.cells if c.column == "total" and (c.value or 0) > 0)
    place = total.span.start if total.span else 0
    document = read(composed.data)
    wrong = replace(document, text=document.text[:place] + "9" + document.text[place + 1 :])
    read_sure, _ = tables_of(wrong)
    seen, text = tables_of(with_confidence(wrong, {"总计": 0.95}))
    assert judge(composed, read_sure, text).wrong
    verdict = judge(composed, seen, text)
    assert verdict.wrong == []
    assert {address.row for address in verdict.undue} == {total.row}


def test_an_illegible_cell_is_unread_not_blank() -> None:
    composed = compose_page(seeded_truth(3, "2021"), PageStyle())
    page = composed.data.decode().replace("<td>0</td>", "<td>〓</td>")
    document = with_confidence(read(page.encode()), {"〓": 0.0})
    tables, _ = tables_of(document)
    cells = [cell for table in (tables.proactive, tables.applications, tables.review_litigation) if table for cell in table.cells]  # fmt: skip
    assert not any(cell.status == "blank" for cell in cells)
    assert any(cell.status == "unread" for cell in cells)


@pytest.mark.parametrize("angle", [-1.8, 0.6])
def test_a_grey_grainy_turned_page_is_made_even(angle: float) -> None:
    need_office()
    clean_page = page_of(printed().data, 0)
    turned = np.asarray(clean_page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)).astype(float)
    shaded = turned * 0.6 + np.linspace(0, 40, turned.shape[1])[None, :]
    grain = np.random.default_rng(1).normal(0, 12, turned.shape)
    page = evened(np.clip(shaded + grain, 0, 255).astype(np.uint8), 150 / 72)
    even = page.image
    assert page.scale > 190 / 72
    assert np.percentile(even, 40) > 230
    wanted = np.asarray(clean_page) < 150
    rows = (np.asarray(Image.fromarray(even).resize(clean_page.size)) < 150).sum(axis=1)
    assert np.corrcoef(rows, wanted.sum(axis=1))[0, 1] > 0.8


def test_an_image_page_among_pages_of_text_is_read_in_its_place() -> None:
    need_office()
    need_scan()
    data = printed().data
    mixed = with_images(data, {1})
    document = read(mixed)
    assert document.source.reader == "pdf"
    assert [(code, severity) for code, severity, _ in document.notes] == [("table.unread", "note")]
    tables, text = tables_of(document)
    verdict = judge(printed(), tables, text)
    assert verdict.wrong == []
    assert verdict.right >= 190
    first = document.page_starts[1]
    box = next(box for box in find_boxes(mixed, document, [(first, first + 400)]) if box.page == 2)
    assert 0 < box.confidence <= 1
    assert ruled_grids(mixed, document).text == document.text


def test_without_the_engine_image_pages_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    need_office()
    monkeypatch.setattr("extractor.read.scan.has_engine", lambda: False)
    document = read(with_images(printed().data, {1}))
    assert [(code, severity) for code, severity, _ in document.notes] == [("table.unread", "question")]
    assert document.notes[0][2].endswith("not read: 2")


@pytest.mark.parametrize("harm", ["smeared", "blurred", "patched"])
def test_a_figure_that_cannot_be_seen_is_not_taken(harm: str) -> None:
    need_office()
    need_scan()
    data = printed().data
    document = ruled_grids(data, read(data))
    rng = random.Random(5)
    values = [c for c in document.grids[0].cells if document.text[c.start : c.end].isdigit()]
    chosen = rng.sample(values, 3)
    page, dots = page_of(data, 0), 150
    for cell in chosen:
        box = find_boxes(data, document, [(cell.start, cell.end)])[0]
        left, top, right, bottom = (int(edge * dots / 72) for edge in (box.left, box.top, box.right, box.bottom))
        place = (left + 4, top + 4, right - 4, bottom - 4)
        blur = ImageFilter.GaussianBlur(7 if harm == "smeared" else 3)
        page.paste(200 if harm == "patched" else page.crop(place).filter(blur), place)
    tables, text = tables_of(read(with_images(data, {0}, {0: page})))
    assert judge(printed(), tables, text).wrong == []


def test_pieces_of_rules_at_a_cells_edges_are_no_digits_and_a_second_piece_of_ink_is_doubted() -> None:
    scale = 200 / 72
    ink = np.zeros((80, 200), bool)
    ink[30:54, 90:104] = True
    ink[0:3, 10:150] = True
    assert _lines_of_ink(ink, scale) == [(30, 54)]
    inked = ink[30:54].any(axis=0)
    inked[198:] = True
    assert _ends_of_line(inked, scale) == (90, 103)


@pytest.mark.parametrize(
    ("text", "height", "width", "fits"),
    [("127", 24, 45, True), ("1", 24, 6, True), ("1", 24, 60, False), ("1272", 24, 16, False), ("0.7", 24, 36, True)],
)
def test_a_figure_fits_the_width_of_its_ink(text: str, height: int, width: int, fits: bool) -> None:
    strip = Strip(np.zeros((height, width), np.uint8), 0, height, 0, width, touches=False, is_apart=False)
    assert _fits(text, strip) is fits


def test_a_page_image_is_made_of_a_scan_too() -> None:
    picture = io.BytesIO()
    Image.new("L", (600, 800), 255).save(picture, "PNG")
    with Image.open(io.BytesIO(page_image(picture.getvalue(), 1, width=300))) as image:
        assert image.size == (300, 400)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_points_of_a_turned_page_go_back_to_where_they_came_from(quarters: int) -> None:
    given = np.arange(600 * 400, dtype=np.uint32).reshape(600, 400).astype(np.uint8)
    page = EvenPage(given, 2.0, np.eye(3)).turned(quarters)
    x, y = 31.25, 70.25
    back_x, back_y, _ = page.back @ (x, y, 1.0)
    assert page.image[int(2 * y), int(2 * x)] == given[int(2 * back_y), int(2 * back_x)]


def test_a_page_seen_from_one_side_is_made_flat() -> None:
    page = Image.new("L", (1000, 1400), 255)
    draw = ImageDraw.Draw(page)
    for place in range(8):
        draw.line((150, 300 + 100 * place, 850, 300 + 100 * place), fill=0, width=3)
        draw.line((150 + 100 * place, 300, 150 + 100 * place, 1000), fill=0, width=3)
    flat, _ = flattened(np.asarray(page))
    assert np.array_equal(flat, np.asarray(page))
    seen = projected(np.asarray(page), np.array([[1.0, 0.03, 0], [0.02, 1.0, 0], [2e-5, 4e-5, 1]]))
    flat, back = flattened(seen)
    again, _ = flattened(flat)
    assert np.array_equal(again, flat)
    assert not np.allclose(back, np.eye(3))


def test_a_leaning_rule_is_no_part_of_its_cell() -> None:
    edge = np.zeros((10, 90), bool)
    edge[0:2] = True
    edge[2, :30] = True
    assert _rule_depth(edge) == 3
    assert _rule_depth(np.zeros((10, 90), bool)) == 0


def test_an_image_finer_than_needed_is_made_smaller() -> None:
    page = evened(np.full((3508, 2480), 255, np.uint8), 300 / 72)
    assert page.scale == pytest.approx(195 / 72)
    assert page.size == pytest.approx((595.2, 842), abs=1)


@pytest.mark.parametrize(
    ("read_as", "text"), [("-3一", "— 3 —"), ("一 12 一", "— 12 —"), ("3", "3"), ("一、总体情况", "一、总体情况")]
)
def test_the_dashes_around_a_pages_number_are_no_numeral(read_as: str, text: str) -> None:
    assert _joined([Seen(read_as, 1.0, 0, 0, 9, 9)]).text == text


def test_a_page_that_reads_as_chinese_is_not_turned() -> None:
    line = Seen("二、主动公开政府信息情况", 0.99, 0, 0, 300, 20)
    down = Seen("二、主动公开政府信息情况", 0.99, 0, 0, 20, 300)
    assert not is_doubtful([line], [("0", 0.99), ("规章", 0.98)])
    assert is_doubtful([down], [])
    assert is_doubtful([], [("0", 0.5), ("1", 0.5), ("规章", 0.98)])


@pytest.mark.parametrize(("makes_sense", "shown"), [(False, ["行政许可", "12", "〓"]), (True, ["行政许可", "12", ""])])
def test_the_blanks_of_a_row_cut_by_a_pages_end_are_doubted_where_the_page_behind_makes_no_sense(
    makes_sense: bool, shown: list[str]
) -> None:
    cells = tuple(RuledCell(0, column, 1, 1, 100.0 * column, 760.0, 100.0 * column + 100, 800.0) for column in range(3))
    table = FilledTable(RuledTable(cells, 0.0, 760.0, 300.0, 800.0), ("行政许可", "12", ""), (0.9, 0.9, 1.0))
    sheet, upright = Sheet(595.0, 842.0, ()), np.eye(3)
    pages = [SeenPage(sheet, [table], [], upright, True), SeenPage(sheet, [], [], upright, makes_sense)]
    first, _ = without_cut_blanks(pages)
    assert list(first.tables[0].texts) == shown

"""PDF files whose fonts do not say which characters their letters are: known, read as a scan, never guessed."""

from __future__ import annotations

import io
import re

import docx
import pypdfium2
import pytest

from extractor.document import Document
from extractor.errors import DocumentError
from extractor.read import read
from extractor.read.pdf import read_pdf
from extractor.read.pdf_grids import ruled_grids
from tests.composer.truth import seeded_truth
from tests.composer.webpage import ComposedFile
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.parts import need_office, need_scan
from tests.pdf_files import coded, coded_font, pages, words

TEXT = "本机关全年主动公开政府信息一百二十条依申请公开政府信息收到申请十三件均在规定期限内答复工作情况报告"
LATIN = "QWERTYUIOPASDFGHJKLZXCVBNM"
PRIVATE, SHIFTED = 0xE100, 0x0A51


def coded_page(characters: dict[int, str] | None) -> bytes:
    """A page of text whose codes are 1, 2, 3 … in the order in which its letters first appear."""
    order = {letter: number for number, letter in enumerate(dict.fromkeys(TEXT), 1)}
    codes = [order[letter].to_bytes(2, "big") for letter in TEXT]
    lines = (coded(90, 740 - 20 * line, b"".join(codes[line:]), size=9) for line in range(6))
    return pages(b"".join(lines), fonts=b"/F2 6 0 R", more=coded_font(characters, 6))


def mapped(shift: int | str) -> dict[int, str]:
    """A map of the page's codes: to characters from a place on, or to the letters of a text in turn."""
    letters = list(dict.fromkeys(TEXT))
    if isinstance(shift, str):
        return {number: shift[number % len(shift)] for number in range(1, len(letters) + 1)}
    return {number: chr(shift + number) for number in range(1, len(letters) + 1)}


def test_the_page_is_read_by_a_map_that_is_right() -> None:
    letters = list(dict.fromkeys(TEXT))
    right = dict(enumerate(letters, 1))
    assert "".join(read_pdf(coded_page(right), None).text.split()) == "".join(TEXT[line:] for line in range(6))


@pytest.mark.parametrize(
    "characters",
    [None, mapped(PRIVATE), mapped("\ufffd"), mapped(LATIN), mapped("ÐÅÏ¢¹«¿ªÄê±¨"), mapped(0x4E00 + SHIFTED), {}],
    ids=["none", "private", "unknown", "latin", "wrong_latin", "wrong_chinese", "empty"],
)
def test_text_without_a_usable_map_is_refused_with_advice(characters: dict[int, str] | None) -> None:
    with pytest.raises(DocumentError, match="no text layer that can be used") as caught:
        read_pdf(coded_page(characters), None)
    assert "gongkai[scan]" in caught.value.do
    assert "without a usable map" in caught.value.found


def table_page(values: bytes) -> bytes:
    """A page with prose and a ruled table of two rows; a value's font has no map."""
    rules = b"".join(b"0 g %d 600 1 60 re f\n" % x for x in (90, 240, 400))
    rules += b"".join(b"0 g 90 %d 311 1 re f\n" % y for y in (600, 630, 660))
    prose = words(90, 740, TEXT, size=8) + words(90, 720, TEXT, size=8) + words(90, 700, TEXT, size=8)
    rows = words(95, 640, "规章") + coded(250, 640, values) + words(95, 610, "行政规范性文件") + words(250, 610, "7")
    content = prose + rules + rows
    return pages(content, fonts=b"/F2 6 0 R", more=coded_font(None, 6))


@pytest.mark.parametrize("codes", [b"\0\x13", b"\0\x13\0\x14", b"\0\x13\0\x0a", b"\0\x20\0\x13", b"\0\x37"])
def test_a_letter_without_a_character_is_neither_nothing_nor_a_figure(codes: bytes) -> None:
    data = table_page(codes)
    document = read(data)
    sign = "〓" * (len(codes) // 2)
    assert "".join(document.text.splitlines()[3].split()) == f"规章{sign}"
    gridded = ruled_grids(data, document)
    cells = [(gridded.text[c.start : c.end], c.confidence) for grid in gridded.grids for c in grid.cells]
    assert cells == [("规章", 1.0), (sign, 0.0), ("行政规范性文件", 1.0), ("7", 1.0)]


def without_map(data: bytes) -> bytes:
    """A PDF whose fonts no longer say which characters their letters are."""
    return data.replace(b"/ToUnicode", b"/ToUnicodX")


def joined(*files: bytes) -> bytes:
    """The pages of several PDFs in one."""
    with pypdfium2.PdfDocument.new() as whole:
        for data in files:
            with pypdfium2.PdfDocument(data) as part:
                whole.import_pages(part)
        out = io.BytesIO()
        whole.save(out)
        return out.getvalue()


@pytest.fixture(scope="module")
def printed() -> bytes:
    """A page of prose that LibreOffice printed."""
    need_office()
    made = docx.Document()
    for _ in range(5):
        made.add_paragraph("全年主动公开政府信息120条，收到政府信息公开申请13件，均在规定期限内答复。")
    data = io.BytesIO()
    made.save(data)
    return to_pdf(ComposedFile(data.getvalue(), "prose.docx", seeded_truth(3, "2021"), {}, frozenset())).data


def kept(document: Document) -> str:
    return re.sub(r"\W+", "", document.text)


def test_a_file_without_a_map_is_read_as_a_scan(printed: bytes) -> None:
    need_scan()
    document = read(without_map(printed))
    assert document.source.reader == "scan"
    assert kept(document) == kept(read(printed))


def test_a_page_without_a_map_among_others_is_seen_in_its_place(printed: bytes) -> None:
    need_scan()
    document = read(joined(printed, without_map(printed), printed))
    assert kept(document) == 3 * kept(read(printed))
    assert document.source.reader == "pdf"
    assert [note[1:] for note in document.notes] == [
        ("note", "pages whose font does not say its characters were read by the scan engine: 2")
    ]
    assert {box.page for box in document.boxes} == {2}


def test_without_the_engine_pages_without_a_map_are_told(printed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.read.scan.has_engine", lambda: False)
    long = to_pdf(compose_word(seeded_truth(3, "2021"), WordStyle())).data
    document = read(joined(without_map(printed), long, long))
    assert [note[1:] for note in document.notes] == [
        ("question", "the font of pages does not say which characters its letters are: 1")
    ]
    assert document.text[: document.page_starts[1]].count("〓") > 100

"""Text of a PDF that its pages do not show is left out; letters that stand for a picture's are not."""

from __future__ import annotations

import pytest

from extractor.read import read
from extractor.read.pdf_boxes import find_boxes
from extractor.read.pdf_grids import letters_of
from extractor.read.pdf_pages import opened, read_sheets
from tests.hostile.files import stream
from tests.pdf_files import pages, words

SEEN = ("第一项公开信息，本机关全年主动公开政府信息12条。", "第二项依申请公开，全年收到申请3件，均已答复。")
STATES = b"/ExtGState << /Clear << /ca 0 /CA 0 >> >>"


def body(between: bytes) -> bytes:
    """A page's content with something between two seen lines."""
    return words(90, 740, SEEN[0]) + between + words(90, 500, SEEN[1])


def lines(data: bytes) -> list[str]:
    with opened(data) as pdf:
        return [line.text for sheet in read_sheets(pdf) for line in sheet.lines]


@pytest.mark.parametrize(
    ("x", "size", "state"),
    [
        (90, 12, "3 Tr"),
        (90, 12, "7 Tr"),
        (90, 12, "1 g"),
        (90, 12, "1 1 1 rg"),
        (90, 12, "0.97 0.98 0.97 rg"),
        (90, 12, "0 0 0 0 k"),
        (90, 12, "/DeviceRGB cs 1 1 1 sc"),
        (90, 12, "/Clear gs"),
        (700, 12, "0 g"),
        (-300, 12, "0 g"),
        (90, 0.4, "0 g"),
    ],
)
@pytest.mark.parametrize("text", ["暗中写下的字99", "99", "—"])
def test_text_that_the_page_does_not_show_is_left_out(x: float, size: float, state: str, text: str) -> None:
    data = pages(body(words(x, 620, text, size=size, state=state)), resources=STATES)
    assert lines(data) == list(SEEN)
    document = read(data)
    start = document.text.index("3件")
    (box,) = find_boxes(data, document, [(start, start + 1)])
    assert 330 < box.top < 350


@pytest.mark.parametrize("state", ["3 Tr", "1 g", "/Clear gs"])
def test_unseen_numbers_among_a_lines_words_are_left_out(state: str) -> None:
    row = words(90, 620, "规章 ") + words(150, 620, "99", state=state) + words(220, 620, "7")
    data = pages(body(row + words(228, 620, "5", state=state)), resources=STATES)
    assert [line.split() for line in lines(data)] == [[SEEN[0]], ["规章", "7"], [SEEN[1]]]
    with opened(data) as pdf:
        assert "9" not in "".join(letter.text for letter in letters_of(pdf[0]))


def test_text_outside_of_the_crop_box_is_left_out_and_a_line_that_it_cuts_ends_there() -> None:
    content = body(words(90, 30, "页边之外") + words(500, 620, "栏目按季度核对"))
    assert lines(pages(content, box=b"/CropBox [60 60 540 800]")) == [SEEN[0], "栏目按", SEEN[1]]


def test_white_letters_on_a_dark_ground_are_read() -> None:
    head = b"0.1 0.2 0.5 rg 80 612 200 20 re f\n" + words(90, 620, "指标名称 2024", state="1 g")
    assert lines(pages(body(head))) == [SEEN[0], "指标名称 2024", SEEN[1]]


def test_a_rule_or_a_light_ground_does_not_make_unseen_words_seen() -> None:
    ground = b"0.95 g 80 612 200 20 re f 0 g 80 625 200 0.5 re f\n"
    assert lines(pages(body(ground + words(90, 610, "99", state="1 g", size=9)))) == list(SEEN)


def test_letters_without_ink_over_what_is_seen_there_are_its_words() -> None:
    outlines = b"".join(b"0 g %d 621 8 8 re f\n" % (91 + 12 * place) for place in range(6))
    assert lines(pages(body(outlines + words(90, 620, "公开信息条目", state="3 Tr")))) == [
        SEEN[0],
        "公开信息条目",
        SEEN[1],
    ]


def test_letters_without_ink_over_a_picture_among_text_are_its_words() -> None:
    row = bytes([0, 255] * 50)
    picture = b"<< /Type /XObject /Subtype /Image /Width 100 /Height 20 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    made = picture + stream(row * 20)[2:]
    drawn = b"q 200 0 0 30 90 612 cm /Im Do Q\n"
    data = pages(
        body(drawn + words(95, 620, "图中文字", state="3 Tr")), resources=b"/XObject << /Im 6 0 R >>", more=(made,)
    )
    assert lines(data) == [SEEN[0], "图中文字", SEEN[1]]


def test_letters_without_ink_over_seen_ones_are_said_once() -> None:
    assert lines(pages(body(words(91, 740, SEEN[0], state="3 Tr")))) == list(SEEN)

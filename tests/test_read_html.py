"""Saved web pages: the report found inside every frame, tables as grids, pages without a report named."""

from __future__ import annotations

import base64

import pytest

from extractor.clean import clean
from extractor.document import Document, GridCell
from extractor.errors import DocumentError, LimitError
from extractor.pipeline import Extractor
from extractor.read import read
from extractor.report import Report
from tests.read_pages import CLOSING, FRAMES, MENU, PARAGRAPHS, TABLE, TITLE, article, exported, modern


def cell(document: Document, row: int, column: int) -> GridCell:
    return next(c for c in document.grids[0].cells if (c.row, c.column) == (row, column))


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_report_alone_is_read_whatever_the_frame_and_the_declared_encoding(frame: str, encoding: str) -> None:
    document = read(FRAMES[frame](article()).encode(encoding))
    lines = document.text.splitlines()
    lines = lines[1:] if lines[0] == TITLE else lines
    assert lines[: len(PARAGRAPHS)] == list(PARAGRAPHS)
    assert lines[-len(CLOSING) :] == list(CLOSING)
    assert len(lines) == len(PARAGRAPHS) + 6 + len(CLOSING)
    assert document.source.reader == "html"
    assert document.paragraphs_are_lines


@pytest.mark.parametrize("frame", ["modern", "tabled"])
def test_headline_and_day_come_from_the_frame(frame: str) -> None:
    document = read(FRAMES[frame](article()).encode())
    assert (document.headline, document.published_on) == (TITLE, "2025-01-20")


def test_cells_keep_place_extent_and_offsets() -> None:
    document = read(modern(article()).encode())
    note, people, firms, value = cell(document, 0, 0), cell(document, 1, 1), cell(document, 2, 2), cell(document, 4, 3)
    assert (note.rows, note.columns) == (3, 1)
    assert (people.rows, document.text[people.start : people.end]) == (2, "自然人")
    assert document.text[firms.start : firms.end] == "商业 企业"
    assert document.text[value.start : value.end] == "16"
    assert document.text[document.grids[0].start : document.grids[0].end].count("\n") == 5
    for c in document.grids[0].cells:
        assert "\t" not in document.text[c.start : c.end]


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<tr><td>规章</td><td></td><td>3</td></tr>", ["规章", "", "3"]),
        ("<tr><td>规章<td>&nbsp;<td><p>1</p><p>2</p></tr>", ["规章", "", "1 2"]),
        ("<tr><th>规章</th><td><font><b>4</b></font></td><td><div><span>5</span></div></td></tr>", ["规章", "4", "5"]),
        ("<tr><td>规章</td><td colspan='0'>1</td><td colspan='x'>2</td></tr>", ["规章", "1", "2"]),
        ("<tr><td>⾏政许可\u200b</td><td>１</td><td>2</td></tr>", ["行政许可", "１", "2"]),
    ],
)
def test_cells_read_as_printed(markup: str, texts: list[str]) -> None:
    document = read(modern(article(f"<table>{markup}<tr><td>a</td><td>b</td><td>c</td></tr></table>")).encode())
    first = [document.text[c.start : c.end] for c in document.grids[0].cells if c.row == 0]
    assert first == texts


VALUES = "<table><tr><td>规章</td>{}<td>2</td></tr><tr><td>许可</td><td>3</td><td>4</td></tr></table>"
SHEET = (
    ".gone, td.out { display : none } span.narrow{overflow:hidden;width:1px} #copy{visibility:hidden} .back{display:none}"
    " @media print { .shown { display: none } } .back{display:block} .menu .deep{display:none}"
)


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ('<td>1<span style="display:none">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span style="DISPLAY: none!important">9</span></td>', ["规章", "1", "2"]),
        ("<td>1<span hidden>9</span></td>", ["规章", "1", "2"]),
        ('<td>1<span style="font-size:0">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span style="opacity: 0;">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span style="position:absolute;left:-9999px">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span style="width:0;height:0;overflow:hidden">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span style="clip:rect(0 0 0 0);position:absolute">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<font style="color:#FFFFFF">9</font></td>', ["规章", "1", "2"]),
        ('<td bgcolor="#003366"><font style="color:#fff">19</font></td>', ["规章", "19", "2"]),
        ('<td style="font-size:0"><span style="font-size:12px">19</span></td>', ["规章", "19", "2"]),
        ('<td style="text-indent:-21.0pt">19</td>', ["规章", "19", "2"]),
        ('<td>1<span class="x gone">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span class="narrow">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<i id="copy">9</i></td>', ["规章", "1", "2"]),
        ('<td>1<span class="sr-only">9</span></td>', ["规章", "1", "2"]),
        ('<td>1<span class="shown back deep">9</span></td>', ["规章", "19", "2"]),
        ('<td class="out">9</td><td>1</td>', ["规章", "1", "2"]),
        ('<td style="display:none"></td><td>1</td>', ["规章", "1", "2"]),
        ("<td><del>9</del><ins>1</ins></td>", ["规章", "1", "2"]),
        ("<td><s>9</s>1</td>", ["规章", "1", "2"]),
        ("<td><strike>9</strike></td>", ["规章", "", "2"]),
        ('<td><a href="/1.html">1</a></td>', ["规章", "1", "2"]),
        ('<td><input type="text" value="12" readonly></td>', ["规章", "12", "2"]),
        ('<td>1<input type="hidden" value="9"></td>', ["规章", "1", "2"]),
        ("<td><p><textarea> 12 </textarea></p></td>", ["规章", "12", "2"]),
        ('<td><img src="5.png" alt="5"></td>', ["规章", "5", "2"]),
        ('<td><img src="5.png" alt="数字"></td>', ["规章", "〓", "2"]),
        ('<td><input value="1"><input value="9"></td>', ["规章", "〓", "2"]),
        ("<td><select><option>1</option><option selected>9</option></select></td>", ["规章", "〓", "2"]),
        ('<td><img src="blank.gif" width="1" height="20"></td>', ["规章", "", "2"]),
        ("<td><span>1</span><font>2</font><wbr>3</td>", ["规章", "123", "2"]),
        ("<td>1&#8203;2&zwnj;3&shy;4</td>", ["规章", "1234", "2"]),
        ("<td>&emsp;１２&ensp;</td>", ["规章", "１２", "2"]),
        ("<td>1&emsp;2</td>", ["规章", "1 2", "2"]),
        ("<td>1<br>2</td>", ["规章", "1 2", "2"]),
        ("<td><br>12<br></td>", ["规章", "12", "2"]),
        ("<!--[if gte mso 9]><td>9</td><![endif]--><![if !supportMisalignedColumns]><td>1</td>", ["规章", "1", "2"]),
    ],
)
def test_a_cell_says_what_a_browser_shows_in_it(cells: str, texts: list[str]) -> None:
    page = modern(article(VALUES.format(cells))).replace("</head>", f"<style>{SHEET}</style></head>")
    document = read(page.encode())
    first = [c for c in document.grids[0].cells if c.row == 0]
    assert [document.text[c.start : c.end] for c in first] == texts
    assert [c.confidence for c in first] == [0.0 if text == "〓" else 1.0 for text in texts]


@pytest.mark.parametrize(
    "way",
    [
        '<div style="display:none">{}</div>',
        '<div class="gone">{}</div>',
        "<template>{}</template>",
        "<!--{}-->",
        "<noscript>{}</noscript>",
    ],
)
def test_a_copy_of_the_tables_that_is_not_shown_is_left_out(way: str) -> None:
    copy = way.format(TABLE.replace("<td>", "<td>7"))
    page = modern(article(copy + TABLE)).replace("</head>", f"<style>{SHEET}</style></head>")
    assert read(page.encode()).text == read(modern(article()).encode()).text


def test_rows_of_numbers_that_are_links_are_no_menu() -> None:
    linked = TABLE.replace("&nbsp;</td>", "</a></td>").replace("<td>&nbsp;", '<td><a href="/x.html">')
    assert linked.count("<a ") == 21
    assert read(modern(article(linked)).encode()).text == read(modern(article()).encode()).text


@pytest.mark.parametrize(
    ("body", "what", "found"),
    [
        ('<iframe src="/files/2024.pdf"></iframe>', "embeds the report as a PDF", "https://site.gov.cn/files/2024.pdf"),
        (
            '<iframe src="/viewer.html?file=%2Ffiles%2F2024.pdf"></iframe>',
            "embeds",
            "https://site.gov.cn/files/2024.pdf",
        ),
        (
            '<p>附件：<a href="P0200.docx">2024年年度报告</a></p>',
            "only links the report",
            "https://site.gov.cn/P0200.docx",
        ),
        (
            "<ul>"
            + "".join(f'<li><a href="/{y}.html">{y}年政府信息公开工作年度报告</a></li>' for y in range(2019, 2025))
            + "</ul>",
            "only lists reports",
            "https://site.gov.cn/2019.html and 5 more",
        ),
        ("<div id=app></div><script src=app.js></script>", "holds no text", "script"),
    ],
)
def test_a_page_without_a_report_is_named_with_its_link(body: str, what: str, found: str) -> None:
    page = f"<html><head><base href='https://site.gov.cn/'><title>年报</title></head><body>{body}</body></html>"
    with pytest.raises(DocumentError, match=what) as caught:
        read(page.encode())
    assert found in caught.value.found


def test_an_empty_frame_around_an_embedded_file_is_still_named() -> None:
    page = modern('<embed src="report.pdf" type="application/pdf">')
    with pytest.raises(DocumentError, match="embeds"):
        read(page.encode())


def test_a_span_beyond_the_table_ends_with_it() -> None:
    table = '<table><tr><td rowspan="99999999" colspan="99999999">1</td><td>2</td></tr></table>'
    assert len(read(modern(article(table)).encode()).text) < 100_000


def test_spans_are_bounded() -> None:
    table = "<table>" + '<tr><td rowspan="60000" colspan="200">1</td><td>2</td></tr>' * 400 + "</table>"
    with pytest.raises(LimitError, match="table"):
        read(modern(article(table)).encode())


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "span", "ul><li"])
def test_nesting_is_bounded(tag: str) -> None:
    with pytest.raises(LimitError, match="nest"):
        read(f"<html><body>{f'<{tag}>' * 100_000}text".encode())


def test_mojibake_is_turned_back() -> None:
    mangled = exported(article()).encode().decode("gb18030", errors="ignore").encode()
    assert PARAGRAPHS[1] in read(exported(article()).encode().decode("latin-1").encode()).text
    with pytest.raises(DocumentError, match="wrong encoding"):
        read(mangled)


def test_layout_tables_are_read_as_blocks_and_menus_left_out() -> None:
    inner = f"<table><tr><td>{article(TABLE)}</td></tr></table>"
    page = f"<html><body><table><tr><td>{MENU}</td><td>{inner}</td></tr></table></body></html>"
    document = read(page.encode())
    assert "政务公开栏目" not in document.text
    assert len(document.grids) == 1


def test_a_report_that_a_script_would_show_is_read_and_hidden_words_beside_one_are_not() -> None:
    hidden = f"<html><body><div style='display: none'>{article()}</div></body></html>"
    assert read(hidden.encode()).text.startswith(PARAGRAPHS[0])
    beside = modern(article() + '<p style="display:none">第一项公开信息，暗中写下的文字不应当出现在这里。</p>')
    assert "暗中" not in read(beside.encode()).text


def test_a_page_saved_as_one_file_is_read() -> None:
    head = b'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n'
    part = b"--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
        modern(article()).encode()
    )
    assert read(head + part + b"\n--b--\n").text == read(modern(article()).encode()).text


WIDTH = 36
LONG = (
    "（一）主动公开。全年通过门户网站公开政府信息123条，其中政策文件45条，解读材料12篇，涉及供水、防汛、河道管理和移民后期扶持等方面的内容均在规定期限内发布，较上年有所增加。",
    "（二）依申请公开。全年收到申请6件，涉及水费、取水许可和工程招标，均由专人登记并在法定期限内答复，没有因此被申请行政复议，也没有因此被提起行政诉讼。",
    "（三）平台建设。网站栏目按季度核对，失效链接及时修复，新开设的用水服务专栏汇集了办事指南、收费标准和停水通知，方便群众一次查到需要的内容。",
    "（四）监督保障。组织业务培训2次，参加培训的有各科室和所属单位的信息员，年度考核结果在系统内通报，对更新不及时的单位当面提醒并限期改正。",
)


@pytest.mark.parametrize("sign", ["<br>", "<br/>\n", "</p><p>", "</div><div>"])
def test_lines_pasted_as_they_were_set_are_joined_to_paragraphs(sign: str) -> None:
    broken = [sign.join(text[i : i + WIDTH] for i in range(0, len(text), WIDTH)) for text in LONG]
    body = "".join(f"<{sign[2:].partition('>')[0] if sign[1] == '/' else 'p'}>{text}</p>" for text in (PARAGRAPHS[1], *broken, CLOSING[0]))  # fmt: skip
    document = read(modern(body).encode())
    assert not document.paragraphs_are_lines
    cleaned = clean(Report(document)).cleaned
    assert cleaned is not None
    assert set(LONG) <= set(cleaned.prose.splitlines())


def test_a_page_of_whole_paragraphs_is_not_joined() -> None:
    assert read(modern("".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, *LONG))).encode()).paragraphs_are_lines


NAME, REST = TITLE.partition("2024")[0], "2024" + TITLE.partition("2024")[2]


@pytest.mark.parametrize(
    ("head", "top", "is_in_body"),
    [
        ("<title>门户</title>", f"<h1>{TITLE}</h1>", False),
        ("<title>门户</title>", f"<h2>{TITLE}</h2>", False),
        (f'<title>门户</title><meta name="ArticleTitle" content="{TITLE}">', "", False),
        (f"<title>{TITLE}_青石县人民政府</title>", "", False),
        ("<title>门户</title>", f"<h1>{NAME}<br>{REST}</h1>", False),
        ("<title>门户</title>", f"<div><p>{NAME}</p><p>{REST}</p></div>", False),
        ("<title>门户</title>", f"<div><p>{NAME}<br>{REST}</p></div>", False),
        ("<title>门户</title>", f"<div><p>{NAME}</p><p>{REST[:-6]}</p><p>{REST[-6:]}</p></div>", False),
        ("<title>门户</title>", f"<div>{NAME}<br>{REST}", True),
        ("<title>门户</title>", f"<div><p>{NAME}</p><p>{REST[:-6]}</p><p>{REST[-6:]}</p>", True),
    ],
)
def test_a_title_of_the_headline_or_broken_over_lines_is_one(head: str, top: str, is_in_body: bool) -> None:
    report = Extractor().run(
        read(
            f"<html><head>{head}</head><body>{top}{'' if is_in_body else '<div>'}{article()}</div></body></html>".encode()
        )
    )
    assert (report.meta.title, report.meta.agency, report.meta.year) == (TITLE, NAME, 2024)
    assert ("title" in report.meta.evidence) is bool(top)
    assert report.text.count(TITLE) <= 1

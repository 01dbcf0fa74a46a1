"""Word files: what exists only as formatting, tracked changes, merged cells, text boxes, notes; older kinds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import docx
import pytest

from extractor.errors import DocumentError, MissingPartError
from extractor.read import office, read
from extractor.read.kinds import kind_of
from extractor.read.word_numbers import chinese, written
from tests.composer.truth import seeded_truth
from tests.composer.word import WordStyle, compose_word
from tests.hostile.files import W, word_file
from tests.parts import need_office

LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
ABSTRACT = "".join(
    f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
    for n, (form, text) in enumerate(LEVELS)
)
NUMBERING = (
    f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{ABSTRACT}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/>'
    '</w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    "</w:num></w:numbering>"
)
STYLES = (
    f'<w:styles {W}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/>'
    '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="H1a"><w:name w:val="own"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="toc 1"/></w:style></w:styles>'
)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def listed(text: str, level: int, number: int = 1) -> str:
    return paragraph(run(text), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def file_of(body: str, **parts: str) -> bytes:
    root = f'<w:document {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
    named = {"word/numbering.xml": NUMBERING, "word/styles.xml": STYLES} | parts
    return word_file(root, **named)


def lines(body: str, **parts: str) -> list[str]:
    return read(file_of(body, **parts)).text.splitlines()


def test_numbers_that_are_formatting_are_written_out() -> None:
    body = (
        listed("总体情况", 0) + listed("主动公开", 1) + listed("规章", 2) + listed("文件", 2) + listed("依申请公开", 1)
    )
    body += listed("存在问题", 0) + listed("其他", 1)
    expected = ["一、总体情况", "（一）主动公开", "1.规章", "2.文件", "（二）依申请公开", "二、存在问题", "（一）其他"]
    assert lines(body) == expected


def test_numbers_come_from_styles_and_may_begin_anew() -> None:
    body = paragraph(run("总体情况"), '<w:pStyle w:val="H1"/>') + paragraph(run("申请情况"), '<w:pStyle w:val="H1a"/>')
    assert lines(body + listed("其他事项", 0, number=2)) == ["一、总体情况", "二、申请情况", "五、其他事项"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (10, "chineseCounting", "十"), (11, "chineseCountingThousand", "十一"), (20, "japaneseCounting", "二十"),
        (105, "chineseCounting", "一百零五"), (3, "decimalEnclosedCircle", "③"), (4, "lowerRoman", "iv"), (27, "upperLetter", "AA"),
        (2, "ideographTraditional", "乙"), (7, "decimal", "7"), (7, "decimalZero", "07"), (1, "none", ""),
    ],
)  # fmt: skip
def test_forms_of_numbers(number: int, form: str, text: str) -> None:
    assert written(number, form) == text


def test_chinese_numbers_up_to_ten_thousand() -> None:
    assert [chinese(n) for n in (1, 12, 30, 101, 110, 1001)] == [
        "一",
        "十二",
        "三十",
        "一百零一",
        "一百一十",
        "一千零一",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(f"<w:del>{'<w:r><w:delText>12</w:delText></w:r>'}</w:del><w:ins>{run('15')}</w:ins>{run('件')}"), ["15件"]),
        (paragraph(f"<w:moveFrom>{run('旧')}</w:moveFrom>{run('新')}"), ["新"]),
        (paragraph(run("公开"), "<w:rPr><w:del/></w:rPr>") + paragraph(run("信息")), ["公开信息"]),
        (paragraph(run("甲") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>" + run("乙")), ["甲乙"]),
        (paragraph(run("甲") + "<w:r><w:br/></w:r>" + run("乙")), ["甲", "乙"]),
        (paragraph("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("甲")), ["甲"]),
        (paragraph(run("目录一、……1"), '<w:pStyle w:val="T1"/>') + paragraph(run("甲")), ["甲"]),
        (paragraph(run("\uf06c⾏政⺠\u200b政")), ["●行政民政"]),
        (paragraph(run("政府⻔⼾⽹站")), ["政府门户网站"]),
        (paragraph("<w:hyperlink>" + run("链接") + "</w:hyperlink>") + "<w:sdt><w:sdtContent>" + paragraph(run("控件")) + "</w:sdtContent></w:sdt>",
         ["链接", "控件"]),
        (paragraph("<w:r><w:pict><w:txbxContent>" + paragraph(run("标题")) + "</w:txbxContent></w:pict></w:r>" + run("正文")), ["标题", "正文"]),
        (paragraph("<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" + paragraph(run("标题")) + "</w:txbxContent></mc:Choice><mc:Fallback>"
                   "<w:txbxContent>" + paragraph(run("标题")) + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"), ["标题"]),
    ],
)  # fmt: skip
def test_only_what_a_reader_sees_is_text(body: str, expected: list[str]) -> None:
    assert lines(body) == expected


def test_a_footnote_stands_behind_its_paragraph() -> None:
    notes = f'<w:footnotes {W}><w:footnote w:id="1" w:type="separator"/><w:footnote w:id="2">{paragraph(run("注释"))}</w:footnote></w:footnotes>'
    body = paragraph(run("正文") + '<w:r><w:footnoteReference w:id="2"/></w:r>') + paragraph(run("后文"))
    assert lines(body, **{"word/footnotes.xml": notes}) == ["正文", "注释", "后文"]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def test_merged_cells_and_deleted_rows() -> None:
    table = (
        f"<w:tbl><w:tr>{cell('甲', '<w:vMerge w:val=' + chr(34) + 'restart' + chr(34) + '/>')}{cell('乙', '<w:gridSpan w:val=' + chr(34) + '2' + chr(34) + '/>')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('1')}{cell('2')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('旧')}{cell('8')}{cell('9')}</w:tr></w:tbl>"
    )
    document = read(file_of(paragraph(run("前")) + table))
    (grid,) = document.grids
    got = [(c.row, c.column, c.rows, c.columns, document.text[c.start : c.end]) for c in grid.cells]
    assert got == [(0, 0, 2, 1, "甲"), (0, 1, 1, 2, "乙"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "2")]
    assert document.text == "前\n甲\t乙\t\n\t1\t2\n"


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="no text"):
        read(file_of(paragraph("")))


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (b"{\\rtf1 text}", "libreoffice"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "libreoffice"),
    ],
)
def test_older_files_name_the_package_they_need(monkeypatch: pytest.MonkeyPatch, start: bytes, word: str) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingPartError, match="LibreOffice") as caught:
        read(start)
    assert word in caught.value.do


@pytest.mark.parametrize("kind", ["doc", "odt", "rtf"])
def test_older_files_read_like_the_new(tmp_path: Path, kind: str) -> None:
    need_office()
    made = docx.Document()
    made.add_paragraph("一、总体情况")
    table = made.add_table(2, 2)
    for place, text in enumerate(("规章", "1", "许可", "2")):
        table.cell(place // 2, place % 2).text = text
    made.add_paragraph("完")
    made.save(str(tmp_path / "report.docx"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        kind,
        "--outdir",
        str(tmp_path),
        str(tmp_path / "report.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    document = read((tmp_path / f"report.{kind}").read_bytes())
    assert document.source.reader == "word"
    assert document.text.splitlines() == ["一、总体情况", "规章\t1", "许可\t2", "完"]
    assert office.find_office()


def test_a_file_of_microsoft_works_is_given_to_libreoffice_which_says_what_it_cannot_open() -> None:
    need_office()
    broken = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "MatOST".encode("utf-16-le") + b"\0" * 600
    assert kind_of(broken) == "wps"
    with pytest.raises(DocumentError, match="LibreOffice cannot open") as caught:
        read(broken, name="report.wps")
    assert caught.value.found == "a .wps file"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("doc", ("report.wps",)),
        ("rtf", ("report.doc",)),
        ("odt", ("report.wps",)),
        ("dot", ("report.dot",)),
        ("docx", ("report.doc", "report.wps", "report.pdf")),
    ],
)
def test_the_kind_of_a_word_file_is_told_by_its_content(tmp_path: Path, kind: str, names: tuple[str, ...]) -> None:
    need_office()
    made = docx.Document()
    made.add_paragraph("一、总体情况")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "规章", "12"
    made.add_paragraph("完")
    source = tmp_path / "made.docx"
    made.save(str(source))
    if kind != "docx":
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        wanted = f"{kind}:MS Word 97 Vorlage" if kind == "dot" else kind
        command = ["soffice", "--headless", profile, "--convert-to", wanted, "--outdir", str(tmp_path), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    data = (tmp_path / f"made.{kind}").read_bytes()
    for name in names:
        document = read(data, name=name, media_type="application/pdf")
        assert (document.source.reader, document.source.name) == ("word", name)
        assert document.text.splitlines() == ["一、总体情况", "规章\t12", "完"]
    assert kind_of(data) == ("doc" if kind == "dot" else kind)


def test_numbers_of_lists_come_out_of_rtf(tmp_path: Path) -> None:
    need_office()
    word = compose_word(seeded_truth(3, "2021"), WordStyle(numbering="list"))
    source = tmp_path / "report.docx"
    source.write_bytes(word.data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "rtf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    by_word = read(word.data).text.splitlines()
    by_rtf = read((tmp_path / "report.rtf").read_bytes()).text.splitlines()
    headings = [
        line for line in by_word if line[:2] in ("一、", "二、", "三、", "四、", "五、", "六、") and "\t" not in line
    ]
    assert len(headings) >= 5
    assert [line for line in by_rtf if line in headings] == headings

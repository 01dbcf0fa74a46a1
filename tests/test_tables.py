"""Official tables from running text: the project's own prints, hostile text, and the real reports beside it."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractor import form
from extractor.clean import clean
from extractor.document import Document, Source
from extractor.merge.doubts import find_doubts
from extractor.pipeline import extract
from extractor.read import read
from extractor.report import Report, Table, Tables
from extractor.tables import read_tables

DATA = Path(__file__).parent / "data" / "tables"
RENDERINGS = tomllib.loads((DATA / "renderings.toml").read_text("utf-8"))["rendering"]
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "corpus"
UNREADABLE = {"pingtan_zone_2019": 19, **dict.fromkeys((f"pingtan_zone_{y}" for y in (2021, 2022, 2023, 2025)), 3)}
ROWS = [
    "本年新收",
    "上年结转",
    "予以公开",
    "部分公开",
    "国家秘密",
    "三安全一稳定",
    "执法案卷",
    "重复申请",
    "公开出版物",
    "总计",
    "结转下年度",
]


def report_of(text: str, **given: Any) -> Report:
    """A plain text as far as the table step."""
    source = Source(None, "0" * 64, "text/plain", len(text), None, "plain")
    return read_tables(clean(Report(Document(source, text), **given)))


def value_of(table: Table, row: str, column: str) -> str:
    """A cell as the data file writes it."""
    cell = next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))
    return str(cell.value) if cell.status == "number" else f"<{cell.status}>"


@pytest.mark.parametrize("case", RENDERINGS, ids=lambda case: case["why"][:60])
def test_prints_are_read_as_a_careful_reader_reads_them(case: dict[str, Any]) -> None:
    report = report_of(case["text"])
    table = getattr(report.tables, case["table"])
    assert table is not None
    assert table.edition == case.get("edition", table.edition)
    for entry in case["cells"]:
        address, _, expected = entry.rpartition(" = ")
        row, _, column = address.rpartition(" ")
        assert value_of(table, row, column) == expected, entry
    for cell in table.cells:
        assert cell.span is None or report.text[cell.span.start : cell.span.end] == cell.span.quote


def test_cells_come_in_the_forms_order_and_number() -> None:
    for edition in ("2021", "2019"):
        for name, printed in form.EDITIONS[edition].tables.items():
            addresses = [(row.code, column) for row in printed.rows for column in row.columns]
            assert len(addresses) == len(set(addresses)), name
    text = next(case["text"] for case in RENDERINGS if case.get("edition") == "2021")
    table = report_of(text).tables.proactive
    assert table is not None
    rows = form.EDITIONS["2021"].tables["proactive"].rows
    assert [(c.row, c.column) for c in table.cells] == [(r.code, column) for r in rows for column in r.columns]


def test_unread_cells_are_told_with_their_reason_and_place() -> None:
    text = next(case["text"] for case in RENDERINGS if "no sums" in case["why"])
    report = report_of(text)
    (finding,) = [finding for finding in find_doubts(report) if finding.code == "table.unread"]
    assert finding.severity == "question"
    assert [span.quote for span in finding.spans] == ["12345"]
    assert len(finding.cells) == 3


def test_an_amount_in_another_unit_keeps_its_figure_with_a_note() -> None:
    text = next(case["text"] for case in RENDERINGS if "thousands" in case["why"])
    report = report_of(text)
    (finding,) = [finding for finding in find_doubts(report) if finding.code == "table.unit"]
    assert (finding.severity, finding.spans[0].quote) == ("note", "251000元")


def test_missing_tables_are_questions_under_the_form_and_notes_before_it() -> None:
    codes = {(f.code, f.severity) for f in find_doubts(report_of("三、收到和处理政府信息公开申请情况\n无"))}
    assert codes == {("table.missing", "question")}
    codes = {(f.code, f.severity) for f in find_doubts(report_of("本报告由办公室编制。全年公开信息12条。"))}
    assert codes == {("table.missing", "note")}


def test_tables_given_by_the_caller_take_the_place_of_ours() -> None:
    text = next(case["text"] for case in RENDERINGS if case.get("edition") == "2021")
    own = report_of(text).tables
    given = Tables(proactive=Table("2021", "read", ()))
    report = report_of(text, given=given)
    assert report.tables.proactive == Table("2021", "given", ())
    assert report.tables.regions == own.regions


def test_cases_with_a_number_too_many_are_read_only_where_the_sums_hold() -> None:
    heads = (
        "行政复议　行政诉讼\n结果维持　结果纠正　其他结果　尚未审结　总计　未经复议直接起诉　复议后起诉\n"
        + "　".join(["结果维持　结果纠正　其他结果　尚未审结　总计"] * 2)
    )
    text = f"四、政府信息公开行政复议、行政诉讼情况\n{heads}\n1　741　648　0　1 390　0　1\n5　0　6　0　0　0　5\n5\n五、存在的主要问题\n"
    table = report_of(text).tables.review_litigation
    assert table is not None
    assert {cell.status for cell in table.cells} == {"unread"}


def test_of_tables_printed_more_than_once_the_rows_are_read_that_agree() -> None:
    text = next(case["text"] for case in RENDERINGS if case.get("edition") == "2021")
    own = report_of(text).tables.proactive
    assert own is not None
    twice = report_of(f"{text}\n附件：数据表\n{text}")
    assert twice.tables.proactive == own
    assert twice.tables.regions[-1][1] > 2 * len(text)
    label, figures = "行政处罚", own.value("penalties", "decisions")
    other = text[: (at := text.index(label) + len(label))] + text[at:].replace(str(figures), f"{figures}7", 1)
    table = report_of(f"{text}\n附件：所属单位数据表\n{other}").tables.proactive
    assert table is not None
    assert [cell.row for cell in table.cells if cell.status == "unread"] == ["penalties"]
    assert "more than once" in str(next(cell.note for cell in table.cells if cell.status == "unread"))


def test_tables_printed_three_times_are_compared_all() -> None:
    text = next(case["text"] for case in RENDERINGS if case.get("edition") == "2021")
    own = report_of(text).tables.proactive
    assert own is not None
    assert report_of(f"{text}\n附件：数据表\n{text}\n附件：数据表\n{text}").tables.proactive == own
    label, figures = "行政处罚", own.value("penalties", "decisions")
    other = text[: (at := text.index(label) + len(label))] + text[at:].replace(str(figures), f"{figures}7", 1)
    table = report_of(f"{text}\n附件：数据表\n{text}\n附件：所属单位数据表\n{other}").tables.proactive
    assert table is not None
    assert [cell.row for cell in table.cells if cell.status == "unread"] == ["penalties"]


@pytest.mark.parametrize(("figures", "status"), [("1 0 0 0 1", "number"), ("2 0 0 0 2", "unread")])
def test_the_table_of_cases_alone_printed_twice_is_read_where_both_agree(figures: str, status: str) -> None:
    heads = "行政复议 行政诉讼\n结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉 复议后起诉\n"
    heads += " ".join(["结果维持 结果纠正 其他结果 尚未审结 总计"] * 2)
    rest = "0 0 0 0 0 0 0 0 0 0"
    text = f"四、政府信息公开行政复议、行政诉讼情况\n{heads}\n1 0 0 0 1 {rest}\n五、存在的主要问题\n人手不足。\n"
    table = report_of(f"{text}附件\n{heads}\n{figures} {rest}\n").tables.review_litigation
    assert table is not None
    assert {cell.status for cell in table.cells if cell.row == "review"} == {status}


def test_a_sentence_that_lists_results_is_no_table() -> None:
    results = "予以公开33件；部分公开8件；不予公开14件；本机关不掌握29件；信访类4件；申请人逾期不补正5件、其他3件。"
    report = read_tables(clean(Report(read(f"甲县2023年政府信息公开工作年度报告\n一、总体情况\n{results}\n".encode()))))
    assert report.tables.applications is None
    assert report.tables.regions == ()


def test_regions_hold_heads_and_values_and_leave_prose_out() -> None:
    lead, trail = "二、主动公开政府信息情况\n本年公开较上年为多。\n", "\n以上数据由各科室提供。"
    text = next(case["text"] for case in RENDERINGS if case.get("edition") == "2021").strip()
    report = report_of(lead + text + trail)
    ((start, end),) = report.tables.regions
    assert report.text[start:end] == text


def test_sentences_beside_a_table_that_speak_in_its_words_stay_prose() -> None:
    heads = "行政复议 行政诉讼\n结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉 复议后起诉\n"
    heads += "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计\n"
    cells = "4 0 1 0 5 1 0 0 0 1 1 0 0 1 2\n"
    said = "行政复议5件，维持4件，其他结果1件；行政诉讼3件，法院维持2件，尚未审结1件。\n"
    for text in (f"全年引发{said}{heads}{cells}", f"{heads}{cells}说明：{said}"):
        report = report_of(f"四、政府信息公开行政复议、行政诉讼情况\n{text}")
        table = report.tables.review_litigation
        assert table is not None
        assert [cell.value for cell in table.cells] == [int(number) for number in cells.split()]
        (region,) = report.tables.regions
        assert not any(region[0] <= report.text.index(words) < region[1] for words in ("维持4件", "法院维持2件"))


HOSTILE = {
    "digits": "1" * 100_000,
    "labels": "".join(ROWS) * 1500,
    "splits": "".join(row + "1234567891234567890123 0" for row in ROWS) * 300,
    "lone numbers": "\n".join(row + "\n" + "1\n" * 4000 for row in ROWS),
    "page numbers": "- 1 -\n" * 16_000,
    "dashes": "-" * 100_000,
    "annex": "指标名称数量" + "条1 " * 30_000,
    "heads": "指标名称单位数量" * 12_000,
    "groups": "行政复议结果维持总计" * 10_000,
    "spaces": "本年新收" + " " * 99_000 + "上年结转",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_in_proportion(name: str) -> None:
    text = HOSTILE[name][:100_000]
    source = Source(None, "0" * 64, "text/plain", len(text), None, "plain")
    report = clean(Report(Document(source, text)))
    begin = time.process_time()
    read_tables(report)
    assert time.process_time() - begin < 2


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not beside the project")
@pytest.mark.parametrize("gold", sorted(SHARED.glob("gold/*.json")), ids=lambda path: path.stem)
def test_every_cell_of_the_real_reports_is_right_or_honestly_unread(gold: Path) -> None:
    labels = json.loads(gold.read_text("utf-8"))
    path = next((SHARED / "reports").glob(f"{gold.stem}.*"))
    report = read_tables(clean(Report(read(path.read_bytes(), name=path.name))))
    unread = 0
    for name, rows in labels["tables"].items():
        table = getattr(report.tables, name)
        for row, values in (rows or {}).items():
            for column, value in zip(form.columns(table.edition, name, row), values, strict=True):
                cell = next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))
                unread += cell.status == "unread"
                assert cell.status == "unread" or cell.value == value, (name, row, column)
    assert unread == UNREADABLE.get(gold.stem, 0)


def test_only_cells_that_stay_unread_are_told() -> None:
    """The prose of this example settles the digits that run together in part two."""
    report = extract(Path(__file__).resolve().parents[1] / "examples" / "yuanjia_government_2024.txt")
    assert any(cell.status == "unread" for cell in report.tables.proactive.cells)
    assert not [finding for finding in report.findings if finding.code == "table.unread"]

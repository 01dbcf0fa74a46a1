"""The statistics annex before 2019 as converters leave it: heading rows, wrapped labels, lost heads, joined decimals.

All agencies and figures are invented. A row is its printed label with the cells of its columns: a figure, ``blank``,
``-`` for a mark of not-applicable, or ``unread``. What is no row of the annex is left out.
"""

from __future__ import annotations

import pytest

from extractor.pipeline import extract

BEGIN = """青溪县水务局2016年政府信息公开工作年度报告
一、概述
2016年，青溪县水务局通过门户网站主动公开信息217条。
附件：政府信息公开情况统计表
"""


def annex(data: str, name: str = "report.txt") -> dict[str, tuple[float | str | None, ...]]:
    """The annex's rows by label, each with its cells in the order of the columns."""
    table = extract(data.encode(), name=name).tables.statistics
    rows: dict[str, tuple[float | str | None, ...]] = {}
    for cell in table.cells if table else ():
        printed = {"number": cell.value, "not_applicable": "-"}.get(cell.status, cell.status)
        rows[cell.row] = (*rows.get(cell.row, ()), printed)
    return rows


def html(*rows: str) -> str:
    """The report as a web page with a table of these rows, cells parted by bars."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
    before = "".join(f"<p>{line}</p>" for line in BEGIN.splitlines())
    return f"<html><body>{before}<table>{lines}</table></body></html>"


NATIONAL = (
    "指标名称|单位|统计数",
    "一、主动公开情况|——|",
    "（一）主动公开政府信息数|条|386",
    "（二）通过不同渠道公开政府信息的情况|——|",
    "1.政府网站公开政府信息数|条|297",
    "二、依申请公开情况|——|",
    "（一）收到申请数|件|0",
)
NATIONAL_READ = {
    "一、主动公开情况": ("blank",),
    "（一）主动公开政府信息数": (386,),
    "（二）通过不同渠道公开政府信息的情况": ("blank",),
    "1.政府网站公开政府信息数": (297,),
    "二、依申请公开情况": ("blank",),
    "（一）收到申请数": (0,),
}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (html(*NATIONAL), "report.html"),
        (BEGIN + "\n".join(NATIONAL).replace("|", "\t"), "report.txt"),
        (BEGIN + "\n".join(f"| {row.replace('|', ' | ')} |" for row in NATIONAL), "report.md"),
        (BEGIN + "\n".join(NATIONAL).replace("|", "   "), "report.txt"),
        (BEGIN + "\n".join(row.replace("|", "\n") for row in NATIONAL), "report.txt"),
    ],
    ids=["grid", "tabs", "bars", "spaces", "one_cell_a_line"],
)
def test_a_heading_row_with_a_dash_for_its_unit_is_a_row_of_its_own(data: str, name: str) -> None:
    assert annex(data, name) == NATIONAL_READ


@pytest.mark.parametrize(
    ("heading", "cells"), [("一、主动公开情况|——|——", ("-",)), ("一、主动公开情况 | — | —", ("-",))]
)
def test_a_heading_row_may_print_dashes_for_unit_and_value(heading: str, cells: tuple[str, ...]) -> None:
    rows = annex(BEGIN + "\n".join([NATIONAL[0], heading, *NATIONAL[2:]]).replace("|", "\t"))
    assert rows == {**NATIONAL_READ, "一、主动公开情况": cells}


def test_two_decimals_run_together_are_unread() -> None:
    rows = annex(
        BEGIN + "指标名称单位2016年度历年累计（一）收到申请数件35收取的费用万元12.301.5专项经费万元1.52.延期办结数件14"
    )
    assert rows["收取的费用"] == ("unread", "unread")
    assert rows["专项经费"] == ("unread", "unread")


RULE = "+--------------------+------+--------+"
GRID = f"""{RULE}
| 指标名称           | 单位 | 统计数 |
+====================+======+========+
| 一、主动公开情况   | ——   |        |
{RULE}
| （一）主动公开     | 条   | 12.5   |
|                    |      |        |
| 政府信息数（不同方 |      |        |
| 式公开相同信息计1条|      |        |
| ）                 |      |        |
{RULE}
| 制发规范性文件     | 件   | 9      |
| 总数               |      |        |
{RULE}
| 收到申请数         | 件   | 0      |
{RULE}
"""
LAYOUT = """      指标名称                 单位       2016年度     历年累计
    一、主动公开情况            ——         ——          ——

 （一）主动公开政府信息         条         386         912
 数（不同渠道和方式公开
    相同信息计1条）
 其中：主动公开规范性文         条          9           31
       件数
   1.政府公报公开               条         128         204

 2.其他方式公开政府信息         条          3           12
       数
    二、依申请公开情况          ——         ——          ——
 （一）回应公众关注热点         次          0            1
 或重大舆情数
    （二）收到申请数            件          4           18
"""
COLUMN = """指标名称 单位 统计数
一、主动公开情况 ——
（一）主动公开
政府信息数（不同渠道和方
式公开相同信息计1条）
条 386
（二）通过不同
渠道公开的情况
——
1.政府公报公
开政府信息数
条
0
2.申请信息不
件
2
存在数
3.收到申请数
件 4
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            GRID,
            {
                "一、主动公开情况": ("blank",),
                "（一）主动公开政府信息数（不同方式公开相同信息计1条）": (12.5,),
                "制发规范性文件总数": (9,),
                "收到申请数": (0,),
            },
        ),
        (
            LAYOUT,
            {
                "一、主动公开情况": ("-", "-"),
                "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）": (386, 912),
                "其中：主动公开规范性文件数": (9, 31),
                "1.政府公报公开": (128, 204),
                "2.其他方式公开政府信息数": (3, 12),
                "二、依申请公开情况": ("-", "-"),
                "（一）回应公众关注热点或重大舆情数": (0, 1),
                "（二）收到申请数": (4, 18),
            },
        ),
        (
            COLUMN,
            {
                "一、主动公开情况": ("blank",),
                "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）": (386,),
                "（二）通过不同渠道公开的情况": ("blank",),
                "1.政府公报公开政府信息数": (0,),
                "2.申请信息不存在数": ("unread",),  # the unit stands beside a short line: its rest may be a heading
                "3.收到申请数": (4,),
            },
        ),
    ],
    ids=["ruled_grid", "layout", "column"],
)
def test_a_wrapped_label_keeps_its_rest(text: str, rows: dict[str, tuple[float | str, ...]]) -> None:
    assert annex(BEGIN + text) == rows


def test_rows_are_unread_where_a_rest_may_be_either_neighbours() -> None:
    rows = annex(
        BEGIN + "指标名称   单位   统计数\n主动公开规范性文   件   9\n件数\n收到申请数   件   4\n信函申请数   件   1\n"
    )
    assert [cells for label, cells in rows.items() if "件数" in label or "规范" in label] == [("unread",)] * 2
    assert rows["信函申请数"] == (1,)


def test_headings_without_units_stay_out_of_the_next_label() -> None:
    rows = annex(
        BEGIN + "指标名称   单位   统计数\n一、主动公开情况\n（一）主动公开数   条   9\n二、依申请公开情况\n"
        "（一）收到申请数   件   4\n1.信函申请数   件   1\n"
    )
    assert {label: cells for label, cells in rows.items() if cells != ("unread",)} == {
        "（一）收到申请数": (4,),
        "1.信函申请数": (1,),
        "（一）主动公开数": (9,),
    }


ROWS = """一、主动公开情况   ——
（一）主动公开政府信息数   条 386
其中：规范性文件数   件 9
二、依申请公开情况   ——
（一）收到申请数   件 0
1.信函申请数   件 4
收取的费用   万元 12.30
"""
ROWS_READ = {
    "一、主动公开情况": ("blank",),
    "（一）主动公开政府信息数": (386,),
    "其中：规范性文件数": (9,),
    "二、依申请公开情况": ("blank",),
    "（一）收到申请数": (0,),
    "1.信函申请数": (4,),
    "收取的费用": (12.3,),
}
TWO = ROWS.replace("条 ", "条 7 ").replace("件 ", "件 7 ").replace("元 ", "元 7 ").replace("——", "—— —— ——")
TWO_READ = {label: ("-", "-") if "blank" in cells else (7, *cells) for label, cells in ROWS_READ.items()}
PIECES = """            20
指标    单           历年
            16
名称    位           累计
            年度
"""


@pytest.mark.parametrize(
    ("head", "text", "rows"),
    [
        ("       指标            统\n       名称    单位     计\n                     数\n", ROWS, ROWS_READ),
        ("　　（2016年度）\n　　填报单位（盖章）：青溪县水务局\n\n", ROWS, ROWS_READ),
        ("", ROWS.replace("   ", "\t").replace(" ", "\t"), ROWS_READ),
        ("", "\n".join(f"| {line.replace('   ', ' | ')} |" for line in ROWS.splitlines()), ROWS_READ),
        (PIECES, TWO, TWO_READ),
        ("", TWO, {}),  # which of two columns is this year's is not printed
        ("      历年    本\n      累计    年\n", TWO, {}),
        ("     历年\n     累计\n", ROWS, {}),
    ],
    ids=["pieces", "lost", "tabs", "bars", "two_columns", "two_lost", "two_reversed", "all_years_only"],
)
def test_a_table_under_a_title_is_found_without_its_head(
    head: str, text: str, rows: dict[str, tuple[float | str, ...]]
) -> None:
    report = extract((BEGIN + head + text).encode(), name="report.txt")
    assert annex(BEGIN + head + text) == rows
    assert [count.span.quote for count in report.counts] == ["217条"]


def test_an_empty_field_before_the_values_leaves_the_columns_of_a_lost_head_open() -> None:
    lines = ROWS.replace("   ", "\t").replace("条 ", "条\t\t").replace("件 ", "件\t\t").replace("元 ", "元\t7\t")
    assert annex(BEGIN + lines) == {}


def test_prose_under_a_title_is_no_table() -> None:
    text = "全年主动公开信息386条。\n其中规范性文件9件，\n收到申请4件\n信函申请2件\n接受培训 人次 多\n"
    assert annex(BEGIN + text) == {}


def test_an_annex_printed_column_by_column_is_not_read_and_gives_no_counts() -> None:
    labels = [f"{number}.通过第{number}种方式公开政府信息数" for number in range(1, 11)]
    text = BEGIN + "\n".join(["指标名称", *labels, "单位", *["条"] * 9, "件 12", "本年度", *map(str, range(20, 29))])
    report = extract(text.encode(), name="report.txt")
    assert report.tables.statistics is None
    assert [count.span.quote for count in report.counts] == ["217条"]


CODED = """指标名称 代码 单位 2016年度 历年累计
一、主动公开情况 01 —— —— ——
（一）主动公开政府信息数 02 条 386 912
收取的费用 03 万元 0 1.5
（三）接受培训人员数 04 人
次
3 18
"""
CODED_READ = {
    "一、主动公开情况": ("-", "-"),
    "（一）主动公开政府信息数": (386, 912),
    "收取的费用": (0, 1.5),
    "（三）接受培训人员数": (3, 18),
}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (CODED, CODED_READ),
        (CODED.replace(" ", "\t").replace("人\n次\n", "人次\t"), CODED_READ),
        (CODED.replace(" 01 ——", "01——").replace(" 02 条 ", "02条").replace(" 03 万元 ", "03万元"), CODED_READ),
        (CODED.replace(" 03", ""), {**CODED_READ, "收取的费用": ("unread", "unread")}),
    ],
    ids=["spaces", "tabs", "joined", "a_code_is_missing"],
)
def test_codes_of_indicators_are_no_values(text: str, rows: dict[str, tuple[float | str, ...]]) -> None:
    assert annex(BEGIN + text) == rows


def test_a_label_keeps_its_letters_and_radicals() -> None:
    rows = annex(BEGIN + "指标名称 单位 统计数\n手机APP公开数 条 3\n专⻔机构数 个 1\n（一）收到申请数 件 0\n")
    assert rows == {"手机APP公开数": (3,), "专⻔机构数": (1,), "（一）收到申请数": (0,)}


def test_the_last_row_is_unread_where_its_label_may_go_on_below() -> None:
    rows = annex(BEGIN + LAYOUT + "    （三）接受培训人           人次         3            18\n        员数\n")
    assert rows["（三）接受培训人"] == ("unread", "unread")
    assert rows["（二）收到申请数"] == (4, 18)


def test_rows_of_a_grid_without_units_are_rows() -> None:
    rows = annex(
        html("指标名称|单位|统计数", "网站公开数||3", "收到申请数|件|4", "一、申请||", "办结||", "（一）办结数|件|1"),
        "report.html",
    )
    assert rows == {
        "网站公开数": (3,),
        "收到申请数": (4,),
        "一、申请": ("blank",),
        "办结": ("blank",),
        "（一）办结数": (1,),
    }


def test_a_signature_below_the_last_row_is_no_rest_of_its_label() -> None:
    rows = annex(
        BEGIN + "指标名称 单位 统计数\n收到申请数 件 4\n复议数 件 0\n诉讼数 件 1\n青溪县水务局\n2017年1月20日\n"
    )
    assert rows == {"收到申请数": (4,), "复议数": (0,), "诉讼数": (1,)}

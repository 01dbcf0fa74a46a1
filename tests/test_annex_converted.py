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

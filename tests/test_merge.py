"""Prose against tables and prose against itself: contradictions are found, consistent reports raise no alarm."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from extractor.pipeline import Extractor

CASES = tomllib.loads((Path(__file__).parent / "data" / "merge.toml").read_text("utf-8"))["case"]
COLUMNS = 7
ROWS = (
    "（一）予以公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（三）不予公开 1.属于国家秘密",
    "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益", "5.属于三类内部事务信息", "6.属于四类过程性信息",
    "7.属于行政执法案卷", "8.属于行政查询事项", "（四）无法提供 1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作",
    "3.补正后申请内容仍不明确", "（五）不予处理 1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物",
    "4.无正当理由大量反复申请", "5.要求行政机关确认或重新出具已获取信息",
    "（六）其他处理 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "3.其他",
)  # fmt: skip


def line(label: str, value: int) -> str:
    """A row of part three whose figure stands under natural persons and in the total."""
    return f"{label} {value} 0 0 0 0 0 {value}"


def report(
    overview: str, other: str = "无。", *, figures: dict[str, int], documents: str = "1 0 5", period: str = ""
) -> str:
    """A report of the 2021 edition: 7 new, 1 carried over, 5 granted, 2 not held, 1 carried forward unless told otherwise."""
    f = {"new": 7, "over": 1, "granted": 5, "held": 2, "forward": 1, "review": 2, "direct": 1, "after": 0} | figures
    results = [line(label, f["granted"] if i == 0 else f["held"] if i == 10 else 0) for i, label in enumerate(ROWS)]
    cases = " ".join(f"{f[k]} 0 0 0 {f[k]}" for k in ("review", "direct", "after"))
    return "\n".join(
        [
            "甲市水务局2023年政府信息公开工作年度报告",
            period,
            "一、总体情况",
            overview,
            "二、主动公开政府信息情况",
            "第二十条第（一）项\n信息内容 本年制发件数 本年废止件数 现行有效件数\n规章 0 0 0",
            f"行政规范性文件 {documents}",
            "第二十条第（五）项\n信息内容 本年处理决定数量\n行政许可 40\n第二十条第（六）项\n信息内容 本年处理决定数量",
            "行政处罚 3\n行政强制 0\n第二十条第（八）项\n信息内容 本年收费金额（单位：万元）\n行政事业性收费 12.5",
            "三、收到和处理政府信息公开申请情况",
            "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） 申请人情况",
            "自然人 法人或其他组织 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他",
            line("一、本年新收政府信息公开申请数量", f["new"]),
            line("二、上年结转政府信息公开申请数量", f["over"]),
            "三、本年度办理结果",
            *results,
            line("（七）总计", f["granted"] + f["held"]),
            line("四、结转下年度继续办理", f["forward"]),
            "四、政府信息公开行政复议、行政诉讼情况",
            "行政复议 行政诉讼\n结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉 复议后起诉",
            "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计",
            cases,
            "五、存在的主要问题及改进情况",
            "存在的问题：一是公开深度不够。改进措施：一是扩大公开范围。",
            "六、其他需要报告的事项",
            other,
            "",
        ]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_both_sides_are_put_beside_one_another(case: dict[str, Any], extractor: Extractor) -> None:
    text = report(
        case["overview"],
        case.get("other", "无。"),
        figures=case.get("figures", {}),
        documents=case.get("documents", "1 0 5"),
        period=case.get("period", ""),
    )
    result = extractor.extract(text.encode()).to_dict()
    counts = {count["id"]: count for count in result["facts"]["counts"]}
    errors = sorted(f["code"] for f in result["findings"] if f["severity"] == "error")
    relations = [
        [entry["code"], counts[entry["narrative"][0]]["value"], entry["relation"]]
        for entry in result["indicators"]
        if entry["narrative"]
    ]
    assert errors == case.get("errors", [])
    for wanted in case.get("relations", []):
        assert wanted in relations


def test_a_contradiction_quotes_both_sides(extractor: Extractor) -> None:
    result = extractor.extract(report("全年收到政府信息公开申请9件。", figures={}).encode()).to_dict()
    finding = next(f for f in result["findings"] if f["code"] == "narrative.table")
    assert [span["quote"] for span in finding["spans"]] == ["9件"]
    assert finding["cells"] == [{"table": "applications", "row": "new", "column": "total"}]


def test_digits_run_together_are_settled_by_the_prose(extractor: Extractor) -> None:
    overview = "全年制发行政规范性文件12件，现行有效行政规范性文件145件。"
    result = extractor.extract(report(overview, figures={}, documents="123145").encode()).to_dict()
    cells = {(c["row"], c["column"]): c for c in result["tables"]["proactive"]["cells"]}
    row = [cells["normative_documents", column] for column in ("issued", "repealed", "in_force")]
    assert [cell["value"] for cell in row] == [12, 3, 145]
    assert all("prose" in cell["note"] for cell in row)

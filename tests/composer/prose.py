"""The words around the tables: invented agencies, headings, contents lists, prose that names the tables' own words.

Sentences are the composer's own. A ``Claim`` remembers each figure that the prose states about the tables, and whether
it was planted to contradict them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tests.composer.truth import Number, Truth

HEADINGS: dict[str, dict[str, str]] = {
    "official": {
        "overview": "一、总体情况",
        "proactive": "二、主动公开政府信息情况",
        "applications": "三、收到和处理政府信息公开申请情况",
        "review_litigation": "四、政府信息公开行政复议、行政诉讼情况",
        "problems": "五、存在的主要问题及改进情况",
        "other_matters": "六、其他需要报告的事项",
    },
    "reworded": {
        "overview": "一、基本情况",
        "proactive": "二、主动公开情况",
        "applications": "三、政府信息公开申请收到及处理情况",
        "review_litigation": "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "problems": "五、存在问题及改进措施",
        "other_matters": "六、其他需要报告的事项",
    },
    "misnumbered": {
        "overview": "一、总体情况",
        "proactive": "一、主动公开政府信息情况",
        "applications": "二、收到和处理政府信息公开申请情况",
        "review_litigation": "三、政府信息公开行政复议、行政诉讼情况",
        "problems": "三、存在的主要问题及改进情况",
        "other_matters": "五、其他需要报告的事项",
    },
}
HEADINGS["unnumbered"] = {code: text[2:] for code, text in HEADINGS["official"].items()}
HEADINGS["markdown"] = {code: "## " + text for code, text in HEADINGS["official"].items()}
HEADINGS["half_width"] = {code: text.replace("、", ".", 1) for code, text in HEADINGS["official"].items()}
HEADINGS["lost"] = {
    code: text if code in ("overview", "problems", "other_matters") else ""
    for code, text in HEADINGS["official"].items()
}
CONTENTS = ("none", "list", "dotted_list", "sentence")
PROSE = ("short", "same_words", "same_words_wrapped", "contradicting", "between")
NOTES = ("none", "remark", "year", "filler", "unit_above", "earlier_year")
OVERVIEW = (
    "（一）主动公开。全年通过政府网站主动公开信息{a}条，其中通知公告{b}条。",
    "（二）依申请公开。申请渠道保持畅通，答复文书统一编号归档。",
    "（三）政府信息管理。发布前逐条登记来源，落实保密审查。",
    "（四）平台建设。网站栏目按季度核对，失效链接{b}处已修复。",
    "（五）监督保障。组织业务培训{c}次，年度考核结果在系统内通报。",
)
PROBLEMS = ("一是公开内容还不够细，二是基层人员变动较多。", "下一步，一是细化公开标准，二是固定专人并开展轮训。")
ANNEX_HEADING = "附件：政府信息公开情况统计表"
AGAIN_HEADINGS = {"twice": "附件：年度报告数据表", "subordinate": "附件：所属事业单位年度报告数据表"}
OTHER_MATTERS = "本年度未收取信息处理费。"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that the prose states about the tables: an indicator's code, the printed quote, and its truth."""

    indicator: str
    quote: str
    value: Number
    is_consistent: bool


def title(truth: Truth) -> str:
    """The report's title line."""
    return f"{truth.agency}{truth.year}年政府信息公开工作年度报告"


def contents(style: str, headings: dict[str, str]) -> list[str]:
    """A contents list, or a sentence that stands for one."""
    names = [text for text in headings.values() if text]
    if style == "list":
        return ["目录", *names]
    if style == "dotted_list":
        return ["目  录", *(f"{text}{'…' * 8}{page}" for page, text in enumerate(names, 1))]
    if style == "sentence":
        listed = "、".join(text.lstrip("# ").split("、", 1)[-1] for text in names)
        return [f"本报告由{listed}{len(names)}个部分组成。"]
    return []


def overview(rng: random.Random) -> list[str]:
    """Part one: five short paragraphs."""
    figures = {"a": rng.randint(20, 3000), "b": rng.randint(2, 19), "c": rng.randint(1, 9)}
    return [sentence.format(**figures) for sentence in OVERVIEW]


def naming_the_tables(truth: Truth, style: str, rng: random.Random) -> tuple[list[str], tuple[Claim, ...]]:
    """Prose that uses the tables' own words and figures; ``contradicting`` states other figures than the tables."""
    if truth.form == "statistics" or style == "short":
        return [], ()
    wrong = style == "contradicting"

    def figure(table: str, row: str, column: str) -> Number:
        value = truth.value(table, row, column)
        return value + rng.randint(1, 9) if wrong else value

    decisions = "decisions"
    new = figure("applications", "new", "total")
    over = figure("applications", "carried_over", "total")
    granted = figure("applications", "granted", "total")
    reviews = figure("review_litigation", "review", "total")
    permits = figure("proactive", "permits", decisions)
    penalties = figure("proactive", "penalties", decisions)
    claims = (
        Claim("applications_received", f"{new}件", new, not wrong),
        Claim("applications_carried_over", f"{over}件", over, not wrong),
        Claim("applications_granted", f"{granted}件", granted, not wrong),
        Claim("reviews", f"{reviews}件", reviews, not wrong),
    )
    sentences = [
        f"本年新收政府信息公开申请数量{new}件，上年结转政府信息公开申请数量 {over}件，予以公开 {granted}件，"
        f"属于国家秘密 0件，总计 {new}件，结转下年度继续办理 0件。",
        f"行政复议 {reviews}件，结果维持 0 件；行政许可 {permits} 件，行政处罚 {penalties}件，行政强制 0 件，"
        "规章 0 件，行政规范性文件 3 件，"
        "详见第二十条第（一）项和第二十条第（五）项对应的表格。",
    ]
    return sentences, claims


def note(style: str, truth: Truth, rng: random.Random) -> tuple[list[str], list[str]]:
    """Lines above and below a table that are no part of it."""
    if style == "remark":
        return [], ["注：本表数据由各科室填报，统计口径与上年一致。"]
    if style == "year":
        return [], [f"{truth.year}年12月31日"]
    if style == "filler":
        return [], ["填表人：办公室  审核：分管负责同志  联系电话：0999-5501234"]
    if style == "unit_above":
        return [f"统计年度：{truth.year}  单位：件"], []
    if style == "earlier_year":
        return [], [f"备注：{truth.year - 1}年行政许可 {rng.randint(2, 99)} 件、行政处罚 {rng.randint(2, 99)} 件。"]
    return [], []

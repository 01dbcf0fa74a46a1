"""Parts are found whatever their headings look like, and lists of contents are no headings."""

from __future__ import annotations

import pytest

from extractor.clean import clean
from extractor.read import read
from extractor.report import Report
from extractor.sections import find_sections

BODY = {
    "overview": "全年工作平稳推进，公开渠道畅通。",
    "proactive": "本部分数据见下表。",
    "applications": "本部分数据见下表。",
    "review_litigation": "本部分数据见下表。",
    "problems": "存在的问题是公开深度不够。下一步将扩大公开范围。",
    "other_matters": "无其他需要报告的事项。",
}
OFFICIAL = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
VARIANTS = {
    "the official headings": OFFICIAL,
    "reworded": (
        "一、工作总体情况",
        "二、主动公开情况",
        "三、政府信息公开申请收到及处理情况",
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "五、存在问题及改进措施",
        "六、其他需要报告的事项",
    ),
    "reworded otherwise": (
        "一、概述",
        "二、政府信息主动公开情况",
        "三、依申请公开情况",
        "四、行政复议、行政诉讼情况",
        "五、政府信息公开工作存在的主要问题及改进情况",
        "六、其他需要报告事项",
    ),
    "misnumbered": (
        "一、总体情况",
        "一、主动公开政府信息情况",
        "二、收到和处理政府信息公开申请情况",
        "三、政府信息公开行政复议、行政诉讼情况",
        "三、存在的主要问题及改进情况",
        "五、其他需要报告的事项",
    ),
    "without numbers": tuple(h[2:] for h in OFFICIAL),
    "Markdown": tuple(f"## {h}" for h in OFFICIAL),
    "bold Markdown": tuple(f"**{h}**" for h in OFFICIAL),
    "half-width marks": tuple(h.replace("、", ".", 1) for h in OFFICIAL),
    "chapters": tuple(f"第{h.replace('、', '部分 ', 1)}" for h in OFFICIAL),
    "spaces inside": tuple(h.replace("、", "、 ", 1).replace("情况", "情 况") for h in OFFICIAL),
    "problems and plans": (*OFFICIAL[:4], "五、存在的问题和下一步工作打算", OFFICIAL[5]),
    "shortcomings": (*OFFICIAL[:4], "五、工作中存在的不足及改进措施", "六、其他需要说明的事项"),
}
TITLE = "甲县水务局2023年政府信息公开工作年度报告"


def codes(text: str) -> list[str]:
    report = find_sections(clean(Report(read(text.encode()))))
    return [section.code for section in report.sections if section.code != "preface"]


@pytest.mark.parametrize("headings", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("joint", ["\n", "\n\n", "\r\n"], ids=["lines", "blank lines", "windows"])
def test_parts_are_found_whatever_their_headings_look_like(headings: tuple[str, ...], joint: str) -> None:
    parts = [part for heading, body in zip(headings, BODY.values(), strict=True) for part in (heading, body)]
    assert codes(joint.join([TITLE, *parts, ""])) == list(BODY)


def test_parts_are_found_in_text_without_line_breaks() -> None:
    assert codes(TITLE + " " + "".join(h + b for h, b in zip(OFFICIAL, BODY.values(), strict=True))) == list(BODY)


@pytest.mark.parametrize(
    "contents",
    [
        "目录\n" + "\n".join(OFFICIAL),
        "目录\n" + "\n".join(f"{h}……{i}" for i, h in enumerate(OFFICIAL, 1)),
        "本报告由" + "、".join(h[2:] for h in OFFICIAL) + "六个部分组成。",
        "本报告包括：" + "；".join(OFFICIAL) + "。",
    ],
    ids=["lines", "dotted lines", "a sentence", "a numbered sentence"],
)
def test_a_list_of_contents_is_no_heading(contents: str) -> None:
    text = "\n".join([TITLE, contents, *(part for pair in zip(OFFICIAL, BODY.values(), strict=True) for part in pair)])
    report = find_sections(clean(Report(read(text.encode()))))
    found = {s.code: s for s in report.sections}
    assert [code for code in found if code != "preface"] == list(BODY)
    assert all(found[code].start >= text.index("全年工作") - 20 for code in BODY)


CHILDREN = {
    "（一）主动公开方面。": "overview.proactive",
    "（二）依申请公开情况：": "overview.on_request",
    "(三)政府信息管理情况。": "overview.management",
    "3.政府信息管理。": "overview.management",
    "（四）政府信息公开平台建设方面\n": "overview.platform",
    "（四）平台载体建设：": "overview.platform",
    "（五）监督保障方面，": "overview.oversight",
    "（五）监督保障工作情况\n": "overview.oversight",
    "（一）主动公开有深度。": "overview.proactive",
    "2.依申请公开见实效。": "overview.on_request",
}


@pytest.mark.parametrize(("heading", "code"), CHILDREN.items())
def test_children_of_part_one_are_found(heading: str, code: str) -> None:
    assert code in codes(
        f"{TITLE}\n一、总体情况\n全年平稳。\n{heading}按要求落实各项工作。\n六、其他需要报告的事项\n无。\n"
    )


def test_a_crawlers_header_and_a_pages_frame_are_no_part_of_the_report() -> None:
    frame = "标题: 甲县水务局2023年政府信息公开工作年度报告\n发布时间: 2024-01-20 10:00\n栏目: 年报\n==== 正文 ====\n当前位置： 首页 > 公开 来源：甲县水务局 时间：2024-01-20 打印 关闭\n"
    text = frame + "\n".join([TITLE, *(part for pair in zip(OFFICIAL, BODY.values(), strict=True) for part in pair)])
    report = find_sections(clean(Report(read(text.encode()))))
    assert report.sections[0].start == text.index(TITLE, len(frame))


def test_headings_that_are_sentences_are_told_by_their_word_where_a_list_names_several() -> None:
    listed = (
        "（一）聚焦重点领域，主动公开提质扩面。全年发布12条。\n（二）规范办理流程，依申请公开依法有序。收到3件。\n"
        "（三）整合资源，公开阵地持续巩固。开设专栏2个。\n"
    )
    told = {"overview.proactive", "overview.on_request", "overview.platform"}
    for text, found in ((listed, told), (listed.partition("（三）")[0], set())):
        sections = codes(f"{TITLE}\n一、总体情况\n{text}六、其他需要报告的事项\n无。\n")
        assert {code for code in sections if code.startswith("overview.")} == found


@pytest.mark.parametrize(
    "sentence", ["（二）推进其他主动公开的信息上网。", "（二）主动公开了信息。", "主动公开：全年45条。"]
)
def test_a_sentence_with_a_childs_word_is_no_heading(sentence: str) -> None:
    text = f"{TITLE}\n一、总体情况\n全年平稳。\n{sentence}\n五、存在的问题和改进措施\n无。\n"
    assert codes(text) == ["overview", "problems"]


def test_heads_run_in_with_the_text_are_children_where_there_are_several() -> None:
    text = f"{TITLE}\n一、总体情况\n主动公开：全年45条。\n依申请公开：收到3件。\n五、存在的问题和改进措施\n无。\n"
    assert codes(text) == ["overview", "overview.proactive", "overview.on_request", "problems"]


def test_a_word_before_a_colon_is_a_part_where_no_part_has_a_number() -> None:
    text = f"{TITLE}\n概述\n平稳。\n主动公开情况：全年45条。\n依申请公开情况：收到3件。\n"
    assert codes(text) == ["overview", "proactive", "applications"]

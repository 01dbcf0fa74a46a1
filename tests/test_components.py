"""The finders work in anybody's spaCy pipeline, over anybody's tokens."""

from __future__ import annotations

import pytest
import spacy

TEXT = (
    "一、总体情况\n全年通过禾川县人民政府网站公开信息320条，“甲县发布”微信公众号推送96篇，严格执行“三审三校”。\n"
    "五、存在的主要问题及改进情况\n存在的问题：一是信息更新不够及时。改进措施：一是为公开工作配备专职人员。\n"
)
WANTED = {
    "gongkai_channels": {("government_website", "禾川县人民政府网站"), ("wechat_account", "“甲县发布”微信公众号")},
    "gongkai_counts": {("items_disclosed", "320条"), ("items_disclosed", "96篇")},
    "gongkai_problems": {("timeliness", "信息更新不够及时")},
    "gongkai_improvements": {("staff", "为公开工作配备专职人员")},
    "gongkai_practices": {("three_review", "三审三校")},
}


@pytest.mark.parametrize("name", WANTED)
def test_a_component_found_by_its_entry_point_marks_its_facts(name: str) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe(name)
    doc = nlp(TEXT)
    assert WANTED[name] <= {(span.label_, span.text) for span in doc.spans[name]}


def test_an_empty_text_has_no_facts() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("gongkai_channels")
    assert list(nlp("").spans["gongkai_channels"]) == []

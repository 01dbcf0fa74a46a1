"""Channels: mentions with type, name and status by rows of speech; entries of a whole report; what must always hold."""

from __future__ import annotations

import json
import time
import tomllib
from array import array
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.classify.channels import decide_channels, name_key
from extractor.document import Document, Source
from extractor.errors import RuleError
from extractor.find.channels import ChannelFinder, find_parts
from extractor.report import Meta, Report
from extractor.segment import Segmenter
from extractor.vocabulary import CHANNEL_STATUSES, CHANNEL_TYPES

DATA = Path(__file__).parent / "data" / "channels"
FINDER = ChannelFinder()
SEGMENTER = Segmenter()
SECONDS_FOR_RULES = 1.0


def rows(name: str) -> list[Any]:
    """Rows of a data file as pytest parameters, each under its own case."""
    listed = tomllib.loads((DATA / name).read_text("utf-8"))["row"]
    return [pytest.param(row, id=row["case"].replace(" ", "-")) for row in listed]


def report_of(text: str, section: str = "overview.proactive", agency: str = "云溪县教育局") -> Report:
    """A report whose narrative is one section's text."""
    text += "\n"
    narrative = SEGMENTER.narrative(text, array("L", range(len(text) + 1)), [(0, section, False)])
    source = Source(None, "0" * 64, "text/plain", len(text.encode()), None, "plain")
    return Report(Document(source, text), narrative=narrative, meta=Meta(agency=agency, region=(agency[:3],)))


@pytest.mark.parametrize("row", rows("mentions.toml"))
def test_finds_each_mention_with_type_name_and_status(row: dict[str, Any]) -> None:
    report = FINDER(report_of(row["text"], row.get("section", "overview.proactive")))
    found = [[m.type, m.name or "", m.status] for m in report.mentions if not m.cover]
    assert found == row["found"]


@pytest.mark.parametrize("row", rows("documents.toml"))
def test_one_entry_for_each_means(row: dict[str, Any]) -> None:
    report = decide_channels(FINDER(report_of(row["text"])))
    entries = [[c.type, c.name or "", c.status, len(c.spans)] for c in report.channels]
    assert sorted(entries) == sorted(row["entries"])
    assert [c.id for c in report.channels] == [f"h{number}" for number in range(1, len(report.channels) + 1)]


def test_cover_words_beside_members_are_kept_as_covers() -> None:
    report = FINDER(report_of("通过微信、微博等新媒体发布。"))
    assert [m.type for m in report.mentions if m.cover] == ["other_new_media"]
    assert all(c.type != "other_new_media" for c in decide_channels(report).channels)


def test_the_measures_begin_at_their_lead_and_problems_may_come_back() -> None:
    report = report_of("主要问题：网站更新慢。\n改进措施：建公众号。\n（二）存在的问题：微博没有。", "problems")
    assert report.narrative is not None
    parts = find_parts(report.narrative)
    text = report.narrative.text
    assert [parts.at(text.index(word)) for word in ("网站", "公众号", "微博")] == [
        "problems",
        "improvements",
        "problems",
    ]


def test_the_reporting_years_own_lead_is_no_measure() -> None:
    report = report_of("2022年，我局工作仍存在不足：网站更新慢。2023年，我局将用好公众号。", "problems")
    assert report.narrative is not None
    parts = find_parts(report.narrative)
    assert parts.at(report.narrative.text.index("网站")) == "problems"
    assert parts.at(report.narrative.text.index("公众号")) == "improvements"


def test_a_websites_tail_and_dots_do_not_tell_names_apart() -> None:
    assert name_key("government_website", "“中国·云溪”政府门户网站") == name_key("government_website", "中国云溪网")
    assert name_key("government_website", "政府网站")
    assert name_key("wechat_account", "云溪网") == "云溪网"


def test_a_users_rule_adds_a_channel(tmp_path: Path) -> None:
    rule = '[[rule]]\nid = "own.pigeon"\nuse = "kind"\ntype = "other"\npattern = "信鸽"\nmatch = ["信鸽"]\nreject = ["鸽子"]\n'
    (tmp_path / "channels.toml").write_text(rule, "utf-8")
    report = ChannelFinder(tmp_path)(report_of("用信鸽送达信息。"))
    assert [(m.type, m.rule) for m in report.mentions] == [("other", "own.pigeon")]


def test_a_users_wrong_rule_is_refused(tmp_path: Path) -> None:
    rule = '[[rule]]\nid = "own.pigeon"\nuse = "kind"\ntype = "bird"\npattern = "信鸽"\nmatch = ["信鸽"]\nreject = ["鸽子"]\n'
    (tmp_path / "channels.toml").write_text(rule, "utf-8")
    with pytest.raises(RuleError):
        ChannelFinder(tmp_path)


PIECES = st.sampled_from(
    ["“", "”", "《", "》", "微信", "公众号", "云溪", "县政府网站", "、", "和", "，", "。", "\n", "关停", "未开通", "12345", "日报", "等新媒体", "「", "电子屏", "问政", "网", " "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=40).map("".join), st.sampled_from(["preface", "overview", "problems"]))
def test_every_mention_stands_in_the_text_and_twice_the_same_comes_out(text: str, section: str) -> None:
    report = report_of(text, section)
    assert report.narrative is not None
    once, twice = FINDER(report).mentions, FINDER(report).mentions
    assert once == twice
    for before, after in pairwise(once):
        assert before.start < after.start
        assert before.end <= after.end
    for mention in once:
        assert 0 <= mention.start < mention.end <= len(report.narrative.text)
        assert mention.type in CHANNEL_TYPES
        assert mention.status in CHANNEL_STATUSES
        assert mention.name is None or mention.name.strip()
    channels = decide_channels(FINDER(report)).channels
    assert max(Counter((c.type, c.name) for c in channels).values(), default=1) == 1
    assert all(report.text[s.start : s.end] == s.quote for c in channels for s in c.spans)


@pytest.mark.parametrize(
    "piece", ["12345", "（", "《", "“云溪发布”", '"', "网", "一是（一）", "关停注销", "、", "电子信息公示"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    FINDER.lexicon.hits(text)
    assert time.process_time() - start < SECONDS_FOR_RULES


def test_development_reports_reach_the_goal(shared: Path, extractor: Any) -> None:
    right = predicted = gold = 0
    for path in sorted((shared / "corpus" / "gold").glob("*.json")):
        labels = json.loads(path.read_text("utf-8"))
        file = shared / "corpus" / "reports" / labels["file"]
        want = {(c["type"], name_key(c["type"], c["name"])) for c in labels["channels"] if c["status"] == "used"}
        found = extractor.extract(file).channels
        have = {(c.type, name_key(c.type, c.name)) for c in found if c.status == "used"}
        right, predicted, gold = right + len(want & have), predicted + len(have), gold + len(want)
    assert 2 * right / (predicted + gold) >= 0.93

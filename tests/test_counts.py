"""Roles, channels and decisions of counts; the project's labelled passages stay apart from real reports."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.classify.counts import CountDecider
from extractor.classify.linear import find_model
from extractor.classify.publishing import Publisher
from extractor.report import Mention, Report
from tests.test_numbers import found
from training.contexts import parse_passages, project_passages

SHARED = Path(__file__).parents[1] / "../shared/corpus/reports"
LONGEST_SHARED_RUN = 30


def decided(text: str, mentions: tuple[tuple[str, str], ...] = ()) -> Report:
    report = found(text)
    assert report.narrative is not None
    made = tuple(
        Mention(place, place + len(words), kind, None, "used", report.narrative.sentence_at(place), "test")
        for words, kind in mentions
        for place in [report.narrative.text.index(words)]
    )
    return CountDecider(find_model())(replace(report, mentions=made))


ROLES = [
    ("主动公开信息100条，其中政策60条、动态40条。", ["total", "part", "part"]),
    ("收到申请9件，上年结转1件，办结8件，结转下年度继续办理2件。", ["single"] * 4),
    ("行政复议5件，其中维持3件、纠正1件、其他结果1件。", ["total", "part", "part", "part"]),
    ("收到申请7件，其中自然人5件、商业企业2件。", ["total", "part", "part"]),
    # what else is said of each part stands between the parts
    (
        "开设账号70个。其中微博29个，发布信息190条；公众号41个，发布信息340条。",
        ["total", "part", "single", "part", "single"],
    ),
    # each part printed with its share of a figure two sentences before
    (
        "掌握信息200条，其中主动公开80条，依申请公开120条。主动公开的信息，县直部门60条，占75%。各乡镇20条，占25%。",
        ["total", "total", "part", "part", "single", "part", "single"],
    ),
    # a list by kind in a sentence of its own adds up to a part named before
    (
        "公开信息90条，其中网站60条、公众号30条。在网站公开的信息中，动态类25条、政策类20条、其他类15条。",
        ["total", "total", "part", "part", "part", "part"],
    ),
    # a change is no part
    ("收到申请15件，较上年减少6件。从申请主体看，自然人9件、企业6件。", ["total", "single", "part", "part"]),
    # the whole stated again is no part of itself
    (
        "公开信息50条，其中网站30条，公众号20条。公开信息50条（其中网站30条）。",
        ["total", "part", "part", "total", "part"],
    ),
    # the first of a list behind 其中 is the sum of the others by chance
    ("政务新媒体账号4个，其中微信公众号2个、微博1个、抖音号1个。", ["total", "part", "part", "part"]),
    # the list goes on behind parts that add up: all of it is one breakdown, which the report printed wrong
    ("收到申请6件，其中网络申请4件、信函申请2件、当面申请2件。", ["total", "part", "part", "part"]),
    # within the list of parts one is the sum of those behind it by chance
    (
        "收到申请26件，比上年多。申请人中，自然人20件，商业企业3件，科研机构1件，法律服务机构2件。",
        ["total", "part", "part", "part", "part"],
    ),
    # parts with their share and parts without
    (
        "办结申请100件。其中，予以公开50件，占50%；不予公开30件，占30%；无法提供15件；其他处理5件。",
        ["total", "part", "single", "part", "single", "part", "part"],
    ),
]


@pytest.mark.parametrize(("text", "roles"), ROLES)
def test_a_breakdown_has_a_total_and_parts(text: str, roles: list[str]) -> None:
    assert [count.role for count in decided(text).counts] == roles


DEALT_OUT = [
    ("办理结果看，予以公开、不予公开和无法提供，分别为9件、4件、2件。", ["granted", "refused", "unavailable"]),
    ("自然人、商业企业、科研机构申请依次为6件、4件和2件。", ["received"] * 3),
    # the figure behind the list has words of its own
    ("予以公开、不予公开分别为9件、4件，无法提供2件。", ["granted", "refused", "unavailable"]),
]


@pytest.mark.parametrize(("text", "kinds"), DEALT_OUT)
def test_a_figure_dealt_out_counts_what_its_member_says(text: str, kinds: list[str]) -> None:
    counts = decided(text).counts
    assert [count.indicator for count in counts] == [f"applications_{kind}" for kind in kinds]
    assert not {"total", "part"} & {count.role for count in counts}


CHANNELS = [
    ("通过局网站公开信息12条，政策30条。", (("局网站", "government_website"),), "12条", "government_website"),
    (
        "通过局网站、公众号公开信息12条。",
        (("局网站", "government_website"), ("公众号", "wechat_account")),
        "12条",
        None,
    ),
    ("通过局网站等多种渠道公开信息12条。", (("局网站", "government_website"),), "12条", None),
    ("通过局网站公开信息12条，全年新增公开文件3件。", (("局网站", "government_website"),), "3件", None),
    ("依托局网站公开信息。其中政策12条。", (("局网站", "government_website"),), "12条", "government_website"),
    ("信息12条均在局网站公开。", (("局网站", "government_website"),), "12条", "government_website"),
    ("设立“民生”专栏，发布信息12条。", (), "12条", "government_website"),
    # 分别 behind clauses on one account each
    (
        "公众号推送8篇，微博转载3条，分别收获阅读126次和41次。",
        (("公众号", "wechat_account"), ("微博", "weibo")),
        "126次",
        "wechat_account",
    ),
    # a number behind those that were shared out has no channel of them
    (
        "网站、公众号分别发布信息120条、85条和解读稿件三篇。",
        (("网站", "government_website"), ("公众号", "wechat_account")),
        "三篇",
        None,
    ),
    # a year behind the clause is none of its numbers
    (
        "网站公开信息，公众号、微博分别发布12条、15条，2023年共27条。",
        (("网站", "government_website"), ("公众号", "wechat_account"), ("微博", "weibo")),
        "12条",
        "wechat_account",
    ),
    # other ways than the channel named are none
    ("其中网站公开49条、其他方式公开11条。", (("网站", "government_website"),), "11条", None),
    # parts in a list behind go on with the site of their whole, another form does not
    (
        "通过局网站公开信息60条。这些信息中，政策22条。",
        (("局网站", "government_website"),),
        "22条",
        "government_website",
    ),
    (
        "局网站发布60条，公众号发布30条。从内容看，政策22条。",
        (("局网站", "government_website"), ("公众号", "wechat_account")),
        "22条",
        None,
    ),
    ("通过局网站公开信息60条。从内容看，政策22条。", (("局网站", "government_website"),), "22条", "government_website"),
    ("通过局网站公开信息60条。这些工作中的问题9条。", (("局网站", "government_website"),), "9条", None),
    ("局网站登载80条；其余20条以张贴形式公布。", (("局网站", "government_website"),), "20条", None),
    # the place stands behind figures that a sum or a shared verb closes
    (
        "机关公开30条、所属单位12条，合计42条，全部经局网站发出。",
        (("网站", "government_website"),),
        "30条",
        "government_website",
    ),
    ("通知9件、方案4件已归入网站文件库。", (("网站", "government_website"),), "9件", "government_website"),
    ("制作漫画8幅，在公众号连载。", (("公众号", "wechat_account"),), "8幅", "wechat_account"),
    (
        "机关30条、所属单位12条，合计42条，均通过网站发布。",
        (("网站", "government_website"),),
        "30条",
        "government_website",
    ),
    ("漏登的文件6件，已补登局网站。", (("网站", "government_website"),), "6件", "government_website"),
    ("收集建议6件，已在网站公开采纳理由。", (("网站", "government_website"),), "6件", None),
    # what the account published itself is the next figure, not the one before
    ("整理文件8件，在公众号发布图解3篇。", (("公众号", "wechat_account"),), "8件", None),
    # the state at the end of the year is a new beginning
    ("文件5件刊登在公报上；目前有效文件33件。", (("公报", "gazette"),), "33件", None),
    ("新辟“民生”专题，收录信息17条。", (), "17条", "government_website"),
    # a channel that follows with another is none
    (
        "规范性文件6件，均可在公报和厅网站查到。",
        (("公报", "gazette"), ("网站", "government_website")),
        "6件",
        None,
    ),
]


@pytest.mark.parametrize(("text", "mentions", "quote", "kind"), CHANNELS)
def test_a_channel_governs_until_something_new(
    text: str, mentions: tuple[tuple[str, str], ...], quote: str, kind: str | None
) -> None:
    report = decided(text, mentions)
    assert report.narrative is not None
    place = report.narrative.text.index(quote)
    sentence = report.narrative.sentence_at(place)
    mention = Publisher(report.narrative, report.mentions).mention_of(
        place, place + len(quote), "items_disclosed", sentence
    )
    assert (mention.type if mention else None) == kind


def test_visitors_are_those_of_the_reading_room_and_followers_of_all_accounts_no_ones() -> None:
    report = decided(
        "设立查阅点14个，配备触摸屏9台，全年接待查阅1327人次。公众号推送8篇，各平台粉丝合计126万人。",
        (("查阅点", "reading_room"), ("触摸屏", "screen"), ("公众号", "wechat_account")),
    )
    assert report.narrative is not None
    for quote, indicator, kind in (("1327人次", "visitors", "reading_room"), ("126万人", "followers", None)):
        place = report.narrative.text.index(quote)
        publisher = Publisher(report.narrative, report.mentions)
        mention = publisher.mention_of(place, place + len(quote), indicator, report.narrative.sentence_at(place))
        assert (mention.type if mention else None) == kind


def test_visitors_are_those_of_the_hall_where_no_reading_room_is_named() -> None:
    report = decided(
        "服务大厅发放政策卡2万张；接待上门咨询560人次。", (("服务大厅", "service_hall"), ("政策卡", "printed"))
    )
    assert report.narrative is not None
    place = report.narrative.text.index("560人次")
    mention = Publisher(report.narrative, report.mentions).mention_of(
        place, place + 5, "visitors", report.narrative.sentence_at(place)
    )
    assert mention is not None
    assert mention.type == "service_hall"


def test_requests_carry_no_channel() -> None:
    report = found("通过局网站收到申请3件。")
    assert report.narrative is not None
    mention = Mention(2, 5, "government_website", None, "used", 0, "test")
    assert Publisher(report.narrative, (mention,)).mention_of(9, 11, "applications_received", 0) is None


def test_the_same_text_gives_the_same_counts() -> None:
    text = "全年公开信息12条，收到申请3件，未发生行政复议、行政诉讼。"
    first, second = decided(text), decided(text)
    assert (first.counts, first.ledger) == (second.counts, second.ledger)


def test_labelled_passages_are_well_formed_and_stay_in_order() -> None:
    passages = project_passages()
    assert len(passages) >= 600
    assert [p.id for p in passages] == sorted(p.id for p in passages)
    assert parse_passages("".join(f"{p.to_line()}\n" for p in passages[:20]).encode()) == passages[:20]


def test_no_labelled_passage_follows_a_real_report() -> None:
    """Figures masked: a passage written after a real sentence would make every measurement on it worthless."""
    if not SHARED.is_dir():
        pytest.skip("the shared corpus is not here")

    def bare(text: str) -> str:
        return re.sub(r"\d[\d,.]*", "#", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))

    real = "\n".join(bare(path.read_text("utf-8")) for path in sorted(SHARED.glob("*.txt")))
    copies = [
        passage.id
        for passage in project_passages()
        for text in [bare(passage.text)]
        if any(text[i : i + LONGEST_SHARED_RUN] in real for i in range(len(text) - LONGEST_SHARED_RUN + 1))
    ]
    assert copies == []

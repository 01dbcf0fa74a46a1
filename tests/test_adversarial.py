"""Texts made to do harm: the work that they cause is bounded, and every numeral is in the ledger all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from extractor.classify.counts import MOST_WEIGHED
from extractor.find import channel_lexicon, nones
from extractor.find.crowds import MOST_NUMERALS, STRETCH, thinned
from tests.test_numbers import found

if TYPE_CHECKING:
    from extractor.pipeline import Extractor
    from extractor.report import Report

CHARACTERS = 100_000
HEAD = "禾川县水利局2023年政府信息公开工作年度报告\n一、总体情况\n"
CROWDED = ("1,", "1.", "1、", "（1）", "(1)", "“1”", "一、", "第一条", "1条", "1万", "a1", "2024年1月1日")


def extracted(extractor: Extractor, text: str) -> Report:
    return extractor.extract((HEAD + text).encode())


@pytest.mark.parametrize("unit", CROWDED)
def test_a_crowd_of_numerals_is_one_candidate_a_stretch(unit: str) -> None:
    candidates = found(unit * (CHARACTERS // len(unit))).candidates
    assert len(candidates) <= CHARACTERS / STRETCH + MOST_NUMERALS


@pytest.mark.parametrize("unit", ["1,", "“1”", "第一条", "公开信息1条，", "1条"])
def test_every_numeral_of_a_crowd_is_in_the_ledger_once(unit: str, extractor: Extractor) -> None:
    report = extracted(extractor, unit * (20_000 // len(unit)))
    places = [entry.span.start for entry in report.ledger]
    assert places == sorted(places)
    covered = [place for entry in report.ledger for place in range(entry.span.start, entry.span.end)]
    assert len(covered) == len(set(covered))
    body = report.text.index(unit * 2)
    wanted = {match.start() for match in re.finditer(r"\d|(?<=第)一", report.text) if match.start() >= body}
    assert wanted <= set(covered)


def test_a_dense_list_of_a_report_is_no_crowd() -> None:
    text = "公开" + "、".join(f"第{number}类信息{number}条" for number in range(1, 60)) + "。"
    assert {c.rule for c in found(text).candidates}.isdisjoint({"crowd"})


def test_zero_statements_of_a_crowded_stretch_count_once_each(extractor: Extractor) -> None:
    report = extracted(extractor, "未收到复议，未收到申请，" * (CHARACTERS // 12))
    assert {count.indicator for count in report.counts} == {"reviews", "applications_received"}
    assert len(report.counts) <= 2 * CHARACTERS / STRETCH + nones.MOST


@pytest.mark.parametrize(("unit", "kind"), [("政府网站、", "government_website"), ("新媒体、", "other_new_media")])
def test_channels_of_a_crowded_stretch_are_mentioned_once_each(unit: str, kind: str, extractor: Extractor) -> None:
    report = extracted(extractor, unit * (CHARACTERS // len(unit)))
    (channel,) = report.channels
    assert channel.type == kind
    assert len(channel.spans) <= CHARACTERS / STRETCH + channel_lexicon.MOST


def test_the_densest_lists_of_reports_are_not_thinned() -> None:
    rows = list(range(0, STRETCH, 20))
    assert thinned(rows, len(rows), place=int, words=lambda _: "") == rows
    assert thinned([*rows, 1], len(rows), place=int, words=lambda row: row % 40) == [0, 20, 1]


def test_more_candidates_than_any_report_has_are_decided_by_rules(extractor: Extractor) -> None:
    report = extracted(extractor, "全年公开信息12条。" * (MOST_WEIGHED + 500))
    weighed = [count for count in report.counts if count.decided_by != "rule"]
    assert len(report.counts) > MOST_WEIGHED >= len(weighed) > 0


def test_items_that_repeat_are_coded_alike(extractor: Extractor) -> None:
    text = "无。\n五、存在的主要问题及改进情况\n存在问题：" + "".join(
        f"（{n}）信息更新不及时。" for n in "一二三四五六"
    )
    problems = extracted(extractor, text).problems
    assert len(problems) == 6
    assert len({problem.themes for problem in problems}) == 1

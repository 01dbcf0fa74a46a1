"""What cannot both be true is found in whole reports, and reports in which everything is true raise no alarm."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.contradictions.figures import INDICATORS
from tests.contradictions.judge import is_found, kind_of
from tests.contradictions.reports import consistent, contradicting, faulty

if TYPE_CHECKING:
    from extractor.pipeline import Extractor

CONSISTENT = 150
CONTRADICTING = 270
FAULTY = 180
PLANTED = 40
KINDS = (
    "arithmetic.flow", "arithmetic.row", "arithmetic.total", "arithmetic.review",
    "narrative.sum", "narrative.channels", "narrative.name", "fees.conflict", "meta.year",
    "section.missing", "section.empty", "table.missing",
    *(f"narrative.table {indicator}" for indicator in dict.fromkeys(INDICATORS.values())),
)  # fmt: skip


@pytest.fixture(scope="module")
def found(extractor: Extractor) -> tuple[Counter[str], Counter[str], list[str]]:
    """Plants and those found, by kind, with the sentences of the missed ones."""
    planted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    missed: list[str] = []
    for make, many in ((contradicting, CONTRADICTING), (faulty, FAULTY)):
        for seed in range(many):
            text, plants = make(seed)
            report = extractor.extract(text.encode())
            for plant in plants:
                planted[kind_of(plant)] += 1
                hit[kind_of(plant)] += is_found(plant, report)
                missed += (
                    [] if is_found(plant, report) else [f"{kind_of(plant)} {make.__name__}({seed}) {plant.sentence}"]
                )
    return planted, hit, missed


@pytest.mark.xdist_group("contradictions")
@pytest.mark.parametrize("kind", KINDS)
def test_planted_contradictions_are_found(kind: str, found: tuple[Counter[str], Counter[str], list[str]]) -> None:
    planted, hit, missed = found
    assert planted[kind] >= PLANTED
    assert hit[kind] >= 0.95 * planted[kind], [line for line in missed if line.startswith(kind)]


@pytest.mark.parametrize("first", range(0, CONSISTENT, 50))
def test_consistent_reports_raise_no_alarm(first: int, extractor: Extractor) -> None:
    alarms: list[str] = []
    for seed in range(first, first + 50):
        findings = extractor.extract(consistent(seed).encode()).findings
        quotes = [(f.code, f.message, [s.quote for s in f.spans]) for f in findings if f.severity == "error"]
        alarms += [f"consistent({seed}) {quote}" for quote in quotes]
    assert alarms == []


LISTS = (
    "全年主动公开信息{0}条，其中政策文件类{1}条、工作动态类{2}条、其他类{3}条。",
    "发布各类信息{0}条（网站{1}条、公众号{2}条、其他方式{3}条）。",
    "信息总数为{0}条。其中：政策类{1}条，动态类{2}条，其他{3}条。",
    "全年答复网民留言{0}条，分别为咨询类{1}条、求助类{2}条、建议类{3}条。",
    "公布目录{0}项，包括许可{1}项、处罚{2}项，以及其他{3}项。",
    "按载体分，网站{1}条、微博{2}条、其他{3}条，合计{0}条。",
)
PRINTS = (
    str,
    "{:,}".format,
    lambda value: f"{value:,}".replace(",", "，"),
    lambda value: f"{value:,}".replace(",", " "),
    lambda value: str(value).translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
    lambda value: f" {value} ",
    lambda value: f"{value:,} ",
)
SUMS = ((1846, 812, 744, 290), (12846, 1812, 10744, 290), (1203846, 1200012, 2834, 1000), (2000, 1000, 900, 100))


@pytest.mark.parametrize("words", LISTS)
def test_a_list_that_adds_up_raises_no_alarm_however_its_figures_are_printed(words: str, extractor: Extractor) -> None:
    told: list[str] = []
    for figures in SUMS:
        for printed in PRINTS:
            prose = words.format(*map(printed, figures))
            report = extractor.extract(f"甲县水务局2024年政府信息公开工作年度报告\n一、总体情况\n{prose}\n".encode())
            assert [f.message for f in report.findings if f.severity == "error"] == [], prose
            wrong = words.format(printed(figures[0] - 600), *map(printed, figures[1:]))
            report = extractor.extract(f"甲县水务局2024年政府信息公开工作年度报告\n一、总体情况\n{wrong}\n".encode())
            messages = [f.message for f in report.findings if f.code == "narrative.sum"]
            assert all(str(figures[0] - 600) in message for message in messages), wrong
            told += messages
    assert len(told) >= len(SUMS) or words.endswith(
        "合计{0}条。"
    )  # a sum behind its parts is only told where it is one

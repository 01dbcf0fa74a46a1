"""Numerals, their quotes, the reasons why they are no counts, statements of none; every numeral is a candidate."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.classify.counts import CountDecider
from extractor.clean import clean
from extractor.document import Document, Source
from extractor.find.numbers import NumberFinder
from extractor.find.numerals import find_numerals
from extractor.report import Report, Section
from extractor.segment import Segmenter

DATA = Path(__file__).parent / "data" / "counts"
RULE_SECONDS = 0.2
HOSTILE = ("1", "一", "1,", "（1）", "（", "“1”", "“", "一、", "1年", "未收到", "《", "123,")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@cache
def parts() -> tuple[Segmenter, NumberFinder]:
    return Segmenter(), NumberFinder()


def found(text: str, section: str = "overview.proactive") -> Report:
    segment, find = parts()
    source = Source(None, "0" * 64, "text/plain", len(text), None, "plain")
    report = clean(Report(Document(source, text, paragraphs_are_lines=True)))
    return find(segment(replace(report, sections=(Section(section, None, 0, len(text)),))))


@pytest.mark.parametrize("row", rows("quotes.jsonl"), ids=lambda row: row["text"])
def test_a_quote_holds_number_qualifier_and_unit(row: dict[str, Any]) -> None:
    report = found(row["text"])
    spans = [report.narrative_span(c.start, c.end).quote for c in report.candidates if c.reason is None]
    assert spans[0] == row["quote"]
    candidate = next(c for c in report.candidates if c.reason is None)
    assert (candidate.value, candidate.qualifier, candidate.unit) == (row["value"], row["qualifier"], row["unit"])


@pytest.mark.parametrize("row", rows("reasons.jsonl"), ids=lambda row: row["text"])
def test_what_is_no_count_says_why(row: dict[str, Any]) -> None:
    report = found(row["text"])
    assert report.narrative is not None
    text = report.narrative.text
    reasons = [c.reason for c in report.candidates if text[c.numeral_start : c.numeral_end] == row["numeral"]]
    assert row["status"] in reasons
    assert None not in reasons


@pytest.mark.parametrize("text", ["每一件惠农文件都有图解。", "不能只靠公告栏这一个办法。", "同一件申请两科会办。"])
def test_the_one_that_is_pointed_at_is_no_number(text: str) -> None:
    ones = [c for c in found(text).candidates if c.value == 1]
    assert ones
    assert all(c.reason == "word" for c in ones)


def test_the_one_of_several_is_a_number() -> None:
    assert [c.reason for c in found("其中一件予以公开，另一件转办。").candidates] == [None, None]


@pytest.mark.parametrize("row", rows("nones.jsonl"), ids=lambda row: row["text"])
def test_a_statement_of_none_gives_one_candidate_a_thing(row: dict[str, Any]) -> None:
    report = found(row["text"])
    stated = [c for c in report.candidates if c.form == "none"]
    quotes = [report.narrative_span(c.start, c.end).quote for c in stated if c.indicator in row["indicators"]]
    assert {c.indicator for c in stated} >= set(row["indicators"])
    assert quotes[:1] == ([row["quote"]] if row["quote"] else [])
    assert bool(stated) == bool(row["indicators"])


def test_a_wrapped_line_inside_a_number_is_one_numeral() -> None:
    lines = ["本年度我局持续推进政务公开各项工作落地见效并主动公开各类政府信息共计12", "34条，"]
    text = "\n".join(lines * 6)
    source = Source(None, "0" * 64, "text/plain", len(text), None, "plain")
    report = clean(Report(Document(source, text)))
    segment, find = parts()
    report = find(segment(replace(report, sections=(Section("overview", None, 0, len(text)),))))
    assert {c.value for c in report.candidates} == {1234}


def _covered(report: Report) -> None:
    assert report.narrative is not None
    decided = CountDecider(None)(report)
    spans = [(entry.span.start, entry.span.end) for entry in decided.ledger]
    assert spans == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for match in re.finditer(r"[0-9]+", report.narrative.text):
        place = report.narrative.offsets[match.start()]
        assert sum(start <= place < end for start, end in spans) == 1
    facts = {entry.fact for entry in decided.ledger if entry.status == "fact"}
    assert facts <= {count.id for count in decided.counts}


PIECES = st.sampled_from(
    [
        "12条",
        "三期",
        "2024年",
        "第五条",
        "未收到申请",
        "为零",
        "、",
        "，",
        "。",
        "复议",
        "均为0件",
        "20至30件",
        "1,234",
        "一",
        "（1）",
        "\n",
        " ",
        "%",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14).map("".join))
def test_every_numeral_is_in_the_ledger_once(text: str) -> None:
    if text.strip():
        _covered(found(text))


@settings(max_examples=150, deadline=None)
@given(st.text("0123456789一二三十百千万亿两零余几数.,，点分之", max_size=24))
def test_any_run_of_number_characters_has_a_worth(text: str) -> None:
    for numeral in find_numerals(text):
        assert numeral.start < numeral.end
        assert numeral.worth.value >= 0


@pytest.mark.parametrize("unit", HOSTILE)
def test_rules_stay_linear_on_hostile_text(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    longer = text * 4
    segment, find = parts()

    def seconds(sample: str) -> float:
        before = time.process_time()
        for sieve in (find.reasons, find.nones.statements):
            for _ in sieve(sample):
                pass
        return time.process_time() - before

    assert segment is not None
    assert seconds(longer) < max(10 * seconds(text), 4 * RULE_SECONDS)

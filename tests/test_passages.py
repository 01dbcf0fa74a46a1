"""Problems and improvements are split as the report lists them, by the codebook's rule."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from extractor.clean import clean
from extractor.find.passages import find_passages
from extractor.read import read
from extractor.report import Report
from extractor.sections import find_sections
from extractor.segment import Segmenter

CASES = tomllib.loads((Path(__file__).parent / "data" / "passages.toml").read_text("utf-8"))["case"]
LISTS = (Path(__file__).parent / "data" / "lists.txt").read_text("utf-8")
MARKED = re.compile(r"\[([pi]):([^\[\]]*)\]")
LEAST_F1 = 0.95
FRAME = "甲县水务局2023年政府信息公开工作年度报告\n一、总体情况\n全年工作有序。\n五、存在的主要问题及改进情况\n{}\n六、其他需要报告的事项\n无其他事项。\n"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_items_are_split_as_the_report_lists_them(case: dict[str, Any], segmenter: Segmenter) -> None:
    document = read(FRAME.format(case["text"]).encode())
    report = find_passages(segmenter(find_sections(clean(Report(document)))))
    assert report.narrative is not None
    text = report.narrative.text
    found = {
        kind: [text[p.start : p.end] for p in report.passages if p.kind == kind] for kind in ("problem", "improvement")
    }
    assert found == {"problem": case["problems"], "improvement": case["improvements"]}


def items_of(text: str, segmenter: Segmenter) -> Counter[tuple[str, str]]:
    """Kind and words of each item found, white space left out."""
    report = find_passages(segmenter(find_sections(clean(Report(read(text.encode()))))))
    return Counter(
        (p.kind[0], re.sub(r"\s", "", str(report.narrative_span(p.start, p.end).quote))) for p in report.passages
    )


def test_eighty_chapters_written_apart_are_split_as_marked(segmenter: Segmenter) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for block in re.split(r"(?m)^# ", LISTS)[1:]:
        head, body = block.split("\n", 1)
        _, agency, year = (part.strip() for part in head.split("|"))
        marked = Counter((m[1], re.sub(r"\s", "", m[2])) for m in MARKED.finditer(body))
        text = f"{agency}{year}年政府信息公开工作年度报告\n一、总体情况\n全年工作平稳。\n{MARKED.sub(lambda m: m[2], body)}"
        own = items_of(text, segmenter)
        wanted, found, right = wanted + marked, found + own, right + (own & marked)
    for kind in "pi":
        totals = [sum(count for (k, _), count in table.items() if k == kind) for table in (wanted, found, right)]
        assert 2 * totals[2] / (totals[0] + totals[1]) >= LEAST_F1

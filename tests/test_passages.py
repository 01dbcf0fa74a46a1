"""Problems and improvements are split as the report lists them, by the codebook's rule."""

from __future__ import annotations

import tomllib
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

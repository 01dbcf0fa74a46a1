"""Practices in use, by rows of speech, and the numbers of cited documents."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractor.find.practices import PracticeFinder
from extractor.find.references import find_references
from tests.test_channels import report_of

FINDER = PracticeFinder()
ROWS = tomllib.loads((Path(__file__).parent / "data" / "practices" / "rows.toml").read_text("utf-8"))["row"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"].replace(" ", "-")) for row in ROWS])
def test_practices_in_use(row: dict[str, Any]) -> None:
    report = FINDER(report_of(row["text"], row.get("section", "overview.oversight")))
    assert [practice.code for practice in report.practices] == row["codes"]
    assert all(report.text[p.span.start : p.span.end] == p.span.quote for p in report.practices)


def test_each_practice_once_with_its_first_place() -> None:
    report = FINDER(report_of("组织培训。再次组织培训。"))
    assert [(p.code, p.span.start) for p in report.practices] == [("training", 2)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("根据《通知》（国办公开办函〔2021〕30号）编制", ["国办公开办函〔2021〕30号"]),
        ("按照云政办发[2019]12号和云政函（2020）第7号文件", ["云政办发[2019]12号", "云政函（2020）第7号"]),
        ("依据国务院令第711号公布的条例", ["国务院令第711号"]),
        ("印发云教办【2022】3 号", ["云教办【2022】3 号"]),
        ("2021年30号楼，第20条，（2021）", []),
    ],
)
def test_cited_document_numbers_are_whole(text: str, numbers: list[str]) -> None:
    assert [reference.text for reference in find_references(report_of(text)).references] == numbers

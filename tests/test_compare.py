"""Years of one agency side by side: chains that hold or do not, text used again, and what changed in the cells."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from extractor import compare
from extractor.errors import DocumentError
from extractor.vocabulary import GROUPS
from tests.conftest import ROOT
from tests.test_merge import report

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.pipeline import Extractor

COPIED = (
    "全年坚持把群众关心的供水价格、水质检测、管网改造信息放在公开首位，先后公开检测结果{n}批，做到每月更新一次、有问必答。"
    "同时依托营业窗口设立信息查阅点，安排专人引导群众查阅用水政策，当场解答疑问，方便老年人等群体获取信息。"
)
OWN_WORDS = (
    "{year}年，我局围绕河湖治理重点任务，主动公开工程招标、施工进度与验收结论，接受社会监督，公开效果较好，群众满意。"
)


def result(extractor: Extractor, year: int, overview: str, agency: str = "甲市水务局", **told: Any) -> dict[str, Any]:
    """The result of one agency's year."""
    text = report(overview, figures=told.pop("figures", {}), **told)
    return extractor.extract(text.replace("2023年", f"{year}年").replace("甲市水务局", agency).encode()).to_dict()


def codes(comparison: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in comparison["findings"]]


@pytest.mark.parametrize(
    ("over", "documents", "expected"),
    [
        pytest.param(1, "2 1 6", [], id="both chains hold"),
        pytest.param(3, "2 1 6", ["years.carry_over", "years.carry_over"], id="more taken over than carried forward"),
        pytest.param(1, "2 1 9", ["years.in_force"], id="in force without having been issued"),
        pytest.param(1, "2 1 -", [], id="a dash makes no claim"),
    ],
)
def test_one_year_follows_from_the_other(over: int, documents: str, expected: list[str], extractor: Extractor) -> None:
    first = result(extractor, 2022, "工作平稳。")
    second = result(extractor, 2023, "工作有序。", figures={"over": over, "new": 8 - over}, documents=documents)
    comparison = compare([second, first])
    assert codes(comparison) == expected
    assert comparison["reports"] == [first["source"]["sha256"], second["source"]["sha256"]]
    for finding in comparison["findings"]:
        assert finding["severity"] == "question"
        assert {cell["report"] for cell in finding["cells"]} == set(comparison["reports"])


def test_years_that_do_not_follow_one_another_make_no_chain(extractor: Extractor) -> None:
    first, second = result(extractor, 2021, "工作平稳。"), result(extractor, 2023, "工作有序。", figures={"over": 3})
    assert codes(compare([first, second])) == []


def test_two_agencies_make_no_chain(extractor: Extractor) -> None:
    first = result(extractor, 2022, "工作平稳。", "乙县水利局")
    second = result(extractor, 2023, "工作有序。", figures={"over": 3})
    assert compare([first, second])["differences"] == []


@pytest.mark.parametrize(
    ("agency", "code"), [pytest.param("甲市水务局", "reuse.own", id="own"), pytest.param("乙县水利局", "reuse.other", id="other")]
)  # fmt: skip
def test_text_used_again_is_quoted_on_both_sides(agency: str, code: str, extractor: Extractor) -> None:
    first = result(extractor, 2022, OWN_WORDS.format(year=2022) + COPIED.format(n=12), agency)
    second = result(extractor, 2023, COPIED.format(n=30) + "今年新设供水热线。")
    finding = next(f for f in compare([first, second])["findings"] if f["code"] == code)
    assert finding["severity"] == "note"
    assert [span["quote"] for span in finding["spans"]] == [COPIED.format(n=12)[:-1], COPIED.format(n=30)[:-1]]
    texts = {r["source"]["sha256"]: r["text"] for r in (first, second)}
    assert all(texts[span["report"]][span["start"] : span["end"]] == span["quote"] for span in finding["spans"])


def test_text_of_its_own_is_no_reuse(extractor: Extractor) -> None:
    first, second = result(extractor, 2022, COPIED.format(n=12)), result(extractor, 2023, OWN_WORDS.format(year=2023))
    assert not [f for f in compare([first, second])["findings"] if "供水" in f["spans"][0]["quote"]]


def test_differences_are_data(extractor: Extractor) -> None:
    first, second = result(extractor, 2022, "工作平稳。"), result(extractor, 2023, "工作有序。", documents="4 0 9")
    rows = {(d["row"], d["column"]): (d["before"], d["after"]) for d in compare([first, second])["differences"]}
    assert rows == {("normative_documents", "issued"): (1, 4), ("normative_documents", "in_force"): (5, 9)}


@pytest.mark.parametrize("times", [pytest.param(1, id="one report"), pytest.param(3, id="the same document again")])
def test_one_report_cannot_be_compared(times: int, extractor: Extractor) -> None:
    with pytest.raises(DocumentError, match="two reports"):
        compare([result(extractor, 2022, "工作平稳。")] * times)


def test_every_code_and_severity_is_the_contracts(extractor: Extractor) -> None:
    first = result(extractor, 2022, COPIED.format(n=12))
    second = result(extractor, 2023, COPIED.format(n=30), figures={"over": 3, "new": 5}, documents="2 1 9")
    third = result(extractor, 2023, COPIED.format(n=40), "乙县水利局")
    comparison = compare([first, second, third])
    severities = {
        "years.carry_over": "question",
        "years.in_force": "question",
        "reuse.own": "note",
        "reuse.other": "note",
    }
    assert {f["code"]: f["severity"] for f in comparison["findings"]} == severities
    assert set(severities) <= set(GROUPS["findings"])
    assert comparison["schema"] == "gongkai.comparison/1"
    assert [source["sha256"] for source in comparison["sources"]] == comparison["reports"]
    assert all(list(f) == ["code", "severity", "message", "spans", "cells"] for f in comparison["findings"])


def test_the_command_compares_files_and_results(extractor: Extractor, tmp_path: Path) -> None:
    first = result(extractor, 2022, COPIED.format(n=12))
    (tmp_path / "first.json").write_bytes(orjson.dumps(first))
    (tmp_path / "second.txt").write_text(
        report(COPIED.format(n=30), figures={"over": 3, "new": 5}).replace("\r", ""), "utf-8"
    )
    words = [sys.executable, "-m", "commands", "compare", str(tmp_path / "first.json"), str(tmp_path / "second.txt")]
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, check=False)
    told = orjson.loads(run([*words]).stdout)
    assert {"years.carry_over", "reuse.own"} <= set(codes(told))
    table = run([*words, "--format", "table"]).stdout.decode()
    assert "甲市水务局 2022 → 2023" in table
    assert "years.carry_over" in table
    (tmp_path / "first.json").write_bytes(b"[]")
    refused = run(words)
    assert (refused.returncode, b"no result" in refused.stderr) == (2, True)


def test_the_order_of_the_reports_changes_nothing(extractor: Extractor) -> None:
    results = [result(extractor, year, COPIED.format(n=year - 2000)) for year in (2021, 2022, 2023)]
    assert compare(results) == compare(results[::-1])


def test_real_years_of_one_agency(extractor: Extractor, shared: Path) -> None:
    files = [shared / "corpus" / "reports" / f"pingtan_zone_{year}.txt" for year in (2021, 2022, 2023, 2025)]
    comparison = compare([extractor.extract(path).to_dict() for path in files])
    assert not [code for code in codes(comparison) if code.startswith("years.")]
    assert "reuse.own" in codes(comparison)
    assert comparison["differences"]

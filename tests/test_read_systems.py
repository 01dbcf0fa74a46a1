"""The same report inside the frames of nine content systems: every cell, no furniture, and the day of publication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.read import read
from tests.composer.cms import FURNITURE, SYSTEMS
from tests.composer.truth import seeded_truth
from tests.composer.webpage import ComposedFile, PageStyle, compose_page
from tests.test_files_composed import verdict_of


def framed(system: str, cells: str, encoding: str, declared: str) -> ComposedFile:
    composed = compose_page(seeded_truth(5, "2021"), PageStyle(cells=cells))
    page = composed.data.decode()
    body = page.partition('<div class="TRS_Editor">')[2].partition('</div><div class="tools">')[0]
    head = f'<head><meta charset="{declared}"><title>望榆县税务局2024年政府信息公开工作年度报告</title></head>'
    whole = f"<!DOCTYPE html><html>{head}<body>{SYSTEMS[system](body)}</body></html>"
    return replace(composed, data=whole.encode(encoding))


@pytest.mark.parametrize("cells", ["plain", "word_styles", "paragraphs"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_cell_is_right_and_no_furniture_stays(system: str, cells: str) -> None:
    for encoding, declared in (("utf-8", "gb2312"), ("gb18030", "utf-8")):
        file = framed(system, cells, encoding, declared)
        verdict = verdict_of(file)
        assert (verdict.wrong, verdict.undue) == ([], [])
        text = read(file.data).text
        assert [word for word in FURNITURE if word in text] == []
        assert text.startswith("望榆县税务局2024年") or "一、总体情况" in text[:60]


@pytest.mark.parametrize("system", [name for name in SYSTEMS if not name.startswith("in_")])
def test_the_frame_gives_the_day_of_publication(system: str) -> None:
    assert read(framed(system, "plain", "utf-8", "utf-8").data).published_on == "2025-01-21"

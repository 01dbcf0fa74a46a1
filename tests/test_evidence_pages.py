"""The evidence page shows a PDF's pages with its facts marked, in a real browser under the service's strict policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.pipeline import Extractor
from extractor.read.pool import own_pool
from extractor.show import evidence_page, sheets_of
from tests.composer.truth import seeded_truth
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.needs import find
from tests.parts import need_office
from tests.serving_process import Served, serving


@pytest.fixture(scope="module")
def data() -> bytes:
    need_office()
    return to_pdf(compose_word(seeded_truth(3, "2021"), WordStyle())).data


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home")) as running:
        yield running


def test_every_cell_of_a_pdf_has_its_box_on_its_page(data: bytes, extractor: Extractor) -> None:
    result = extractor.extract(data, name="report.pdf").to_dict(with_text=True)
    sheets = sheets_of(result, data, own_pool())
    assert [sheet.number for sheet in sheets] == list(range(1, result["source"]["pages"] + 1))
    placed = {place.mark.anchor: (sheet, place) for sheet in sheets for place in sheet.places if place.is_first}
    for name, table in result["tables"].items():
        for cell in (table or {"cells": ()})["cells"]:
            if cell["span"]:
                sheet, place = placed[f"cell-{name}-{cell['row']}-{cell['column']}"]
                assert sheet.number == cell["span"]["page"]
                assert 0 <= place.left < place.left + place.width <= sheet.width
                assert 0 <= place.top < place.top + place.height <= sheet.height
    assert evidence_page(result, sheets).count("<image ") == len(sheets)


def test_text_of_another_file_gets_pages_without_places(data: bytes, extractor: Extractor) -> None:
    result = extractor.extract(data, name="report.pdf").to_dict(with_text=True)
    sheets = sheets_of({**result, "text": result["text"] + "more"}, data, own_pool())
    assert sheets
    assert not any(sheet.places for sheet in sheets)


def test_a_web_page_has_no_sheets(extractor: Extractor) -> None:
    result = extractor.extract(
        "甲县水务局2023年政府信息公开工作年度报告\n一、总体情况\n公开信息12条。".encode()
    ).to_dict()
    assert sheets_of(result, b"", own_pool()) == ()


def seen_in_browser(address: str, folder: Path) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    blocked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("console", lambda message: blocked.append(message.text))
        page.goto(address)
        page.wait_for_selector("svg image")
        page.locator("a[href^='#box-']").first.click()
        target = page.evaluate("""() => {
            const box = document.querySelector('rect:target'), place = box.getBoundingClientRect();
            const fill = getComputedStyle(box).fill;
            return {top: place.top, width: place.width, fill, stroke: getComputedStyle(box).stroke};
        }""")
        page.screenshot(path=folder / "evidence.png")
        browser.close()
    return {**target, "blocked": blocked}


def test_a_browser_shows_the_place_under_the_strict_policy(served: Served, data: bytes, tmp_path: Path) -> None:
    if find("chromium") is None:
        pytest.skip("not run: apt-get install chromium")
    sha256 = hashlib.sha256(data).hexdigest()
    assert served.client.put(f"/v1/documents/{sha256}", content=data).status_code == 201
    answer = served.client.get(f"/v1/documents/{sha256}/evidence")
    assert "unsafe" not in answer.headers["content-security-policy"]
    seen = seen_in_browser(f"{served.client.base_url}/v1/documents/{sha256}/evidence".replace("//v1", "/v1"), tmp_path)
    assert seen["blocked"] == []
    assert 0 < seen["top"] < 900
    assert seen["width"] > 5
    assert seen["stroke"] == "rgb(27, 116, 228)"

"""The service's pages in a real browser: they show, nothing of them is blocked, nothing comes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import example_files
from tests.needs import find
from tests.serving_process import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if find("chromium") is None:
        pytest.skip("not run: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        yield opened
        opened.close()


def shown(browser: Browser, url: str, **context: str) -> tuple[str, str, list[str], set[str]]:
    """A page's address and text once it is shown, what the browser complained of, and what it asked for."""
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    complaints: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.add(request.url))
    page.goto(url)
    told = (page.url, page.inner_text("body"))
    page.context.close()
    return *told, complaints, asked


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_page_that_explains_the_service_shows_whole(
    served: Served, browser: Browser, path: str, locale: str
) -> None:
    address, text, complaints, asked = shown(browser, f"{served.url}{path}", locale=locale)
    assert address == f"{served.url}/docs"
    assert "/v1/extract" in text
    assert "/v1/compare" in text
    assert complaints == []
    assert all(url.startswith(served.url) for url in asked)


def test_a_kept_reports_evidence_shows_with_its_style(served: Served, browser: Browser) -> None:
    path = example_files()[0]
    kept = served.client.post("/v1/documents", content=path.read_bytes(), params={"name": path.name}).json()
    _, text, complaints, asked = shown(browser, f"{served.url}{kept['links']['evidence']}", locale="zh-CN")
    assert kept["agency"] in text
    assert complaints == []
    assert len(asked) <= 2


def test_an_address_that_is_wrong_says_so_in_the_browser(served: Served, browser: Browser) -> None:
    _, text, _, _ = shown(browser, f"{served.url}/v1/documents/{'0' * 64}/evidence")
    assert "nothing is kept there" in text

"""The service's pages in a real browser: they show, nothing of them is blocked, nothing comes from elsewhere."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import insert, select

from serving.routes.workbench import texts
from serving.settings import Settings
from serving.store.database import Database
from serving.store.documents import Documents, Given
from serving.store.tables import documents, results
from tests.conftest import example_files
from tests.needs import find
from tests.serving_process import Served, serving
from tests.test_compare import COPIED
from tests.test_merge import report
from tests.test_service_access import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from extractor.pipeline import Extractor

DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
WORDS = {
    "zh-CN": {"upload": "上传报告", "failed": "未能完成", "problem": "无法作为报告读取", "chain": "结转链", "no": "不一致"},
    "en-GB": {"upload": "Upload reports", "failed": "Not done", "problem": "cannot be read", "chain": "Carry-over chain", "no": "no"},
}  # fmt: skip
FIRST = report(COPIED.format(n=12), figures={}).replace("2023年", "2022年").encode()
SECOND = report(COPIED.format(n=30), figures={"over": 3, "new": 5}).encode()

THIRD = report(COPIED.format(n=31), figures={"over": 1, "new": 5}).replace("2023年", "2024年").encode()
MANY = 10_500
"""Documents, more than fit on fifty pages."""


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


@pytest.fixture
def opened(served: Served, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the workbench in a language; whatever the browser complains of fails the test."""
    page = browser.new_context(locale=request.param).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("filechooser", lambda _: None)  # so that the browser hands choosers over from the start, not from a key on
    yield page
    page.context.close()
    assert [one for one in complaints if "status of 422" not in one] == []


@pytest.mark.parametrize("opened", WORDS, indirect=True)
def test_a_dropped_report_is_kept_and_its_evidence_shown(served: Served, opened: Page) -> None:
    language = str(opened.evaluate("navigator.language"))
    opened.goto(f"{served.url}/workbench")
    assert opened.inner_text("h2") == WORDS[language]["upload"]
    opened.evaluate(DROP, ["2023.txt", SECOND.decode()])
    opened.wait_for_url("**/evidence")
    assert "甲市水务局" in opened.inner_text("body")
    (kept,) = (one for one in served.client.get("/v1/documents").json()["documents"] if one["name"] == "2023.txt")
    assert kept["sha256"] in opened.url


@pytest.mark.parametrize("opened", WORDS, indirect=True)
def test_several_files_are_chosen_by_keyboard_and_a_wrong_one_is_told(
    served: Served, opened: Page, tmp_path: Path
) -> None:
    words = WORDS[str(opened.evaluate("navigator.language"))]
    (tmp_path / "2022.txt").write_bytes(FIRST)
    (tmp_path / "<b>.txt").write_bytes(b"\x7fELF\x00\x00")
    opened.goto(f"{served.url}/workbench")
    for _ in range(8):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.id") == "files":
            break
    assert opened.evaluate("document.activeElement.id") == "files"
    with opened.expect_file_chooser() as chooser:
        opened.keyboard.press("Space")
    chooser.value.set_files([tmp_path / "2022.txt", tmp_path / "<b>.txt"])
    opened.wait_for_selector("[role=alert]")
    assert words["failed"] in opened.inner_text("[role=alert]")
    assert words["problem"] in opened.inner_text("[role=alert]")
    assert opened.inner_text("li:first-child strong") == "<b>.txt"
    opened.click("li:last-child a")
    opened.wait_for_url("**/evidence")


@pytest.mark.parametrize("opened", WORDS, indirect=True)
def test_years_of_an_agency_are_compared_on_a_page(served: Served, opened: Page) -> None:
    for body in (FIRST, SECOND):
        assert served.client.post("/v1/documents", content=body).status_code in {200, 201}
    words = WORDS[str(opened.evaluate("navigator.language"))]
    opened.goto(f"{served.url}/workbench/compare")
    opened.wait_for_selector("#agency:not([disabled])")
    opened.select_option("#agency", "甲市水务局")
    assert opened.locator("#years input:checked").count() == 2
    opened.locator("#years input").first.uncheck()
    assert opened.is_disabled("#go")
    opened.locator("#years input").first.check()
    opened.focus("#go")
    opened.keyboard.press("Enter")
    opened.wait_for_selector("#result:not([hidden])")
    assert opened.evaluate("document.activeElement.id") == "result"
    told = opened.inner_text("#result")
    assert words["chain"] in told
    chain = [row.split("\t") for row in opened.inner_text("#result table").splitlines()]
    assert chain[-2][0] == "2022"
    assert chain[-2][3] == words["no"]
    assert opened.locator("#result blockquote").count() >= 1
    assert opened.locator("#result table").count() == 2
    assert "2022 → 2023" in told


@pytest.mark.parametrize("opened", ["en-GB"], indirect=True)
def test_of_quick_choices_the_later_one_counts(served: Served, opened: Page) -> None:
    for body in (FIRST, SECOND, THIRD):
        assert served.client.post("/v1/documents", content=body).status_code in {200, 201}
    opened.goto(f"{served.url}/workbench/compare")
    opened.wait_for_selector("#agency:not([disabled])")
    opened.evaluate("for (let i = 0; i < 5; i += 1) document.dispatchEvent(new Event('key'))")
    opened.wait_for_selector("#agency:not([disabled])")
    opened.wait_for_timeout(500)
    opened.select_option("#agency", "甲市水务局")
    assert opened.locator("#years input").count() == 3
    held: list[Route] = []
    opened.route("**/v1/compare", lambda route: route.continue_() if held else held.append(route))
    opened.click("#go")
    opened.wait_for_timeout(100)
    opened.locator("#years input").first.uncheck()
    opened.click("#go")
    opened.wait_for_selector("#result:not([hidden])")
    later = opened.inner_text("#result")
    assert "2022 → 2023" not in later
    held[0].continue_()
    opened.wait_for_timeout(1000)
    assert opened.inner_text("#result") == later
    assert opened.inner_text("#state") == ""
    served.client.delete(f"/v1/documents/{sha256(THIRD).hexdigest()}")


def test_every_kept_document_can_be_compared_however_many_there_are(
    browser: Browser, extractor: Extractor, tmp_path: Path
) -> None:
    store = Database(Settings(home=tmp_path).database_url)
    for body in (FIRST, SECOND):
        Documents(store).keep(Given(body, None, None), orjson.dumps(extractor.extract(body).to_dict()))
    with store.writing() as connection:
        row = dict(connection.execute(select(results).limit(1)).mappings().one())
        others = range(3, MANY)
        connection.execute(insert(documents), [
            {"number": n, "sha256": f"{n:064x}", "bytes": 0, "added_at": "", "original": b"", "result": n} for n in others
        ])  # fmt: skip
        connection.execute(insert(results), [
            row | {"id": n, "document": n, "agency": f"{n // 2}号局", "text": "", "result": "{}"} for n in others
        ])  # fmt: skip
    store.close()
    with serving(tmp_path, workers=1) as running:
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(f"{running.url}/workbench/compare")
        page.wait_for_selector("#state:has-text('reports so far')")
        page.wait_for_selector("#agency:not([disabled])")
        page.select_option("#agency", "甲市水务局")
        assert page.locator("#years input:checked").count() == 2
        assert page.locator("#agency option").count() == MANY // 2
        page.context.close()


def shown_in_a_tab(tab: Page, url: str) -> None:
    """An evidence page that came with a key is shown with its style, under its own policy, and leads to its places."""
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.wait_for_url(f"blob:{url}/**")
    tab.wait_for_selector("mark")
    assert "甲市水务局" in tab.inner_text("body")
    assert tab.evaluate("getComputedStyle(document.querySelector('main')).display") == "grid"
    tab.click("a.goto >> nth=0")
    assert tab.evaluate("document.querySelector(':target') !== null")
    assert complaints == []
    script = "Object.assign(document.createElement('script'), {src: address})"
    tab.evaluate(f"address => document.body.append({script})", f"{url}/workbench/upload.js")
    tab.wait_for_timeout(200)
    assert any("script-src" in one or "default-src" in one for one in complaints), complaints
    tab.close()


def test_a_key_is_asked_for_and_sent_where_one_is_needed(browser: Browser, tmp_path: Path) -> None:
    token = command(tmp_path, "add", "page", "--scope", "read", "--scope", "write").stdout.strip()
    bearer = {"Authorization": f"Bearer {token}"}
    with serving(tmp_path, workers=1) as closed:
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(f"{closed.url}/workbench")
        page.evaluate(DROP, ["2023.txt", SECOND.decode()])
        page.wait_for_selector("[role=alert]")
        assert "an access key is needed" in page.inner_text("[role=alert]")
        page.fill("#key", token)
        page.keyboard.press("Tab")
        page.evaluate(DROP, ["2023.txt", SECOND.decode()])
        for _ in range(2):
            with page.context.expect_page() as opening:
                page.click("li:first-child button")
            shown_in_a_tab(opening.value, closed.url)
        page.evaluate("sessionStorage.setItem('key', document.getElementById('key').value = 'wrong')")
        page.evaluate(DROP, ["2022.txt", FIRST.decode()])
        page.wait_for_selector("li:first-child [role=alert]")
        page.fill("#key", token)
        page.keyboard.press("Tab")
        page.evaluate(DROP, ["2022.txt", FIRST.decode()])
        page.wait_for_selector("li:first-child button")
        assert closed.client.delete(f"/v1/documents/{sha256(FIRST).hexdigest()}", headers=bearer).status_code == 204
        page.click("li:first-child button")
        page.wait_for_selector("li:first-child [role=alert]")
        assert "nothing is kept there" in page.inner_text("li:first-child [role=alert]")
        page.evaluate("window.open = () => null")
        page.click("li:nth-child(3) button")
        with page.context.expect_page() as opening:
            page.click("li:nth-child(3) a")
        shown_in_a_tab(opening.value, closed.url)
        page.goto(f"{closed.url}/workbench/compare")
        page.wait_for_selector("#state:has-text('Nothing to compare')")
        page.context.close()


def test_only_the_files_of_the_workbench_are_given_out(served: Served) -> None:
    answer = served.client.get("/workbench/upload.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    for path in ("/workbench/workbench.toml", "/workbench/..%2fapi.css", "/workbench/api.html"):
        assert served.client.get(path).status_code == 404
    assert served.client.get("/workbench?lang=fr").status_code == 422


def test_both_languages_say_the_same() -> None:
    told = texts()
    assert {key for key, text in told["zh"].items() if text} == set(told["en"])
    assert set(told["zh"]["problems"]) == set(told["en"]["problems"])

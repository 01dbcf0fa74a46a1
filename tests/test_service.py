"""One document a call over HTTP, on the real server: what it answers, what it refuses, and in which words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from extractor.vocabulary import GROUPS
from tests.conftest import example_files
from tests.serving_process import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.pipeline import Extractor

SENTINEL = "密不可言一二三"
NEW = {"row": "new", "column": "total", "value": 3}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), json_depth=8, body_bytes=300_000, characters=90_000) as running:
        yield running


def post(served: Served, body: bytes, kind: str = "text/plain", **query: str) -> httpx.Response:
    return served.client.post("/v1/extract", content=body, headers={"Content-Type": kind}, params=query)


@pytest.mark.parametrize("path", example_files(), ids=lambda path: path.name)
def test_the_call_answers_what_the_library_says(served: Served, extractor: Extractor, path: Any) -> None:
    answer = post(served, path.read_bytes(), name=path.name)
    assert answer.status_code == 200
    assert answer.content == orjson.dumps(extractor.extract(path).to_dict())


def test_a_number_of_more_digits_than_a_machine_word_holds_is_answered_and_kept(served: Served) -> None:
    text = "某市水务局2023年政府信息公开工作年度报告\n一、总体情况\n全年主动公开政府信息99999999999999999999条。\n"
    answer = post(served, text.encode())
    assert answer.status_code == 200
    assert json.loads(answer.content)["facts"]["counts"][0]["value"] == 99999999999999999999
    assert served.client.post("/v1/documents", content=text.encode()).status_code == 201


def test_the_text_is_left_out_on_request(served: Served) -> None:
    body = example_files()[0].read_bytes()
    full, short = post(served, body).json(), post(served, body, text="false").json()
    assert full.pop("text")
    assert full == short


def test_given_tables_are_taken_instead_of_ours(served: Served) -> None:
    text = example_files()[0].read_text("utf-8")
    tables = {"applications": {"edition": "2021", "origin": "read", "cells": [NEW]}}
    answer = post(served, orjson.dumps({"text": text, "tables": tables}), "application/json").json()
    assert answer["tables"]["applications"]["origin"] == "given"
    (cell,) = answer["tables"]["applications"]["cells"]
    assert (cell["row"], cell["column"], cell["value"], cell["status"], cell["raw"]) == (
        "new",
        "total",
        3,
        "number",
        "3",
    )
    assert answer["text"] == text


def test_a_results_own_tables_can_be_given_back(served: Served) -> None:
    first = post(served, example_files()[0].read_bytes()).json()
    again = post(served, orjson.dumps({"text": first["text"], "tables": first["tables"]}), "application/json")
    assert again.status_code == 200
    for name, table in first["tables"].items():
        assert table is None or again.json()["tables"][name] == {**table, "origin": "given"}


def given(cell: dict[str, Any] | None = None, **table: Any) -> bytes:
    entry = {"edition": "2021", "cells": [NEW if cell is None else {**NEW, **cell}], **table}
    return orjson.dumps({"text": SENTINEL, "tables": {"applications": entry}})


REFUSED_JSON = (
    (b"{", "body", "no JSON"),
    (b"[]", "body", "a list"),
    (b"{}", "body", "no text"),
    (b'{"text": 3}', "text", "a number"),
    (b'{"text": " "}', "text", ""),
    (b'{"text": "x", "more": 1}', "body", "1 unknown members"),
    (b'{"text": "x", "tables": {"none": null}}', "tables", "1 unknown members"),
    (b'{"text": "x", "tables": []}', "tables", "a list"),
    (given(edition="1999"), "tables.applications.edition", "text"),
    (given(cells={}), "tables.applications.cells", "an object"),
    (given(cells=[NEW, NEW]), "tables.applications.cells[1]", "a cell that was given before"),
    (given({"row": "newest"}), "tables.applications.cells[0].row", "a row that the official form does not print"),
    (given({"column": "issued"}), "tables.applications.cells[0].column", "a column that this row does not print"),
    (given({"value": "3"}), "tables.applications.cells[0].value", "text"),
    (given({"value": True}), "tables.applications.cells[0].value", "true or false"),
    (given({"status": "odd"}), "tables.applications.cells[0].status", "an unknown status"),
    (given({"status": "blank"}), "tables.applications.cells[0].value", "a number"),
    (given({"span": {"start": 0, "end": 99}}), "tables.applications.cells[0].span", "a place outside the text"),
    (given({"span": {"start": 0, "end": 1, "quote": "别"}}), "tables.applications.cells[0].span", "a quote"),
)


@pytest.mark.parametrize(("body", "where", "found"), REFUSED_JSON)
def test_json_that_is_not_the_contracts_is_refused_with_its_place(
    served: Served, body: bytes, where: str, found: str
) -> None:
    answer = post(served, body, "application/json")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["where"] == where
    assert problem.get("found", "").startswith(found)


REFUSED = (
    # body, content type, status, kind
    (b"", "text/plain", 422, "document"),
    (b" \n\n", "text/plain", 422, "document"),
    (b"\x7fELF" + b"\x00" * 50, "text/plain", 422, "document"),
    (b"\x00\x01\x02" * 1000, "application/octet-stream", 422, "document"),
    (b"%PDF-1.7\nbroken", "application/pdf", 422, "document"),
    (f"{SENTINEL}\n".encode() * 20_000, "text/plain", 413, "body-too-large"),
    ("信息公开\n".encode() * 20_000, "text/plain", 413, "limit"),
    (b'{"text":' + b"[" * 9 + b"]" * 9 + b"}", "application/json", 413, "limit"),
    (b"[" * 100_000, "application/json", 413, "limit"),
)


@pytest.mark.parametrize(("body", "kind", "status", "problem"), REFUSED)
def test_bad_bodies_get_a_clear_problem(served: Served, body: bytes, kind: str, status: int, problem: str) -> None:
    answer = post(served, body, kind)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:gongkai:problem:{problem}")
    assert answer.headers["content-type"] == "application/problem+json"


def test_problems_and_logs_never_repeat_the_document(served: Served) -> None:
    refused = [(body, kind) for body, kind, _, _ in REFUSED] + [
        (body, "application/json") for body, _, _ in REFUSED_JSON
    ]
    for body, kind in refused:
        assert SENTINEL not in post(served, body, kind).text
    post(served, SENTINEL.encode(), deadline="x", name=SENTINEL)
    assert SENTINEL not in "".join(served.logged)
    assert all(orjson.loads(line) for line in served.logged)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/v1/extract", 405), ("POST", "/v1/extract?deadline=soon", 422),
     ("POST", "/v1/extract?deadline=-1", 422), ("POST", "/v1/extract?text=perhaps", 422)],
)  # fmt: skip
def test_every_error_has_the_one_shape(served: Served, method: str, path: str, status: int) -> None:
    answer = served.client.request(method, path, content=b"x" if method == "POST" else b"")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "request"} <= set(answer.json())
    assert answer.json()["request"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/livez", "/v1/vocabulary", "/docs", "/openapi.json", "/nowhere"])
def test_every_answer_is_guarded(served: Served, path: str) -> None:
    headers = served.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


@pytest.mark.parametrize(
    "headers",
    [{"Host": "elsewhere.example"}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_foreign_pages_are_refused(served: Served, headers: dict[str, str]) -> None:
    assert served.client.get("/v1/vocabulary", headers=headers).status_code == 403


def test_the_api_page_needs_nothing_from_elsewhere(served: Served) -> None:
    page = served.client.get("/docs").text
    assert "<script" not in page
    assert "style=" not in page
    for link in re.findall(r'(?:href|src)="([^"]*)"', page):
        assert link.startswith(("#", "/"))
    for path in served.client.get("/openapi.json").json()["paths"]:
        assert path in page


def test_openapi_tells_the_limits_and_every_problem(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    for limit in ("300000 bytes", "90000 characters", "500 pages", "8 levels", "32 requests waiting"):
        assert limit in document["info"]["description"].replace("\n", " ")
    responses = document["paths"]["/v1/extract"]["post"]["responses"]
    assert {"200", "408", "413", "422", "503"} <= set(responses)


def test_the_vocabulary_holds_every_code(served: Served) -> None:
    told = served.client.get("/v1/vocabulary").json()
    assert {group: [term["code"] for term in terms] for group, terms in told.items()} == {
        group: list(terms) for group, terms in GROUPS.items()
    }
    assert all(term["chinese"] and term["meaning"] for terms in told.values() for term in terms)


def test_health_and_version(served: Served) -> None:
    assert served.client.get("/livez").json() == {"status": "alive"}
    assert served.client.get("/readyz").json() == {
        "status": "ready",
        "workers": 2,
        "waiting": 0,
        "text_search": "index",
    }
    version = served.client.get("/version").json()
    assert version == post(served, example_files()[0].read_bytes()).json()["provenance"]


def test_metrics_count_documents_and_steps(served: Served) -> None:
    post(served, example_files()[0].read_bytes())
    figures = served.client.get("/metrics").text
    assert re.search(r"^gongkai_documents_total [1-9]", figures, re.MULTILINE)
    assert 'gongkai_step_seconds_count{step="merge"}' in figures
    assert 'gongkai_workers{state="all"} 2.0' in figures


def test_the_start_says_where_it_is_and_one_line_to_try(served: Served) -> None:
    assert served.url in served.printed[0]
    assert "curl -s --data-binary @examples/" in served.printed[1]
    assert "gongkai.report/1" in served.printed[2]

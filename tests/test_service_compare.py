"""Comparing over HTTP, by the client and by command: kept documents, results of one's own, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from extractor import Client, compare
from tests.serving_process import ROOT, Served, serving
from tests.test_compare import COPIED
from tests.test_merge import report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extractor.pipeline import Extractor

SENTINEL = "密不可言一二三"
FIRST = report(COPIED.format(n=12), figures={}).replace("2023年", "2022年").encode()
SECOND = report(COPIED.format(n=30), figures={"over": 3, "new": 5}).encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1) as running:
        yield running


def kept(served: Served, body: bytes) -> str:
    sha256: str = served.client.post("/v1/documents", content=body).json()["sha256"]
    return sha256


def asked(served: Served, body: Any) -> Any:
    return served.client.post("/v1/compare", content=body if isinstance(body, bytes) else orjson.dumps(body))


def test_kept_documents_and_results_compare_as_the_library_does(served: Served, extractor: Extractor) -> None:
    hashes = [kept(served, body) for body in (SECOND, FIRST)]
    expected = compare([extractor.extract(body).to_dict() for body in (FIRST, SECOND)])
    assert {"years.carry_over", "reuse.own"} <= {finding["code"] for finding in expected["findings"]}
    assert expected["differences"]
    answer = asked(served, {"documents": hashes})
    assert (answer.status_code, answer.json()) == (200, expected)
    own = served.client.post("/v1/extract", content=SECOND).json()
    assert asked(served, {"documents": hashes[1:], "results": [own]}).json() == expected


def test_the_client_and_the_command_compare(served: Served, tmp_path: Path) -> None:
    first = kept(served, FIRST)
    with Client(served.url) as client:
        expected = client.compare(first, client.extract(SECOND))
    assert {finding["code"] for finding in expected["findings"]} >= {"years.carry_over", "reuse.own"}
    (tmp_path / "second.txt").write_bytes(SECOND)
    words = [sys.executable, "-m", "commands", "remote", "compare", "--url", served.url, first]
    done = subprocess.run([*words, str(tmp_path / "second.txt")], cwd=ROOT, capture_output=True, check=False)
    assert orjson.loads(done.stdout)["findings"] == expected["findings"]


ONE = {"source": {"sha256": "0" * 64, "name": None}, "text": SENTINEL, "sections": [],
       "meta": {"title": None, "agency": SENTINEL, "region": [], "year": 2023},
       "tables": dict.fromkeys(("proactive", "applications", "review_litigation", "statistics"))}  # fmt: skip
CELL = {"row": SENTINEL, "column": "total", "status": "number", "value": None}


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b"{", 422, "body"),
        ([], 422, "body"),
        ({"documents": ["0" * 64]}, 422, "body"),
        ({"documents": ["0" * 64] * 51}, 422, "body"),
        ({"documents": [SENTINEL, SENTINEL]}, 422, "documents"),
        ({"results": SENTINEL, "documents": ["0" * 64] * 2}, 422, "results"),
        ({"documents": ["0" * 64, "1" * 64]}, 404, f"/v1/documents/{'0' * 64}"),
        ({"results": [ONE, SENTINEL]}, 422, "results[1]"),
        ({"results": [ONE, {**ONE, "meta": {**ONE["meta"], "year": SENTINEL}}]}, 422, "results[1].meta.year"),
        ({"results": [ONE, {**ONE, "tables": {**ONE["tables"], "proactive": {"cells": [CELL]}}}]}, 422, "results[1].tables.proactive.cells[0]"),
        ({"results": [ONE, ONE]}, 422, None),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_with_its_place(
    served: Served, body: Any, status: int, where: str | None
) -> None:
    answer = asked(served, body)
    assert (answer.status_code, answer.json().get("where")) == (status, where)
    assert SENTINEL not in answer.text + "".join(served.logged)


def test_a_comparison_is_no_document(served: Served) -> None:
    hashes = [kept(served, body) for body in (SECOND, FIRST)]
    before = served.client.get("/metrics").text
    assert asked(served, {"documents": hashes}).status_code == 200
    after = served.client.get("/metrics").text
    count = [
        next(line for line in text.splitlines() if line.startswith("gongkai_documents_total"))
        for text in (before, after)
    ]
    assert count[0] == count[1]
    assert 'gongkai_step_seconds_count{step="compare"}' in after

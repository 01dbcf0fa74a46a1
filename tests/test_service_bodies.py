"""The allowance of memory that all bodies share: used whole, held by every kind of request, given back by all of them."""

from __future__ import annotations

import socket
from time import sleep
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.conftest import example_files
from tests.serving_process import Served, serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = example_files()[0].read_bytes()
LINE = orjson.dumps({"text": REPORT.decode()})
ALLOWANCE = 400_000
WHOLE = (REPORT * (ALLOWANCE // len(REPORT) + 1))[: ALLOWANCE - 50_000]
FULL = "urn:gongkai:problem:unavailable"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1, bodies_bytes=ALLOWANCE, body_bytes=4_000_000) as running:
        yield running


def opened(served: Served, path: str, begin: bytes) -> socket.socket:
    """A connection that has sent the beginning of a body, and no more."""
    host, port = served.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 390000\r\n\r\n"
    connection.sendall(head.encode() + begin)
    sleep(0.5)  # until it has arrived; else the next request may come first, and hold what this one wants
    return connection


def extract_in_pieces(served: Served, body: bytes) -> str:
    """The kind of the answer to a body that does not tell its length."""
    pieces = (body[start : start + 50_000] for start in range(0, len(body), 50_000))
    answer = served.client.post("/v1/extract", content=pieces, params={"text": "false"})
    return "result" if answer.status_code == 200 else str(answer.json()["type"])


def wait_for(served: Served, kind: str) -> None:
    until(lambda: extract_in_pieces(served, WHOLE) == kind)


def test_one_body_may_take_the_whole_allowance_and_no_more(served: Served) -> None:
    assert extract_in_pieces(served, WHOLE) == "result"
    assert extract_in_pieces(served, WHOLE * 2) == FULL
    assert extract_in_pieces(served, WHOLE) == "result"


@pytest.mark.parametrize("path", ["/v1/extract", "/v1/batches", "/v1/jobs"])
def test_half_a_body_holds_its_bytes_until_its_caller_leaves(served: Served, path: str) -> None:
    with opened(served, path, b"x" * 200_000):
        wait_for(served, FULL)
    wait_for(served, "result")


def test_a_jobs_lines_are_held_while_the_others_come(served: Served) -> None:
    with opened(served, "/v1/jobs", (LINE + b"\n") * (200_000 // len(LINE))):
        wait_for(served, FULL)
    wait_for(served, "result")


def test_a_batch_whose_caller_leaves_unread_gives_back_what_it_held_and_no_more(served: Served) -> None:
    for _ in range(4):
        with opened(served, "/v1/batches?text=true", (LINE + b"\n") * (300_000 // len(LINE))) as connection:
            assert connection.recv(10)
    wait_for(served, "result")
    assert extract_in_pieces(served, WHOLE + REPORT * (60_000 // len(REPORT) + 1)) == FULL

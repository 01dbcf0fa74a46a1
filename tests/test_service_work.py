"""Work in processes: the queue's end, deadlines, callers who leave, workers that die, and stopping, on real processes."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import example_files
from tests.serving_process import Served, children, serving, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = example_files()[0].read_bytes()
LONG = REPORT * (3_000_000 // len(REPORT))
"""A document that keeps a worker busy for seconds."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1, queue=1) as running:
        yield running


def ask(served: Served, body: bytes, **query: object) -> httpx.Response:
    return httpx.post(f"{served.url}/v1/extract", content=body, params=query, timeout=60, trust_env=False)  # type: ignore[arg-type]


def wait_until_busy(served: Served, waiting: int = 0) -> None:
    signs = ('gongkai_workers{state="busy"} 1.0', f"gongkai_queue_length {waiting}.0")
    until(lambda: all(sign in figures for figures in [served.client.get("/metrics").text] for sign in signs))


def test_a_deadline_ends_the_work_and_a_fresh_worker_follows(served: Served) -> None:
    (worker,) = served.workers()
    began = monotonic()
    answer = ask(served, LONG, deadline=0.5)
    assert monotonic() - began < 1.5
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:gongkai:problem:deadline")
    assert "retry-after" in answer.headers
    assert served.wait_for_workers(1, other_than=worker) < 2
    assert ask(served, REPORT).status_code == 200


def test_a_killed_worker_costs_its_own_request_and_is_replaced(served: Served) -> None:
    (worker,) = served.workers()
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(ask, served, LONG)
        wait_until_busy(served)
        second = callers.submit(ask, served, REPORT)
        wait_until_busy(served, waiting=1)
        os.kill(worker, signal.SIGKILL)
        assert (first.result().status_code, first.result().json()["type"]) == (503, "urn:gongkai:problem:worker-lost")
        assert second.result().status_code == 200
    assert served.wait_for_workers(1, other_than=worker) < 2


def test_an_idle_worker_that_dies_is_replaced_before_anyone_asks(served: Served) -> None:
    (worker,) = served.workers()
    os.kill(worker, signal.SIGKILL)
    assert served.wait_for_workers(1, other_than=worker) < 2
    assert ask(served, REPORT).status_code == 200


def test_a_nursery_that_dies_is_started_again(served: Served) -> None:
    nursery = served.nursery()
    os.kill(nursery, signal.SIGKILL)
    until(lambda: nursery not in children(served.process.pid) and served.client.get("/readyz").status_code == 200)
    assert ask(served, REPORT).status_code == 200


def test_a_full_queue_is_told_at_once_and_health_does_not_wait(served: Served) -> None:
    with ThreadPoolExecutor(2) as callers:
        running = [callers.submit(ask, served, LONG, deadline=4)]
        wait_until_busy(served)
        running.append(callers.submit(ask, served, REPORT))
        wait_until_busy(served, waiting=1)
        times = []
        for _ in range(20):
            answer = served.client.post("/v1/extract", content=REPORT)
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:gongkai:problem:queue-full")
            assert int(answer.headers["retry-after"]) >= 1
            times.append(answer.elapsed.total_seconds())
        assert min(times) <= 0.010
        for path in ("/livez", "/readyz", "/version"):
            answer = served.client.get(path)
            assert answer.status_code == 200
            assert answer.elapsed.total_seconds() < 0.5
        for future in running:
            future.result()


def leave_after(served: Served, body: bytes, seconds: float) -> None:
    """Send a request and close the connection without waiting for its answer."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /v1/extract HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        sleep(seconds)


def test_a_caller_who_leaves_frees_the_worker(served: Served) -> None:
    (worker,) = served.workers()
    leave_after(served, LONG, 0.7)
    served.wait_for_workers(1, other_than=worker)
    began = monotonic()
    assert ask(served, REPORT).status_code == 200
    assert monotonic() - began < 2


def test_a_caller_who_leaves_frees_the_place_in_the_queue(served: Served) -> None:
    with ThreadPoolExecutor(1) as callers:
        running = callers.submit(ask, served, LONG, deadline=5)
        wait_until_busy(served)
        waiting = Thread(target=leave_after, args=(served, REPORT, 0.7))
        waiting.start()
        wait_until_busy(served, waiting=1)
        waiting.join()
        wait_until_busy(served, waiting=0)
        running.result()


@pytest.mark.parametrize(
    "half", [b"", b"POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nhalf"]
)
def test_half_a_request_hurts_nobody(served: Served, half: bytes) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(half)
        assert ask(served, REPORT).status_code == 200
    assert ask(served, REPORT).status_code == 200


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("hasty"), workers=1, body_seconds=0.5) as running:
        yield running


def test_a_body_that_trickles_is_given_up(hasty: Served) -> None:
    host, port = hasty.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(b"POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nhalf")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b" 408 " in answer
    assert b"body-too-slow" in answer


@pytest.mark.parametrize(
    "begun", [b"", b"POST /v1/ex", b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /livez HTTP/1.1\r\nHost: "]
)
def test_a_head_that_does_not_come_is_given_up_and_what_was_asked_before_answered(hasty: Served, begun: bytes) -> None:
    host, port = hasty.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(begun)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.count(b" 200 OK") == begun.count(b"\r\n\r\n")


def test_stopping_finishes_what_it_has_and_leaves_no_process(tmp_path: Path) -> None:
    served = start(tmp_path, workers=1)
    processes = [served.nursery(), *served.workers()]
    with ThreadPoolExecutor(1) as callers:
        running = callers.submit(ask, served, REPORT * 80)
        wait_until_busy(served)
        served.stop()
        assert running.result().status_code == 200
    assert [process_state(process) for process in processes] == ["Z", "Z"]


def test_a_killed_service_leaves_no_process(tmp_path: Path) -> None:
    served = start(tmp_path, workers=2)
    processes = [served.nursery(), *served.workers()]
    served.stop(signal.SIGKILL)
    until(lambda: all(process_state(process) == "Z" for process in processes))


def process_state(process: int) -> str:
    """The kernel's letter for a process, ``Z`` for one that has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0]
    except FileNotFoundError:
        return "Z"


def test_a_document_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1, worker_memory_mb=256) as small:
        answer = ask(small, LONG[:30_000_000])
        assert answer.status_code in {413, 503}
        assert ask(small, REPORT).status_code == 200


def test_a_worker_that_grew_is_replaced_after_its_document(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1, worker_recycle_mb=64) as served:
        (worker,) = served.workers()
        assert ask(served, REPORT).status_code == 200
        served.wait_for_workers(1, other_than=worker)
        assert ask(served, REPORT).status_code == 200


def test_the_service_does_not_start_where_others_could_use_it(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="open to everyone"):
        start(tmp_path, "--host", "0.0.0.0")


def test_a_taken_port_is_told(served: Served, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="cannot listen"):
        start(tmp_path, "--port", served.url.rpartition(":")[2])


@pytest.mark.parametrize(("name", "value"), [("workers", "0"), ("log_level", "loud"), ("model", "/nowhere")])
def test_a_wrong_setting_is_told(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(AssertionError, match="did not start") as raised:
        start(tmp_path, **{name: value})
    assert name in str(raised.value)

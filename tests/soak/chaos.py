"""Nothing lost, nothing doubled, nothing hung, whatever is pulled from under the service.

Run by ``make soak SOAK=chaos``: processes are killed, the database goes, the disk fills, a thousand connections hang.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from contextlib import ExitStack
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from tests.conftest import example_files
from tests.postgres_server import postgres_server
from tests.serving_process import Served, serving, start

if TYPE_CHECKING:
    from pathlib import Path

REPORT = example_files()[0].read_bytes()
DOCUMENTS = int(os.environ.get("CHAOS_DOCUMENTS", "2000"))
"""Of one job."""
CONNECTIONS = 1000


def different(number: int) -> bytes:
    return orjson.dumps({"name": str(number), "text": f"{REPORT.decode()}\n附注：第{number}份。\n"})


def start_job(served: Served, count: int) -> str:
    made = served.client.post("/v1/jobs", content=b"\n".join(different(number) for number in range(count)))
    assert made.status_code == 202, made.text
    job: str = made.json()["id"]
    return job


def progress(served: Served, job: str) -> dict[str, Any]:
    while True:
        answer = served.client.get(f"/v1/jobs/{job}")
        if answer.status_code == 200:
            told: dict[str, Any] = answer.json()
            return told
        assert answer.status_code == 503, answer.text
        sleep(0.2)


def wait_for(served: Served, job: str, done: int, seconds: float = 600) -> dict[str, Any]:
    until = monotonic() + seconds
    while monotonic() < until:
        told = progress(served, job)
        if told["items"]["done"] >= done:
            return told
        sleep(0.05)
    raise AssertionError(f"hung: {told}")


def assert_whole(served: Served, job: str, count: int) -> None:
    told = wait_for(served, job, count)
    assert told["items"] == {"waiting": 0, "done": count, "refused": 0, "lost": 0, "cancelled": 0}
    answers = [orjson.loads(line) for line in served.client.get(f"/v1/jobs/{job}/results").content.splitlines()]
    assert [answer["ordinal"] for answer in answers] == list(range(count))
    kept, cursor = [], None
    while True:
        asked = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        page = served.client.get("/v1/documents", params=asked).json()
        kept += [document["sha256"] for document in page["documents"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(kept) == sorted(answer["answer"]["sha256"] for answer in answers)
    assert len(set(kept)) == count


def test_workers_and_the_whole_service_are_killed_in_the_middle_of_a_job(tmp_path: Path) -> None:
    pick = random.Random(7)
    with ExitStack() as stack:
        served = start(tmp_path)
        stack.callback(lambda: served.stop())
        job = start_job(served, DOCUMENTS)
        for part in range(1, 5):
            wait_for(served, job, part * DOCUMENTS // 10)
            for worker in pick.sample(served.workers(), 1):
                os.kill(worker, signal.SIGKILL)
            if part in {2, 4}:
                served.stop(signal.SIGKILL)
                served = start(tmp_path)
        assert_whole(served, job, DOCUMENTS)


def test_the_database_goes_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    count = min(DOCUMENTS, 100)
    with postgres_server(tmp_path / "postgres") as server:  # noqa: SIM117 - the second needs the first
        with serving(tmp_path / "home", database=server.new_database("gongkai")) as served:
            job = start_job(served, count)
            wait_for(served, job, count // 5)
            server.stop()
            answer = served.client.get("/v1/documents")
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:gongkai:problem:store-away")
            assert served.client.post("/v1/extract", content=REPORT).status_code == 200
            assert served.client.get("/livez").status_code == 200
            sleep(1)
            server.start()
            assert_whole(served, job, count)


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    with serving(tmp_path, prefix=("prlimit", "--fsize=1500000")) as served:
        kept, refused = [], 0
        for number in range(100):
            body = f"{REPORT.decode()}\n附注：第{number}份。\n".encode()
            answer = served.client.post("/v1/documents", content=body)
            if answer.status_code == 503:
                assert answer.json()["type"] == "urn:gongkai:problem:store-away"
                refused += 1
                if refused > 3:
                    break
            else:
                assert answer.status_code == 201
                kept.append(answer.json()["sha256"])
        assert kept
        assert refused
        assert served.client.post("/v1/extract", content=REPORT).status_code == 200
        for sha256 in kept:
            assert served.client.get(f"/v1/documents/{sha256}/report").status_code == 200
    with serving(tmp_path) as again:
        listed = again.client.get("/v1/documents", params={"limit": 200}).json()["documents"]
        assert sorted(one["sha256"] for one in listed) == sorted(kept)
        assert again.client.post("/v1/documents", content=REPORT).status_code == 201


def test_a_thousand_connections_hurt_nobody(tmp_path: Path) -> None:
    half = b"POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n\r\nhalf"
    with serving(tmp_path) as served, ExitStack() as stack:
        host, port = served.url.removeprefix("http://").split(":")
        for number in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            if number % 2:
                connection.sendall(half)
        assert served.client.get("/livez").status_code == 200
        assert served.client.post("/v1/extract", content=REPORT).status_code == 200


def test_three_times_what_it_can_take_gives_answers_or_503_and_a_lively_pulse(tmp_path: Path) -> None:
    statuses: dict[int, int] = {}
    pulses: list[float] = []
    until = monotonic() + 5
    with serving(tmp_path, workers=2, queue=4) as served:

        def call() -> None:
            with httpx.Client(base_url=served.url, timeout=60, trust_env=False) as client:
                while monotonic() < until:
                    status = client.post("/v1/extract", content=REPORT).status_code
                    statuses[status] = statuses.get(status, 0) + 1
                    if status == 503:
                        sleep(0.02)

        until = monotonic() + 5
        callers = [Thread(target=call) for _ in range(18)]
        for caller in callers:
            caller.start()
        while monotonic() < until:
            pulses.append(served.client.get("/livez").elapsed.total_seconds())
            sleep(0.02)
        for caller in callers:
            caller.join()
        assert set(statuses) <= {200, 503}
        assert statuses[200] > 20
        assert sorted(pulses)[len(pulses) // 2] < 0.25
        assert served.client.get("/metrics").text.count("gongkai_worker_ends_total{") == 0


def main() -> int:
    """Run this file's tests."""
    return int(pytest.main(["-q", __file__]))

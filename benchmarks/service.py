"""The service by measurement, on this machine: ``python -m benchmarks.service``. Prints one JSON object.

Client and server share the machine's cores. Server: one main process, one nursery, one or two workers. Client: this
process, one thread for latency; two threads for throughput, so that a worker never waits for the client.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, perf_counter, sleep
from typing import Any

import httpx

from extractor.pipeline import default_extractor
from tests.conftest import example_files
from tests.serving_process import Served, serving, start

CALLS = 200
OVERLOAD_SECONDS = 10
REPORTS = [path.read_bytes() for path in example_files() if path.suffix == ".txt"]


def library() -> float:
    """Documents a second of the library in this process."""
    extractor = default_extractor()
    bodies = [REPORTS[number % len(REPORTS)] for number in range(CALLS)]
    for body in REPORTS:
        extractor.extract(body).to_dict()
    began = perf_counter()
    for body in bodies:
        json.dumps(extractor.extract(body).to_dict())
    return CALLS / (perf_counter() - began)


def calls(served: Served, count: int, clients: int) -> tuple[float, list[float]]:
    """(documents a second, milliseconds of each call) of so many clients that ask at the same time."""

    def one(client: int) -> list[float]:
        times = []
        with httpx.Client(base_url=served.url, timeout=60, trust_env=False) as http:
            for number in range(count // clients):
                began = perf_counter()
                http.post("/v1/extract", content=REPORTS[(number + client) % len(REPORTS)]).raise_for_status()
                times.append((perf_counter() - began) * 1000)
        return times

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, [0] * 1))
        began = perf_counter()
        times = [time for part in pool.map(one, range(clients)) for time in part]
    return count / (perf_counter() - began), times


def percentile(times: list[float], which: int) -> float:
    """A percentile in milliseconds."""
    return round(quantiles(times, n=100)[which - 1], 1)


def proportional_memory(process: int) -> int:
    """PSS of a process and all below it, in MB."""
    total, waiting = 0, [process]
    while waiting:
        number = waiting.pop()
        text = Path(f"/proc/{number}/smaps_rollup").read_text()
        total += int(text.partition("\nPss:")[2].split()[0])
        waiting += [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    return total // 1024


def overload(served: Served) -> dict[str, Any]:
    """Refusals and the pulse while three times more is asked than can be taken."""
    until = monotonic() + OVERLOAD_SECONDS
    refused: list[float] = []
    statuses: dict[int, int] = {}
    pulses: list[float] = []

    def call() -> None:
        with httpx.Client(base_url=served.url, timeout=60, trust_env=False) as http:
            while monotonic() < until:
                answer = http.post("/v1/extract", content=REPORTS[0])
                statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
                if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                    refused.append(answer.elapsed.total_seconds() * 1000)
                    sleep(0.05)

    callers = [Thread(target=call) for _ in range(18)]
    for caller in callers:
        caller.start()
    while monotonic() < until:
        pulses.append(served.client.get("/livez").elapsed.total_seconds() * 1000)
        sleep(0.02)
    for caller in callers:
        caller.join()
    pulse = {"livez_p50_ms": percentile(pulses, 50), "livez_p99_ms": percentile(pulses, 99)}
    return {"statuses": statuses, "refusal_p50_ms": percentile(refused, 50) if len(refused) > 1 else None, **pulse}


def main() -> None:
    """All figures."""
    told: dict[str, Any] = {"reports": len(REPORTS), "library_per_second": round(library(), 1)}
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with serving(home / "warm", workers=1):
            pass
        began = perf_counter()
        served = start(home / "one", workers=1)
        told["ready_seconds"] = round(perf_counter() - began, 2)
        _, times = calls(served, CALLS, 1)
        told |= {"p50_ms": percentile(times, 50), "p99_ms": percentile(times, 99)}
        rate, _ = calls(served, CALLS, 2)
        told["http_one_worker_per_second"] = round(rate, 1)
        told["http_share_of_library"] = round(rate / told["library_per_second"], 2)
        served.stop()
        with serving(home / "two", workers=2, queue=4) as two:
            calls(two, CALLS // 2, 4)
            told["memory_two_workers_mb"] = proportional_memory(two.process.pid)
            told["overload"] = overload(two)
    json.dump(told, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()

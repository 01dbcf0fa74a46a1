"""The service by measurement, on this machine: ``python -m benchmarks.service``. Prints one JSON object.

Client and server share the machine's cores. Server: one main process, one nursery, one or two workers. Client: this
process, one thread for latency; two threads for throughput, so that a worker never waits for the client. Library and
service are measured in turns, report by report, because machines are noisy; a share compares the best round of each. For the pulse under
overload two processes of their own ask, one for three times what the service can take, one for ``/livez``.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import httpx

from extractor.pipeline import default_extractor
from extractor.result import json_of
from tests.conftest import example_files
from tests.serving_process import Served, serving, start
from tests.soak.service import feel, offer

if TYPE_CHECKING:
    from extractor.pipeline import Extractor

CALLS, ROUNDS = 100, 3
OVERLOAD_SECONDS = 10
QUEUE = 8
PLACES = QUEUE + 2
REPORTS = [path.read_bytes() for path in example_files() if path.suffix == ".txt"]


def library(extractor: Extractor, report: bytes) -> float:
    """Milliseconds of one call of the library in this process, its result written as JSON."""
    began = perf_counter()
    json_of(extractor.extract(report), with_text=True)
    return (perf_counter() - began) * 1000


class Caller:
    """One connection of the standard library's client, which takes less of the time than the server does."""

    def __init__(self, served: Served) -> None:
        host, port = served.url.removeprefix("http://").split(":")
        self.http = HTTPConnection(host, int(port), timeout=60)

    def call(self, report: bytes) -> float:
        """Milliseconds of one call."""
        began = perf_counter()
        self.http.request("POST", "/v1/extract", report)
        answer = self.http.getresponse()
        answer.read()
        assert answer.status == HTTPStatus.OK
        return (perf_counter() - began) * 1000


def in_turns(extractor: Extractor, caller: Caller, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of library and service for the same reports, one after the other."""
    chosen = [REPORTS[number % len(REPORTS)] for number in range(count)]
    pairs = [(library(extractor, report), caller.call(report)) for report in chosen]
    return [one for one, _ in pairs], [other for _, other in pairs]


def rate(served: Served, count: int, clients: int) -> float:
    """Documents a second for so many clients that ask at the same time."""

    def one(client: int) -> None:
        caller = Caller(served)
        for number in range(count // clients):
            caller.call(REPORTS[(number + client) % len(REPORTS)])

    with ThreadPoolExecutor(clients) as pool:
        began = perf_counter()
        list(pool.map(one, range(clients)))
        return count / (perf_counter() - began)


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


def processor_ms(process: int) -> float:
    """Processor time of a process's main thread so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


def compared(served: Served) -> dict[str, Any]:
    """Library and service with one worker in turns: speed, time of a call, and what HTTP adds to it."""
    extractor = default_extractor()
    in_turns(extractor, Caller(served), len(REPORTS))
    rates: dict[str, list[float]] = {"library": [], "http": []}
    here, there = list[float](), list[float]()
    before, asked = processor_ms(served.process.pid), 0
    for _ in range(ROUNDS):
        some, others = in_turns(extractor, Caller(served), CALLS)
        here, there = here + some, there + others
        rates["library"].append(CALLS * 1000 / sum(some))
        rates["http"].append(rate(served, CALLS, 2))
        asked += 2 * CALLS
    best = {name: max(rounds) for name, rounds in rates.items()}
    return {
        "library_per_second": round(best["library"], 1),
        "http_one_worker_per_second": round(best["http"], 1),
        "http_share_of_library": round(best["http"] / best["library"], 2),
        "library_p50_ms": percentile(here, 50),
        "library_p99_ms": percentile(here, 99),
        "p50_ms": percentile(there, 50),
        "p99_ms": percentile(there, 99),
        "http_adds_ms": round(median(other - one for one, other in zip(here, there, strict=True)), 2),
        "server_processor_ms_a_call": round((processor_ms(served.process.pid) - before) / asked, 2),
    }


def overload(served: Served) -> dict[str, Any]:
    """Refusals and the pulse while three times more is asked than can be taken."""
    host, port = served.url.removeprefix("http://").split(":")
    context = get_context("spawn")
    (load, load_there), (pulse, pulse_there) = context.Pipe(duplex=False), context.Pipe(duplex=False)
    asking = context.Process(target=offer, args=(host, int(port), OVERLOAD_SECONDS, load_there), daemon=True)
    feeling = context.Process(target=feel, args=(host, int(port), pulse_there), daemon=True)
    asking.start()
    while "rate" not in load.recv():
        pass
    feeling.start()
    statuses: dict[int, int] = {}
    while "end" not in (message := load.recv()):
        statuses = message["statuses"]
    pulses = []
    while pulse.poll():
        pulses += pulse.recv()
    feeling.terminate()
    told = {"statuses": statuses, "livez_p50_ms": percentile(pulses, 50), "livez_p99_ms": percentile(pulses, 99)}
    return {**told, **refusals(served)}


def refusals(served: Served) -> dict[str, Any]:
    """How quickly one more caller is refused while every place is taken by long work."""
    long = b"\n".join(REPORTS) * 40
    with ThreadPoolExecutor(PLACES) as pool:
        for _ in range(PLACES):
            pool.submit(httpx.post, f"{served.url}/v1/extract", content=long, timeout=60, trust_env=False)
        times = []
        sleep(1)
        for _ in range(100):
            answer = served.client.post("/v1/extract", content=REPORTS[0])
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                times.append(answer.elapsed.total_seconds() * 1000)
    return {"refusals": len(times), "refusal_p50_ms": percentile(times, 50) if len(times) > 1 else None}


def main() -> None:
    """All figures."""
    told: dict[str, Any] = {"reports": len(REPORTS)}
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with serving(home / "warm", workers=1):
            pass
        began = perf_counter()
        served = start(home / "one", workers=1)
        told["ready_seconds"] = round(perf_counter() - began, 2)
        told |= compared(served)
        served.stop()
        with serving(home / "two", workers=2, queue=QUEUE) as two:
            rate(two, CALLS, 4)
            told["memory_two_workers_mb"] = proportional_memory(two.process.pid)
            told["overload"] = overload(two)
    json.dump(told, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()

"""The service by measurement, on this machine: ``python -m benchmarks.service``. Prints one JSON object.

Client and server share the machine's cores. Server: one main process, one nursery, one or two workers. Client: this
process, one thread for latency; two threads for throughput, so that a worker never waits for the client. Library and
service are measured in turns, because machines are noisy; a share compares the best round of each. For the pulse under
overload two processes of their own ask, one for three times what the service can take, one for ``/livez``.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from extractor.pipeline import default_extractor
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


def library(extractor: Extractor, count: int) -> list[float]:
    """Milliseconds of each call of the library in this process."""
    times = []
    for number in range(count):
        began = perf_counter()
        orjson.dumps(extractor.extract(REPORTS[number % len(REPORTS)]).to_dict())
        times.append((perf_counter() - began) * 1000)
    return times


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


def processor_ms(process: int) -> float:
    """Processor time of a process's main thread so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


def compared(served: Served) -> dict[str, Any]:
    """Library and service with one worker in turns: speed, time of a call, and what HTTP costs beside the work."""
    extractor = default_extractor()
    library(extractor, len(REPORTS))
    rates: dict[str, list[float]] = {"library": [], "http": []}
    times: dict[str, list[float]] = {"library": [], "http": []}
    before, asked = processor_ms(served.process.pid), 0
    for _ in range(ROUNDS):
        round_times = library(extractor, CALLS)
        times["library"] += round_times
        rates["library"].append(CALLS * 1000 / sum(round_times))
        times["http"] += calls(served, CALLS, 1)[1]
        rates["http"].append(calls(served, CALLS, 2)[0])
        asked += 2 * CALLS + 2
    best = {name: max(rounds) for name, rounds in rates.items()}
    return {
        "library_per_second": round(best["library"], 1),
        "http_one_worker_per_second": round(best["http"], 1),
        "http_share_of_library": round(best["http"] / best["library"], 2),
        "library_p50_ms": percentile(times["library"], 50),
        "p50_ms": percentile(times["http"], 50),
        "p99_ms": percentile(times["http"], 99),
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
            calls(two, CALLS, 4)
            told["memory_two_workers_mb"] = proportional_memory(two.process.pid)
            told["overload"] = overload(two)
    json.dump(told, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()

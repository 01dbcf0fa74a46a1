"""The service under three times the load it can take: ``make soak SOAK=service``, minutes by SOAK_MINUTES (30).

Three processes beside the service: one composes reports, each another, and offers them at three times the rate that was
measured first; one feels the pulse (``/livez``); this one counts and looks at memory. It fails on any answer but 200
and 503, on a pulse slower than 50 ms at the 99th percentile, and where memory (PSS of all the service's processes) grew
by more than 5 MB from the end of warming up to the last document. SOAK_DOCUMENTS (50,000) documents are the least; at
fewer minutes than 30 their share.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING, Any

from tests.serving_process import Served, children, start

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
DOCUMENTS = int(os.environ.get("SOAK_DOCUMENTS", str(int(50_000 * MINUTES / 30))))
WORKERS, QUEUE = 2, 8
TIMES, CALLERS = 3, 3 * (WORKERS + QUEUE)
WARM_SHARE, CALIBRATION_SECONDS, TELL_SECONDS, PULSE_SECONDS = 0.2, 10.0, 30.0, 0.05
MOST_PULSE_MS, MOST_GROWTH_MB, LONGEST_TIMES = 50.0, 5.0, 4
POOL = 400
"""Composed reports kept at hand; each is sent once under a number of its own, then replaced."""


class Caller:
    """One connection that asks again and again, without a client library that would take the server's share of time."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, body: bytes) -> int:
        """The status of one extraction; 0 where the connection broke."""
        try:
            if self.writer is None or self.reader is None:
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            head = f"POST /v1/extract?text=false HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}\r\n\r\n"
            self.writer.write(head.encode() + body)
            answer = await self.reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await self.reader.readexactly(length)
            return int(answer[9:12])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            if self.writer is not None:
                self.writer.close()
            self.reader = self.writer = None
            return 0


def composed(seed: int) -> str:
    """A report of the composer's."""
    from tests.test_tables_composed import composition_of

    return composition_of(seed).text


def offer(host: str, port: int, seconds: float, told: Connection) -> None:
    """Measure what the service can take, then offer three times as much for so long; tells counts as they grow."""
    asyncio.run(_offer(host, port, seconds, told))


async def _offer(host: str, port: int, seconds: float, told: Connection) -> None:
    texts = [composed(seed) for seed in range(POOL)]
    callers = [Caller(host, port) for _ in range(CALLERS)]
    statuses: Counter[int] = Counter()
    number = 0

    def next_body() -> bytes:
        nonlocal number
        number += 1
        place = number % POOL
        if number % 10 == 0:
            texts[place] = composed(POOL + number)
        return f"{texts[place]}\n附注：第{number}份。\n".encode()

    async def work(caller: Caller, until: float, wait: float) -> None:
        while monotonic() < until:
            began = monotonic()
            statuses[await caller.ask(next_body())] += 1
            await asyncio.sleep(max(0.0, began + wait - monotonic()))

    until = monotonic() + CALIBRATION_SECONDS
    await asyncio.gather(*(work(caller, until, 0) for caller in callers[:WORKERS]))
    rate = statuses[200] / CALIBRATION_SECONDS
    told.send({"rate": rate})
    running = [asyncio.create_task(work(c, monotonic() + seconds, CALLERS / (TIMES * rate))) for c in callers]
    while not all(task.done() for task in running):
        await asyncio.sleep(1)
        told.send({"statuses": dict(statuses)})
    await asyncio.gather(*running)
    told.send({"end": True})


def feel(host: str, port: int, told: Connection) -> None:
    """Ask ``/livez`` again and again on one connection; sends the milliseconds of each second."""
    request = f"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    os.nice(-5 if not os.geteuid() else 0)  # a pulse is felt by someone who is awake
    with socket.create_connection((host, port)) as connection:
        times: list[float] = []
        while True:
            began = perf_counter()
            connection.sendall(request)
            answer = connection.recv(4096)
            while b"alive" not in answer:
                answer += connection.recv(4096)
            times.append((perf_counter() - began) * 1000)
            if len(times) * PULSE_SECONDS >= 1:
                told.send(times)
                times = []
            sleep(PULSE_SECONDS)


def memory(process: int) -> float:
    """PSS of a process and all below it, in MB."""
    total = 0
    for one in (process, *(p for child in children(process) for p in (child, *children(child)))):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(text.partition("\nPss:")[2].split()[0])
    return total / 1024


class Soak:
    """What is known so far."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.statuses: dict[int, int] = {}
        self.pulses: list[float] = []
        self.samples: list[tuple[int, float]] = []
        self.rate = 0.0

    def look(self) -> None:
        """One sample of memory at the documents done."""
        self.samples.append((self.statuses.get(200, 0), memory(self.served.process.pid)))

    def growth(self) -> float:
        """MB from the end of warming up to the end, each the median of the samples around."""
        warm = self.samples[-1][0] * WARM_SHARE
        after = [size for done, size in self.samples if done >= warm]
        few = max(1, len(after) // 5)
        return median(after[-few:]) - median(after[:few])

    def told(self) -> dict[str, Any]:
        """All figures."""
        ordered = sorted(self.pulses) or [0.0]
        at = {
            name: ordered[int(share * (len(ordered) - 1))] for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1))
        }
        ends = [line for line in self.served.logged if '"worker ended"' in line]
        return {
            "can_take_per_second": round(self.rate, 1),
            "statuses": {str(status): number for status, number in sorted(self.statuses.items())},
            "livez_ms": {name: round(value, 1) for name, value in at.items()},
            "livez_calls": len(self.pulses),
            "memory_mb": {"first": round(self.samples[0][1], 1), "last": round(self.samples[-1][1], 1)},
            "growth_mb": round(self.growth(), 2),
            "workers_ended": len(ends),
        }

    def failures(self) -> list[str]:
        """What is not as it must be."""
        told = self.told()
        odd = {status for status in told["statuses"] if status not in {"200", "503"}}
        return [
            *(f"answers other than 200 and 503: {sorted(odd)}" for _ in [0] if odd),
            *(f"/livez p99 over {MOST_PULSE_MS} ms" for _ in [0] if told["livez_ms"]["p99"] > MOST_PULSE_MS),
            *(f"memory grew by more than {MOST_GROWTH_MB} MB" for _ in [0] if told["growth_mb"] > MOST_GROWTH_MB),
            *(f"fewer than {DOCUMENTS} documents" for _ in [0] if self.statuses.get(200, 0) < DOCUMENTS),
        ]


def follow(soak: Soak, load: Connection, pulse: Connection, until: float) -> None:
    """Gather until the time is over and the documents are done, or nobody asks any more."""
    next_tell = monotonic() + TELL_SECONDS
    while True:
        while load.poll():
            message = load.recv()
            if "end" in message:
                return
            soak.rate = message.get("rate", soak.rate)
            soak.statuses = message.get("statuses", soak.statuses)
        while pulse.poll():
            soak.pulses += pulse.recv() if soak.rate else pulse.recv()[:0]
        if soak.statuses:
            soak.look()
        if monotonic() >= next_tell and soak.samples:
            next_tell += TELL_SECONDS
            print(json.dumps({"at": f"{soak.statuses.get(200, 0)} documents", **soak.told()}), flush=True)
        if monotonic() >= until and soak.statuses.get(200, 0) >= DOCUMENTS:
            return
        sleep(1)


def main() -> int:
    """Run it; 1 where something is not as it must be."""
    seconds = float(sys.argv[1]) * 60 if len(sys.argv) > 1 else MINUTES * 60
    context = get_context("spawn")
    with TemporaryDirectory() as home:
        served = start(Path(home), workers=WORKERS, queue=QUEUE, log_level="warning")
        host, port = served.url.removeprefix("http://").split(":")
        (load, load_there), (pulse, pulse_there) = context.Pipe(duplex=False), context.Pipe(duplex=False)
        helpers = [
            context.Process(target=offer, args=(host, int(port), seconds * LONGEST_TIMES, load_there), daemon=True),
            context.Process(target=feel, args=(host, int(port), pulse_there), daemon=True),
        ]
        for helper in helpers:
            helper.start()
        soak = Soak(served)
        try:
            follow(soak, load, pulse, monotonic() + seconds)
        finally:
            for helper in helpers:
                helper.terminate()
            served.stop()
    failures = soak.failures()
    print(json.dumps({**soak.told(), "failures": failures}, indent=2), flush=True)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())

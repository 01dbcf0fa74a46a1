"""The service under three times the load it can take: ``make soak SOAK=service``, minutes by SOAK_MINUTES (30).

Three processes beside the service: one offers composed reports, each another, at three times the rate at which they are
answered (measured first, and again every ten seconds); one feels the pulse (``/livez``); this one counts and looks at
memory. A line each minute, a table at the end. It fails on any answer but 200 and 503, on a pulse slower than 50 ms at
the 99th percentile, on less than two and a half times the load, and where memory (private to the service's processes)
grew by more than 5 MB over 50,000 documents from the 2,000th on; of fewer documents, by more than 5 MB in all.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING

from tests.serving_process import Served, children, start

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
DOCUMENTS = 50_000
"""Those that a growth of memory is told for."""
WORKERS, QUEUE = 2, 8
TIMES, LEAST_TIMES, CALLERS = 3, 2.5, 3 * (WORKERS + QUEUE)
CALIBRATION_SECONDS, PACE_SECONDS, LOOK_SECONDS, TELL_SECONDS, PULSE_SECONDS = 10.0, 10.0, 5.0, 60.0, 0.05
WARM_DOCUMENTS, FEWEST_DOCUMENTS = 2_000, 4_000
"""Memory is told from the first number of documents on, when caches are full; of fewer than the second, not at all."""
MOST_PULSE_MS, MOST_GROWTH_MB = 50.0, 5.0
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
    number, wait = 0, 0.0

    def next_body() -> bytes:
        nonlocal number
        number += 1
        place = number % POOL
        if number % 10 == 0:
            texts[place] = composed(POOL + number)
        return f"{texts[place]}\n附注：第{number}份。\n".encode()

    async def work(caller: Caller, until: float) -> None:
        while monotonic() < until:
            began = monotonic()
            statuses[await caller.ask(next_body())] += 1
            await asyncio.sleep(max(0.0, began + wait - monotonic()))

    until = monotonic() + CALIBRATION_SECONDS
    await asyncio.gather(*(work(caller, until) for caller in callers[:WORKERS]))
    rate = statuses[200] / CALIBRATION_SECONDS
    told.send({"rate": rate})
    statuses.clear()
    wait = CALLERS / (TIMES * rate)
    running = [asyncio.create_task(work(caller, monotonic() + seconds)) for caller in callers]
    paced, before = monotonic(), 0
    while not all(task.done() for task in running):
        await asyncio.sleep(1)
        told.send({"statuses": dict(statuses)})
        if (spent := monotonic() - paced) >= PACE_SECONDS and statuses[200] > before:
            wait = CALLERS * spent / (TIMES * (statuses[200] - before))
            paced, before = monotonic(), statuses[200]
    await asyncio.gather(*running)
    told.send({"statuses": dict(statuses)})
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
    """What a process and all below it hold alone, in MB: shares in common pages change with the machine's other programs."""
    total = 0
    for one in (process, *(p for child in children(process) for p in (child, *children(child)))):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(text.partition(f"\n{kind}:")[2].split()[0]) for kind in ("Private_Clean", "Private_Dirty"))
    return total / 1024


class Soak:
    """What is known so far."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.statuses: dict[int, int] = {}
        self.pulses: list[float] = []
        self.samples: list[tuple[int, float]] = []
        self.rate = 0.0

    @property
    def done(self) -> int:
        """Documents that were answered."""
        return self.statuses.get(200, 0)

    @property
    def requests(self) -> int:
        """All that were asked for."""
        return sum(self.statuses.values())

    @property
    def others(self) -> dict[int, int]:
        """Answers that are neither 200 nor 503; 0 is a connection that broke."""
        return {status: number for status, number in self.statuses.items() if status not in {200, 503}}

    def look(self) -> None:
        """One sample of memory at the documents done."""
        self.samples.append((self.done, memory(self.served.process.pid)))

    def pulse(self, share: float) -> float:
        """A percentile of the pulse in milliseconds."""
        ordered = sorted(self.pulses) or [0.0]
        return ordered[int(share * (len(ordered) - 1))]

    def growth(self) -> tuple[float, int]:
        """MB from the end of warming up to the end, each the median of the samples around, and over how many documents."""
        if self.done < FEWEST_DOCUMENTS:
            return 0.0, 0
        after = [sample for sample in self.samples if sample[0] >= WARM_DOCUMENTS]
        few = max(1, len(after) // 5)
        first, last = after[:few], after[-few:]
        size = median(size for _, size in last) - median(size for _, size in first)
        return size, int(median(done for done, _ in last) - median(done for done, _ in first))

    def rows(self) -> list[tuple[str, str]]:
        """The table of figures."""
        size, over = self.growth()
        unknown = f"not known of fewer than {FEWEST_DOCUMENTS:,} documents"
        ends = sum('"worker ended"' in line for line in self.served.logged)
        return [
            ("documents a second it can take, by two callers", f"{self.rate:.1f}"),
            ("requests", f"{self.requests:,}"),
            ("  of them times those answered", f"{self.requests / max(1, self.done):.2f}"),
            ("answered (200)", f"{self.done:,}"),
            ("busy (503)", f"{self.statuses.get(503, 0):,}"),
            ("other 5xx", f"{sum(number for status, number in self.others.items() if status >= 500):,}"),
            (
                "other answers and broken connections",
                f"{sum(n for status, n in self.others.items() if status < 500):,}",
            ),
            ("/livez p50 / p99 / longest, ms", f"{self.pulse(0.5):.1f} / {self.pulse(0.99):.1f} / {self.pulse(1):.1f}"),
            ("/livez calls", f"{len(self.pulses):,}"),
            ("memory at first / last, MB", f"{self.samples[0][1]:.1f} / {self.samples[-1][1]:.1f}"),
            (f"memory growth over {over:,} documents, MB", f"{size:.2f}" if over else unknown),
            (f"memory growth per {DOCUMENTS:,} documents, MB", f"{size * DOCUMENTS / over:.2f}" if over else unknown),
            ("workers that ended", str(ends)),
        ]

    def failures(self) -> list[str]:
        """Promises that are broken."""
        size, over = self.growth()
        growth = size * DOCUMENTS / max(over, DOCUMENTS)
        return [
            *(f"answers other than 200 and 503: {self.others}" for _ in [0] if self.others),
            *(f"/livez p99 over {MOST_PULSE_MS:g} ms" for _ in [0] if self.pulse(0.99) > MOST_PULSE_MS),
            *(f"memory grew by more than {MOST_GROWTH_MB:g} MB" for _ in [0] if growth > MOST_GROWTH_MB),
            *(f"load under {LEAST_TIMES:g} times" for _ in [0] if self.requests < LEAST_TIMES * self.done),
            *("no document was answered" for _ in [0] if not self.done),
        ]


def follow(soak: Soak, load: Connection, pulse: Connection, seconds: float) -> None:
    """Gather until nobody asks any more; a line each minute."""
    began = monotonic()
    next_look, next_tell = began, began + TELL_SECONDS
    while monotonic() < began + CALIBRATION_SECONDS + seconds * 2 + TELL_SECONDS:
        while load.poll():
            message = load.recv()
            if "end" in message:
                soak.look()
                return
            soak.rate = message.get("rate", soak.rate)
            soak.statuses = message.get("statuses", soak.statuses)
        while pulse.poll():
            soak.pulses += pulse.recv() if soak.requests else pulse.recv()[:0]
        if soak.requests and monotonic() >= next_look:
            next_look = monotonic() + LOOK_SECONDS
            soak.look()
        if monotonic() >= next_tell and soak.samples:
            next_tell += TELL_SECONDS
            print(
                f"minute {(monotonic() - began) / 60:.0f}: {soak.requests:,} requests, {soak.done:,} answered, "
                f"{soak.statuses.get(503, 0):,} busy, {sum(soak.others.values())} other; "
                f"/livez p99 {soak.pulse(0.99):.1f} ms; {soak.samples[-1][1]:.1f} MB",
                flush=True,
            )
        sleep(0.5)
    raise TimeoutError("the load did not end")


def main() -> int:
    """Run it; 1 where a promise is broken."""
    seconds = float(sys.argv[1]) * 60 if len(sys.argv) > 1 else MINUTES * 60
    context = get_context("spawn")
    with TemporaryDirectory() as home:
        served = start(Path(home), workers=WORKERS, queue=QUEUE, log_level="warning")
        host, port = served.url.removeprefix("http://").split(":")
        (load, load_there), (pulse, pulse_there) = context.Pipe(duplex=False), context.Pipe(duplex=False)
        helpers = [
            context.Process(target=offer, args=(host, int(port), seconds, load_there), daemon=True),
            context.Process(target=feel, args=(host, int(port), pulse_there), daemon=True),
        ]
        for helper in helpers:
            helper.start()
        soak = Soak(served)
        try:
            follow(soak, load, pulse, seconds)
        finally:
            for helper in helpers:
                helper.terminate()
            served.stop()
    failures = soak.failures()
    for name, figure in soak.rows():
        print(f"{name:<50} {figure}")
    for failure in failures:
        print(f"BROKEN: {failure}")
    print("all promises kept" if not failures else f"{len(failures)} promises broken", flush=True)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())

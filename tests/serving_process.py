"""A real server in a process of its own, as ``gongkai serve`` starts it, and a client to ask it."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
PATIENCE = 120.0
Told = TypeVar("Told")


def until(ask: Callable[[], Told], seconds: float = PATIENCE, *, pause: float = 0.02) -> Told:
    """Ask again and again until the answer is true; that answer. An assertion fails where it does not come in time."""
    began = monotonic()
    while not (told := ask()):
        assert monotonic() - began < seconds, f"not so within {seconds} s: {told}"
        sleep(pause)
    return told


class Served:
    """A running service: ``url``, a ``client``, and what it printed and logged."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        first = process.stdout.readline()
        if "http://" not in first:
            process.wait(START_SECONDS)
            raise AssertionError(f"the service did not start: {first}{''.join(process.stderr or [])}")
        self.printed = [first, process.stdout.readline(), process.stdout.readline()]
        self.url = first.split()[3]
        self.logged: list[str] = []
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.client = httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.logged += self.process.stderr

    def nursery(self) -> int:
        """The process number of the nursery."""
        return children(self.process.pid)[0]

    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        return children(self.nursery())

    def wait_for_workers(self, count: int, *, other_than: int | None = None, seconds: float = 2.0) -> float:
        """Seconds until so many workers are there, a certain one not among them."""
        began = monotonic()
        until(lambda: len(now := self.workers()) == count and other_than not in now, seconds)
        return monotonic() - began

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to end and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(START_SECONDS)
        self.listener.join(5)
        self.client.close()


def children(process: int) -> list[int]:
    """Child processes that are no zombies."""
    try:
        named = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [int(child) for child in named if Path(f"/proc/{child}/stat").read_text().split(") ")[1][0] != "Z"]
    except FileNotFoundError:
        return []


def start(home: Path, *arguments: str, prefix: Sequence[str] = (), **settings: object) -> Served:
    """Start ``gongkai serve`` on a free port with its data in ``home``; settings by environment.

    ``prefix`` is a command that runs it, such as ``prlimit``.
    """
    environment = dict(os.environ, GONGKAI_HOME=str(home), PYTHONUNBUFFERED="1")
    environment |= {f"GONGKAI_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "commands", "serve", "--port", "0", *arguments],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    atexit.register(process.kill)
    return Served(process)


@contextmanager
def serving(home: Path, *arguments: str, prefix: Sequence[str] = (), **settings: object) -> Iterator[Served]:
    """A service for the length of a ``with``."""
    served = start(home, *arguments, prefix=prefix, **settings)
    try:
        yield served
    finally:
        served.stop()

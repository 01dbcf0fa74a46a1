"""What a worker process does: one document after another on its own pipeline, never in a thread.

It is forked from the nursery with everything loaded. An alarm ends it when a document takes longer than its
deadline even if nobody is left to kill it, and the kernel refuses it memory beyond its limit. An unforeseen error
ends the process: it costs its own document, says type and place without a word of it, and a fresh fork follows.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import orjson

from extractor.compare import compare
from extractor.errors import GongkaiError, LimitError
from extractor.read import read
from extractor.read.pdf_grids import ruled_grids
from extractor.result import json_of
from serving.frames import Head, pieces, receive
from serving.given import document_of_json, results_of_json

if TYPE_CHECKING:
    import socket
    from types import TracebackType

    from extractor.document import Document
    from extractor.pipeline import Extractor, Step
    from extractor.report import Report, Tables

ALARM_GRACE_SECONDS = 2.0
SERVER_FIRST = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take."""

    characters: int
    pages: int
    json_depth: int
    memory_bytes: int


class Worker:
    """One pipeline with its limits; ``seconds`` holds how long each step took for the last document."""

    def __init__(self, extractor: Extractor, limits: Limits) -> None:
        self.extractor = extractor
        self.limits = limits
        self.seconds: dict[str, float] = {}
        extractor.steps = tuple(replace(step, run=self._timed(step.name, step.run)) for step in extractor.steps)

    def _timed(self, name: str, run: Step) -> Step:
        def timed(report: Report) -> Report:
            began = perf_counter()
            done = run(report)
            self.seconds[name] = perf_counter() - began
            return done

        return timed

    def answer(self, head: Head, body: bytes) -> tuple[Head, bytes]:
        """The answer to one task: the result's bytes, or the parts of the error that refuses it."""
        self.seconds.clear()
        try:
            began = perf_counter()
            if head["want"] == "comparison":
                compared = orjson.dumps(compare(results_of_json(body)))
                return {"steps": {"compare": perf_counter() - began}, "abstained": {}}, compared
            document, given = self.take(head, body)
            self.seconds["read"] = perf_counter() - began
            report = self.extractor.look_again(self.extractor.run(document, given), body, ruled_grids)
            abstained = Counter(item.abstained for item in (*report.problems, *report.improvements) if item.abstained)
            began = perf_counter()
            answer = json_of(report, with_text=head["text"])
            self.seconds["write"] = perf_counter() - began
            return {"steps": self.seconds, "abstained": abstained}, answer
        except GongkaiError as error:
            return refusal(error), b""
        except (MemoryError, RecursionError):
            return refusal(_too_large(self.limits)), b""

    def take(self, head: Head, body: bytes) -> tuple[Document, Tables | None]:
        """The document and the tables that came with it, within the limits."""
        given: Tables | None = None
        if head["media_type"] == "application/json":
            document, given = document_of_json(body, name=head["name"], depth=self.limits.json_depth)
        else:
            document = read(body, name=head["name"], media_type=head["media_type"])
        length, pages = len(document.text), document.source.pages or 0
        if length > self.limits.characters:
            raise _over("the document's text is too long", length, self.limits.characters, "characters")
        if pages > self.limits.pages:
            raise _over("the document has too many pages", pages, self.limits.pages, "pages")
        return document, given


def work(sock: socket.socket, worker: Worker) -> None:
    """Answer frames until the server goes away."""
    _settle(worker.limits)
    while (frame := receive(sock)) is not None:
        head, body = frame
        signal.setitimer(signal.ITIMER_REAL, head["seconds"] + ALARM_GRACE_SECONDS)
        answer_head, answer = worker.answer(head, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for piece in pieces(answer_head | {"memory": memory_bytes()}, answer):
            sock.sendall(piece)


def _settle(limits: Limits) -> None:
    """This process's own manners: signals, place behind the server, memory, what it says when it dies."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(SERVER_FIRST)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, hard))
    sys.excepthook = tell_place


def tell_place(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """One JSON line of an error's type and frames; its message may quote the document and is left out."""
    places = [f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in traceback.extract_tb(trace)]
    line = {"level": "error", "event": "worker failed", "error": kind.__name__, "places": places}
    sys.stderr.buffer.write(orjson.dumps(line) + b"\n")
    sys.stderr.flush()


def refusal(error: GongkaiError) -> Head:
    """An error as the head of an answer."""
    return {"refused": type(error).__name__, "what": error.what, "details": error.details()}


def _over(what: str, found: int, allowed: int, unit: str) -> LimitError:
    return LimitError(
        what,
        found=f"{found} {unit}",
        allowed=f"{allowed} {unit}",
        do=f"send one report at a time, or raise GONGKAI_{unit.upper()}",
    )


def _too_large(limits: Limits) -> LimitError:
    return LimitError(
        "the document needs too much memory",
        allowed=f"{limits.memory_bytes >> 20} MB",
        do="send it as text, or raise GONGKAI_WORKER_MEMORY_MB",
    )


def memory_bytes() -> int:
    """This process's resident memory."""
    try:
        resident = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(resident) * resource.getpagesize()

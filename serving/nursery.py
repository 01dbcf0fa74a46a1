"""The process that loads rules and model once and forks workers from it, each ready at once.

Forking from a process that does nothing else is quick (milliseconds, memory shared) and safe (no threads, no event
loop). It speaks over one socket: the server asks ``fork`` or ``kill``, the nursery hands a worker's socket over.
When the server goes away, it ends its workers and itself.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from extractor.errors import GongkaiError
from extractor.pipeline import Extractor
from extractor.result import plain
from serving.frames import Head, pack, receive
from serving.worker import Limits, Worker, refusal, work

REAP_SECONDS = 0.5


def main(control_number: int) -> None:
    """Run the nursery on an inherited socket."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    control = socket.socket(fileno=control_number)
    first = receive(control)
    if first is None:
        return
    wishes = first[0]
    os.environ["GONGKAI_HOME"] = wishes["home"]
    try:
        extractor = load(wishes)
    except GongkaiError as error:
        control.sendall(pack(refusal(error)))
        return
    control.sendall(pack({"provenance": plain(extractor.provenance)}))
    Nursery(control, Worker(extractor, Limits(**wishes["limits"]))).run()


def load(wishes: Head) -> Extractor:
    """The pipeline, warmed by one line so that workers are quick from their first document."""
    rules, model = (Path(wishes[name]) if wishes[name] else None for name in ("rules", "model"))
    extractor = Extractor(rules=rules, model=model)
    extractor.extract("2024年政府信息公开工作年度报告\n一、总体情况\n通过政府网站公开信息1条。\n".encode())
    gc.collect()
    gc.freeze()
    return extractor


class Nursery:
    """Forks, kills and reaps."""

    def __init__(self, control: socket.socket, worker: Worker) -> None:
        self.control = control
        self.worker = worker
        self.children: set[int] = set()

    def run(self) -> None:
        """Serve the server's wishes until it goes away."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.serve()
        for child in self.children:
            self.kill(child)

    def serve(self) -> None:
        """Wish after wish. Errors: those of a socket whose other side goes away meanwhile."""
        while True:
            ready, _, _ = select.select([self.control], [], [], REAP_SECONDS)
            self.reap()
            if not ready:
                continue
            frame = receive(self.control)
            if frame is None:
                return
            wish = frame[0]
            if "kill" in wish:
                self.kill(wish["kill"])
            else:
                self.fork()

    def fork(self) -> None:
        """One more worker; its socket and process number go to the server."""
        here, there = socket.socketpair()
        child = os.fork()
        if not child:
            here.close()
            self.control.close()
            self.become_worker(there)
        there.close()
        self.children.add(child)
        socket.send_fds(self.control, [pack({"worker": child})], [here.fileno()])
        here.close()

    def become_worker(self, sock: socket.socket) -> NoReturn:
        """Never returns into the nursery's own frames, whatever happens."""
        status = 1
        try:
            work(sock, self.worker)
            status = 0
        except (BrokenPipeError, ConnectionResetError):
            status = 0
        finally:
            error = sys.exc_info()
            if status and error[0] is not None and error[1] is not None:
                sys.excepthook(error[0], error[1], error[2])
            os._exit(status)

    def kill(self, child: int) -> None:
        """End a worker that is still ours; a number that was reaped may belong to another by now."""
        if child in self.children:
            os.kill(child, signal.SIGKILL)

    def reap(self) -> None:
        """Take leave of the workers that have ended."""
        while self.children:
            child, _ = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            self.children.discard(child)


if __name__ == "__main__":
    main(int(sys.argv[1]))

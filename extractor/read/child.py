"""The reader's processes: a small one that has loaded the readers and stays clean, and one forked from it that reads.

``python -m extractor.read.child`` takes requests on its standard input. It never parses a file itself: it hands the
request to its fork, watches time and memory, and ends the fork with all that it started when either is up, so that the
next file gets a fresh one in a few milliseconds. A fork serves many files, and may write to its own folder alone.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from extractor.errors import DocumentError, GongkaiError, LimitError
from extractor.read.limits import MEGABYTE, Limits
from extractor.read.wire import document_data, error_data, frame, read_frame, text_hash

if TYPE_CHECKING:
    from collections.abc import Callable

PRELOADED = ("html", "pdf", "pdf_grids", "pdf_boxes", "page_views", "word", "office", "scan")
LOOK_EVERY = 0.05
FILES_A_FORK = 200
ROOM = 2048 * MEGABYTE
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
STARTED = ("soffice", "libreoffice", "unshare")
BARRED = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "ctypes.dlopen",
)
PAGE = resource.getpagesize()


def exact(receive: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """A receiver that waits for all bytes asked for; fewer come at the end only."""

    def receive_all(size: int) -> bytes:
        parts, missing = [], size
        while missing:
            part = receive(min(missing, MEGABYTE))
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    return receive_all


def serve() -> None:
    """Answer requests until the standard input ends."""
    for name in PRELOADED:
        __import__(f"extractor.read.{name}")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receive = exact(lambda size: os.read(0, size))
    fork: Fork | None = None
    while (request := read_frame(receive)) is not None:
        head, body = request
        fork = fork or Fork()
        answer = fork.ask(head, body)
        if not fork.is_alive or fork.served >= FILES_A_FORK:
            fork.end()
            fork = None
        _write_all(1, answer)
    if fork is not None:
        fork.end()


def _write_all(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


class Fork:
    """A process forked to read files, its folder, and the line to it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gongkai-reader-"))
        self.line, theirs = socket.socketpair()
        self.served = 0
        self.is_alive = True
        self.process = os.fork()
        if self.process == 0:
            self.line.close()
            _read_files(theirs, self.folder)
        theirs.close()

    def ask(self, head: dict[str, Any], body: bytes) -> bytes:
        """The fork's answer to one request, or the error of a limit that it passed."""
        limits = Limits(**head["limits"])
        self.served += 1
        deadline = time.monotonic() + limits.seconds
        try:
            self.line.sendall(frame(head, body))
            answer = self._wait(deadline, limits)
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        if answer is None:
            self.is_alive = False
            what = LimitError(
                "the file breaks its reader", found="the reading process ended", do="check the file; it may be damaged"
            )
            return frame({"error": error_data(what)})
        return answer

    def _wait(self, deadline: float, limits: Limits) -> bytes | None:
        self.line.setblocking(False)
        parts = bytearray()
        try:
            while True:
                if select.select([self.line], [], [], LOOK_EVERY)[0]:
                    part = self.line.recv(MEGABYTE)
                    if not part:
                        return None
                    parts += part
                    if _is_whole(parts):
                        return bytes(parts)
                elif time.monotonic() > deadline:
                    return self._passed("the file takes too long to read", f"{limits.seconds:g} s")
                if resident(self.process) > limits.memory:
                    return self._passed("the file takes too much memory", f"{limits.memory // MEGABYTE} MiB")
        finally:
            self.line.setblocking(True)

    def _passed(self, what: str, allowed: str) -> bytes:
        self.is_alive = False
        return frame(
            {"error": error_data(LimitError(what, allowed=allowed, do="give the report alone, or raise the limit"))}
        )

    def end(self) -> None:
        """End the process with all that it started, and drop its folder."""
        self.line.close()
        for process in session(self.process):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def _is_whole(parts: bytearray) -> bool:
    return len(parts) >= 8 and len(parts) >= 8 + int.from_bytes(parts[:4], "big") + int.from_bytes(parts[4:8], "big")


def session(leader: int) -> list[int]:
    """The processes of a session, its leader first."""
    found = [leader]
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        if entry.name.isdecimal() and entry.name != str(leader):
            with suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                    found.append(int(entry.name))
    return found


def resident(leader: int) -> int:
    """Bytes of memory that a session's processes hold."""
    total = 0
    for process in session(leader):
        with suppress(OSError, IndexError, ValueError):
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    return total


def _read_files(line: socket.socket, folder: Path) -> NoReturn:
    """The fork's own life: read files from the line until it ends."""
    os.setsid()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(0, 2)
    os.chdir(folder)
    tempfile.tempdir = str(folder)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(guard(folder))
    receive = exact(line.recv)
    while (request := read_frame(receive)) is not None:
        head, body = request
        limits = Limits(**head["limits"])
        _bound(limits)
        try:
            answer = answer_to(head, body, limits)
        except GongkaiError as error:
            answer = frame({"error": error_data(error)})
        except MemoryError:
            answer = frame(
                {"error": error_data(LimitError("the file takes too much memory", allowed=f"{limits.memory} bytes"))}
            )
        except RecursionError:
            answer = frame({"error": error_data(LimitError("the file's parts nest too deep"))})
        line.sendall(answer)
    os._exit(0)


def _bound(limits: Limits) -> None:
    """Bound the address space (what is resident is watched from outside) and the size of files written."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory + ROOM, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def guard(folder: Path) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that lets nothing be fetched, started or written, but LibreOffice and the fork's own folder."""
    allowed = (str(folder.resolve()) + os.sep, os.devnull)

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event in BARRED:
            raise PermissionError(f"{event} is barred while a file is read")
        if event == "subprocess.Popen" and Path(str(arguments[0])).name not in STARTED:
            raise PermissionError("only LibreOffice may be started while a file is read")
        if event == "open" and isinstance(arguments[0], str):
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            mode = arguments[1] if isinstance(arguments[1], str) else ""
            if (flags & WRITING or set(mode) & set("wax+")) and not str(Path(arguments[0]).resolve()).startswith(
                allowed
            ):
                raise PermissionError("only the reader's own folder may be written")

    return check


def answer_to(head: dict[str, Any], body: bytes, limits: Limits) -> bytes:
    """Do one job: ``read``, ``grids``, ``boxes`` or ``image``."""
    from extractor.read.kinds import read
    from extractor.read.page_views import page_view
    from extractor.read.pdf_boxes import find_boxes
    from extractor.read.pdf_grids import ruled_grids

    if head["job"] == "image":
        view = page_view(body, head["page"], width=head["width"], limits=limits)
        return frame({"width": view.width, "height": view.height}, view.image)
    document = read(body, name=head["name"], media_type=head["media_type"], limits=limits)
    if head["job"] == "grids" or (head["job"] == "boxes" and text_hash(document.text) != head["text"]):
        document = ruled_grids(body, document, limits)
    if head["job"] == "boxes":
        if text_hash(document.text) != head["text"]:
            raise DocumentError("the file is not the one that was read", do="give the bytes that the text came from")
        boxes = find_boxes(body, document, [(start, end) for start, end in head["ranges"]], limits)
        return frame({"boxes": boxes})
    return frame({"document": document_data(document)})


if __name__ == "__main__":
    serve()

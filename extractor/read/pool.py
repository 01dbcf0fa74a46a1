"""Untrusted files read outside of this process: time, memory and what a file may touch are bounded.

Plain text needs no parser and is read here; all else goes to a few processes that are kept (``child``). None of them
holds the pipeline: what comes back is a document as data, or one of our errors.
"""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.document import Box, PageView
from extractor.errors import LimitError
from extractor.read.child import exact
from extractor.read.kinds import is_surely_plain, read
from extractor.read.limits import STANDARD, Limits
from extractor.read.wire import document_of, error_of, frame, read_frame, text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.document import Document

HOME = Path(__file__).parents[2]


class Child:
    """One reader's process, started when it is first needed and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to a request. Errors: those of reading, ``LimitError`` where the process dies of the file."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(frame(head, body))
            process.stdin.flush()
            answer = read_frame(exact(process.stdout.read))
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        if answer is None:
            self.end()
            raise LimitError("the file breaks its reader", found="the reading process ended", do="check the file")
        if "error" in answer[0]:
            raise error_of(answer[0]["error"])
        return answer

    @property
    def process_id(self) -> int | None:
        """Its process, None where none was started; its forks are that process's children."""
        return self._process.pid if self._process is not None else None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH"))))
            environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                (sys.executable, "-P", "-m", "extractor.read.child"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        return self._process

    def end(self) -> None:
        """Let the process finish; its forks end with it."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(BrokenPipeError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


class ReaderPool:
    """Reads untrusted files in ``size`` processes; safe to share between threads, closed as a context manager.

    Every method raises ``DocumentError``, ``LimitError`` or ``MissingPartError`` as reading here would.
    """

    def __init__(self, size: int = 1, limits: Limits = STANDARD) -> None:
        self.limits = limits
        self.children = [Child() for _ in range(size)]
        self._free: queue.SimpleQueue[Child] = queue.SimpleQueue()
        for child in self.children:
            self._free.put(child)

    def read(
        self, data: bytes, *, name: str | None = None, media_type: str | None = None, limits: Limits | None = None
    ) -> Document:
        """The document in a file's bytes."""
        if is_surely_plain(data):
            return read(data, name=name, media_type=media_type, limits=limits or self.limits)
        return self._document("read", data, name, media_type, limits)

    def ruled_grids(self, data: bytes, document: Document, limits: Limits | None = None) -> Document:
        """A PDF's document with its ruled tables as grids; ``document`` is what ``read`` made of the same bytes."""
        if document.source.reader != "pdf":
            return document
        return self._document("grids", data, document.source.name, document.source.media_type, limits)

    def find_boxes(self, data: bytes, text: str, ranges: Iterable[tuple[int, int]]) -> tuple[Box, ...]:
        """Where on its pages ranges of the ``text`` that was read from a PDF or a scan stand."""
        head = self._head("boxes", None, None, None) | {"ranges": list(ranges), "text": text_hash(text)}
        with self._child() as child:
            answer, _ = child.ask(head, data)
        return tuple(Box(**box) for box in answer["boxes"])

    def page_view(self, data: bytes, page: int, *, width: int = 1000) -> PageView:
        """A page of a PDF, or an image file, as PNG with its size in points."""
        with self._child() as child:
            answer, image = child.ask(self._head("image", None, None, None) | {"page": page, "width": width}, data)
        return PageView(page, answer["width"], answer["height"], image)

    def page_image(self, data: bytes, page: int, *, width: int = 1000) -> bytes:
        """A page of a PDF as PNG."""
        return self.page_view(data, page, width=width).image

    def _document(
        self, job: str, data: bytes, name: str | None, media_type: str | None, limits: Limits | None
    ) -> Document:
        with self._child() as child:
            answer, _ = child.ask(self._head(job, name, media_type, limits), data)
        return document_of(answer["document"])

    def _head(self, job: str, name: str | None, media_type: str | None, limits: Limits | None) -> dict[str, Any]:
        return {"job": job, "name": name, "media_type": media_type, "limits": asdict(limits or self.limits)}

    @contextmanager
    def _child(self) -> Iterator[Child]:
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)

    def close(self) -> None:
        """End all processes."""
        for child in self.children:
            child.end()

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


_own: dict[int, ReaderPool] = {}
_lock = threading.Lock()


def own_pool() -> ReaderPool:
    """This process's own pool of one, started once and ended with it; a fork of this process gets its own."""
    with _lock:
        if os.getpid() not in _own:
            _own.clear()
            _own[os.getpid()] = ReaderPool()
            atexit.register(_own[os.getpid()].close)
        return _own[os.getpid()]


def read_safely(
    data: bytes, *, name: str | None = None, media_type: str | None = None, limits: Limits = STANDARD
) -> Document:
    """The document in an untrusted file's bytes, read in a process apart. Errors: as for ``read``."""
    return own_pool().read(data, name=name, media_type=media_type, limits=limits)

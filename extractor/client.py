"""Ask a running service (``gongkai serve``) instead of extracting here: the same results, over HTTP.

A busy service says after how many seconds to come back, and this client does so for as long as its patience lasts;
what is wrong with a document is an error at once. Batches are sent in parts, and a part that breaks off is sent again
without the documents that were answered, so each is answered once.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import orjson

from extractor.errors import DocumentError, GongkaiError, LabelError, LimitError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

BUSY = frozenset({429, 503})
AGAIN_SECONDS = 1.0
MOST_LOST = 3
PART_FILES = 50
PART_BYTES = 16 << 20
LOOK_SECONDS = 0.5
LINES = "application/x-ndjson"
FAMILIES: dict[str, type[GongkaiError]] = {
    "document": DocumentError, "input": DocumentError, "limit": LimitError, "body-too-large": LimitError,
    "labels": LabelError, "model": ModelError, "no-model": ModelError, "gates": ModelError, "conflict": ModelError,
    "labels-many": LimitError,
}  # fmt: skip
OF_A_DOCUMENT = frozenset({"document", "limit", "body-too-large", "body-too-slow", "deadline", "worker-lost"})
Named = Callable[[dict[str, Any]], dict[str, Any]]


class ServiceError(GongkaiError, RuntimeError):
    """The service cannot be reached, refuses, or was busy for longer than the client's patience."""


class Client:
    """A connection to a service. Use it as a context manager, or close it.

    ``url`` is the service's address, ``key`` an access key where it wants one, ``patience`` how many seconds to keep
    trying while it is busy or away.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", *, key: str | None = None, patience: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(10, read=None)
        self.http = httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False)
        self.patience = patience

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def extract(
        self, source: bytes | str | Path, *, name: str | None = None, media_type: str | None = None, text: bool = True
    ) -> dict[str, Any]:
        """The result of a file's path or its bytes, nothing kept. Errors: ``DocumentError``, ``ServiceError``."""
        body, name, named = _body(source, name)
        asked = {"name": name, "text": str(text).lower()}
        return self._document("POST", "/v1/extract", body, media_type, asked, named)

    def keep(
        self, source: bytes | str | Path, *, name: str | None = None, media_type: str | None = None
    ) -> dict[str, Any]:
        """Keep a document; its summary. Errors: ``DocumentError``, ``ServiceError``."""
        body, name, named = _body(source, name)
        return self._document("POST", "/v1/documents", body, media_type, {"name": name}, named)

    def compare(self, *reports: str | dict[str, Any]) -> dict[str, Any]:
        """The comparison of reports: hashes of kept documents, results with their text, or both.

        Errors: ``DocumentError``, ``ServiceError``.
        """
        asked = {
            "documents": [report for report in reports if isinstance(report, str)],
            "results": [report for report in reports if not isinstance(report, str)],
        }
        return self._document("POST", "/v1/compare", orjson.dumps(asked), "application/json", {})

    def get(self, path: str, **asked: str | int) -> Any:
        """What a GET answers, parsed. Errors: ``ServiceError``."""
        return self._answer(lambda: self.http.get(path, params=asked)).json()

    def push_labels(self, lines: bytes | Sequence[Path]) -> dict[str, Any]:
        """Give labels, as lines or as files of them, all or none; how many were taken.

        Errors: ``LabelError`` names every wrong line, and its file.
        """
        if isinstance(lines, bytes):
            return self._document("POST", "/v1/labels", lines, LINES, {})
        parts = [path.read_bytes().rstrip(b"\n") for path in lines]
        places = [f"{path}, line {n}" for path, part in zip(lines, parts, strict=True) for n in _numbers(part)]
        return self._document("POST", "/v1/labels", b"\n".join(parts), LINES, {}, lambda told: _placed(told, places))

    def labels(self, coder: str | None = None) -> Iterator[dict[str, Any]]:
        """All labels as they were given, the oldest first. Errors: ``ServiceError``."""
        asked = {"coder": coder} if coder else {}
        for line in self._answer(lambda: self.http.get("/v1/labels", params=asked)).iter_lines():
            yield orjson.loads(line)

    def train(
        self, name: str, *, with_project: bool = True, progress: Callable[[float, str], None] | None = None
    ) -> dict[str, Any]:
        """Train a candidate on all labels given so far, and wait; the candidate with its figures.

        ``progress`` hears of the share that is done and the step; an interrupt cancels the training.
        Errors: ``ModelError``, ``ServiceError``.
        """
        told = self._ask_for("/v1/training", {"name": name, "with_project": with_project})
        path, heard = f"/v1/training/{told['id']}", None
        try:
            while told["ended_at"] is None:
                now = (told["share"], told["step"] or told["state"])
                if progress is not None and now != heard:
                    progress(*now)
                heard = now
                time.sleep(LOOK_SECONDS)
                told = self.get(path)
        except KeyboardInterrupt:
            self._answer(lambda: self.http.delete(path))
            raise
        if told["state"] == "done":
            return dict(told["answer"])
        if told["answer"] is None:
            raise ModelError(f"the training was {told['state']}", where=name)
        raise _error(told["answer"]["status"], told["answer"])

    def models(self) -> dict[str, Any]:
        """The models with parent and figures, the record of promotions, and which one is in use."""
        return dict(self.get("/v1/models"))

    def promote(
        self, name: str, *, accept_differences: bool = False, force: bool = False, why: str | None = None
    ) -> dict[str, Any]:
        """Make a candidate live. Errors: ``ModelError`` with the gates that it did not pass."""
        asked = {"accept_differences": accept_differences, "force": force, "why": why}
        return self._ask_for(f"/v1/models/{quote(name, safe='')}/promote", asked)

    def rollback(self, why: str | None = None) -> dict[str, Any]:
        """Make the model live again that was live before. Errors: ``ModelError`` where there is none."""
        return self._ask_for("/v1/models/rollback", {"why": why})

    def queue(self, most: int = 50) -> list[dict[str, Any]]:
        """What to label next, the most worth first."""
        return list(self.get("/v1/queue", most=most))

    def batch(
        self, files: Iterable[Path], *, text: bool = False
    ) -> Iterator[tuple[Path, dict[str, Any] | GongkaiError]]:
        """Each file with its result or what is wrong with it, in the order in which they are done.

        Errors: ``ServiceError`` when the service was away for longer than the client's patience.
        """
        for part in _parts(files):
            left = dict(enumerate(part))
            lost = dict.fromkeys(left, 0)
            since = time.monotonic()
            while left:
                before = len(left)
                yield from self._send_part(left, lost, text=text)
                since = time.monotonic() if len(left) < before else since
                if left and time.monotonic() - since > self.patience:
                    raise self._away("the batch was not answered whole")

    def _send_part(
        self, left: dict[int, Path], lost: dict[int, int], *, text: bool
    ) -> Iterator[tuple[Path, dict[str, Any] | GongkaiError]]:
        """Send what is left of a part once, and take out of ``left`` what is answered for good."""
        order = list(left)
        body = b"\n".join(_line(left[number]) for number in order)
        asked = {"text": str(text).lower()}
        try:
            with self.http.stream("POST", "/v1/batches", content=body, params=asked) as answer:
                if answer.status_code in BUSY:
                    time.sleep(_wait(answer))
                    return
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    raise _error(answer.status_code, _parsed(answer.content))
                for line in answer.iter_lines():
                    told = orjson.loads(line)
                    number = order[told["ordinal"]] if told["ordinal"] < len(order) else order[-1]
                    if "problem" in told and told["problem"]["status"] in BUSY and lost[number] < MOST_LOST:
                        lost[number] += 1
                        continue
                    problem = told.get("problem")
                    yield left.pop(number), _error(problem["status"], problem) if problem else told["result"]
        except httpx.TransportError:
            time.sleep(AGAIN_SECONDS)

    def _ask_for(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        return self._document("POST", path, orjson.dumps(asked), "application/json", {})

    def _document(
        self, method: str, path: str, body: bytes, media_type: str | None, asked: dict[str, str | None],
        named: Named = dict,
    ) -> dict[str, Any]:  # fmt: skip
        """What the service says to a body; ``named`` gives a problem with it the names that are known here."""
        headers = {"Content-Type": media_type} if media_type else {}
        params = {name: value for name, value in asked.items() if value is not None}
        answer = self._answer(
            lambda: self.http.request(method, path, content=body, params=params, headers=headers), named
        )
        told: dict[str, Any] = orjson.loads(answer.content)
        return told

    def _answer(self, ask: Callable[[], httpx.Response], named: Named = dict) -> httpx.Response:
        """Ask until there is an answer that is not "later"."""
        until = time.monotonic() + self.patience
        lost = 0
        while True:
            try:
                answer = ask()
            except httpx.TransportError:
                wait = AGAIN_SECONDS
                if time.monotonic() + wait > until:
                    raise self._away("the service cannot be reached") from None
            else:
                if answer.is_success:
                    return answer
                problem = _parsed(answer.content)
                lost += problem.get("type", "").endswith(("worker-lost", "deadline"))
                wait = _wait(answer)
                if answer.status_code not in BUSY or lost >= MOST_LOST or time.monotonic() + wait > until:
                    raise _error(answer.status_code, named(problem))
            time.sleep(wait)

    def _away(self, what: str) -> ServiceError:
        return ServiceError(what, where=str(self.http.base_url), do="start it (gongkai serve), or give another --url")


def _body(source: bytes | str | Path, name: str | None) -> tuple[bytes, str | None, Named]:
    """A document's bytes, its name, and how a problem with it names its file."""
    if isinstance(source, bytes):
        return source, name, dict
    path = Path(source)

    def named(problem: dict[str, Any]) -> dict[str, Any]:
        if _kind(problem) not in OF_A_DOCUMENT:
            return problem
        return {**problem, "where": ", ".join(filter(None, (str(path), problem.get("where"))))}

    return path.read_bytes(), name or path.name, named


def _numbers(part: bytes) -> range:
    """The numbers of a file's lines."""
    return range(1, part.count(b"\n") + 2)


def _placed(problem: dict[str, Any], places: Sequence[str]) -> dict[str, Any]:
    """A problem whose wrong lines are told by file and line."""
    if "lines" not in problem:
        return problem
    return {**problem, "lines": [{**line, "place": places[line["line"] - 1]} for line in problem["lines"]]}


def _line(path: Path) -> bytes:
    return orjson.dumps({"name": path.name, "base64": base64.b64encode(path.read_bytes()).decode()})


def _parts(files: Iterable[Path]) -> Iterator[Sequence[Path]]:
    """Files in parts of a size that is sent again without regret."""
    part: list[Path] = []
    size = 0
    for path in files:
        length = path.stat().st_size
        if part and (len(part) >= PART_FILES or size + length > PART_BYTES):
            yield part
            part, size = [], 0
        part.append(path)
        size += length
    if part:
        yield part


def _wait(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else AGAIN_SECONDS


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        problem = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _error(status: int, problem: dict[str, Any]) -> GongkaiError:
    """A problem of the service as an error of this program."""
    parts = {part: str(problem[part]) for part in ("where", "found", "allowed", "do") if part in problem}
    if "lines" in problem:
        told = "; ".join(_wrong_line(line) for line in problem["lines"])
        parts["found"] = f"{parts['found']}: {told}" if "found" in parts else told
    return FAMILIES.get(_kind(problem), ServiceError)(
        str(problem.get("title", f"the service answered {status}")), **parts
    )


def _kind(problem: dict[str, Any]) -> str:
    """The stable name of a kind of error."""
    return str(problem.get("type", "")).rpartition(":")[2]


def _wrong_line(line: dict[str, Any]) -> str:
    """A wrong line of labels in words: its file and number, what is wrong with it, and what is allowed there."""
    allowed = f" (allowed: {line['allowed']})" if "allowed" in line else ""
    place = line.get("place") or f"line {line['line']}"
    return f"{place}: {line['what']}{allowed}"

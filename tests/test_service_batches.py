"""Many documents: batches in one call, jobs in the background, and the client that sends them."""

from __future__ import annotations

import os
import signal
import sqlite3
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import orjson
import pytest

from extractor.errors import DocumentError, LimitError
from serving.folder import Folder
from serving.settings import Settings
from tests.conftest import example_files
from tests.serving_process import Served, serving, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = example_files()
BODY = FILES[0].read_bytes()
LINE = orjson.dumps({"name": "a", "text": BODY.decode()})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=2, queue=2) as running:
        yield running


def ask(served: Served, *lines: bytes, **query: str) -> list[dict[str, Any]]:
    answer = served.client.post("/v1/batches", content=b"\n".join(lines), params=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    return sorted((orjson.loads(line) for line in answer.content.splitlines()), key=lambda line: line["ordinal"])


def test_a_batch_answers_each_line_as_a_single_call_would(served: Served) -> None:
    lines = [orjson.dumps({"name": path.name, "base64": b64encode(path.read_bytes()).decode()}) for path in FILES]
    answers = ask(served, *lines, text="true")
    assert [answer["name"] for answer in answers] == [path.name for path in FILES]
    for path, answer in zip(FILES, answers, strict=True):
        assert (
            answer["result"]
            == served.client.post("/v1/extract", content=path.read_bytes(), params={"name": path.name}).json()
        )


BAD = (
    (b"no json", "urn:gongkai:problem:document"),
    (b"[]", "urn:gongkai:problem:document"),
    (b'{"name": "a"}', "urn:gongkai:problem:document"),
    (b'{"text": "a", "base64": "YQ=="}', "urn:gongkai:problem:document"),
    (b'{"text": 1}', "urn:gongkai:problem:document"),
    (b'{"base64": "!"}', "urn:gongkai:problem:document"),
    (b'{"text": "a", "more": 1}', "urn:gongkai:problem:document"),
    (b'{"base64": "f0VMRgAA"}', "urn:gongkai:problem:document"),
)


@pytest.mark.parametrize(("bad", "kind"), BAD)
def test_a_bad_line_costs_that_line_only(served: Served, bad: bytes, kind: str) -> None:
    first, second, third = ask(served, LINE, bad, LINE)
    assert second["problem"]["type"] == kind
    assert first["result"] == third["result"]


def test_an_empty_batch_has_no_answers(served: Served) -> None:
    assert ask(served) == []
    assert ask(served, b"", b"  ") == []


def test_a_batch_larger_than_the_queue_is_answered_whole_while_single_calls_go_on(served: Served) -> None:
    def lines() -> Iterator[bytes]:
        for _ in range(60):
            yield LINE + b"\n"

    with served.client.stream("POST", "/v1/batches", content=lines(), params={"text": "true"}) as answer:
        assert served.client.post("/v1/extract", content=BODY).status_code in {200, 503}
        ordinals = sorted(orjson.loads(line)["ordinal"] for line in answer.iter_lines())
    assert ordinals == list(range(60))


def job_of(served: Served, job: str) -> dict[str, Any]:
    told: dict[str, Any] = served.client.get(f"/v1/jobs/{job}").json()
    return told


def finished(served: Served, job: str) -> dict[str, Any]:
    until(lambda: job_of(served, job)["state"] != "running", pause=0.1)
    return job_of(served, job)


def different(number: int) -> bytes:
    return orjson.dumps({"name": str(number), "text": f"{BODY.decode()}\n附注：第{number}份。\n"})


def test_a_job_keeps_its_documents_and_answers_each_once(served: Served) -> None:
    lines = [*(different(number) for number in range(8)), b'{"base64": "f0VMRgAA"}']
    made = served.client.post("/v1/jobs", content=b"\n".join(lines))
    assert made.status_code == 202
    job = made.json()["id"]
    told = finished(served, job)
    assert (told["state"], told["items"]["done"], told["items"]["refused"]) == ("done", 8, 1)
    answers = [orjson.loads(line) for line in served.client.get(f"/v1/jobs/{job}/results").content.splitlines()]
    assert [answer["ordinal"] for answer in answers] == list(range(9))
    assert len({answer["answer"]["sha256"] for answer in answers[:8]}) == 8
    assert answers[8]["answer"]["type"] == "urn:gongkai:problem:document"
    later = served.client.get(f"/v1/jobs/{job}/results", params={"after": 6}).content.splitlines()
    assert [orjson.loads(line)["ordinal"] for line in later] == [7, 8]
    assert job in [one["id"] for one in served.client.get("/v1/jobs").json()]


def test_a_job_with_a_line_that_is_no_document_is_refused_whole(served: Served) -> None:
    before = len(served.client.get("/v1/jobs").json())
    for body in (b"", LINE + b"\nno json"):
        assert served.client.post("/v1/jobs", content=body).status_code == 422
    assert len(served.client.get("/v1/jobs").json()) == before


def test_a_cancelled_job_stops(served: Served) -> None:
    job = served.client.post("/v1/jobs", content=b"\n".join(different(number) for number in range(100, 300))).json()[
        "id"
    ]
    told = served.client.delete(f"/v1/jobs/{job}").json()
    assert told["state"] == "cancelled"
    assert told["items"]["cancelled"] > 100
    assert told["items"]["waiting"] == 0
    assert served.client.delete("/v1/jobs/0000000000000000").status_code == 404


def test_a_job_goes_on_after_the_store_could_not_take_an_answer(tmp_path: Path) -> None:
    long = orjson.dumps({"text": BODY.decode() * (24_000_000 // len(BODY))})
    with serving(tmp_path, workers=1) as running:
        store = sqlite3.connect(tmp_path / "gongkai.sqlite", isolation_level=None)
        job = running.client.post("/v1/jobs", content=long).json()["id"]
        until(lambda: store.execute("SELECT tries FROM job_items").fetchone() == (1,), pause=0.001)
        store.execute("BEGIN IMMEDIATE")
        until(lambda: any("jobs wait" in line or "work ended" in line for line in running.logged))
        store.execute("ROLLBACK")
        store.close()
        assert finished(running, job)["items"]["refused"] == 1
        assert not any("background work ended" in line for line in running.logged)


def test_a_job_goes_on_after_the_service_was_killed(tmp_path: Path) -> None:
    count = 60
    served = start(tmp_path, workers=2)
    job = served.client.post("/v1/jobs", content=b"\n".join(different(number) for number in range(count))).json()["id"]
    until(lambda: job_of(served, job)["items"]["done"] >= 5)
    os.kill(served.workers()[0], signal.SIGKILL)
    served.stop(signal.SIGKILL)
    with serving(tmp_path, workers=2) as again:
        told = finished(again, job)
        assert told["items"] == {"waiting": 0, "done": count, "refused": 0, "lost": 0, "cancelled": 0}
        answers = [orjson.loads(line) for line in again.client.get(f"/v1/jobs/{job}/results").content.splitlines()]
        assert [answer["ordinal"] for answer in answers] == list(range(count))
        assert len({answer["answer"]["sha256"] for answer in answers}) == count
        documents = again.client.get("/v1/documents", params={"limit": 200}).json()["documents"]
        assert len(documents) == count


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports with what stands in such folders, and links that lead out of it."""
    root = tmp_path / "reports"
    (root / "2023" / "deep").mkdir(parents=True)
    for number in range(12):
        folder = root / "2023" / "deep" if number % 2 else root / "2023"
        (folder / f"{number:02}.txt").write_text(f"{BODY.decode()}\n附注：第{number}份。\n", "utf-8")
    (root / "2023" / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
    (root / "2023" / "notes.xlsx").write_bytes(b"no report")
    with ZipFile(root / "2023" / "packed.zip", "w") as packed:
        packed.writestr("inner.txt", f"{BODY.decode()}\n附注：包中。\n")
    (tmp_path / "secret.txt").write_bytes(BODY)
    (root / "2023" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "out").symlink_to(tmp_path)
    return root


NAMES = [*(f"2023/{number:02}.txt" for number in range(0, 12, 2)), "2023/broken.pdf",
         *(f"2023/deep/{number:02}.txt" for number in range(1, 12, 2)), "2023/packed.zip/inner.txt"]  # fmt: skip


def test_a_job_takes_the_reports_of_the_services_folder(reports: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "home", workers=2, jobs_folder=reports) as served:
        made = served.client.post("/v1/jobs", params={"folder": "2023"})
        assert (made.status_code, made.json()["documents"]) == (202, 14)
        told = finished(served, made.json()["id"])
        assert (told["items"]["done"], told["items"]["refused"]) == (13, 1)
        answers = served.client.get(f"/v1/jobs/{told['id']}/results").content.splitlines()
        assert [orjson.loads(answer)["name"] for answer in answers] == NAMES
        kept = orjson.loads(answers[0])["answer"]
        assert (kept["name"], kept["bytes"]) == ("00.txt", (reports / NAMES[0]).stat().st_size)
        assert served.client.post("/v1/jobs", params={"folder": "."}).json()["documents"] == 14
        for folder in ("..", "../", "/etc", "out", "2023/../..", "nowhere", "2023/00.txt", "a\x00b", "x" * 300):
            answer = served.client.post("/v1/jobs", params={"folder": folder})
            assert (answer.status_code, answer.json().get("where")) == (422, "query.folder"), folder
            assert str(tmp_path) not in answer.text


def test_without_a_folder_set_none_can_be_named(served: Served) -> None:
    assert served.client.post("/v1/jobs", params={"folder": "."}).status_code == 422


def test_a_file_that_becomes_a_link_out_or_goes_is_refused(reports: Path, tmp_path: Path) -> None:
    folder = Folder(Settings(home=tmp_path, jobs_folder=reports, body_bytes=1024))
    assert "2023/link.txt" not in folder.files(".")
    for path in ("2023/link.txt", "2023/gone.txt", "../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(DocumentError, match="not there"):
            folder.read(path)
    with pytest.raises(LimitError):
        folder.read("2023/00.txt")


def test_a_folders_job_goes_on_after_a_crash_and_answers_each_file_once(reports: Path, tmp_path: Path) -> None:
    for number in range(100, 160):
        (reports / f"{number}.txt").write_text(f"{BODY.decode()}\n附注：第{number}份。\n", "utf-8")
    served = start(tmp_path / "home", workers=2, jobs_folder=reports)
    job = served.client.post("/v1/jobs", params={"folder": "."}).json()["id"]
    until(lambda: job_of(served, job)["items"]["done"] >= 5)
    served.stop(signal.SIGKILL)
    with serving(tmp_path / "home", workers=2, jobs_folder=reports) as again:
        before = again.client.get(f"/v1/jobs/{job}").json()["items"]["done"]
        assert before >= 5
        told = finished(again, job)
        assert told["items"] == {"waiting": 0, "done": 73, "refused": 1, "lost": 0, "cancelled": 0}
        answers = [orjson.loads(line) for line in again.client.get(f"/v1/jobs/{job}/results").content.splitlines()]
        assert [answer["ordinal"] for answer in answers] == list(range(74))
        figures = again.client.get("/metrics").text
        extracted = float(figures.partition("\ngongkai_documents_total ")[2].split()[0])
        assert extracted <= 74 - before

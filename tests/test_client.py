"""The client against a real server: results, errors, patience, batches that break off, and its command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

import orjson
import pytest

from extractor.client import Client, ServiceError
from extractor.errors import DocumentError
from tests.conftest import example_files
from tests.serving_process import ROOT, Served, serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = example_files()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1, queue=0, requests_per_minute=0) as running:
        yield running


def many(folder: Path, count: int) -> list[Path]:
    text = FILES[0].read_text("utf-8")
    paths = [folder / f"report{number:03}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"{text}\n附注：第{number}份。\n", "utf-8")
    return paths


def remote(served: Served, *words: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, GONGKAI_URL=served.url, COLUMNS="200")
    command = [sys.executable, "-m", "commands", "remote", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_client_answers_what_the_service_says(served: Served) -> None:
    with Client(served.url) as client:
        direct = served.client.post("/v1/extract", content=FILES[0].read_bytes(), params={"name": FILES[0].name}).json()
        assert client.extract(FILES[0]) == direct
        assert "text" not in client.extract(FILES[0].read_bytes(), text=False)
        assert client.keep(FILES[0])["name"] == FILES[0].name
        assert len(client.get("/v1/documents", limit=5)["documents"]) == 1


def test_what_is_wrong_with_a_document_is_its_error(served: Served) -> None:
    with Client(served.url) as client, pytest.raises(DocumentError, match="no report"):
        client.extract(b"\x7fELF\x00\x00")


def test_an_error_names_the_file_that_it_is_about(served: Served, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x7fELF\x00\x00")
    with Client(served.url) as client:
        for ask in (client.extract, client.keep):
            with pytest.raises(DocumentError) as raised:
                ask(bad)
            assert raised.value.where.startswith(str(bad))
    for words in (["extract", str(bad)], ["keep", str(FILES[0]), str(bad)], ["compare", str(FILES[0]), str(bad)]):
        done = remote(served, *words)
        assert (done.returncode in {1, 2}, str(bad) in done.stderr) == (True, True), done
    with Client("http://127.0.0.1:9", patience=0) as client, pytest.raises(ServiceError) as away:
        client.extract(bad)
    assert away.value.where == "http://127.0.0.1:9"


def test_files_that_would_be_written_over_one_another_are_told(served: Served, tmp_path: Path) -> None:
    paths = [tmp_path / year / "report.txt" for year in ("2022", "2023")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(FILES[0].read_bytes())
    done = remote(served, "extract", "--output", str(tmp_path / "results"), *map(str, paths))
    assert (done.returncode, "report.json" in done.stderr) == (2, True)


def test_a_busy_service_is_asked_again_when_it_says(served: Served) -> None:
    slow = FILES[0].read_bytes() * 60
    busy = Thread(target=served.client.post, args=("/v1/extract",), kwargs={"content": slow})
    busy.start()
    until(lambda: 'gongkai_workers{state="busy"} 1.0' in served.client.get("/metrics").text)
    with Client(served.url, patience=60) as client:
        assert client.extract(FILES[0])["schema"] == "gongkai.report/1"
    busy.join()


def test_a_service_that_is_away_is_told_after_patience() -> None:
    began = monotonic()
    with Client("http://127.0.0.1:9", patience=0.5) as client, pytest.raises(ServiceError, match="cannot be reached"):
        client.extract(b"x")
    assert monotonic() - began < 5


def test_a_batch_answers_every_file_once_though_a_worker_dies(served: Served, tmp_path: Path) -> None:
    paths = many(tmp_path, 120)
    answered = []
    with Client(served.url) as client:
        for number, (path, answer) in enumerate(client.batch(paths)):
            answered.append(path)
            assert isinstance(answer, dict), answer
            if number in {5, 60}:
                os.kill(served.workers()[0], signal.SIGKILL)
    assert sorted(answered) == paths


def test_the_command_resumes_and_tells_the_bad_file(served: Served, tmp_path: Path) -> None:
    paths = many(tmp_path, 4)
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x7fELF\x00\x00")
    output = tmp_path / "results"
    words = [sys.executable, "-m", "commands", "remote", "extract", "--url", served.url, "--output", str(output)]

    def run(*files: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*words, *map(str, files)], cwd=ROOT, capture_output=True, text=True, check=False)

    first = run(*paths[:2], bad)
    assert (first.returncode, "bad.txt" in first.stderr) == (1, True)
    assert sorted(path.name for path in output.iterdir()) == ["report000.json", "report001.json"]
    second = run(*paths)
    assert (second.returncode, "4 of 4 done, 2 of them before" in second.stderr) == (0, True)
    assert orjson.loads((output / "report003.json").read_bytes())["source"]["name"] == "report003.txt"

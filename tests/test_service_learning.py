"""Learning over HTTP, on the real server: labels whole or refused, trainings as jobs, gates, a switch that loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from extractor.client import Client
from extractor.errors import LimitError, ModelError
from serving.keeping import Keeper
from serving.learning import Learning
from serving.limits import ASKED_BYTES, LABEL_BYTES, LABEL_LINES, MOST_TRAININGS
from serving.metrics import Metrics
from serving.pool import Pool
from serving.settings import Settings
from serving.store.database import Database
from serving.store.trainings import Trainings
from serving.telemetry import Telemetry
from tests.conftest import EXAMPLES, example_files
from tests.serving_process import ROOT, Served, children, serving, until
from tests.test_service_access import command
from training.contexts import project_passages
from training.labels import dump_lines, project_labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = example_files()[0].read_bytes()
AGENCIES = frozenset(sorted({label.agency for label in project_labels()})[::12])
LABELS = [label for label in project_labels() if label.agency in AGENCIES]
PASSAGE = project_passages()[0].to_line().encode()


def lines(**changes: Any) -> bytes:
    """Labels without a coder, as a labelling page would send them."""
    rows = [{**json.loads(line), **changes} for line in dump_lines(LABELS[:3]).splitlines()]
    return b"".join(json.dumps({k: v for k, v in row.items() if k != "coder"}).encode() + b"\n" for row in rows)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    token = command(home, "add", "lin", "--scope", "admin").stdout.strip()
    with serving(home, "--take-in", str(EXAMPLES)) as running:
        running.client.headers["Authorization"] = f"Bearer {token}"
        yield running


def remote(served: Served, *words: str) -> subprocess.CompletedProcess[str]:
    """``gongkai remote`` with the service's address and the client's key."""
    key = served.client.headers.get("Authorization", "").removeprefix("Bearer ")
    environment = dict(os.environ, GONGKAI_URL=served.url, **({"GONGKAI_KEY": key} if key else {}))
    command = [sys.executable, "-m", "commands", "remote", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_labels_are_kept_under_the_keys_name_and_a_second_thought_replaces_the_first(served: Served) -> None:
    answer = served.client.post("/v1/labels", content=lines() + PASSAGE)
    assert answer.status_code == 201
    assert answer.json() == {"labels": 3, "passages": 1, "replaced": 0, "coder": "lin"}
    assert served.client.post("/v1/labels", content=lines(themes=["other"])).json()["replaced"] == 3
    kept = [json.loads(line) for line in served.client.get("/v1/labels").text.splitlines()]
    themes = [row for row in kept if row["schema"] == "gongkai.label/1"]
    assert [(row["coder"], row["themes"]) for row in themes] == [("lin", ["other"])] * 3
    assert len(kept) == 4
    assert served.client.get("/v1/labels", params={"coder": "nobody"}).text == ""


def test_an_upload_is_refused_whole_with_every_wrong_line_and_its_reason(served: Served) -> None:
    before = served.client.get("/v1/labels").content
    bad = b"{\n" + lines() + b'{"schema": "gongkai.label/9"}\n' + lines(themes=["weather"])
    answer = served.client.post("/v1/labels", content=bad)
    assert answer.status_code == 422
    told = answer.json()
    assert told["type"] == "urn:gongkai:problem:labels"
    assert [row["line"] for row in told["lines"]] == [1, 5, 6, 7, 8]
    assert "themes" in told["lines"][-1]["where"]
    assert LABELS[0].text not in answer.text
    assert served.client.post("/v1/labels", content=b"").status_code == 422
    assert served.client.post("/v1/labels", content=dump_lines(LABELS[:1])).status_code == 422
    assert served.client.get("/v1/labels").content == before


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        ("/v1/labels", b"{}\n" * (LABEL_LINES + 1), f"{LABEL_LINES} lines"),
        ("/v1/labels", b" " * (LABEL_BYTES + 1), f"{LABEL_BYTES} bytes"),
        ("/v1/training", b'{"name": "' + b"n" * ASKED_BYTES + b'"}', f"{ASKED_BYTES} bytes"),
        ("/v1/models/small/promote", b'{"why": "' + b"n" * ASKED_BYTES + b'"}', f"{ASKED_BYTES} bytes"),
        ("/v1/models/rollback", b" " * ASKED_BYTES * 9, f"{ASKED_BYTES} bytes"),
        ("/v1/labels", lines(text="长" * 2001), "characters"),
        ("/v1/labels", json.dumps({**json.loads(PASSAGE), "text": "长" * 5001}).encode(), "characters"),
    ],
    ids=["lines", "bytes", "training", "promotion", "rollback", "text", "passage"],
)
def test_limits_of_labels_and_trainings_are_named_and_hold(
    served: Served, path: str, body: bytes, allowed: str
) -> None:
    answer = served.client.post(path, content=body, headers={"Content-Type": "application/json"})
    told = answer.json()
    assert answer.status_code == (422 if allowed == "characters" else 413), told
    assert allowed in (told["lines"][0]["allowed"] if "lines" in told else told["allowed"])
    described = served.client.get("/openapi.json").json()
    number = allowed.partition(" ")[0] if allowed != "characters" else "2000 characters a text, 5000 a passage"
    assert number in described["info"]["description"]
    if "models" not in path:
        assert number in described["paths"][path]["post"]["description"]


def test_models_are_looked_at_while_their_files_come_and_go(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    database = Database(settings.database_url)
    keeper = Keeper(Pool(settings, Metrics(), Telemetry()), database)
    learning = Learning(settings, keeper, Trainings(database))
    pointer, over = tmp_path / "models" / "live", Event()
    pointer.parent.mkdir()

    def come_and_go() -> None:
        while not over.is_set():
            pointer.write_text("default", "utf-8")
            pointer.unlink()

    mover = Thread(target=come_and_go)
    mover.start()
    try:
        seen = {len(learning._files()) for _ in range(5_000)}
    finally:
        over.set()
        mover.join()
        database.close()
    assert seen == {0, 1}


def several(*numbers: int, theme: str = "staff") -> bytes:
    rows = [
        {"schema": "gongkai.label/1", "id": str(number), "kind": "problem", "agency": "甲市水务局", "themes": [theme],
         "text": f"第{number}件公开不够及时"} for number in numbers
    ]  # fmt: skip
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_as_many_labels_are_kept_and_trained_on_as_the_setting_says(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1, labels=4) as few:
        told = few.client.get("/openapi.json").json()["info"]["description"].replace("\n", " ")
        assert "4 kept in all (409)" in told
        assert f"Trainings: 4 labels (422), {MOST_TRAININGS} waiting or running (503)" in told
        assert few.client.post("/v1/labels", content=several(1, 2, 3)).status_code == 201
        assert few.client.post("/v1/labels", content=several(1, 2, 3, theme="other")).json()["replaced"] == 3
        before = few.client.get("/v1/labels").text
        refused = few.client.post("/v1/labels", content=several(3, 4, 5))
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:gongkai:problem:labels-many")
        parts = [refused.json()[part] for part in ("where", "found", "allowed")]
        assert parts == ["/v1/labels", "3 kept, 2 new", "4 labels kept in all"]
        assert "GONGKAI_LABELS" in refused.json()["do"]
        assert few.client.get("/v1/labels").text == before
        with Client(few.url) as client, pytest.raises(LimitError, match="4 labels kept"):
            client.push_labels(several(4, 5))
        assert few.client.post("/v1/labels", content=several(3, 4)).json()["replaced"] == 1
    with serving(tmp_path, workers=1, labels=3) as fewer:
        refused = fewer.client.post("/v1/training", json={"name": "small"})
        assert (refused.status_code, refused.json()["allowed"]) == (422, "1 to 3 labels")


def test_the_queue_offers_items_of_kept_documents_until_they_are_labelled(served: Served) -> None:
    rows = until(lambda: served.client.get("/v1/queue", params={"most": 5}).json(), pause=0.2)
    assert 0 < len(rows) <= 5
    assert rows[0]["worth"] >= rows[-1]["worth"] * 0.5
    fields = ("id", "kind", "text", "agency")
    label = {"schema": "gongkai.label/1", "themes": ["staff"], **{key: rows[0][key] for key in fields}}
    assert served.client.post("/v1/labels", content=json.dumps(label)).status_code == 201
    again = served.client.get("/v1/queue", params={"most": 200}).json()
    assert rows[0]["text"] not in {row["text"] for row in again}


def test_labels_go_there_and_come_back_by_command(served: Served, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_bytes(lines(themes=["staff"]))
    bad.write_bytes(b"{\n" + lines(themes=["weather"]))
    refused = remote(served, "labels", "push", str(good), str(bad))
    assert refused.returncode == 2
    assert f"{bad}, line 1: " in refused.stderr
    assert f"{bad}, line 2: " in refused.stderr
    assert f"{good}, line" not in refused.stderr
    taken = remote(served, "labels", "push", str(good))
    assert json.loads(taken.stdout)["labels"] == 3, taken.stderr
    kept = remote(served, "labels", "list", "--coder", "lin").stdout.splitlines()
    assert [json.loads(line) for line in kept] == [
        json.loads(line) for line in served.client.get("/v1/labels", params={"coder": "lin"}).text.splitlines()
    ]
    rows = [json.loads(line) for line in remote(served, "queue", "--most", "2").stdout.splitlines()]
    assert rows == served.client.get("/v1/queue", params={"most": 2}).json()
    assert len(rows) == 2


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service without keys that holds a part of the project's labels."""
    with serving(tmp_path_factory.mktemp("local")) as running:
        assert running.client.post("/v1/training", json={"name": "small"}).status_code == 422
        rows = [{**json.loads(line), "coder": "local"} for line in dump_lines(LABELS).splitlines()]
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        assert running.client.post("/v1/labels", content=body.encode()).status_code == 201
        yield running


def start(local: Served, name: str) -> httpx.Response:
    return local.client.post("/v1/training", json={"name": name, "with_project": False})


def test_a_cancelled_training_ends_its_process_and_leaves_nothing(local: Served) -> None:
    job = start(local, "unwanted").json()["id"]
    assert start(local, "unwanted").status_code == 409
    until(lambda: local.client.get(f"/v1/training/{job}").json()["state"] == "running")
    assert local.client.delete(f"/v1/training/{job}").json()["state"] == "cancelled"
    assert local.client.get(f"/v1/jobs/{job}").json()["state"] == "cancelled"
    wait_until_alone(local)
    assert [row["name"] for row in local.client.get("/v1/models").json()["models"]] == ["default"]
    wait_until_alone(local)


def test_as_many_trainings_go_on_as_the_interface_says_and_no_more(local: Served) -> None:
    names = [f"many{number}" for number in range(MOST_TRAININGS)]
    jobs = [start(local, name).json()["id"] for name in names]
    refused = start(local, "another")
    assert (refused.status_code, refused.json()["allowed"]) == (503, f"{MOST_TRAININGS} waiting or running")
    assert int(refused.headers["retry-after"]) >= 1
    limit = f"{MOST_TRAININGS} trainings waiting or running"
    assert limit in local.client.get("/openapi.json").json()["paths"]["/v1/training"]["post"]["description"]
    local.client.delete(f"/v1/training/{jobs[-1]}")
    with ThreadPoolExecutor(4) as callers:
        at_once = list(callers.map(lambda number: start(local, f"more{number}"), range(4)))
    assert sorted(answer.status_code for answer in at_once) == [202, 503, 503, 503]
    for row in local.client.get("/v1/training").json():
        local.client.delete(f"/v1/training/{row['id']}")
    wait_until_alone(local)


def wait_until_alone(local: Served) -> None:
    """Until the nursery is the server's only process."""
    until(lambda: len(children(local.process.pid)) == 1)


def test_a_candidate_is_trained_held_back_by_gates_forced_and_rolled_back(local: Served) -> None:
    steps: list[tuple[float, str]] = []
    with Client(local.url) as client:
        answer = client.train("small", with_project=False, progress=lambda *step: steps.append(step))
        with pytest.raises(ModelError, match="exists"):
            client.train("small")
        with pytest.raises(ModelError, match="no such model"):
            client.promote("nobody")
    (told,) = (one for one in local.client.get("/v1/training").json() if one["name"] == "small")
    assert (told["state"], told["share"], told["answer"]) == ("done", 1.0, answer)
    assert answer["labels"] == len(LABELS)
    assert [share for share, _ in steps] == sorted(share for share, _ in steps)
    assert len(steps) > 2
    refused_there = remote(local, "promote", "small")
    assert refused_there.returncode == 2
    assert "a candidate did not pass its gates" in refused_there.stderr
    assert "found: " in refused_there.stderr
    assert remote(local, "rollback").returncode == 2
    refused = local.client.post("/v1/models/small/promote")
    assert refused.status_code == 409
    assert any(not gate["passed"] and gate["said"] for gate in refused.json()["gates"])
    assert local.client.post("/v1/models/small/promote", json={"force": True}).status_code == 422
    assert local.client.post("/v1/models/nobody/promote").status_code == 404
    assert local.client.post("/v1/models/rollback").status_code == 409
    assert model_of(local) == "default"
    statuses, models = while_asking(local, lambda: go_live_and_back(local))
    assert statuses == {200}
    assert models == {"default", "small"}
    actions = [row["action"] for row in local.client.get("/v1/audit").json()]
    assert actions[:3] == ["model.rollback", "model.promote", "training.start"]
    assert "labels.add" in actions
    record = local.client.get("/v1/models").json()["history"]
    assert [(row["event"], row["by"], row.get("why")) for row in record] == [
        ("promote", "local", "a trial"),
        ("rollback", "local", "enough"),
    ]


def go_live_and_back(local: Served) -> None:
    forced = json.loads(remote(local, "promote", "small", "--force", "--why", "a trial").stdout)
    assert (forced["live"], forced["in_use"]) == ("small", "small")
    assert model_of(local) == "small"
    listed = json.loads(remote(local, "models").stdout)
    assert [row["name"] for row in listed["models"] if row["is_live"]] == ["small"] == [listed["in_use"]]
    back = json.loads(remote(local, "rollback", "--why", "enough").stdout)
    assert (back["live"], back["in_use"]) == ("default", "default")
    assert model_of(local) == "default"


def model_of(local: Served) -> str:
    """The model that a result names."""
    answer = local.client.post("/v1/extract", content=REPORT)
    return str(answer.json()["provenance"]["model"])


def while_asking(local: Served, work: Any) -> tuple[set[int], set[str]]:
    """Statuses and models of requests that go on all the time during a piece of work."""
    statuses: set[int] = set()
    models: set[str] = set()
    over = Event()

    def ask() -> None:
        with httpx.Client(base_url=local.url, timeout=60, trust_env=False) as client:
            while not over.is_set():
                answer = client.post("/v1/extract", content=REPORT, params={"text": False})
                statuses.add(answer.status_code)
                if answer.status_code == 200:
                    models.add(answer.json()["provenance"]["model"])

    askers = [Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        work()
    finally:
        over.set()
        for asker in askers:
            asker.join()
    return statuses, models

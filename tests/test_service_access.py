"""Who may do what: the whole table of routes and scopes, keys in and out of force, rates, and loopback without keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from commands.serve import opened
from serving.settings import Settings
from serving.store.keys import Keys
from tests.serving_process import ROOT, Served, serving, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCOPES = ("read", "write", "label", "train", "admin")
NOBODY = "0" * 64
MARK = "0" * 16
OPEN = "open"
ROUTES = {
    # route: the scope that it needs, or each of those that are enough
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/version"): OPEN,
    ("GET", "/v1/vocabulary"): OPEN,
    ("GET", "/metrics"): "read",
    ("POST", "/v1/extract"): "read",
    ("POST", "/v1/documents"): "write",
    ("PUT", "/v1/documents/{sha256}"): "write",
    ("GET", "/v1/documents"): "read",
    ("GET", "/v1/documents/{sha256}"): "read",
    ("DELETE", "/v1/documents/{sha256}"): "write",
    ("GET", "/v1/documents/{sha256}/report"): "read",
    ("GET", "/v1/documents/{sha256}/evidence"): "read",
    ("GET", "/v1/documents/{sha256}/original"): "read",
    ("GET", "/v1/documents/{sha256}/versions"): "read",
    ("GET", "/v1/documents/{sha256}/findings"): "read",
    ("PUT", "/v1/documents/{sha256}/findings/{mark}"): "label",
    ("GET", "/v1/audit"): "admin",
    ("GET", "/v1/themes"): "read",
    ("GET", "/v1/channels"): "read",
    ("GET", "/v1/indicators"): "read",
    ("POST", "/v1/compare"): "read",
    ("POST", "/v1/batches"): "read",
    ("POST", "/v1/jobs"): "write",
    ("GET", "/v1/jobs"): "read",
    ("GET", "/v1/jobs/{job}"): "read",
    ("GET", "/v1/jobs/{job}/results"): "read",
    ("DELETE", "/v1/jobs/{job}"): "write train",
    ("POST", "/v1/labels"): "label",
    ("GET", "/v1/labels"): "label",
    ("GET", "/v1/queue"): "label",
    ("POST", "/v1/training"): "train",
    ("GET", "/v1/training"): "train",
    ("GET", "/v1/training/{job}"): "train",
    ("DELETE", "/v1/training/{job}"): "train",
    ("GET", "/v1/models"): "read",
    ("POST", "/v1/models/{name}/promote"): "train",
    ("POST", "/v1/models/rollback"): "train",
}


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, GONGKAI_HOME=str(home))
    words = [sys.executable, "-m", "commands", "keys", *arguments]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def tokens(home: Path) -> dict[str, str]:
    made = command(home, "add", "read key", "--scope", "read")
    assert made.returncode == 0, made
    with opened(Settings(home=home)) as database:
        others = {scope: Keys(database).add(f"{scope} key", [scope], "test") for scope in SCOPES[1:]}
    return {"read": made.stdout.strip(), **others}


@pytest.fixture(scope="module")
def served(home: Path, tokens: dict[str, str]) -> Iterator[Served]:
    assert tokens
    with serving(home, "--host", "0.0.0.0", allowed_hosts="127.0.0.1", host="0.0.0.0") as running:
        running.client.base_url = running.url.replace("0.0.0.0", "127.0.0.1")
        yield running


def status(served: Served, method: str, path: str, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    filled = path.format(sha256=NOBODY, mark=MARK, job=MARK, name="nobody")
    body = b'{"verdict": "confirmed"}' if "findings" in path else b""
    content = {"Content-Type": "application/json"} if "findings" in path else {}
    return served.client.request(method, filled, headers={**headers, **content}, content=body).status_code


def test_every_route_is_in_the_table(served: Served) -> None:
    paths = served.client.get("/openapi.json").json()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} == set(ROUTES)


@pytest.mark.parametrize(("route", "needed"), ROUTES.items(), ids=lambda part: " ".join(part) if part else None)
def test_each_route_wants_its_scope_and_no_other(
    served: Served, tokens: dict[str, str], route: tuple[str, str], needed: str
) -> None:
    assert (status(served, *route, None) == 401) == (needed != OPEN)
    assert (status(served, *route, "gk_wrong") == 401) == (needed != OPEN)
    for scope, token in tokens.items():
        may = needed == OPEN or scope in {*needed.split(), "admin"}
        assert (status(served, *route, token) not in {401, 403}) == may, scope


KINDS = {"documents": "write", "training": "train"}
"""Kind of a job: the scope that ends it."""


@pytest.fixture(scope="module")
def jobs(served: Served, tokens: dict[str, str]) -> dict[str, str]:
    """A job of each kind."""
    headers = {"Authorization": f"Bearer {tokens['admin']}"}
    label = {
        "schema": "gongkai.label/1",
        "id": "a",
        "kind": "problem",
        "text": "公开不够及时",
        "themes": ["timeliness"],
    }
    given = served.client.post("/v1/labels", content=json.dumps(label | {"agency": "甲市水务局"}), headers=headers)
    assert given.status_code == 201, given.text
    asked = {
        "documents": ("/v1/jobs", {"text": "一份报告", "media_type": "application/vnd.gongkai.training+json"}),
        "training": ("/v1/training", {"name": "small", "with_project": False}),
    }
    answers = {kind: served.client.post(path, json=body, headers=headers) for kind, (path, body) in asked.items()}
    assert {answer.status_code for answer in answers.values()} == {202}
    return {kind: answer.json()["id"] for kind, answer in answers.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_job_is_ended_by_its_scope_and_no_other(
    served: Served, tokens: dict[str, str], jobs: dict[str, str], kind: str
) -> None:
    path = f"/v1/jobs/{jobs[kind]}"
    headers = {"Authorization": f"Bearer {tokens['read']}"}
    assert served.client.get(path, headers=headers).json()["kind"] == kind
    for scope, token in tokens.items():
        may = scope in {KINDS[kind], "admin"}
        assert status(served, "DELETE", path, token) == (200 if may else 403), scope
    trainings = served.client.get("/v1/training", headers={"Authorization": f"Bearer {tokens['train']}"}).json()
    assert [one["id"] for one in trainings] == [jobs["training"]]


def test_a_missing_key_is_asked_for(served: Served) -> None:
    answer = served.client.get("/v1/documents")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:gongkai:problem:key"


def test_keys_are_neither_kept_nor_logged(served: Served, home: Path, tokens: dict[str, str]) -> None:
    kept = b"".join(path.read_bytes() for path in home.iterdir())
    assert not any(token.encode() in kept for token in tokens.values())
    assert not any(token in line for line in served.logged for token in tokens.values())
    listed = command(home, "list").stdout
    assert "read key\tread\t" in listed
    assert not any(token in listed for token in tokens.values())


def test_a_revoked_key_ends_in_a_running_service(served: Served, home: Path) -> None:
    token = command(home, "add", "short lived").stdout.strip()
    until(lambda: status(served, "GET", "/v1/documents", token) == 200)
    assert command(home, "revoke", "short lived").returncode == 0
    until(lambda: status(served, "GET", "/v1/documents", token) == 401, 2.5)
    assert command(home, "revoke", "short lived").returncode == 2
    assert command(home, "add", "short lived").returncode == 2
    assert command(home, "add", "other", "--scope", "everything").returncode == 2


def test_revoking_the_last_key_does_not_open_the_service(tmp_path: Path) -> None:
    with opened(Settings(home=tmp_path)) as database:
        Keys(database).add("one", ["read"], "test")
        assert Keys(database).revoke("one", "test")
    with serving(tmp_path, workers=1) as closed:
        assert closed.client.get("/v1/documents").status_code == 401


def test_without_keys_only_this_machine_itself_is_served(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1, requests_per_minute=5) as local:
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            assert local.client.get("/v1/documents", headers={header: "10.0.0.1"}).status_code == 401
        answers = [local.client.get("/v1/documents") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert local.client.get("/livez").status_code == 200


def test_many_first_requests_at_once_are_all_let_in(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as local, ThreadPoolExecutor(16) as callers:
        url = f"{local.url}/v1/documents"
        answers = list(callers.map(lambda _: httpx.get(url, timeout=30, trust_env=False).status_code, range(48)))
        assert set(answers) == {200}


def test_the_service_does_not_start_openly_without_keys(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="open to everyone"):
        start(tmp_path, "--host", "0.0.0.0")

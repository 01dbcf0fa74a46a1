"""What people who run the service can see: figures that move, logs that say no word of a document, spans."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from serving.telemetry import Telemetry
from tests.conftest import example_files
from tests.serving_process import ROOT, Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extractor.pipeline import Extractor

FILES = example_files()
BODY = FILES[0].read_bytes()
DOUBTFUL = """甲县水务局2024年政府信息公开工作年度报告
五、存在的主要问题及改进情况
存在的主要问题：一是有些事情没有做好；二是锅炉房的账本纸张发黄；三是公开内容不够全面。
"""
PLANTED = "密不可言一二三"
REPORT = f"{BODY.decode()}\n附注：{PLANTED}，{PLANTED}12件。\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1, body_bytes=300_000) as running:
        yield running


def figures(served: Served) -> dict[str, float]:
    """Every sample of /metrics by its name and labels."""
    lines = served.client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}


def grown(served: Served, before: dict[str, float], name: str) -> float:
    return figures(served).get(name, 0) - before.get(name, 0)


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "kind"),
    [
        ("POST", "/v1/extract", b"\x7fELF\x00", {}, "document"),
        ("POST", "/v1/extract", b"x" * 300_001, {}, "body-too-large"),
        ("POST", "/v1/extract?deadline=soon", b"x", {}, "parameter"),
        ("GET", "/nowhere", b"", {}, "http"),
        ("GET", f"/v1/documents/{'0' * 64}", b"", {}, "not-kept"),
        ("GET", "/livez", b"", {"Origin": "https://elsewhere.example"}, "refused"),
        ("POST", "/v1/batches", b"no json", {}, "document"),
    ],
)
def test_each_refusal_is_counted_once_by_its_kind(
    served: Served, method: str, path: str, content: bytes, headers: dict[str, str], kind: str
) -> None:
    before = figures(served)
    served.client.request(method, path, content=content, headers=headers)
    assert grown(served, before, f'gongkai_refusals_total{{kind="{kind}"}}') == 1
    after = figures(served)
    refusals = [
        sum(told[name] for name in told if name.startswith("gongkai_refusals_total")) for told in (before, after)
    ]
    assert refusals[1] - refusals[0] == 1


def test_themes_left_open_are_counted_by_their_reason(served: Served, extractor: Extractor) -> None:
    before = figures(served)
    expected: dict[str, int] = {}
    for body in (BODY, DOUBTFUL.encode()):
        assert served.client.post("/v1/extract", content=body).status_code == 200
        report = extractor.extract(body)
        for item in (*report.problems, *report.improvements):
            if item.abstained:
                expected[item.abstained] = expected.get(item.abstained, 0) + 1
    assert set(expected) == {"unsure", "novel"}
    for reason, number in expected.items():
        assert grown(served, before, f'gongkai_abstentions_total{{reason="{reason}"}}') == number


def test_every_step_is_timed_and_the_model_is_named(served: Served, extractor: Extractor) -> None:
    before = figures(served)
    served.client.post("/v1/extract", content=BODY)
    for step in ("read", *(step.name for step in extractor.steps), "write"):
        assert grown(served, before, f'gongkai_step_seconds_count{{step="{step}"}}') == 1, step
    (info,) = [name for name in figures(served) if name.startswith("gongkai_info")]
    version = served.client.get("/version").json()
    assert all(f'{name}="{version[name]}"' in info for name in ("version", "model", "model_sha256"))
    for name in ("gongkai_queue_length", 'gongkai_workers{state="busy"}', 'gongkai_workers{state="all"}'):
        assert name in before


def test_no_log_line_holds_a_word_of_a_document_and_each_names_its_request(tmp_path: Path) -> None:
    line = orjson.dumps({"name": f"{PLANTED}.txt", "text": REPORT})
    bad = orjson.dumps({"name": PLANTED, "text": PLANTED, PLANTED: 1})
    with serving(tmp_path, workers=1, log_level="debug") as watched:
        client = watched.client
        kept = client.post("/v1/documents", content=REPORT.encode(), params={"name": f"{PLANTED}.txt"}).json()
        answers = [
            client.post("/v1/extract", content=REPORT.encode()),
            client.post("/v1/extract", content=PLANTED.encode(), headers={"Content-Type": "application/json"}),
            client.post("/v1/batches", content=line + b"\n" + bad),
            client.post("/v1/jobs", content=line),
            client.post("/v1/jobs", content=bad),
            client.get("/v1/documents", params={"text": PLANTED}),
            client.get(f"/v1/documents/{kept['sha256']}/evidence"),
            client.get(f"/v1/documents/{PLANTED}"),
            client.get(f"/{PLANTED}"),
            client.post("/v1/compare", content=orjson.dumps({"documents": [PLANTED]})),
        ]
        (worker,) = watched.workers()
        identifiers = [answer.headers["x-request-id"] for answer in answers]
    logged = [orjson.loads(told) for told in watched.logged]
    assert PLANTED not in "".join(watched.logged)
    assert "\\u5bc6" not in "".join(watched.logged)
    assert worker
    assert set(identifiers) <= {told.get("request") for told in logged}
    assert {told["status"] for told in logged if "status" in told} >= {200, 201, 202, 404, 422}


def test_spans_are_those_of_the_request_and_its_steps() -> None:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    telemetry = Telemetry(exporter=exporter)
    told: dict[str, Any] = {"gongkai.request": "7"}
    caller = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with telemetry.request({b"traceparent": caller}, told):
        telemetry.steps({"read": 0.25, "merge": 0.5})
        told |= {"http.request.method": "POST", "http.route": "/v1/extract", "http.response.status_code": 200}
    telemetry.close()
    read, merge, request = exporter.get_finished_spans()
    assert (read.name, merge.name, request.name) == ("step read", "step merge", "POST /v1/extract")
    assert all(step.parent is not None and step.parent.span_id == request.context.span_id for step in (read, merge))
    assert f"{request.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert read.end_time == merge.start_time
    assert request.attributes is not None
    assert dict(request.attributes) == told


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector's address and what it is sent."""
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_collector_gets_a_span_for_each_request_and_step(tmp_path: Path, extractor: Extractor) -> None:
    from gzip import decompress

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with collector() as (address, received):
        with serving(tmp_path, workers=1, telemetry=address) as watched:
            identifier = watched.client.post("/v1/extract", content=REPORT.encode()).headers["x-request-id"]
        told = [decompress(body) if body[:2] == b"\x1f\x8b" else body for body in received]
    sent = [ExportTraceServiceRequest.FromString(body) for body in told]
    spans = [s for one in sent for r in one.resource_spans for scope in r.scope_spans for s in scope.spans]
    (request,) = [span for span in spans if span.name == "POST /v1/extract"]
    steps = [span.name for span in spans if span.parent_span_id == request.span_id]
    assert steps == ["step read", *(f"step {step.name}" for step in extractor.steps), "step write"]
    assert identifier in {attribute.value.string_value for attribute in request.attributes}
    assert PLANTED.encode() not in b"".join(told)


def test_telemetry_is_not_even_imported_when_it_is_off() -> None:
    code = "import sys, service; from serving.telemetry import Telemetry; Telemetry()"
    words = [
        sys.executable,
        "-c",
        f"{code}; print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])",
    ]
    assert subprocess.run(words, cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip() == "[]"

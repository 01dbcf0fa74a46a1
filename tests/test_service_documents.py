"""Kept documents over HTTP: the same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import EXAMPLES, example_files
from tests.postgres_server import KINDS, store_address
from tests.serving_process import Served, serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = example_files()
BODY = FILES[0].read_bytes()
SHA256 = hashlib.sha256(BODY).hexdigest()
NOBODY = "0" * 64


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with store_address(request.param, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture(scope="module")
def served(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), "--take-in", str(EXAMPLES), database=address) as running:
        until(lambda: len(listed(running)) >= len(FILES))
        yield running


def listed(served: Served, **asked: Any) -> list[dict[str, Any]]:
    answer = served.client.get("/v1/documents", params={"limit": 200, **asked})
    assert answer.status_code == 200, answer.text
    documents: list[dict[str, Any]] = answer.json()["documents"]
    return documents


def test_the_first_start_takes_the_examples_in(served: Served) -> None:
    assert sorted(document["name"] for document in listed(served)) == sorted(path.name for path in FILES)


def test_the_same_bytes_are_the_same_document(served: Served) -> None:
    before = len(listed(served))
    for method, path, name in (("POST", "/v1/documents", "other.txt"), ("PUT", f"/v1/documents/{SHA256}", None)):
        answer = served.client.request(method, path, content=BODY, params={"name": name} if name else None)
        assert answer.status_code == 200
        assert answer.json()["sha256"] == SHA256
        assert answer.json()["name"] == FILES[0].name
    assert len(listed(served)) == before


def test_a_new_document_is_kept_and_can_be_removed(served: Served) -> None:
    body = "清平县教育局2023年政府信息公开工作年度报告\n一、总体情况\n通过政府网站公开信息21条。\n".encode()
    sha256 = hashlib.sha256(body).hexdigest()
    place = f"/v1/documents/{sha256}"
    made = served.client.put(place, content=body, params={"name": "一.txt"}, headers={"Content-Type": "text/plain"})
    assert (made.status_code, made.headers["location"]) == (201, place)
    assert made.json()["year"] == 2023
    original = served.client.get(f"{place}/original")
    assert original.content == body
    assert original.headers["content-disposition"] == "attachment; filename*=UTF-8''%E4%B8%80.txt"
    assert served.client.put(place, content=body, headers={"If-None-Match": "*"}).status_code == 412
    assert served.client.delete(place).status_code == 204
    assert served.client.get(place).status_code == 404
    assert served.client.delete(place).status_code == 404
    lines = [(line["who"], line["action"], line["subject"]) for line in served.client.get("/v1/audit").json()]
    assert lines[:2] == [("local", "document.remove", sha256), ("local", "document.keep", sha256)]


def test_a_body_with_another_hash_is_refused(served: Served) -> None:
    answer = served.client.put(f"/v1/documents/{NOBODY}", content=BODY)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:gongkai:problem:other-bytes")
    assert served.client.get(f"/v1/documents/{NOBODY}").status_code == 404


def test_the_kept_result_is_the_extracted_one(served: Served) -> None:
    direct = served.client.post("/v1/extract", content=BODY, params={"name": FILES[0].name})
    kept = served.client.get(f"/v1/documents/{SHA256}/report")
    assert kept.json() == direct.json()
    short = served.client.get(f"/v1/documents/{SHA256}/report", params={"text": "false"}).json()
    assert short == {name: part for name, part in direct.json().items() if name != "text"}


@pytest.mark.parametrize("part", ["report", "report?text=false", "evidence", "original"])
def test_what_the_caller_has_is_not_sent_again(served: Served, part: str) -> None:
    first = served.client.get(f"/v1/documents/{SHA256}/{part}")
    assert first.status_code == 200
    again = served.client.get(f"/v1/documents/{SHA256}/{part}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = served.client.get(f"/v1/documents/{SHA256}/{part}", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_the_evidence_page_may_run_no_script(served: Served) -> None:
    answer = served.client.get(f"/v1/documents/{SHA256}/evidence")
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_lists_can_be_asked_for_what_they_hold(served: Served) -> None:
    everything = listed(served)
    for name in ("agency_type", "level", "edition", "year", "agency"):
        for value in {document[name] for document in everything if document[name] is not None}:
            found = listed(served, **{name: value})
            assert [one["sha256"] for one in found] == [one["sha256"] for one in everything if one[name] == value]
    place = next(document["region"][0] for document in everything if document["region"])
    assert all(place in document["region"] for document in listed(served, region=place))


@pytest.mark.parametrize("group", ["theme", "finding"])
def test_lists_can_be_asked_by_theme_and_finding(served: Served, group: str) -> None:
    codes: dict[str, set[str]] = {}
    for document in listed(served):
        report = served.client.get(f"/v1/documents/{document['sha256']}/report").json()
        items = report["facts"]["problems"] + report["facts"]["improvements"]
        themes = {item["themes"][0]["code"] for item in items if item["themes"]}
        findings = {finding["code"] for finding in report["findings"]}
        for code in themes if group == "theme" else findings:
            codes.setdefault(code, set()).add(document["sha256"])
    assert codes
    for code, documents in codes.items():
        assert {document["sha256"] for document in listed(served, **{group: code})} == documents


@pytest.mark.parametrize(("text", "count"), [("公开", None), ("100%_", 0), ("%", None), ("\\", 0), ("没有这样的话", 0)])
def test_text_is_looked_for_as_it_stands(served: Served, text: str, count: int | None) -> None:
    found = {document["name"] for document in listed(served, text=text)}
    assert found == {path.name for path in FILES if text in path.read_text("utf-8") and path.suffix == ".txt"} | {
        name for name in found if not name.endswith(".txt")
    }
    assert count is None or len(found) == count


@pytest.mark.parametrize(
    "text",
    [
        "公开",
        "府",
        "公开目录",
        "政府信息公开工作年度报告",
        "12345",
        "app",
        "APP",
        "条，",
        '"',
        "AND",
        "公开*",
        "公 开",
        "。\n",
    ],
)
def test_long_and_short_words_are_found_where_they_stand(served: Served, text: str) -> None:
    texts = {
        document["sha256"]: served.client.get(f"/v1/documents/{document['sha256']}/report").json()["text"]
        for document in listed(served)
    }
    assert {document["sha256"] for document in listed(served, text=text)} == {
        sha256 for sha256, whole in texts.items() if text.lower() in whole.lower()
    }


def test_pages_hold_every_document_once(served: Served) -> None:
    seen, cursor = [], None
    while True:
        asked = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = served.client.get("/v1/documents", params=asked).json()
        seen += [document["sha256"] for document in page["documents"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [document["sha256"] for document in listed(served)]


@pytest.mark.parametrize(
    "asked", ["cursor=x", "cursor=bjF4", "limit=0", "limit=201", "year=5", "theme=%00", "level=A%20B"]
)
def test_questions_that_cannot_be_asked_are_told(served: Served, asked: str) -> None:
    assert served.client.get(f"/v1/documents?{asked}").status_code == 422


def test_counts_over_the_corpus_are_those_of_its_reports(served: Served) -> None:
    reports = [served.client.get(document["links"]["report"]).json() for document in listed(served)]
    themes: dict[tuple[str, str, int], int] = {}
    channels: dict[tuple[str, str], int] = {}
    relations: dict[tuple[str, str], int] = {}
    for report in reports:
        for kind in ("problems", "improvements"):
            for item in report["facts"][kind]:
                group = (kind, item["themes"][0]["code"], report["meta"]["year"])
                themes[group] = themes.get(group, 0) + 1
        for channel in report["facts"]["channels"]:
            pair = (channel["type"], channel["status"])
            channels[pair] = channels.get(pair, 0) + 1
        for indicator in report["indicators"]:
            pair = (indicator["code"], indicator["relation"])
            relations[pair] = relations.get(pair, 0) + 1
    told = served.client.get("/v1/themes?by=year").json()
    assert {(row["kind"], row["theme"], row["year"]): row["count"] for row in told} == themes
    told = served.client.get("/v1/channels").json()
    assert {(row["type"], row["status"]): row["count"] for row in told} == channels
    told = served.client.get("/v1/indicators").json()
    assert {(row["code"], row["relation"]): row["count"] for row in told} == relations
    assert all(row["kind"] == "problems" for row in served.client.get("/v1/themes?kind=problems").json())


def test_verdicts_are_said_and_replaced(served: Served) -> None:
    document, finding = next(
        (document["sha256"], found[0])
        for document in listed(served)
        if (found := served.client.get(f"/v1/documents/{document['sha256']}/findings").json())
    )
    place = f"/v1/documents/{document}/findings/{finding['mark']}"
    for verdict in ("confirmed", "rejected"):
        assert served.client.put(place, json={"verdict": verdict, "note": "看过"}).status_code == 204
        again = served.client.get(f"/v1/documents/{document}/findings").json()[0]
        assert (again["verdict"], again["note"], again["made_by"]) == (verdict, "看过", "local")
    assert served.client.put(place, json={"verdict": "perhaps"}).status_code == 422
    assert served.client.put(f"{place[:-4]}0000", json={"verdict": "confirmed"}).status_code == 404

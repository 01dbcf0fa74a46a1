"""The store itself: results of several engines, the index of words, migrations, backups, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import select

from extractor.errors import SettingError
from serving.limits import MOST_TRAININGS
from serving.problems import BusyError
from serving.store.database import HEAD, Database
from serving.store.documents import Documents, Given, engine_of, mark_of
from serving.store.labels import Labels, Line, ManyLabelsError
from serving.store.queries import Filter, Queries
from serving.store.tables import results
from serving.store.trainings import Trainings
from serving.store.verdicts import Verdicts
from tests.postgres_server import KINDS, new_database, store_address
from tests.serving_process import ROOT, serving, until
from tests.test_service_documents import BODY, FILES, SHA256, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extractor.pipeline import Extractor


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with store_address(request.param, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture(scope="module")
def database(address: str) -> Iterator[Database]:
    opened = Database(address)
    yield opened
    opened.close()


def test_other_rules_make_another_result_and_verdicts_survive(database: Database, extractor: Extractor) -> None:
    documents, verdicts = Documents(database), Verdicts(database)
    path = next(path for path in FILES if extractor.extract(path).findings)
    given = Given(path.read_bytes() + b"\n", path.name, "text/plain")
    result = extractor.extract(given.body, name=path.name).to_dict()
    first, is_new = documents.keep(given, orjson.dumps(result))
    assert is_new
    mark = mark_of(result["findings"][0])
    assert verdicts.give(given.sha256, mark, "confirmed", None, "someone")
    newer = {**result, "provenance": {**result["provenance"], "version": "99"}}
    assert documents.made_otherwise(engine_of(newer["provenance"]), 0, 1000)
    second, is_new = documents.keep(given, orjson.dumps(newer))
    assert not is_new
    assert second["engine"] != first["engine"]
    assert [version["is_current"] for version in documents.versions(given.sha256)] == [True, False]
    old = documents.report(given.sha256, first["engine"])
    assert old is not None
    assert orjson.loads(old[1]) == result
    assert [row["verdict"] for row in verdicts.listed(given.sha256) if row["mark"] == mark] == ["confirmed"]
    assert documents.remove(given.sha256)
    assert not documents.versions(given.sha256)


def test_another_model_works_again_on_what_is_kept_and_the_older_result_stays(address: str, tmp_path: Path) -> None:
    path = FILES[0].parent / "boning_agriculture_2023.txt"
    place = f"/v1/documents/{hashlib.sha256(path.read_bytes()).hexdigest()}"
    with serving(tmp_path, workers=1, database=address) as first:
        assert first.client.post("/v1/documents", content=path.read_bytes()).status_code in {200, 201}
        before = first.client.get(f"{place}/report")
        finding = first.client.get(f"{place}/findings").json()[0]
        said = first.client.put(f"{place}/findings/{finding['mark']}", json={"verdict": "rejected", "note": "印错"})
        assert said.status_code == 204
        (version,) = first.client.get(f"{place}/versions").json()
    shutil.copytree(ROOT / "models" / "default", tmp_path / "another")
    with serving(tmp_path, workers=1, database=address, model=tmp_path / "another") as second:
        until(lambda: len(second.client.get(f"{place}/versions").json()) == 2)
        versions = second.client.get(f"{place}/versions").json()
        assert [(one["engine"] == version["engine"], one["is_current"]) for one in versions] == [
            (False, True),
            (True, False),
        ]
        known = {"If-None-Match": before.headers["etag"]}
        after = second.client.get(f"{place}/report", headers=known)
        assert (after.status_code, after.json()["provenance"]["model"]) == (200, "another")
        older = second.client.get(f"{place}/report", params={"engine": version["engine"]})
        assert (older.content, older.headers["etag"]) == (before.content, before.headers["etag"])
        again = next(f for f in second.client.get(f"{place}/findings").json() if f["mark"] == finding["mark"])
        assert (again["verdict"], again["note"]) == ("rejected", "印错")
        assert second.client.delete(place).status_code == 204
        for part in ("", "/report", f"/report?engine={version['engine']}", "/versions", "/findings", "/original"):
            assert second.client.get(f"{place}{part}").status_code == 404, part


def test_odd_characters_are_kept_and_found(database: Database, extractor: Extractor) -> None:
    result = extractor.extract(BODY).to_dict()
    result = {**result, "text": "前\x00后𠮷"}
    documents = Documents(database)
    given = Given(b"odd", "odd", None)
    documents.keep(given, orjson.dumps(result))
    kept = documents.report(given.sha256)
    assert kept is not None
    assert orjson.loads(kept[1])["text"] == "前\x00后𠮷"
    assert len(Queries(database).page(Filter(text="后𠮷"), cursor=None, limit=9)["documents"]) == 1
    documents.remove(given.sha256)


def test_words_are_looked_up_in_an_index_that_follows_what_is_kept(database: Database, extractor: Extractor) -> None:
    documents, queries = Documents(database), Queries(database)
    result = extractor.extract(BODY).to_dict()
    given = Given(b"indexed", "indexed", None)
    documents.keep(given, orjson.dumps({**result, "text": "只此一处：鹳雀楼前"}))
    found = queries.page(Filter(text="鹳雀楼"), cursor=None, limit=9)["documents"]
    assert [document["sha256"] for document in found] == [given.sha256]
    with database.engine.connect() as connection:
        if database.is_sqlite:
            condition = Filter(text="鹳雀楼").conditions(has_text_table=database.has_text_table)
            query = select(results.c.id).where(*condition).compile(connection, compile_kwargs={"literal_binds": True})
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
            assert any("VIRTUAL TABLE" in str(row) for row in plan), plan
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql("EXPLAIN SELECT id FROM results WHERE text ILIKE '%%鹳雀楼%%'").all()
            assert any("Bitmap Index Scan on results_text" in str(row) for row in plan), plan
            assert connection.exec_driver_sql("SELECT cardinality(show_trgm('鹳雀楼'))").scalar_one() == 4
    assert database.has_text_index
    documents.remove(given.sha256)
    assert not queries.page(Filter(text="鹳雀楼"), cursor=None, limit=9)["documents"]


def test_a_store_without_an_index_of_words_says_so_and_finds_them_all_the_same(address: str, tmp_path: Path) -> None:
    if address.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'plain.sqlite'}"
        with (plain := Database(url)).writing() as connection:
            for statement in ("TRIGGER results_text_added", "TRIGGER results_text_removed", "TABLE results_text"):
                connection.exec_driver_sql(f"DROP {statement}")
        plain.close()
    else:
        url = new_database(address, "plain", "C")
    with serving(tmp_path, workers=1, database=url) as running:
        assert running.client.get("/readyz").json()["text_search"] == "reading"
        assert running.client.post("/v1/documents", content=BODY).status_code == 201
        assert len(listed(running, text="政府信息公开")) == 1
        assert listed(running, text="鹳雀楼") == []
    assert any("no index of words" in line for line in running.logged)


def test_a_store_that_was_made_before_the_index_is_brought_up_to_date(tmp_path: Path, extractor: Extractor) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    old = Database(url)
    Documents(old).keep(Given(BODY, "a", None), orjson.dumps(extractor.extract(BODY).to_dict()))
    with old.writing() as connection:
        for statement in ("TRIGGER results_text_added", "TRIGGER results_text_removed", "TABLE results_text"):
            connection.exec_driver_sql(f"DROP {statement}")
        connection.exec_driver_sql("ALTER TABLE jobs DROP COLUMN kind")
    old.close()
    without = Database(url)
    asked = Filter(text="政府信息公开")
    assert not without.has_text_table
    before = Queries(without).page(asked, cursor=None, limit=9)
    with without.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    without.close()
    again = Database(url)
    assert again.has_text_table
    assert Queries(again).page(asked, cursor=None, limit=9) == before
    assert len(before["documents"]) == 1
    again.close()


def test_migrations_end_at_the_tables_in_use(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from serving.store.tables import metadata

    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": lambda name, kind, _: not str(name).startswith("results_text")}
        context = MigrationContext.configure(connection, opts=opts)
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []


def test_a_backup_is_a_whole_store(tmp_path: Path, extractor: Extractor) -> None:
    store = Database(f"sqlite:///{tmp_path / 'gongkai.sqlite'}")
    Documents(store).keep(Given(BODY, "a", None), orjson.dumps(extractor.extract(BODY).to_dict()))
    environment = {"GONGKAI_HOME": str(tmp_path), "PATH": "/usr/bin"}
    target = tmp_path / "copies" / "one.sqlite"
    command = [sys.executable, "-m", "commands", "backup", str(target)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    copy = Database(f"sqlite:///{target}")
    assert Documents(copy).report(SHA256) == Documents(store).report(SHA256)
    read_only = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
    assert read_only.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    for one in (copy, store):
        one.close()


@pytest.mark.parametrize("url", ["nonsense", "mysterious://host/name"])
def test_an_address_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(SettingError, match="address"):
        Database(url)


def test_who_comes_at_the_same_time_passes_no_limit(database: Database) -> None:
    labels, trainings = Labels(database, 5), Trainings(database)

    def upload(number: int) -> bool:
        try:
            labels.add([Line("gongkai.label/1", f"{number}-{one}", "someone", "{}") for one in range(2)], "someone")
        except ManyLabelsError:
            return False
        return True

    def train(number: int) -> bool:
        try:
            trainings.add(f"many{number}", {}, "someone")
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(8) as callers:
        kept = list(callers.map(upload, range(16)))
        begun = list(callers.map(train, range(3 * MOST_TRAININGS)))
    assert (sum(kept), labels.count()) == (2, 4)
    assert sum(begun) == MOST_TRAININGS

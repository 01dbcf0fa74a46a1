"""Files meant to do harm: each a clear error within its limits, the pool unharmed, nothing written or fetched."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from extractor.errors import DocumentError, GongkaiError, LimitError, MissingPartError
from extractor.read import Limits, ReaderPool
from extractor.read.archive import files_in, members
from extractor.read.child import guard
from tests.hostile.files import ARCHIVES, HOSTILE, Hostile, linking_files, linking_zip, zipped
from tests.read_pages import article, modern

LIMITS = Limits(seconds=8, memory=500 * 1024 * 1024)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(limits=LIMITS) as made:
        yield made


def outcome(pool: ReaderPool, data: bytes) -> tuple[str, str]:
    """The kind and text of the error, or "read" and the text."""
    try:
        return "read", pool.read(data).text
    except GongkaiError as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda h: h.name)
def test_a_hostile_file_ends_in_a_clear_error_within_its_limits(pool: ReaderPool, hostile: Hostile) -> None:
    start = time.monotonic()
    kind, text = outcome(pool, hostile.make())
    assert time.monotonic() - start < LIMITS.seconds + 12
    if hostile.error:
        assert (kind, hostile.word in text) == (hostile.error, True), text[:300]
    else:
        assert kind in ("DocumentError", "LimitError"), text[:300]
    assert "本报告" in pool.read(modern(article()).encode()).text


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda a: a.name)
def test_a_hostile_archive_is_refused(archive: Hostile) -> None:
    with pytest.raises(DocumentError, match=archive.word) as caught:
        list(members(archive.make()))
    assert type(caught.value).__name__ == archive.error


def test_time_and_memory_are_bounded_from_outside(pool: ReaderPool) -> None:
    page = modern(article() + "<p>第二十条信息公开</p>" * 200_000).encode()
    with pytest.raises(LimitError, match="too long"):
        pool.read(page, limits=Limits(seconds=0.2))
    with pytest.raises(LimitError, match="memory"):
        pool.read(page, limits=Limits(memory=60 * 1024 * 1024))
    assert pool.read(modern(article()).encode()).text


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("127.0.0.1", 9))),
        ("socket.getaddrinfo", ("host", 80, 0, 0, 0)),
        ("subprocess.Popen", ("/bin/sh", ["sh"], None, None)),
        ("open", ("/etc/gongkai", "w", 0)),
        ("open", ("../outside", "x", 0)),
        ("os.system", (b"true",)),
    ],
)
def test_the_reader_may_not_fetch_start_or_write(tmp_path: Path, event: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(PermissionError):
        guard(tmp_path)(event, arguments)


def test_the_reader_may_write_to_its_own_folder(tmp_path: Path) -> None:
    guard(tmp_path)("open", (str(tmp_path / "a"), "w", 0))
    guard(tmp_path)("open", ("/etc/hostname", "r", 0))


def test_members_come_by_their_names_and_those_of_inner_archives_too() -> None:
    data = zipped({"2024/水务局.txt": "一", "__MACOSX/x": "", "b.zip": zipped({"c.html": "二"})})
    assert list(members(data)) == [("2024/水务局.txt", "一".encode()), ("b.zip/c.html", "二".encode())]


def test_names_packed_by_chinese_systems_are_read() -> None:
    data = zipped({"xxxxxxxx.txt": "一"}).replace(b"xxxxxxxx", "水务年报".encode("gb18030"))
    assert [name for name, _ in members(data)] == ["水务年报.txt"]


def test_links_and_nameless_members_are_passed_over() -> None:
    assert list(members(linking_zip())) == [("a.txt", "一、总体情况".encode())]


@pytest.mark.parametrize("kind", ["html", "docx", "odt"])
def test_nothing_is_fetched(pool: ReaderPool, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        link = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with suppress(DocumentError, MissingPartError):
            pool.read(linking_files(link)[kind], limits=Limits(seconds=60))
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_rest_of_a_batch_is_read(pool: ReaderPool) -> None:
    good = modern(article()).encode()
    harms = [hostile.make() for hostile in HOSTILE if hostile.name in ("pdf encrypted", "docx entities", "empty")]
    read = [outcome(pool, data)[0] for data in (good, harms[0], good, harms[1], good, harms[2], good)]
    assert read == ["read", "DocumentError", "read", "DocumentError", "read", "DocumentError", "read"]


def test_a_folder_gives_its_files_and_those_of_its_archives(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.txt").write_bytes(b"1")
    (tmp_path / "b.zip").write_bytes(zipped({"2.txt": "2"}))
    (tmp_path / "link").symlink_to("/etc/hostname")
    assert list(files_in(tmp_path)) == [("a/1.txt", b"1"), ("b.zip/2.txt", b"2")]

"""A real PostgreSQL server on a free port, in a folder of its own, started and stopped by the tests.

Debian's package ``postgresql`` is installed where it is missing and the tests may (root); the server itself refuses to
run as root, so it runs as ``nobody`` then.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

HOMES = "/usr/lib/postgresql"
SUPERUSER = "gongkai"
KINDS = ("sqlite", "postgresql")
"""Of stores, each of which the tests of the store run on."""


@cache
def programs() -> Path:
    """The folder of the server's programs. Skips where they are missing and may not be installed."""
    if not list(Path(HOMES).glob("*/bin/initdb")):
        if os.geteuid() or not shutil.which("apt-get"):
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for command in (
            ["apt-get", "-q", "update"],
            ["apt-get", "-qy", "install", "--no-install-recommends", "postgresql"],
        ):
            subprocess.run(command, env=environment, capture_output=True, check=True, timeout=600)
    return max(Path(HOMES).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])).parent


class PostgresServer:
    """A server that can be stopped, killed and started again; ``url`` is its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.user = "nobody" if not os.geteuid() else None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/postgres"
        if self.user:
            for place in (folder, *folder.parents):
                if place.stat().st_uid == os.geteuid() and str(place).startswith("/tmp/"):
                    place.chmod(place.stat().st_mode | 0o011)
            shutil.chown(folder, self.user)
        command = [
            programs() / "initdb",
            "-D",
            self.folder,
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(command, user=self.user, cwd="/", capture_output=True, check=True, timeout=120)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            programs() / "postgres", "-D", self.folder, "-p", str(self.port), "-h", "127.0.0.1", "-k", "",
            "-c", "fsync=off", "-c", "max_connections=40",
        ]  # fmt: skip
        for _ in range(600):
            if self.process is None or self.process.poll() is not None:  # a port still held by others: try again
                self.process = subprocess.Popen(
                    command, user=self.user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                sleep(0.1)
        raise AssertionError("PostgreSQL did not start")

    def stop(self) -> None:
        """Stop it at once, connections or not."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None

    def new_database(self, name: str) -> str:
        """The address of an empty database."""
        return new_database(self.url, name)


def new_database(url: str, name: str, letters: str = "C.UTF-8") -> str:
    """The address of an empty database of a server; ``letters`` is a locale, by default one that knows all languages'."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE '{letters}'".encode()
        )
    return f"{url.rpartition('/')[0]}/{name}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """A server for the length of a ``with``."""
    server = PostgresServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def store_address(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty store of a kind, for the length of a ``with``."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'gongkai.sqlite'}"
        return
    with postgres_server(folder) as server:
        yield server.new_database("gongkai")

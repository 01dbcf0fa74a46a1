"""Starts the nursery's process, before anything slow is imported here, so that both load at the same time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving.frames import pack

if TYPE_CHECKING:
    from serving.settings import Settings


@dataclass(frozen=True, slots=True)
class Launched:
    """A nursery's process and the server's end of its socket."""

    process: subprocess.Popen[bytes]
    control: socket.socket


def start_nursery() -> Launched:
    """The nursery's process, which imports what it needs and waits to be told its settings (``tell``).

    It ends when the socket closes.
    """
    here, there = socket.socketpair()
    with there:
        process = subprocess.Popen(  # noqa: S603 - this program's own module
            [sys.executable, "-m", "serving.nursery", str(there.fileno())],
            pass_fds=[there.fileno()],
            env=dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    return Launched(process, here)


def tell(nursery: Launched, settings: Settings) -> None:
    """Give a started nursery the settings that it loads by."""
    limits = {
        "characters": settings.characters,
        "pages": settings.pages,
        "json_depth": settings.json_depth,
        "memory_bytes": settings.worker_memory_mb << 20,
    }
    folders = {"rules": _path(settings.rules), "model": _path(settings.model), "home": _path(settings.home)}
    nursery.control.sendall(pack({**folders, "limits": limits}))
    nursery.control.setblocking(False)


def launch_nursery(settings: Settings) -> Launched:
    """A nursery that loads by itself."""
    nursery = start_nursery()
    tell(nursery, settings)
    return nursery


def _path(folder: object) -> str:
    return str(folder) if folder else ""

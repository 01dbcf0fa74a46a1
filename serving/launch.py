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


def launch_nursery(settings: Settings) -> Launched:
    """The nursery's process, which loads by itself; it ends when the socket closes."""
    here, there = socket.socketpair()
    process = subprocess.Popen(  # noqa: S603 - this program's own module
        [sys.executable, "-m", "serving.nursery", str(there.fileno())],
        pass_fds=[there.fileno()],
        env=dict(os.environ, GONGKAI_HOME=str(settings.home), OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    there.close()
    limits = {
        "characters": settings.characters,
        "pages": settings.pages,
        "json_depth": settings.json_depth,
        "memory_bytes": settings.worker_memory_mb << 20,
    }
    here.sendall(pack({"rules": _path(settings.rules), "model": _path(settings.model), "limits": limits}))
    here.setblocking(False)
    return Launched(process, here)


def _path(folder: object) -> str:
    return str(folder) if folder else ""

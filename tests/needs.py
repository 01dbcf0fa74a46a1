"""System packages that some tests need: installed by apt where that is allowed, else the one command is printed.

``python -m tests.needs`` is run before the tests. Under GONGKAI_TESTS_MUST_RUN a missing package fails the run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {
    "chromium": ("chromium",),
    "postgres": ("postgresql",),
    "soffice": ("libreoffice-writer-nogui", "fonts-noto-cjk"),
}
POSTGRES = Path("/usr/lib/postgresql")


def find(program: str) -> str | None:
    """The path of a program, PostgreSQL's own folder included."""
    if program == "postgres":
        found = sorted(POSTGRES.glob("*/bin/postgres"), reverse=True)
        return str(found[0]) if found else None
    return shutil.which(program)


def missing() -> list[str]:
    """Programs that are not there."""
    return [program for program in PROGRAMS if find(program) is None]


def install(packages: list[str]) -> bool:
    """Install by apt as root; False where that is not allowed or fails."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    calls = (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages])
    for call in calls:
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-500:], done.stderr[-500:], file=sys.stderr)
            return False
    return True


def main() -> int:
    """Say what is missing, try to install it, say how where that fails."""
    lacking = missing()
    if not lacking:
        return 0
    packages = [package for program in lacking for package in PROGRAMS[program]]
    print(f"tests need {', '.join(lacking)}: installing {' '.join(packages)} ...", flush=True)
    if install(packages) and not missing():
        return 0
    print(f"not installed; the tests that need {', '.join(missing())} will not run. Install them by:")
    print(f"  sudo apt-get install -y --no-install-recommends {' '.join(packages)}")
    return int(bool(os.environ.get("GONGKAI_TESTS_MUST_RUN")))


if __name__ == "__main__":
    sys.exit(main())

"""Optional parts that tests need: installed where they may be, else the test is not run and says what would install it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec

import pytest

OFFICE = ("libreoffice-writer", "libreoffice-calc", "fonts-noto-cjk")


@cache
def _install_office() -> bool:
    if shutil.which("soffice"):
        return True
    if not os.environ.get("CI") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *OFFICE]):
        if subprocess.run(command, env=environment, capture_output=True, check=False).returncode:
            return False
    return shutil.which("soffice") is not None


def need_office() -> None:
    """Go on with LibreOffice installed, or leave the test out."""
    if not _install_office():
        pytest.skip(f"not run: apt-get install -y --no-install-recommends {' '.join(OFFICE)}")


def need_scan() -> None:
    """Go on with the extra [scan] installed, or leave the test out."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        pytest.skip("not run: pip install 'gongkai[scan]'")

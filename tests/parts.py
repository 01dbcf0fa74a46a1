"""Optional parts that a test needs: it goes on where they are installed, else it is not run and says what installs them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.needs import PROGRAMS, find


def need_office() -> None:
    """Go on with LibreOffice installed, or leave the test out (``python -m tests.needs`` installs it)."""
    if find("soffice") is None:
        pytest.skip(f"not run: apt-get install -y --no-install-recommends {' '.join(PROGRAMS['soffice'])}")


def need_scan() -> None:
    """Go on with the extra [scan] installed, or leave the test out."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        pytest.skip("not run: pip install 'gongkai[scan]'")

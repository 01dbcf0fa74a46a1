"""What tests share: one pipeline a process, the example reports, and the real ones where they are beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extractor.read import read

if TYPE_CHECKING:
    from extractor.document import Document
    from extractor.pipeline import Extractor

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # tests run side by side: a core each

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The shipped pipeline, once a process."""
    from extractor.pipeline import default_extractor

    return default_extractor()


def example_files() -> list[Path]:
    """The shipped example reports."""
    return sorted(p for p in EXAMPLES.iterdir() if p.suffix in (".txt", ".html"))


def real_files() -> list[Path]:
    """The real reports beside the checkout; none where they are absent."""
    folder = SHARED / "corpus" / "reports"
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    """Examples and, where present, real reports, read."""
    return [read(path.read_bytes(), name=path.name) for path in (*example_files(), *real_files())]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real reports; tests that need it skip with a message where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real reports (../shared) are not beside this checkout")
    return SHARED

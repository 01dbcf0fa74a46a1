"""Random damage to files of every kind: an error of ours or a document, never a crash, and spans that hold.

``make soak`` runs the same for longer (``GONGKAI_FUZZ`` sets the number of examples).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.errors import DocumentError, MissingPartError
from extractor.read import Limits, ReaderPool, read
from extractor.read.archive import members
from extractor.read.ruling import find_tables
from extractor.read.wire import document_data, document_of
from tests.fuzz.damage import WAYS, damaged_file
from tests.fuzz.seeds import seed_files

EXAMPLES = int(os.environ.get("GONGKAI_FUZZ", "40"))
FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
EDITS = st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(("flip", "cut", "copy", "insert")), st.binary(max_size=12)), max_size=12)  # fmt: skip


def damaged(data: bytes, edits: list[tuple[int, str, bytes]]) -> bytes:
    """Bytes with bits flipped, pieces cut out, repeated, or put in."""
    out = bytearray(data)
    for place, kind, extra in edits:
        at = place % (len(out) + 1)
        if kind == "flip" and at < len(out):
            out[at] ^= 1 << place % 8
        elif kind == "cut":
            del out[at : at + len(extra) * 7]
        elif kind == "copy":
            out[at:at] = out[at : at + 300]
        else:
            out[at:at] = extra
    return bytes(out)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(limits=Limits(seconds=10, scanned_pages=0)) as made:
        yield made


@pytest.mark.parametrize("kind", ["html", "layout", "saved", "docx", "text", "utf16"])
@FUZZ
@given(edits=EDITS)
def test_damage_ends_in_a_document_or_an_error_of_ours(kind: str, edits: list[tuple[int, str, bytes]]) -> None:
    try:
        document = read(damaged(seed_files()[kind], edits))
    except (DocumentError, MissingPartError):
        return
    assert document_of(document_data(document)) == document
    for grid in document.grids:
        for cell in grid.cells:
            assert grid.start <= cell.start <= cell.end <= grid.end <= len(document.text)


@FUZZ
@given(edits=EDITS)
def test_damaged_pdf_leaves_the_pool_alive(pool: ReaderPool, edits: list[tuple[int, str, bytes]]) -> None:
    data = damaged(seed_files()["pdf"], edits)
    try:
        document = pool.read(data)
        pool.ruled_grids(data, document)
    except (DocumentError, MissingPartError):
        pass
    assert pool.read(seed_files()["html"]).grids


@FUZZ
@given(edits=EDITS)
def test_damaged_archives_give_members_or_an_error_of_ours(edits: list[tuple[int, str, bytes]]) -> None:
    with suppress(DocumentError):
        assert all(isinstance(data, bytes) for _, data in members(damaged(seed_files()["zip"], edits)))


@pytest.mark.parametrize("kind", [kind for kind in sorted(WAYS) if kind in seed_files()])
@settings(FUZZ, max_examples=max(1, EXAMPLES // 2))
@given(seed=st.integers(0, 10**9))
def test_damage_that_knows_the_build_ends_in_a_document_or_an_error_of_ours(
    pool: ReaderPool, kind: str, seed: int
) -> None:
    data = damaged_file(kind, seed_files()[kind], random.Random(seed))
    with suppress(DocumentError, MissingPartError):
        if kind == "zip":
            assert all(isinstance(content, bytes) for _, content in members(data))
        else:
            pool.ruled_grids(data, pool.read(data))


@FUZZ
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(DocumentError, MissingPartError):
        read(data)


@settings(FUZZ, max_examples=min(EXAMPLES, 25))
@given(seed=st.integers(0, 10**6), strokes=st.integers(0, 40))
def test_any_strokes_make_tables_whose_cells_lie_inside(seed: int, strokes: int) -> None:
    import numpy as np

    image = np.full((400, 300), 255, np.uint8)
    rng = random.Random(seed)
    for _ in range(strokes):
        x, y, length = rng.randrange(300), rng.randrange(400), rng.randrange(300)
        if rng.random() < 0.5:
            image[y, x : x + length] = 0
        else:
            image[y : y + length, x] = 0
    for table in find_tables(image, scale=1.0):
        places = [(r, c) for cell in table.cells for r in range(cell.row, cell.row + cell.rows) for c in range(cell.column, cell.column + cell.columns)]  # fmt: skip
        assert len(places) == len(set(places))


def test_the_seeds_are_good_files() -> None:
    for kind in ("html", "layout", "docx"):
        assert read(seed_files()[kind]).grids
    assert "Line 7 of the report" in read(seed_files()["pdf"]).text

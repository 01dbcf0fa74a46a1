"""Coverage-guided fuzzing of one reader by Atheris (the extra ``fuzz``): ``python -m tests.fuzz.guided KIND SECONDS``.

libFuzzer starts from the seeds of the fuzz tests, keeps inputs that reach new branches of the readers' own code, and
mutates them by bytes or by damage that knows the file's build. An exception that is not ours, a call over its time or
memory, or a death of the process ends the run with a code that is not 0 and leaves the file in the folder printed.
"""

from __future__ import annotations

import random
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

# comparing arrays under Atheris leaks what it compares, so that the modules that work on images are left as they are
BARE = ["ruling", "scan_cells", "scan_flat", "scan_image", "scan_page", "scan_turn", "pdf_unseen"]

with atheris.instrument_imports(include=["extractor.read"], exclude=[f"extractor.read.{name}" for name in BARE]):
    from extractor.read import kinds
    from extractor.read import archive, encodings, html, pdf, pdf_boxes, pdf_grids, scan, scan_page, word  # noqa: F401  # isort: skip

from extractor.errors import DocumentError, MissingPartError  # noqa: E402
from extractor.read.limits import MEGABYTE, Limits  # noqa: E402
from tests.fuzz.damage import damaged_file  # noqa: E402
from tests.fuzz.seeds import KINDS, seed_files  # noqa: E402

LIMITS = Limits(memory=512 * MEGABYTE, unpacked=32 * MEGABYTE, pages=60, scanned_pages=0, letters=500_000)
CALL_SECONDS, CALL_MEBIBYTES, LONGEST = 60, 1500, 400_000


def read_one(kind: str, data: bytes) -> None:
    """Read bytes as the command does; a cell outside of its grid is a fault."""
    with suppress(DocumentError, MissingPartError):
        if kind == "zip":
            for _ in archive.members(data, LIMITS):
                pass
            return
        document = kinds.read(data, limits=LIMITS)
        if document.source.reader == "pdf":
            document = pdf_grids.ruled_grids(data, document, LIMITS)
            pdf_boxes.find_boxes(data, document, [(0, min(40, len(document.text)))], LIMITS)
        for grid in document.grids:
            for cell in grid.cells:
                assert grid.start <= cell.start <= cell.end <= grid.end <= len(document.text)


def main(kind: str, seconds: str) -> None:
    """Fuzz a kind of file for some seconds; libFuzzer ends the process."""
    corpus = Path(tempfile.mkdtemp(prefix=f"gongkai-fuzz-{kind}-"))
    (corpus / "seed").write_bytes(seed_files()[kind])
    (corpus / "found").mkdir()
    print(f"files that fail are left in {corpus}/found", flush=True)

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        rng = random.Random(seed)
        made = damaged_file(kind, data, rng, 3) if data and rng.random() < 0.7 else b""
        return made if 0 < len(made) <= longest else atheris.Mutate(data, len(data))

    options = [
        f"-max_total_time={seconds}",
        f"-timeout={CALL_SECONDS}",
        f"-rss_limit_mb={CALL_MEBIBYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={corpus}/found/",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: read_one(kind, data), custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in KINDS:
        sys.exit(f"usage: python -m tests.fuzz.guided {'|'.join(KINDS)} SECONDS")
    main(*sys.argv[1:])

"""Every reader on damaged and hostile files for minutes: ``python -m tests.soak.reading [MINUTES] [SEED]``.

First, where Atheris is installed (the extra ``fuzz``), each kind of file is fuzzed by what its reader's code covers, in a
process of its own (``tests/fuzz/guided.py``). Then files damaged by chance and by their build are read in the reading
process with limits; 1 where a reader crashes, hangs beyond its limit, holds more memory than allowed, or gives a document
whose cells do not lie inside its text. ``GONGKAI_FUZZ_MINUTES`` is the time of each half.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from extractor.errors import DocumentError, GongkaiError, LimitError, MissingPartError
from extractor.read import Limits, ReaderPool
from extractor.read.archive import members
from extractor.read.child import resident
from extractor.read.limits import MEGABYTE
from extractor.read.office import find_office
from tests.fuzz.damage import damaged_file
from tests.fuzz.seeds import KINDS, office_files, seed_files
from tests.fuzz.test_read_fuzz import damaged

MINUTES, SEED = float(os.environ.get("GONGKAI_FUZZ_MINUTES", "3")), 1
OFFICE_EVERY = 40
LIMITS = Limits(seconds=20, memory=512 * MEGABYTE, scanned_pages=0)
GRACE_SECONDS = 5.0
ROOM = 256 * MEGABYTE
TOLD = ("stat::number_of_executed_units", "stat::new_units_added", "stat::peak_rss_mb")
EDITS = ("flip", "cut", "copy", "insert")


def draw_edits(rng: random.Random) -> list[tuple[int, str, bytes]]:
    """Random damage as the fuzz tests make it, now and then much of it."""
    most = rng.choice((1, 4, 12, 60))
    return [
        (rng.randrange(10**9), rng.choice(EDITS), rng.randbytes(rng.randrange(12))) for _ in range(rng.randint(1, most))
    ]


def held(process: int) -> int:
    """Bytes that a reader's process and its forks hold."""
    forks = Path(f"/proc/{process}/task/{process}/children")
    own = forks.read_text().split() if forks.is_file() else []
    return resident(process) + sum(resident(int(fork)) for fork in own)


def trial(pool: ReaderPool, kind: str, data: bytes) -> tuple[str, str]:
    """What became of one file: a word for the count, and what is wrong, empty where nothing is."""
    started = time.monotonic()
    try:
        if kind == "zip":
            with suppress(DocumentError):
                list(members(data, LIMITS))
            return "archive", ""
        document = pool.read(data)
        document = pool.ruled_grids(data, document)
    except LimitError as error:
        word, fault = "limit", "" if "breaks" not in error.what else f"the reader died: {error}"
    except (DocumentError, MissingPartError):
        word, fault = "refused", ""
    except GongkaiError as error:
        word, fault = "other", f"an error of another kind: {error!r}"
    else:
        inside = all(
            grid.start <= cell.start <= cell.end <= grid.end <= len(document.text)
            for grid in document.grids
            for cell in grid.cells
        )
        word, fault = "read", "" if inside else "a cell outside of its grid"
    if time.monotonic() - started > 2 * LIMITS.seconds + GRACE_SECONDS:
        fault = fault or "it took longer than its limit"
    return word, fault


def guided(minutes: float) -> list[str]:
    """Fuzz each kind by coverage for its share of the minutes; a sentence for each that failed."""
    if find_spec("atheris") is None:
        print("not fuzzed by coverage: pip install 'gongkai[fuzz]'; damage by chance and by build only")
        return []
    failed = []
    for kind in KINDS:
        seconds = max(5, round(60 * minutes / len(KINDS)))
        command = [sys.executable, "-m", "tests.fuzz.guided", kind, str(seconds)]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=seconds + 120, check=False
        )
        told = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(TOLD)]
        print(f"{kind:10} {seconds} s: " + ", ".join(line.removeprefix("stat::").replace(":", "") for line in told))
        if done.returncode:
            failed.append(f"{kind}, by coverage: ended with {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
    return failed


def harmed(rng: random.Random, with_office: bool) -> tuple[str, bytes]:
    """A kind of file and one that was damaged, by chance or by its build."""
    files = office_files() if with_office else seed_files()
    kind = rng.choice(list(files))
    if rng.random() < 0.3:
        return kind, damaged(files[kind], draw_edits(rng))
    return kind, damaged_file(kind, files[kind], rng)


def main(minutes: float = MINUTES, seed: float = SEED) -> int:
    """Read damaged files for some minutes; print what became of them by kind and the most memory held."""
    faults = guided(minutes)
    rng, until = random.Random(int(seed)), time.monotonic() + 60 * minutes
    outcomes: Counter[tuple[str, str]] = Counter()
    most, has_office = 0, find_office() is not None
    with ReaderPool(limits=LIMITS) as pool:
        while time.monotonic() < until:
            kind, data = harmed(rng, has_office and outcomes.total() % OFFICE_EVERY == 1)
            word, fault = trial(pool, kind, data)
            outcomes[kind, word] += 1
            most = max(most, *(held(child.process_id) for child in pool.children if child.process_id), 0)
            if fault:
                faults.append(f"{kind}, file {outcomes.total()} of seed {seed:g}: {fault}")
    for (kind, word), count in sorted(outcomes.items()):
        print(f"{kind:10} {word:10} {count}")
    if most > LIMITS.memory + ROOM:
        faults.append(f"the readers held {most // MEGABYTE} MiB")
    print("\n".join(faults[:20]))
    print(f"{outcomes.total()} files, most memory {most // MEGABYTE} MiB, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))

"""Every reader on damaged and hostile files for minutes: ``python -m tests.soak.reading [MINUTES] [SEED]``.

Each file is read in the reading process with limits; 1 where a reader crashes, hangs beyond its limit, holds more memory
than allowed, or gives a document whose cells do not lie inside its text.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from extractor.errors import DocumentError, GongkaiError, LimitError, MissingPartError
from extractor.read import Limits, ReaderPool
from extractor.read.archive import members
from extractor.read.child import resident
from extractor.read.limits import MEGABYTE
from tests.fuzz.test_read_fuzz import damaged, seeds

MINUTES, SEED = 3.0, 1
LIMITS = Limits(seconds=20, memory=512 * MEGABYTE, scanned_pages=0)
GRACE_SECONDS = 5.0
ROOM = 256 * MEGABYTE
KINDS = ("flip", "cut", "copy", "insert")


def draw_edits(rng: random.Random) -> list[tuple[int, str, bytes]]:
    """Random damage as the fuzz tests make it, now and then much of it."""
    most = rng.choice((1, 4, 12, 60))
    return [
        (rng.randrange(10**9), rng.choice(KINDS), rng.randbytes(rng.randrange(12))) for _ in range(rng.randint(1, most))
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


def main(minutes: float = MINUTES, seed: float = SEED) -> int:
    """Read damaged files for some minutes; print what became of them by kind and the most memory held."""
    rng, until = random.Random(int(seed)), time.monotonic() + 60 * minutes
    outcomes: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    most = 0
    with ReaderPool(limits=LIMITS) as pool:
        while time.monotonic() < until:
            for kind, whole in seeds().items():
                state = rng.getstate()
                word, fault = trial(pool, kind, damaged(whole, draw_edits(rng)))
                outcomes[kind, word] += 1
                most = max(most, *(held(child.process_id) for child in pool.children if child.process_id), 0)
                faults += [f"{kind}, state {hash(state)}: {fault}"] if fault else []
    for (kind, word), count in sorted(outcomes.items()):
        print(f"{kind:10} {word:10} {count}")
    if most > LIMITS.memory + ROOM:
        faults.append(f"the readers held {most // MEGABYTE} MiB")
    print("\n".join(faults[:20]))
    print(f"{outcomes.total()} files, most memory {most // MEGABYTE} MiB, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))

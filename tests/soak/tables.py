"""Random compositions of tables: ``make soak SOAK=tables [COUNT=100000] [FIRST=1000000] [PROCESSES=2]``.

Exit status 1 where a cell comes out silently wrong. Seeds differ from those of the tests, so that a long run sees others;
every other one names a combination of what is hard.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing import Pool

from tests.composer import judge
from tests.test_tables_composed import composition_of, tables_of, told

COUNT, FIRST_SEED, SHOWN, REPORTED = 100_000, 1_000_000, 50, 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed gave: cells right, honestly unread, unread without need, and one line each for what went wrong."""

    frame: str
    right: int
    doubtful: int
    undue: int
    wrong: tuple[str, ...]


def trial(seed: int) -> Outcome:
    """Compose, read and judge the combination that a seed names."""
    composed = composition_of(seed)
    verdict = judge(composed, tables_of(composed.text), composed.text)
    wrong = (told(seed, composed, verdict.wrong),) if verdict.wrong else ()
    return Outcome(composed.composition.frame, verdict.right, len(verdict.doubtful), len(verdict.undue), wrong)


def main() -> int:
    """Run the trials, print progress and cells by frame; 1 where a cell is silently wrong."""
    count = int(os.environ.get("COUNT", COUNT))
    first = int(os.environ.get("FIRST", FIRST_SEED))
    processes = int(os.environ.get("PROCESSES", os.cpu_count() or 1))
    cells: dict[str, Counter[str]] = {}
    wrong = 0
    begun = time.monotonic()
    with Pool(processes) as pool:
        for done, outcome in enumerate(pool.imap(trial, range(first, first + count), chunksize=50), 1):
            counts = cells.setdefault(outcome.frame, Counter())
            counts.update(right=outcome.right, doubtful=outcome.doubtful, undue=outcome.undue)
            for line in outcome.wrong:
                wrong += 1
                if wrong <= SHOWN:
                    print(line, flush=True)
            if done % REPORTED == 0:
                left = (count - done) * (time.monotonic() - begun) / done
                print(f"{done} of {count}, {wrong} with a silently wrong cell, {left / 60:.0f} min to go", flush=True)
    for frame, counts in [*sorted(cells.items()), ("all", sum(cells.values(), Counter()))]:
        shares = "  ".join(f"{name} {counts[name] / counts.total():8.3%}" for name in ("right", "doubtful", "undue"))
        print(f"{frame:24} cells {counts.total():9}  {shares}")
    print(
        f"{count} compositions in {time.monotonic() - begun:.0f} s by {processes} processes, {wrong} with a wrong cell"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""100,000 random compositions: ``python -m tests.soak.tables [COUNT] [FIRST_SEED]``; exit status 1 on a wrong cell."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from multiprocessing import Pool

from tests.composer import judge
from tests.test_tables_composed import composition_of, tables_of, told

COUNT, FIRST_SEED, SHOWN = 100_000, 1_000_000, 50


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


def main(count: int = COUNT, first: int = FIRST_SEED) -> int:
    """Run the trials on all cores, print cells by frame; 1 where a cell is silently wrong."""
    cells: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    with Pool(os.cpu_count()) as pool:
        for outcome in pool.imap(trial, range(first, first + count), chunksize=50):
            counts = cells.setdefault(outcome.frame, Counter())
            counts.update(right=outcome.right, doubtful=outcome.doubtful, undue=outcome.undue)
            wrong += outcome.wrong
    print("\n".join(wrong[:SHOWN]))
    for frame, counts in sorted(cells.items()):
        total = counts.total()
        shares = "  ".join(f"{name} {counts[name] / total:8.3%}" for name in ("right", "doubtful", "undue"))
        print(f"{frame:24} cells {total:9}  {shares}")
    print(f"{count} compositions, {len(wrong)} with a silently wrong cell")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""100,000 random compositions: ``python -m tests.soak.tables [COUNT] [FIRST_SEED]``; exit status 1 on a wrong cell."""

from __future__ import annotations

import os
import sys
from collections import Counter
from multiprocessing import Pool

from tests.composer import judge
from tests.test_tables_composed import composition_of, tables_of, told

COUNT, FIRST_SEED, SHOWN = 100_000, 1_000_000, 50


def trial(seed: int) -> tuple[str, int, int, int, list[str]]:
    """The frame, cells right, honestly unread and unduly unread, and what is silently wrong, of one seed."""
    composed = composition_of(seed)
    verdict = judge(composed, tables_of(composed.text), composed.text)
    undue = [f"{cell} unread" for cell in verdict.undue]
    failures = [told(seed, composed, part) for part in (verdict.wrong, undue) if part]
    frame = composed.composition.frame
    return frame, verdict.right, len(verdict.doubtful), len(undue), failures


def main(count: int = COUNT, first: int = FIRST_SEED) -> int:
    """Run the trials on all cores and print cells by frame."""
    cells: dict[str, Counter[str]] = {}
    failures: list[str] = []
    with Pool(os.cpu_count()) as pool:
        for frame, right, doubtful, undue, failed in pool.imap(trial, range(first, first + count), chunksize=50):
            cells.setdefault(frame, Counter()).update(right=right, doubtful=doubtful, undue=undue)
            failures += failed
    print("\n".join(failures[:SHOWN]))
    for frame, counts in sorted(cells.items()):
        total = counts.total()
        print(
            f"{frame:24} cells {total:9}  right {counts['right'] / total:8.3%}  "
            f"unread {counts['doubtful'] / total:8.3%}  undue {counts['undue']:7}"
        )
    print(f"{count} compositions, {len(failures)} with a wrong or an unduly unread cell")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

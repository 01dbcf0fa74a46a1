"""1,000 reports in which everything is true: ``python -m tests.soak.consistent [COUNT] [FIRST_SEED]``.

Prints each false alarm with its sentence; exit status 1 where there is one.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import Pool

from extractor.pipeline import default_extractor
from tests.contradictions.reports import consistent

COUNT, FIRST_SEED = 1_000, 0


def alarms_of(seed: int) -> list[str]:
    """One line an error that a true report raised."""
    text = consistent(seed)
    lines = []
    for finding in default_extractor().extract(text.encode()).findings:
        if finding.severity == "error":
            place = finding.spans[0] if finding.spans else None
            sentence = text[text.rfind("\n", 0, place.start) + 1 : text.find("\n", place.end)] if place else ""
            lines.append(f"consistent({seed}) {finding.code}: {finding.message}: {sentence}")
    return lines


def main(count: int = COUNT, first: int = FIRST_SEED) -> int:
    """Run the seeds on all cores; 1 where a true report raised an error."""
    with Pool(os.cpu_count()) as pool:
        alarms = [line for lines in pool.imap(alarms_of, range(first, first + count), chunksize=20) for line in lines]
    print("\n".join(alarms))
    print(f"{count} consistent reports, {len(alarms)} false alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""How many labels the queue saves: ``python -m tests.soak.queue [SEEDS] [FIRST]``; prints the figure as it is.

Two thirds of the project's agencies are the pool, the others the test; from 100 labels to 1,200 in steps of 100, once
by the queue's worth and once by chance, from the same start. The share told is that of random choice's labels which
the queue needs for random choice's last macro F1. The way of choosing was settled on the seeds 0 to 2.
"""

from __future__ import annotations

import sys

import numpy as np

from training.labels import project_labels
from training.queue import labels_needed, simulate

SEEDS, FIRST = 6, 10
WORST = 1.0


def main(seeds: int = SEEDS, first: int = FIRST) -> int:
    """Print each seed's share, their mean, and its interval; 1 where choice by worth needs more than random choice."""
    labels = sorted(project_labels(), key=lambda label: label.id)
    agencies = sorted({label.agency for label in labels})
    shares = []
    for seed in range(first, first + seeds):
        order = np.random.default_rng(seed).permutation(agencies).tolist()
        tested = frozenset(order[: len(order) // 3])
        pool = [label for label in labels if label.agency not in tested]
        test = [label for label in labels if label.agency in tested]
        steps = simulate(pool, test, steps=12, seed=seed)
        shares.append(labels_needed(steps) or WORST)
        print(
            f"seed {seed}: {shares[-1]:.0%}, macro F1 at last {steps[-1].by_worth} and {steps[-1].by_chance}",
            flush=True,
        )
    spread = 1.96 * float(np.std(shares, ddof=1)) / len(shares) ** 0.5 if len(shares) > 1 else 0.0
    mean = float(np.mean(shares))
    print(f"mean {mean:.0%}, 95 % interval {mean - spread:.0%} to {mean + spread:.0%} ({len(shares)} seeds)")
    return int(mean >= WORST)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

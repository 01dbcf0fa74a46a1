"""What learning costs: training 5,000 items, loading a model, its size, coding one report's items.

CPU time, best of several rounds, because a machine that does other things too makes any clock lie.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from extractor.classify.counts import CountDecider
from extractor.classify.linear import find_model
from extractor.classify.themes import ThemeCoder
from training.contexts import project_passages
from training.labels import Label, project_labels
from training.train import train

ITEMS = 5_000
ROUNDS = 7
ITEMS_A_REPORT = 6


def many_labels(count: int = ITEMS) -> list[Label]:
    """So many items: the project's own, then the same with another order of clauses for agencies of other names."""
    own = list(project_labels())
    more = [
        replace(
            label, id=f"{label.id}-again", agency=f"{label.agency}（乙）",
            text="".join(reversed(label.text)),
        )
        for label in own
    ]  # fmt: skip
    return (own + more)[:count]


def best_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least CPU seconds of several rounds."""
    costs = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        costs.append(time.process_time() - begun)
    return min(costs)


def main() -> None:
    """Print each figure beside its bound."""
    labels, passages = many_labels(), project_passages()
    with TemporaryDirectory() as work:
        wall, begun = time.perf_counter(), time.process_time()
        train(labels, Path(work) / "bench", passages=passages)
        spent, wall = time.process_time() - begun, time.perf_counter() - wall
        size = sum(file.stat().st_size for file in (Path(work) / "bench").iterdir())
    print(f"training {len(labels)} items and {len(passages)} passages: {spent:.1f} s CPU, {wall:.1f} s (bound 60 s)")
    print(f"files of that model: {size / 1e6:.2f} MB (bound 10 MB)")
    folder = find_model()
    ThemeCoder(folder)
    load = best_of(lambda: (ThemeCoder(folder), CountDecider(folder)))
    print(f"loading both classifiers: {load:.3f} s CPU (bound 0.3 s)")
    coder = ThemeCoder(folder)
    reports = [[label.text for label in labels[at : at + ITEMS_A_REPORT]] for at in range(0, 600, ITEMS_A_REPORT)]
    coding = best_of(lambda: [coder.code(texts) for texts in reports]) / len(reports)
    print(f"themes of a report of {ITEMS_A_REPORT} items: {coding * 1000:.2f} ms CPU (bound 1 ms)")


if __name__ == "__main__":
    main()

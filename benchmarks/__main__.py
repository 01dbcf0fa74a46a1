"""``make bench``: what each step costs, and what whole calls cost, on this machine.

Absolute times depend on the machine and on what else it does, so each figure stands beside a yardstick measured in the
same run: reading the same bytes as text and cutting them into words. Nothing here is a test.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections import defaultdict
from pathlib import Path

import rjieba

from extractor.pipeline import Extractor
from extractor.read import read
from extractor.report import Report

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
FURTHER = ("benchmarks.adversarial", "benchmarks.reading", "benchmarks.service", "benchmarks.learning")


def _documents() -> list[Path]:
    return sorted((ROOT / "examples").glob("*.txt"))


def steps() -> None:
    """The median cost of each step for a text report, and its share."""
    started = time.perf_counter()
    extractor = Extractor()
    print(f"models, rules and words loaded in {time.perf_counter() - started:.2f} s")
    documents = [read(path.read_bytes(), name=path.name) for path in _documents()]
    costs: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for document in documents:
            report = Report(document, provenance=extractor.provenance)
            whole = time.perf_counter()
            for step in extractor.steps:
                begun = time.perf_counter()
                report = step.run(report)
                costs[step.name].append(time.perf_counter() - begun)
            costs["all steps"].append(time.perf_counter() - whole)
            begun = time.perf_counter()
            rjieba.cut(document.text, True)
            costs["yardstick: words of the whole text"].append(time.perf_counter() - begun)
    total = statistics.median(costs["all steps"])
    print(
        f"{'step':40} {'median ms':>10} {'p95 ms':>8} {'share':>7}   ({len(documents)} text reports, {ROUNDS} rounds)"
    )
    for name, values in costs.items():
        middle, high = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        print(f"{name:40} {middle * 1000:10.2f} {high * 1000:8.2f} {middle / total:7.0%}")
    print(f"one process reads {1 / total:.0f} text reports a second")


def main() -> None:
    """All benchmarks that this checkout has."""
    print("== steps")
    steps()
    for name in FURTHER:
        if importlib.util.find_spec(name):
            print(f"== {name.rpartition('.')[2]}")
            importlib.import_module(name).main()


if __name__ == "__main__":
    main()

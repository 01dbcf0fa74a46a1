"""Accuracy on labelled reports: ``make evaluate``.

Scores the shipped pipeline with the scorer beside the real reports (``../shared/score.py``), on the project's own
examples and on reports written apart in many layouts (``tests/varied``), prints every figure, and fails when one falls below its floor in ``floors.toml``. The real reports are a
development set: they were looked at while the rules were written, and no label of theirs trained anything.
``--write`` renews the figures in README.md.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.composed import composed_figures
from extractor.pipeline import Extractor

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
BLOCK = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
NAMES = {
    "cells": "official cells right",
    "cells.nonzero": "… cells that are not zero",
    "sections": "sections",
    "channels.type": "channels, type",
    "channels.named": "channels, type and name",
    "counts.value": "counts, value",
    "counts.indicator": "counts, value and indicator",
    "counts.strict": "counts, everything right",
    "counts.span": "counts, exact words",
    "counts.none_recall": "statements of none found",
    "problems.item": "problems found",
    "improvements.item": "improvements found",
    "problems.themes_kappa": "themes of problems, κ of the first",
    "improvements.themes_kappa": "themes of improvements, κ of the first",
    "problems.themes_micro": "themes of problems",
    "improvements.themes_micro": "themes of improvements",
    "practices": "practices",
    "relations": "prose against tables",
    "findings.error": "printed errors",
    "grounded": "facts at their exact place",
    "themes.calibration_error": "themes, calibration error",
}


def extract_all(labels: Path, files: Path, results: Path) -> None:
    """One result a gold file, under the name that the scorer looks for."""
    extractor = Extractor()
    for path in sorted(labels.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        report = extractor.extract(files / gold["file"])
        (results / path.name).write_text(json.dumps(report.to_dict(), ensure_ascii=False), "utf-8")


def score(labels: Path, files: Path, *, errors: bool = False) -> dict[str, Any]:
    """All figures of one labelled set."""
    with tempfile.TemporaryDirectory() as folder:
        results, figures = Path(folder, "results"), Path(folder, "figures.json")
        results.mkdir()
        extract_all(labels, files, results)
        call = [
            sys.executable,
            str(SHARED / "score.py"),
            "--gold",
            str(labels),
            "--results",
            str(results),
            "--json",
            str(figures),
        ]
        done = subprocess.run([*call, *(["--errors"] if errors else [])], capture_output=True, text=True, check=False)
        print(done.stdout, end="")
        if done.returncode:
            raise SystemExit(done.stderr)
        return dict(json.loads(figures.read_text("utf-8")))


def score_own(files: Path, *, errors: bool) -> dict[str, Any]:
    """Reports of the project's own: their labels carry another ending, so they are laid out for the scorer first."""
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(files.glob("*.labels.json")):
            Path(folder, path.name.replace(".labels", "")).write_bytes(path.read_bytes())
        return score(Path(folder), files, errors=errors)


def main_figure(value: dict[str, Any]) -> float | None:
    """The one figure of a metric that its floor is about."""
    return next(
        (float(value[key]) for key in ("f1", "share", "kappa", "count", "ece") if value.get(key) is not None), None
    )


def check(figures: dict[str, Any], floors: dict[str, float], ceilings: dict[str, float], name: str) -> list[str]:
    """The metrics below their floor or above their ceiling."""
    fallen = []
    for metric, limit in floors.items():
        value = main_figure(figures.get(metric, {}))
        if value is None or value < limit:
            fallen.append(f"{name}: {metric} is {value}, its floor is {limit}")
    for metric, limit in ceilings.items():
        value = main_figure(figures.get(metric, {"count": 0}))
        if value is None or value > limit:
            fallen.append(f"{name}: {metric} is {value}, its ceiling is {limit}")
    return fallen


def markdown(real: dict[str, Any]) -> str:
    """The README's block."""
    lines = [
        f"| on {real['documents']['count']} real reports (development set) | figure | 95 % interval | of |",
        "|---|---|---|---|",
    ]
    for metric, name in NAMES.items():
        value = real.get(metric)
        if value is None:
            continue
        shown = main_figure(value)
        interval = f"{value['low']:.3f} to {value['high']:.3f}" if "low" in value else ""
        size = value.get("gold") or value.get("of") or value.get("items") or value.get("decisions") or ""
        lines.append(f"| {name} | {shown:.3f} | {interval} | {size} |")
    wrong = real["cells.silently_wrong"]["count"]
    lines.append(f"| cells silently wrong | {wrong} | | {real['cells']['of']} |")
    lines.append(
        f"| cells unread (run together in print) | {real['cells.unread']['count']} | | {real['cells']['of']} |"
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, compare with the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="every miss and false alarm, by document")
    parser.add_argument("--write", action="store_true", help="renew the figures in README.md")
    options = parser.parse_args()
    if not (SHARED / "score.py").exists():
        print("not measured: the real reports and their scorer (../shared) are not beside this checkout")
        return 0
    limits = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
    print("== real reports (development set)")
    real = score(SHARED / "corpus" / "gold", SHARED / "corpus" / "reports", errors=options.errors)
    fallen = check(real, limits["real"], limits["real_ceilings"], "real reports")
    print("== the project's own examples")
    own = score_own(ROOT / "examples", errors=options.errors)
    fallen += check(own, limits["examples"], limits["examples_ceilings"], "examples")
    print("== varied reports (written and labelled apart, in many layouts; mended on since)")
    varied = score_own(ROOT / "tests" / "varied", errors=options.errors)
    fallen += check(varied, limits["varied"], limits["varied_ceilings"], "varied reports")
    print("== composed reports (invented numbers in every rendering, one digit changed in some)")
    composed = composed_figures()
    for metric, figure in composed.items():
        print(f"{metric:44} " + "  ".join(f"{k} {v:.4f}" if k == "share" else f"{k} {v}" for k, v in figure.items()))
    fallen += check(composed, limits["composed"], limits["composed_ceilings"], "composed reports")
    if options.write:
        readme = ROOT / "README.md"
        readme.write_text(BLOCK.sub(lambda m: m[1] + markdown(real) + m[2], readme.read_text("utf-8")), "utf-8")
    print("\n".join(fallen) or "all figures are above their floors")
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())

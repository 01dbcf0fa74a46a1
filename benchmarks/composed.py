"""Figures on composed reports, whose truth is known: what ``make evaluate`` prints beside those of the real ones.

The composer prints invented numbers in every rendering alone and in random combinations; a cell is right, honestly
``unread``, or silently wrong. Fault injection changes one digit of a balanced report and asks which finding it raises.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from extractor.merge.arithmetic import find_arithmetic
from tests.composer import FORMS, Composed, compose, draw_composition, judge, seeded_truth, single_renderings
from tests.composer.faults import draw_fault
from tests.test_tables_composed import faulty, tables_of

FIRST_SEED, COMBINATIONS, FAULTS, SLIPS = 500_000, 400, 150, 2_000


def composed_figures() -> dict[str, Any]:
    """All figures, in the shape of the scorer's: ``{"share": …, "right": …, "of": …}`` or ``{"count": …}``."""
    singles = [compose(seeded_truth(21, form), choice, 21) for choice in single_renderings() for form in FORMS]
    combined = [_combination(FIRST_SEED + place) for place in range(COMBINATIONS)]
    return {**_cells("alone", singles), **_cells("combined", combined), **_faults()}


def _combination(seed: int) -> Composed:
    return compose(seeded_truth(seed), draw_composition(random.Random(seed)), seed)


def _cells(name: str, reports: list[Composed]) -> dict[str, Any]:
    """Cells right, those that are not zero, those that the print tells; unread with and without reason; silently wrong."""
    counts: Counter[str] = Counter()
    for composed in reports:
        verdict = judge(composed, tables_of(composed.text), composed.text)
        unread = {*verdict.doubtful, *verdict.undue}
        nonzero = {cell for cell, expected in composed.expected.items() if expected.value}
        counts.update(
            cells=len(composed.expected),
            right=verdict.right,
            nonzero=len(nonzero),
            nonzero_right=len(nonzero - unread) - len(verdict.wrong),
            undue=len(verdict.undue),
            doubtful=len(verdict.doubtful),
            wrong=len(verdict.wrong),
        )
    return {
        f"{name}.cells": _share(counts["right"], counts["cells"]),
        f"{name}.cells.nonzero": _share(counts["nonzero_right"], counts["nonzero"]),
        f"{name}.cells.told_by_print": _share(counts["right"], counts["cells"] - counts["doubtful"]),
        f"{name}.cells.unread_as_print_does_not_tell": {"count": counts["doubtful"]},
        f"{name}.cells.unread_without_need": {"count": counts["undue"]},
        f"{name}.cells.silently_wrong": {"count": counts["wrong"]},
        f"{name}.reports": {"count": len(reports)},
    }


def _faults() -> dict[str, Any]:
    """Findings where one digit is changed: raised, the changed cell first or among the five named, and unseen slips."""
    raised = first = named = 0
    for seed in range(FAULTS):
        fault, composed = faulty(seed, "applications")
        findings = find_arithmetic(tables_of(composed.text))
        raised += fault.codes == {finding.code for finding in findings}
        first += all(finding.cells[0] == fault.cell for finding in findings)
        fault, composed = faulty(seed, "review_litigation")
        findings = find_arithmetic(tables_of(composed.text))
        raised += fault.codes == {finding.code for finding in findings}
        named += all(fault.cell in finding.cells for finding in findings)
    rng = random.Random(0)
    unseen = sum(not draw_fault(seeded_truth(seed, "2021"), rng).broken for seed in range(SLIPS))
    return {
        "faults.raised": _share(raised, 2 * FAULTS),
        "faults.applications_first": _share(first, FAULTS),
        "faults.reviews_named": _share(named, FAULTS),
        "faults.break_no_sum": _share(unseen, SLIPS),
    }


def _share(right: int, of: int) -> dict[str, Any]:
    return {"share": right / of, "right": right, "of": of}

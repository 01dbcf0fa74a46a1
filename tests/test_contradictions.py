"""What cannot both be true is found in whole reports, and reports in which everything is true raise no alarm."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.contradictions.figures import INDICATORS
from tests.contradictions.judge import is_found, kind_of
from tests.contradictions.reports import consistent, contradicting, faulty

if TYPE_CHECKING:
    from extractor.pipeline import Extractor

CONSISTENT = 150
CONTRADICTING = 270
FAULTY = 180
PLANTED = 40
KINDS = (
    "arithmetic.flow", "arithmetic.row", "arithmetic.total", "arithmetic.review",
    "narrative.sum", "narrative.channels", "narrative.name", "fees.conflict", "meta.year",
    "section.missing", "section.empty", "table.missing",
    *(f"narrative.table {indicator}" for indicator in dict.fromkeys(INDICATORS.values())),
)  # fmt: skip


@pytest.fixture(scope="module")
def found(extractor: Extractor) -> tuple[Counter[str], Counter[str], list[str]]:
    """Plants and those found, by kind, with the sentences of the missed ones."""
    planted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    missed: list[str] = []
    for make, many in ((contradicting, CONTRADICTING), (faulty, FAULTY)):
        for seed in range(many):
            text, plants = make(seed)
            report = extractor.extract(text.encode())
            for plant in plants:
                planted[kind_of(plant)] += 1
                hit[kind_of(plant)] += is_found(plant, report)
                missed += (
                    [] if is_found(plant, report) else [f"{kind_of(plant)} {make.__name__}({seed}) {plant.sentence}"]
                )
    return planted, hit, missed


@pytest.mark.xdist_group("contradictions")
@pytest.mark.parametrize("kind", KINDS)
def test_planted_contradictions_are_found(kind: str, found: tuple[Counter[str], Counter[str], list[str]]) -> None:
    planted, hit, missed = found
    assert planted[kind] >= PLANTED
    assert hit[kind] >= 0.95 * planted[kind], [line for line in missed if line.startswith(kind)]


@pytest.mark.parametrize("first", range(0, CONSISTENT, 50))
def test_consistent_reports_raise_no_alarm(first: int, extractor: Extractor) -> None:
    alarms: list[str] = []
    for seed in range(first, first + 50):
        findings = extractor.extract(consistent(seed).encode()).findings
        quotes = [(f.code, f.message, [s.quote for s in f.spans]) for f in findings if f.severity == "error"]
        alarms += [f"consistent({seed}) {quote}" for quote in quotes]
    assert alarms == []

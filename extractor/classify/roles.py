"""Whether a count stands alone, is the total of a breakdown, or one of its parts.

A breakdown is read from right to left, so that a part which has parts of its own is whole before its total is met.
Parts are believed where they add up, or where the words say so (其中, 包括, 分别, a bracket). Received, carried over,
answered and carried forward are never parts of one another; results are parts of what was answered or received.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAD = re.compile(
    r"其中|包括|包含|分别|含|分为|具体为|按|从|涉及|分块|分载体|：|:|——|（|\(|中[，：]|里|分.{0,4}看|结果为|结果："
)
STRONG = re.compile(r"其中|包括|包含|具体为|按.{1,10}分|从.{1,10}看|分.{0,6}看|：|:|——|（|\(|结果")
SUMMED = re.compile(r"(?:合计|共计|总计|总共|累计|共)[^，。；\d]{0,10}$")
RESULTS = frozenset(
    f"applications_{kind}" for kind in ("granted", "partial", "refused", "unavailable", "not_processed", "other")
)
MADE_OF: dict[str, frozenset[str]] = {
    "applications_received": RESULTS | {"applications_received"},
    "applications_answered": RESULTS | {"applications_answered"},
    "reviews": frozenset({"reviews", "reviews_upheld", "reviews_corrected", "reviews_other", "reviews_pending"}),
    "litigations": frozenset(
        {"litigations", "litigations_upheld", "litigations_corrected", "litigations_other", "litigations_pending"}
    ),
    "items_disclosed": frozenset(
        {"items_disclosed", "normative_documents", "policy_documents", "interpretations", "regulations"}
    ),
    "policy_documents": frozenset({"policy_documents", "normative_documents"}),
    "other": frozenset({"other", "items_disclosed"}),
}
ALONE = frozenset(
    {"rate", "channels", "views", "followers", "applications_carried_over", "applications_carried_forward"}
)
MOST_PARTS = 40
MANY = 4
FARTHEST_PARAGRAPH = 3


@dataclass(slots=True)
class Figure:
    """A decided count on its way to a role; ``place`` and ``end`` bound its quote in the narrative."""

    place: int
    end: int
    value: float | int
    unit: str | None
    indicator: str
    sentence: int
    paragraph: int
    role: str = "single"
    parts: list[Figure] = field(default_factory=list)


def assign_roles(text: str, figures: Sequence[Figure]) -> None:
    """Set the role of each figure, in the order of the text."""
    tops: list[Figure] = []
    for figure in reversed(figures):
        if figure.indicator in ALONE:
            continue
        while count := _parts_of(text, figure, tops):
            figure.parts += tops[:count]
            del tops[:count]
        tops.insert(0, figure)
    _sums_behind(text, tops)
    for figure in figures:
        for part in figure.parts:
            part.role = "part"
    for figure in figures:
        if figure.parts:
            figure.role = "total"


def _compatible(total: Figure, part: Figure) -> bool:
    allowed = MADE_OF.get(total.indicator, frozenset({total.indicator}))
    if part.indicator not in allowed or part.value > total.value:
        return False
    return part.indicator in RESULTS or total.unit == part.unit or total.unit is None or part.unit is None


def _parts_of(text: str, total: Figure, tops: list[Figure]) -> int:
    """How many of the following figures are one breakdown of ``total``, 0 where there is none (more)."""
    run: list[Figure] = []
    for following in tops[:MOST_PARTS]:
        if following.paragraph > total.paragraph + FARTHEST_PARAGRAPH or not _compatible(total, following):
            break
        run.append(following)
    if not run:
        return 0
    between = text[total.end : min(run[0].place, total.end + 60)]
    summed = 0.0
    for number, part in enumerate(run, 1):
        summed += part.value
        least = 2 if part.paragraph == total.paragraph and part.sentence <= total.sentence + 3 else MANY
        if abs(summed - total.value) < 1e-9 and (number >= least or (least == 2 and _one_part(total, part, between))):
            return number
    near = [part for part in run if part.paragraph == total.paragraph and part.sentence <= total.sentence + 3]
    return _led(text, total, near, between) if near and not total.parts else 0


def _one_part(total: Figure, part: Figure, between: str) -> bool:
    """One part that equals its total: a single result, or one behind 其中."""
    return part.indicator != total.indicator or "其中" in between


def _led(text: str, total: Figure, run: list[Figure], between: str) -> int:
    """Parts that do not add up but are said to be parts: as far as the sentence of their lead goes."""
    results = run[0].indicator in RESULTS or "_" in run[0].indicator.removeprefix("applications_").removeprefix(
        "items_"
    )
    same = run[0].sentence == total.sentence
    strong = STRONG.search(between) is not None or (
        not same and between.lstrip("。\n").startswith(("其中", "按", "从"))
    )
    finer = run[0].indicator != total.indicator and (
        run[0].indicator in RESULTS or run[0].indicator.startswith(total.indicator)
    )
    if not (strong or (finer and same and results)):
        return 0
    if "；" in between or ("。" in between and "其中" not in between and not finer):
        return 0
    sentence = run[0].sentence
    count = 0
    place = run[0].place
    for part in run:
        if part.sentence != sentence or (
            not finer and "；" in text[place : part.place] and "其中" not in text[place : part.place]
        ):
            break
        count, place = count + 1, part.end
    summed = sum(part.value for part in run[:count])
    if not finer and count == 1 and run[0].value == total.value:
        return 0
    return count if summed <= total.value * 1.2 or finer else 0


def _sums_behind(text: str, tops: list[Figure]) -> None:
    """Totals printed behind their parts: 当面2件、信函4件，合计6件."""
    for index, total in enumerate(tops):
        if not SUMMED.search(text, max(0, total.place - 14), total.place) or total.parts:
            continue
        summed = 0.0
        for start in range(index - 1, max(-1, index - 1 - MOST_PARTS), -1):
            part = tops[start]
            if part.paragraph != total.paragraph or not _compatible(total, part):
                break
            summed += part.value
            near = abs(summed - total.value) < 1e-9 or (
                total.value >= 1000 and abs(summed - total.value) < 0.01 * total.value
            )
            if near and index - start > 1:
                total.parts = tops[start:index]
                break

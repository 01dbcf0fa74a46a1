"""Whether a count stands alone, is the total of a breakdown, or one of its parts.

A breakdown is read from right to left, so that a part which has parts of its own is whole before its total is met.
Parts are believed where they add up, where the words say so (其中, 包括, 分别, a bracket), or where each is printed with
its share of the total (占34.8%). Received, carried over, answered and carried forward are never parts of one another;
results are parts of what was answered or received. A change (减少6件) takes no part in any breakdown.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAD = re.compile(
    r"其中|包括|包含|分别|含|分为|具体为|按|从|涉及|分块|分载体|：|:|——|（|\(|中[，：]|里|分.{0,4}看|结果为|结果："
)
STRONG = re.compile(
    r"其中|包括|包含|具体为|按.{1,10}分|从.{1,10}看|分.{0,6}看|：|:|——|（|\(|(?:处理|答复|办理|审理)结果|结果[为是：:]|结果分别"
)
SUMMED = re.compile(r"(?:合计|共计|总计|总共|累计|全年|共)[^，。；\d]{0,10}$")
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
SHARE = re.compile(r"\s*[，,（(]?\s*(?:约|分别)?占[^，。；;\d]{0,12}")
CHANGE = re.compile(r"(?:增加|减少|增长|下降|上升|提高|降低|(?<!至)[多少])了?[约近]?$")
ORDERED = re.compile(r"按.{1,10}分|从.{1,10}看|分.{0,6}看")
AMONG = re.compile(r"(?:中|里|其中|来看|上看|看|类别|内容)[，,：:][^。]*$|按[^，。；]{1,12}(?:分|划)|分[为成]")
BY_KIND = re.compile(
    r"(?:类别|类型|种类|领域|分类)[^，。；]{0,6}(?:有|为|是|如下|包括|分)|按[^，。；]{1,12}(?:分|划)|其中[:：]"
)
PIECES = frozenset("条件篇部份期个")
LISTED = re.compile(r"(?:其中|包括|包含|分别|依次)[^。；\d]{0,20}$")
MARKS = re.compile(r"[，,。；;：:、（(]")
MOST_PARTS = 40
FEW, MANY = 3, 4
KINDS_NEAR = 0.2
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
    own = {id(part) for part in _parts_by_share(text, figures)}
    tops: list[Figure] = []
    for index in range(len(figures) - 1, -1, -1):
        figure = figures[index]
        if figure.indicator in ALONE or CHANGE.search(text, max(0, figure.place - 5), figure.place):
            continue
        while parts := _parts_of(text, figure, tops):
            if _are_members(text, figures[max(0, index - MOST_PARTS) : index], figure, parts, tops[len(parts) :]):
                break
            figure.parts += parts
            taken = {id(part) for part in parts}
            tops = [top for top in tops if id(top) not in taken]
        if id(figure) not in own:
            tops.insert(0, figure)
    _sums_behind(text, tops)
    _kinds_of_whole(text, tops, figures)
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
    return part.indicator in RESULTS or _same_unit(total.unit, part.unit)


def _same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units may be of one sum: 条 and 条（篇）, and documents by the piece."""
    if one is None or other is None or one == other or (one in PIECES and other in PIECES):
        return True
    return bool(set(re.split(r"[（()）/]", one)) & set(re.split(r"[（()）/]", other)) - {""})


def _parts_by_share(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """Parts printed with their share of a figure before them, set on that figure; at least two of one total."""
    found: list[tuple[Figure, Figure]] = []
    for index, (part, share) in enumerate(pairwise(figures)):
        if share.indicator != "rate" or not SHARE.fullmatch(text, part.end, share.place):
            continue
        digits = len(f"{share.value}".partition(".")[2])
        for total in reversed(figures[max(0, index - MOST_PARTS) : index]):
            if total.paragraph < part.paragraph - FARTHEST_PARAGRAPH:
                break
            if not total.value or total.indicator in ALONE or not _compatible(total, part):
                continue
            if abs(100 * part.value / total.value - share.value) <= 0.6 * 10**-digits:
                found.append((total, part))
                break
    counts = Counter(id(total) for total, _ in found)
    sure = [(total, part) for total, part in found if counts[id(total)] > 1]
    for total, part in sure:
        total.parts.append(part)
    return [part for _, part in sure]


def _parts_of(text: str, total: Figure, tops: list[Figure]) -> list[Figure]:
    """The following figures that are one breakdown of ``total``, none where there is none (more)."""
    return _parts_among_others(text, total, tops) or tops[: _run_of_parts(text, total, tops)]


def _parts_among_others(text: str, total: Figure, tops: list[Figure]) -> list[Figure]:
    """Parts behind 其中 that add up, with what else is said of each between them: 70个。其中微博29个，发布1992条；公众号41个."""
    if total.parts:
        return []
    near = [f for f in tops[:MOST_PARTS] if f.paragraph == total.paragraph and f.sentence <= total.sentence + 1]
    alike = [f for f in near if (f.indicator, f.unit) == (total.indicator, total.unit) and f.value < total.value]
    if len(alike) < 2 or not STRONG.search(text, total.end, alike[0].place):
        return []
    summed = 0.0
    for number, part in enumerate(alike, 1):
        summed += part.value
        if number > 1 and abs(summed - total.value) < 1e-9:
            return alike[: number + _listed_on(text, total, alike[number - 1 :])]
    return []


def _run_of_parts(text: str, total: Figure, tops: list[Figure]) -> int:
    """How many of the figures that follow without a gap are one breakdown of ``total``."""
    run: list[Figure] = []
    for following in tops[:MOST_PARTS]:
        if following.paragraph > total.paragraph + FARTHEST_PARAGRAPH or not _compatible(total, following):
            break
        run.append(following)
    if not run:
        return 0
    begin = max([total.end, *(part.end for part in total.parts)])
    between = text[begin : min(run[0].place, begin + 60)]
    if _listed_with(text, total, run[0], between):
        return 0
    given = sum(part.value for part in total.parts)
    summed = given if given < total.value else 0.0
    for number, part in enumerate(run, 1):
        summed += part.value
        least = 2 if part.paragraph == total.paragraph and part.sentence <= total.sentence + 3 else MANY
        if abs(summed - total.value) < 1e-9 and (number >= least or (least == 2 and _one_part(total, part, between))):
            return number + (_listed_on(text, total, run[number - 1 :]) if STRONG.search(between) else 0)
    near = [part for part in run if part.paragraph == total.paragraph and part.sentence <= total.sentence + 3]
    return _led(text, total, near, between) if near and not total.parts else 0


def _listed_with(text: str, total: Figure, part: Figure, between: str) -> bool:
    """Whether both are members of one list behind 其中, the first by chance the sum of the others."""
    alike = total.indicator == part.indicator and between.startswith("、") and not STRONG.search(between)
    return alike and LISTED.search(text, max(0, total.place - 30), total.place) is not None


def _listed_on(text: str, total: Figure, rest: list[Figure]) -> int:
    """How many more figures the list of parts holds behind those that add up, unless they are a breakdown again."""
    summed, count = 0.0, 0
    for before, part in pairwise(rest):
        gap = text[before.end : part.place]
        if not gap.startswith("、") or MARKS.search(gap, 1) or not _is_alike(rest[0], part):
            break
        summed, count = summed + part.value, count + 1
    return 0 if abs(summed - total.value) < 1e-9 else count


def _are_members(
    text: str, before: Sequence[Figure], figure: Figure, parts: Sequence[Figure], rest: Sequence[Figure]
) -> bool:
    """Whether a figure that others add up to by chance is one of a list with them: a whole before is the sum of all."""
    if STRONG.search(text, figure.end, parts[0].place):
        return False
    summed = figure.value + sum(part.value for part in parts)
    sums = {summed}
    for following in rest[:MOST_PARTS]:
        if following.sentence != figure.sentence or not _of_one_list(figure, following):
            break
        summed += following.value
        sums.add(summed)
    left = 0.0
    for whole in reversed(before):
        if whole.paragraph != figure.paragraph or not _compatible(whole, figure):
            return False
        if whole.value - left in sums:
            return True
        if not _of_one_list(whole, figure):
            return False
        left += whole.value
    return False


def _of_one_list(one: Figure, other: Figure) -> bool:
    return _is_alike(one, other) or (one.indicator in RESULTS and other.indicator in RESULTS)


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
    lead = between.rpartition("；")[2].lstrip()
    is_listed = ORDERED.search(text, text.rfind("。", 0, total.place) + 1, total.place) is not None
    if ("；" in between and (is_listed or not lead.startswith(("其中", "按", "从", "具体")))) or (
        "。" in between and "其中" not in between and not finer
    ):
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


def _kinds_of_whole(text: str, tops: list[Figure], figures: Sequence[Figure]) -> None:
    """A list by kind in a sentence of its own is the breakdown of a figure before it: one that it adds up to (在网站公开的
    信息中，…), or the whole stated before it where it comes near it and is said to be of kinds.
    """
    for index, first in enumerate(tops):
        run = [f for f in tops[index : index + MOST_PARTS] if f.sentence == first.sentence and _is_alike(first, f)]
        begun = index and tops[index - 1].sentence == first.sentence
        if len(run) < FEW or begun or any(part.parts for part in run):
            continue
        summed = sum(part.value for part in run)
        lead = text[max(0, first.place - 40) : first.place]
        near = [f for f in figures if f.place < first.place and f.paragraph >= first.paragraph - FARTHEST_PARAGRAPH]
        alike = [f for f in reversed(near) if _is_alike(first, f) and not f.parts]
        whole = next((f for f in alike if abs(f.value - summed) < 1e-9 and AMONG.search(lead)), None)
        if whole is None and len(run) >= MANY and BY_KIND.search(lead):
            whole = next((top for top in reversed(tops[:index]) if _is_alike(first, top)), None)
            whole = whole if whole is not None and abs(summed - whole.value) <= KINDS_NEAR * whole.value else None
        if whole is not None:
            whole.parts += run


def _is_alike(one: Figure, other: Figure) -> bool:
    return (one.indicator, one.unit) == (other.indicator, other.unit)

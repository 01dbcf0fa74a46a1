"""Part four (行政复议、行政诉讼情况): fifteen cells in three groups of five, each group with its sum.

The heads are printed in every order that a page can bring them into, but from few characters; so a run of these
characters marks the heads, and the cells are the values behind or between them, in the order of the groups.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.tables import split
from extractor.tables.reading import RowReading, TableReading, known_words
from extractor.tables.rows import FOREIGN, RUN_TOGETHER, TOO_FEW, TOO_MANY
from extractor.tables.tokens import Known, Value, scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.ink import Ink

_GROUPS = ("review", "litigation_direct", "litigation_after_review")
_CELLS = 5
_HEADS = re.compile("[行政复议诉讼未经直接起后结果维持纠正其他尚审总计]{4,}")
_NEAR = 30
_LEAST = 36
_START = re.compile("行政复议")
_DECIMAL = "a count cannot have decimals"


def read_reviews(ink: Ink, floor: int) -> TableReading | None:
    """The table behind ``floor``; None where no heads of it stand together."""
    zone = _zone(ink, floor)
    if zone is None:
        return None
    begin, end = zone
    words = _words()
    start = ink.source(begin)
    label_end = ink.source(end - 1) + 1
    between = scan(ink, start, label_end, start, words)
    behind = scan(ink, label_end, len(ink.text), label_end, words, is_last=True)
    values = [*between.values, *behind.values]
    rows = _read(values, behind.is_foreign, ink, start)
    return TableReading("review_litigation", "2021", rows, start, max(label_end, behind.end))


def _words() -> Known:
    words = known_words("review_litigation")
    return words


def _zone(ink: Ink, floor: int) -> tuple[int, int] | None:
    """The places of the heads in the stream of Chinese characters: near runs of their characters, taken together."""
    zones: list[list[int]] = []
    for match in _HEADS.finditer(ink.han, ink.han_place(floor)):
        if zones and match.start() - zones[-1][1] <= _NEAR:
            zones[-1][1] = match.end()
            zones[-1][2] += match.end() - match.start()
        else:
            zones.append([match.start(), match.end(), match.end() - match.start()])
    found = [zone for zone in zones if zone[2] >= _LEAST and _is_heads(ink.han[zone[0] : zone[1]])]
    if not found:
        return None
    begin, end, _ = max(found, key=lambda zone: zone[2])
    return _first_head(ink, begin, end), end


def _is_heads(han: str) -> bool:
    """Whether results and both kinds of lawsuits are named."""
    return all(han.count(word) >= 1 for word in ("维", "纠", "审")) and "起诉" in han and han.count("计") >= 2


def _first_head(ink: Ink, begin: int, end: int) -> int:
    """The heads without the section's own heading before them, which names the same two things."""
    run = ink.han[begin:end]
    first = re.search("行政复议行政诉讼(?:结|其|尚|未|总)|行政复议(?:结|维)", run)
    return begin + first.start() if first else begin


def _read(values: Sequence[Value], is_foreign: bool, ink: Ink, at: int) -> dict[str, RowReading]:
    cells = len(_GROUPS) * _CELLS
    kept = _without_page_numbers(values, cells, ink)
    if len(kept) == cells and not any(value.is_several for value in kept):
        return {code: _row(kept[i * _CELLS : (i + 1) * _CELLS], at) for i, code in enumerate(_GROUPS)}
    cut = _cut(kept)
    if cut is not None:
        placed = split.place_cut(kept, cut)
        return {code: RowReading(placed[i * _CELLS : (i + 1) * _CELLS], at=at) for i, code in enumerate(_GROUPS)}
    if not kept:
        reason = FOREIGN if is_foreign else TOO_FEW
    elif len(kept) > cells:
        reason = TOO_MANY
    else:
        reason = RUN_TOGETHER if any(value.is_run and len(value.raw) > 1 for value in kept) else TOO_FEW
    return {code: RowReading(None, reason, kept, at) for code in _GROUPS}


def _row(values: Sequence[Value], at: int) -> RowReading:
    if any(isinstance(value.value, float) for value in values):
        return RowReading(None, _DECIMAL, values, at)
    return RowReading(list(values), at=at)


def _without_page_numbers(values: Sequence[Value], cells: int, ink: Ink) -> list[Value]:
    plain = [value for value in values if not value.group]
    if len(plain) != len(values) and len(plain) == cells:
        return plain
    if len(values) == cells + 1:
        alone = [value for value in values if value.is_run and ink.stands_alone(value.start, value.end)]
        if len(alone) == 1:
            return [value for value in values if value is not alone[0]]
    return list(values)


def _cut(values: Sequence[Value]) -> tuple[str, ...] | None:
    """The one cut of digits run together that all three sums allow."""
    if not values or not all(value.is_run for value in values):
        return None
    found = split.groups(split.run_of(tuple(value.raw for value in values)), _CELLS, len(_GROUPS))
    return found[0] if found and len(found) == 1 else None

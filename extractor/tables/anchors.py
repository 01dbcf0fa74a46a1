"""Where a table of the form stands: its labels in the form's order, close together.

Words of the form occur in prose, contents lists and notes as well, so a single hit means nothing. The longest chain
of hits that keeps the form's order, with little between one label and the next, is the table; among chains of equal
length the later start wins, since prose and contents lists stand before the table.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from extractor.tables.ink import Ink

_LAST = 16
_ROW, _CROSSING = 2, 5
_PIECE = 16


@dataclass(frozen=True, slots=True)
class Item:
    """Something printed that orders a table: ``kind`` row or head, ``label`` its full print, ``order`` its places."""

    kind: str
    code: str
    label: str
    order: tuple[int, ...]
    also: tuple[str, ...] = ()


class Anchor(NamedTuple):
    """An item found, at source offsets [start, end)."""

    kind: str
    code: str
    start: int
    end: int
    place: int
    place_end: int


class Finder:
    """Finds chains of items; built once a table."""

    def __init__(self, items: Iterable[Item], reach: int) -> None:
        self._reach = reach
        patterns: dict[str, tuple[str, Item, int]] = {}
        for item in items:
            for text in (item.label, *item.also):
                patterns.setdefault(text, (text, item, max(item.label.find(text), 0)))
        self._patterns = tuple(patterns.values())
        self._orders = [item.order[::-1] for _, item, _ in self._patterns]
        self._is_row = [item.kind == "row" for _, item, _ in self._patterns]
        self._heads = {item.code for _, item, _ in self._patterns if item.kind == "head"}
        self._automaton = AhoCorasick(list(patterns), matchkind=MatchKind.LeftmostLongest)

    def find(self, ink: Ink) -> tuple[list[Anchor], int]:
        """The anchors of the best chain, in print order, and how many kinds of rows are named before or behind it;
        no anchors where nothing matches."""
        best: dict[int, _Chain] = {}
        top: _Chain | None = None
        hits = self._automaton.find_matches_as_indexes(ink.han)
        for pattern, start, end in hits:
            stops, stops_before_end = bisect_left(ink.stops, start), bisect_left(ink.stops, end)
            for order in self._orders[pattern]:
                score, begin, before = _longest(best, order, start - self._reach, stops)
                found = _Chain(score, start if before is None else begin, pattern, start, end, stops_before_end, before)
                old = best.get(order)
                if old is None or start - old.end > self._reach or found.beats(old, stops):
                    best[order] = found
                if top is None or (found[:2], self._is_row[pattern]) > (top[:2], self._is_row[top.pattern]):
                    top = found
        if top is None:
            return [], 0
        elsewhere = {pattern for pattern, start, end in hits if end <= top.begin or start >= top.end}
        return self._anchors(top, ink), len({self._patterns[pattern][1].code for pattern in elsewhere} - self._heads)

    def _anchors(self, last: _Chain, ink: Ink) -> list[Anchor]:
        chain: _Chain | None = last
        hits: list[_Chain] = []
        while chain is not None:
            hits.append(chain)
            chain = chain.before
        anchors: list[Anchor] = []
        least = 0
        for hit in reversed(hits):
            text, item, offset = self._patterns[hit.pattern]
            start, least = _grow(ink.han, item.label, offset, hit.start, hit.end, least, len(text))
            anchors.append(anchor(ink, item.kind, item.code, start, least))
        return anchors


class _Chain(NamedTuple):
    """The best chain that ends in one hit: its score, where it begins, the hit's pattern and place, the full stops
    before its end, and the chain up to the hit before it."""

    score: int
    begin: int
    pattern: int
    start: int
    end: int
    stops: int
    before: _Chain | None

    def beats(self, old: _Chain, stops: int) -> bool:
        """Whether this is better than an earlier chain of the same end; a full stop since then tells against that."""
        score = old.score - _CROSSING if stops > old.stops else old.score
        return self.score > score or (self.score == score and self.begin > old.begin)


def _longest(best: Mapping[int, _Chain], order: int, least: int, stops: int) -> tuple[int, int, _Chain | None]:
    """The best chain that a hit goes on from, with the score and begin of both; a full stop between tells against it."""
    top, begin, before = _ROW, -1, None
    for earlier, chain in best.items():
        if earlier < order and chain.end >= least:
            score = chain.score + (_ROW - _CROSSING if stops > chain.stops else _ROW)
            if score > top or (score == top > _ROW and chain.begin > begin):
                top, begin, before = score, chain.begin, chain
    return top, begin, before


def complete(
    ink: Ink, anchors: Sequence[Anchor], labels: Mapping[str, str], explains: Callable[[str], bool]
) -> list[Anchor]:
    """Anchors with the rest of their labels, where other words stand between the pieces of one label.

    ``explains`` tells whether two characters follow each other in the form's print: a rest that goes on from other
    words of the form belongs to these.
    """
    completed = []
    for index, found in enumerate(anchors):
        stop = anchors[index + 1].place if index + 1 < len(anchors) else min(len(ink.han), found.place_end + _LAST)
        completed.append(_with_rest(ink, found, labels.get(found.code, ""), stop, explains))
    return completed


def _with_rest(ink: Ink, found: Anchor, label: str, stop: int, explains: Callable[[str], bool]) -> Anchor:
    printed = ink.han[found.place : found.place_end]
    at = label.find(printed)
    rest = label[at + len(printed) :] if at >= 0 else ""
    end = found.place_end
    while len(rest) > 1 or (rest and end > found.place_end):
        length = next((n for n in range(min(len(rest), _PIECE), 0, -1) if ink.han.find(rest[:n], end, stop) >= 0), 0)
        if length < min(2, len(rest)):
            break
        at = ink.han.find(rest[:length], end, stop)
        if at > end and explains(ink.han[at - 1 : at + 1]):
            break
        end = at + length
        rest = rest[length:]
    if end == found.place_end:
        return found
    return anchor(ink, found.kind, found.code, found.place, end)


def recover(ink: Ink, anchors: Sequence[Anchor], rows: Sequence[tuple[str, str]]) -> list[Anchor]:
    """Anchors with rows of which only the beginning or the end of the label is printed in one piece.

    ``rows`` are (code, label) in the form's order; a row is looked for between its neighbours only.
    """
    order = {code: index for index, (code, _) in enumerate(rows)}
    found = sorted((one for one in anchors if one.code in order), key=lambda one: order[one.code])
    present = {one.code for one in found}
    for code, label in rows:
        if code in present:
            continue
        before = [one for one in found if order[one.code] < order[code]]
        behind = [one for one in found if order[one.code] > order[code]]
        if not before or not behind:
            continue
        at = _find_part(ink.han, label, before[-1].place_end, behind[0].place)
        if at is not None:
            found.insert(len(before), anchor(ink, "row", code, *at))
    return found


def _find_part(han: str, label: str, start: int, stop: int) -> tuple[int, int] | None:
    """Where the longest beginning, else end, of a label stands, if of four characters at least (three of four), once."""
    for length in range(min(len(label), _PIECE) - 1, 2 if len(label) == 4 else 3, -1):
        for part in (label[:length], label[-length:]):
            at = han.find(part, start, stop)
            if at >= 0 and han.find(part, at + 1, stop) < 0:
                return at, at + length
    return None


def anchor(ink: Ink, kind: str, code: str, start: int, end: int) -> Anchor:
    """An anchor from places in the stream of Chinese characters."""
    return Anchor(kind, code, *ink.source_range(start, end), start, end)


def _grow(han: str, label: str, offset: int, start: int, end: int, least: int, length: int) -> tuple[int, int]:
    """Widen a hit on a part of a label to as much of the whole label as is printed around it."""
    if label.find(han[start:end]) < 0:
        return start, end
    tail = offset + length
    while start > least and offset > 0 and han[start - 1] == label[offset - 1]:
        start, offset = start - 1, offset - 1
    while end < len(han) and tail < len(label) and han[end] == label[tail]:
        end, tail = end + 1, tail + 1
    return start, end

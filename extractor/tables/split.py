"""Digits run together: every way to cut them into cells that the form's own sums allow, within a bound.

A number never begins with a zero and never reaches over a printed space. The last cell of a group is the sum of the
others, so it is computed and compared, not tried. The search stops at a fixed number of steps, and then says that it
does not know: hostile input costs no more than honest input.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from extractor.tables.tokens import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = 6_000
_LONGEST = 9
_MOST_DIGITS = 60


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits with the places at which a printed gap forces a new cell (0 is always one)."""

    digits: str
    bounds: tuple[int, ...]

    def next_bound(self, place: int) -> int:
        """The end of the printed piece around a place."""
        return next((bound for bound in self.bounds if bound > place), len(self.digits))


class TooManyError(Exception):
    """The search passed its bound; the digits stay unread."""


def _run_of(pieces: Sequence[str]) -> _Run:
    bounds = [0, *accumulate(map(len, pieces))]
    return _Run("".join(pieces), tuple(bounds[:-1]))


def sums(pieces: tuple[str, ...], cells: int) -> tuple[tuple[str, ...], ...] | None:
    """All cuts into ``cells`` pieces of which the last is the sum of the others; None where there are too many."""
    return groups(pieces, cells, 1)


@lru_cache(maxsize=256)
def groups(pieces: tuple[str, ...], cells: int, count: int) -> tuple[tuple[str, ...], ...] | None:
    """All cuts into ``count`` groups of ``cells``, each with its sum last; None where there are too many."""
    run = _run_of(pieces)
    if not cells * count <= len(run.digits) <= _MOST_DIGITS:
        return ()
    try:
        return tuple(_Search(run, cells, count).all())
    except TooManyError:
        return None


class _Search:
    def __init__(self, run: _Run, cells: int, count: int) -> None:
        self._run, self._cells, self._count = run, cells, count
        self._ends = [run.next_bound(place) for place in range(len(run.digits))]
        self._steps = 0
        self._dead: set[tuple[int, int]] = set()
        self._found: list[tuple[str, ...]] = []

    def all(self) -> list[tuple[str, ...]]:
        self._group(0, 0, ())
        return self._found

    def _group(self, place: int, group: int, done: tuple[str, ...]) -> bool:
        if group == self._count:
            if place == len(self._run.digits):
                self._found.append(done)
                return True
            return False
        if (place, group) in self._dead:
            return False
        found = self._cell(place, group, self._cells - 1, 0, done)
        if not found:
            self._dead.add((place, group))
        return found

    def _cell(self, place: int, group: int, left: int, total: int, done: tuple[str, ...]) -> bool:
        """Cut the cells before the sum, then check the sum."""
        self._steps += 1
        if self._steps > _STEPS:
            raise TooManyError
        digits = self._run.digits
        behind = (self._count - group - 1) * self._cells
        room = len(digits) - place - left - 1 - behind
        if room < 0:
            return False
        if left == 0:
            text = str(total)
            end = place + len(text)
            if not digits.startswith(text, place) or end > self._ends[place]:
                return False
            return self._group(end, group + 1, (*done, text))
        longest = 1 if digits[place] == "0" else min(_LONGEST, self._ends[place] - place, room + 1)
        found = False
        for length in range(1, longest + 1):
            text = digits[place : place + length]
            new_total = total + int(text)
            if group == self._count - 1 and len(str(new_total)) > len(digits) - place - length - (left - 1):
                break
            found |= self._cell(place + length, group, left - 1, new_total, (*done, text))
        return found


@lru_cache(maxsize=256)
def only_cut(pieces: tuple[str, ...], cells: int) -> tuple[str, ...] | None:
    """The one cut into at most ``cells`` pieces, blank cells allowed, without sums; None where there are several.

    With fewer pieces than cells some cell is blank and nobody can tell which, so only a full cut counts, and
    only where no cut into fewer pieces exists.
    """
    run = _run_of(pieces)
    if len(run.digits) > _MOST_DIGITS:
        return None
    cuts = _cuts(run, cells)
    return cuts[0] if len(cuts) == 1 and len(cuts[0]) == cells else None


def _cuts(run: _Run, cells: int, enough: int = 40) -> list[tuple[str, ...]]:
    """Some cuts into 1 to ``cells`` pieces, at most ``enough``."""
    ends = [run.next_bound(place) for place in range(len(run.digits))]
    found: list[tuple[str, ...]] = []
    stack: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    steps = 0
    while stack and len(found) < enough and steps < _STEPS:
        steps += 1
        place, done = stack.pop()
        if place == len(run.digits):
            found.append(done)
            continue
        if len(done) == cells:
            continue
        longest = 1 if run.digits[place] == "0" else ends[place] - place
        stack += [(place + length, (*done, run.digits[place : place + length])) for length in range(1, longest + 1)]
    return found


def has_blanks(pieces: Sequence[str], cells: int, count: int = 1) -> bool:
    """Whether the pieces as printed, fewer than the cells, fill ``count`` groups with some cells blank, each with its
    sum last: then the empty cells may be the reason that they are few, and no digits need run together."""
    if len(pieces) >= cells * count or any(len(piece) > 1 and piece[0] == "0" for piece in pieces):
        return False
    numbers = [int(piece) for piece in pieces]
    ends = {0}
    for _ in range(count):
        ends = {
            end
            for start in ends
            for end in range(start, min(start + cells, len(numbers)) + 1)
            if end == start or sum(numbers[start : end - 1]) == numbers[end - 1]
        }
    return len(numbers) in ends


def place_cut(pieces: Sequence[Value], cut: Sequence[str]) -> list[Value]:
    """The cells of a cut as values with their own places."""
    cells: list[Value] = []
    index, used = 0, 0
    for text in cut:
        if used == len(pieces[index].raw):
            index, used = index + 1, 0
        piece = pieces[index]
        start = piece.start + used
        where = (piece.line, piece.field, piece.explicit)
        cells.append(Value(start, start + len(text), text, "number", int(text), *where))
        used += len(text)
    return cells

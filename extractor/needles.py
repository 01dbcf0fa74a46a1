"""What a pattern cannot do without: its needles, such as one of 结转, 转入, 延续 within so many characters of its start.

They are read from Python's own parse of the pattern (the parser of ``re``, whose form 3.11 and 3.12 share). Nothing is
guessed: what cannot be read for certain (flags, references, wide classes) gives no needle, and only costs speed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

ENDLESS = 1_000_000
MOST_LETTERS, MOST_WORDS = 70, 120
FAR = 60
# how often a word stands in a report, about: letters by how often they do, other words by their length
COMMONNESS = dict.fromkeys("，。、公政开信息府的工作一区◆◇", 40.0)
COMMONNESS |= dict.fromkeys("0123务和行进实主年关（）动情发办条理要全及平网等况度会时", 15.0)
COMMONNESS |= {"公开": 80.0, "信息": 80.0, "政府": 40.0, "工作": 40.0, "政务": 20.0, "开展": 20.0}
BY_LENGTH = {1: 3.0, 2: 0.4}
RARE = 0.2
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
WIDTHLESS = (codes.ASSERT, codes.ASSERT_NOT, codes.AT)


class Word(NamedTuple):
    """A word that begins between ``nearest`` and ``farthest`` characters behind the start of a match."""

    text: str
    nearest: int
    farthest: int


def _commonness(word: str) -> float:
    return COMMONNESS.get(word, BY_LENGTH.get(len(word), RARE))


@dataclass(frozen=True, slots=True)
class Needle:
    """Words of which every match holds one."""

    words: frozenset[Word]

    @property
    def commonness(self) -> float:
        """How many of its words a report is likely to hold."""
        return sum(_commonness(word.text) for word in self.words)

    @property
    def cost(self) -> float:
        """How many starts of a match its words are likely to leave open, by their commonness and their reach."""
        return sum(_commonness(word.text) * min(FAR, word.farthest - word.nearest + 1) for word in self.words)

    def shifted(self, least: int, most: int) -> Needle:
        """The same needle of a pattern with so many characters in front of it."""
        return Needle(frozenset(Word(w, near + least, min(ENDLESS, far + most)) for w, near, far in self.words))


@dataclass(slots=True)
class Shape:
    """What is known of a pattern: least and most width, its needles, how far behind its start each group may begin.

    Where it is not empty it begins with one of ``heads`` and ends with one of ``tails``; none where that is not known.
    """

    least: int = 0
    most: int = 0
    needles: tuple[Needle, ...] = ()
    groups: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    heads: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()

    def then(self, other: Shape) -> Shape:
        """One behind the other; a word that ends the first and one that begins the second are one word."""
        needles = (*self.needles, *(needle.shifted(self.least, self.most) for needle in other.needles))
        if self.least and other.least and 0 < len(self.tails) * len(other.heads) <= MOST_LETTERS:
            needles += (self._joint(other.heads),)
        shifted = {
            group: (low + self.least, min(ENDLESS, high + self.most)) for group, (low, high) in other.groups.items()
        }
        most = min(ENDLESS, self.most + other.most)
        heads = self.heads if self.least else _either(self, self.heads, other.heads)
        tails = other.tails if other.least else _either(other, other.tails, self.tails)
        return Shape(self.least + other.least, most, needles, {**self.groups, **shifted}, heads, tails)

    def _joint(self, heads: frozenset[str]) -> Needle:
        """The words across the end of this shape and the beginning of the next."""
        return Needle(
            frozenset(
                Word(tail + head, self.least - len(tail), self.most - len(tail))
                for tail in self.tails
                for head in heads
            )
        )


def _either(empty: Shape, own: frozenset[str], beside: frozenset[str]) -> frozenset[str]:
    """What stands at the end of a pattern where a shape that may be empty stands: its own words, or those beside it."""
    return beside if empty.most == 0 else own | beside if own and beside else frozenset()


def read_pattern(pattern: re.Pattern[str]) -> Shape:
    """The shape of a pattern."""
    return shape_of(parser.parse(pattern.pattern)) if pattern.flags == re.UNICODE else Shape(0, ENDLESS)


def shape_of(items: Sequence[Any]) -> Shape:
    """The shape of a parsed sequence; letters in a row are one word."""
    whole, word = Shape(), ""
    for code, argument in items:
        if code is codes.LITERAL:
            word += chr(argument)
            continue
        whole, word = whole.then(_of_words((word,))).then(_of_item(code, argument)), ""
    return whole.then(_of_words((word,)))


def _of_words(words: Sequence[str]) -> Shape:
    """Any of some words of one length."""
    width, ends = len(words[0]), frozenset(words)
    if not width:
        return Shape()
    return Shape(width, width, (Needle(frozenset(Word(word, 0, 0) for word in words)),), {}, ends, ends)


def _of_item(code: Any, argument: Any) -> Shape:
    if code is codes.IN:
        letters = _letters(argument)
        return _of_words(letters) if 0 < len(letters) <= MOST_LETTERS else Shape(1, 1)
    if code is codes.SUBPATTERN:
        return _of_group(*argument)
    if code is codes.ATOMIC_GROUP:
        return shape_of(argument)
    if code is codes.BRANCH:
        return _of_branches([shape_of(branch) for branch in argument[1]])
    if code in REPEATS:
        least, most, inner = argument[0], min(ENDLESS, int(argument[1])), shape_of(argument[2])
        groups = inner.groups if most == 1 else dict.fromkeys(inner.groups, (0, ENDLESS))
        needles, width = inner.needles if least else (), min(ENDLESS, inner.most * most)
        return Shape(inner.least * least, width, needles, groups, inner.heads, inner.tails)
    if code in WIDTHLESS:
        return Shape()
    return Shape(1, 1) if code in (codes.ANY, codes.NOT_LITERAL) else Shape(0, ENDLESS)


def _of_group(number: int | None, added: int, removed: int, items: Sequence[Any]) -> Shape:
    inner = shape_of(items)
    groups = {**inner.groups, number: (0, 0)} if number is not None else inner.groups
    if added or removed:
        return Shape(inner.least, inner.most, (), groups)
    return Shape(inner.least, inner.most, inner.needles, groups, inner.heads, inner.tails)


def _of_branches(branches: list[Shape]) -> Shape:
    """Any of several: the best needle of each, taken together, and the rarest of each."""
    needles: list[Needle] = []
    if all(branch.needles for branch in branches):
        for better in (attrgetter("cost"), attrgetter("commonness")):
            words = frozenset[Word]().union(*(min(branch.needles, key=better).words for branch in branches))
            if len(words) <= MOST_WORDS:
                needles.append(Needle(words))
    least, most = min(branch.least for branch in branches), max(branch.most for branch in branches)
    groups = {number: at for branch in branches for number, at in branch.groups.items()}
    ends = [
        frozenset[str]().union(*ends) if all(ends) else frozenset[str]()
        for ends in ([branch.heads for branch in branches], [branch.tails for branch in branches])
    ]
    return Shape(least, most, tuple(dict.fromkeys(needles)), groups, *ends)


def _letters(members: Sequence[Any]) -> tuple[str, ...]:
    """The characters of a class, none where it holds kinds of them (\\d) or all but some."""
    letters: set[str] = set()
    for code, argument in members:
        if code is codes.LITERAL:
            letters.add(chr(argument))
        elif code is codes.RANGE and argument[1] - argument[0] < MOST_LETTERS:
            letters.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return ()
    return tuple(sorted(letters))

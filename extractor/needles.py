"""What a pattern cannot do without: its needles, such as one of 结转, 转入, 延续 within so many characters of its start.

A pattern is read from left to right, letters, classes, groups, branches and repetitions as ``re`` knows them. Nothing is
guessed: of a pattern with anything else (flags, references, conditions) nothing is known, which only costs speed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

ENDLESS = 1_000_000
MOST_LETTERS, MOST_WORDS = 70, 120
FAR = 60
# how often a word stands in five reports, about: letters by how often they do, other words by their length
COMMONNESS = dict.fromkeys("，。、公政开信息府的工作一区◆◇", 200)
COMMONNESS |= dict.fromkeys("0123务和行进实主年关（）动情发办条理要全及平网等况度会时", 75)
COMMONNESS |= dict.fromkeys("网设加项类大件人是“”《》为部二三局", 40)
COMMONNESS |= {"公开": 400, "信息": 400, "政府": 200, "工作": 200, "信息公开": 130, "政务": 100, "开展": 100}
COMMONNESS |= dict.fromkeys(("政务公开", "公开工作"), 40)
COMMONNESS |= dict.fromkeys(("网站", "申请", "发布", "政策", "服务", "行政", "规范", "公众", "解读", "方面"), 30)
BY_LENGTH = {1: 15, 2: 2}
TIMES = re.compile(r"\{(\d+)(,?)(\d*)\}")
GROUP = re.compile(r"\((?:\?(?:(?P<around><?[=!])|P<(?P<name>\w+)>|[:>])|(?!\?))")
CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}


class Word(NamedTuple):
    """A word that begins between ``nearest`` and ``farthest`` characters behind the start of a match."""

    text: str
    nearest: int
    farthest: int


def _commonness(word: str) -> int:
    return COMMONNESS.get(word, BY_LENGTH.get(len(word), 1))


@dataclass(frozen=True, slots=True)
class Needle:
    """Words of which every match holds one."""

    words: frozenset[Word]

    @property
    def commonness(self) -> int:
        """How many of its words a report is likely to hold."""
        return sum(_commonness(word.text) for word in self.words)

    @property
    def cost(self) -> int:
        """How many starts of a match its words are likely to leave open, by their commonness and their reach."""
        return sum(_commonness(word.text) * min(FAR, word.farthest - word.nearest + 1) for word in self.words)

    def shifted(self, least: int, most: int) -> Needle:
        """The same needle of a pattern with so many characters in front of it."""
        return Needle(frozenset(Word(w, near + least, min(ENDLESS, far + most)) for w, near, far in self.words))


@dataclass(slots=True)
class Shape:
    """What is known of a pattern: least and most width, its needles, how far behind its start each named group may begin.

    Where it is not empty it begins with one of ``heads`` and ends with one of ``tails``; none where that is not known.
    """

    least: int = 0
    most: int = 0
    needles: tuple[Needle, ...] = ()
    groups: Mapping[str, tuple[int, int]] = field(default_factory=dict)
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
        heads = self.heads if self.least else _either(self.heads, self.most, other.heads, other.most)
        tails = other.tails if other.least else _either(other.tails, other.most, self.tails, self.most)
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


def _either(own: frozenset[str], width: int, beside: frozenset[str], width_beside: int) -> frozenset[str]:
    """The words at the end of a pattern where what stands there may be empty: its own, or those beside it."""
    if width == 0 or width_beside == 0:
        return beside if width == 0 else own
    return own | beside if own and beside else frozenset()


class UnreadError(Exception):
    """Something in a pattern that is not read."""


def read_pattern(pattern: re.Pattern[str]) -> Shape:
    """The shape of a pattern; one of which nothing is known where it holds what is not read."""
    reader = Reader(pattern.pattern)
    try:
        return reader.branches() if pattern.flags == re.UNICODE else Shape(0, ENDLESS)
    except UnreadError:
        return Shape(0, ENDLESS)


class Reader:
    """Reads a pattern that ``re`` has compiled, so that every group and class in it is closed."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.place = pattern, 0

    def branches(self) -> Shape:
        """Sequences with | between them, to the end of the group or of the pattern."""
        found = [self.sequence()]
        while self.pattern.startswith("|", self.place):
            self.place += 1
            found.append(self.sequence())
        return _of_branches(found) if len(found) > 1 else found[0]

    def sequence(self) -> Shape:
        """One thing behind the other; letters in a row are one word."""
        whole, word = Shape(), ""
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            item = self.item()
            times = self.times()
            if isinstance(item, str) and times == (1, 1):
                word += item
                continue
            shape = _of_words((item,)) if isinstance(item, str) else item
            whole, word = whole.then(_of_words((word,))).then(_repeated(shape, *times)), ""
        return whole.then(_of_words((word,)))

    def item(self) -> Shape | str:
        """A group, a class, a mark of a place or a kind of letters; a letter as itself."""
        letter = self.pattern[self.place]
        if letter == "(":
            return self.group()
        self.place += 1
        if letter == "[":
            return self.letters()
        if letter == "\\":
            return self.escaped() or Shape(*((0, 0) if self.pattern[self.place - 1] in "bBAZ" else (1, 1)))
        if letter in "^$":
            return Shape()
        if letter == "{":
            raise UnreadError
        return Shape(1, 1) if letter == "." else letter

    def escaped(self) -> str:
        """The letter that an escape stands for, none where it stands for a kind of letters or of places."""
        letter = self.pattern[self.place]
        self.place += 1
        if letter in "dDsSwWbBAZ":
            return ""
        if letter == "u":
            self.place += 4
            return chr(int(self.pattern[self.place - 4 : self.place], 16))
        if letter.isalnum() and letter not in CONTROLS:
            raise UnreadError
        return CONTROLS.get(letter, letter)

    def group(self) -> Shape:
        """A group of any kind; one that only looks ahead or back has no width."""
        opening = GROUP.match(self.pattern, self.place)
        if opening is None:
            raise UnreadError
        self.place = opening.end()
        inner = self.branches()
        self.place += 1
        if opening["around"]:
            return Shape()
        return replace(inner, groups={**inner.groups, opening["name"]: (0, 0)}) if opening["name"] else inner

    def letters(self) -> Shape:
        """A class of letters; no words where it is wide, holds kinds of letters or all but some."""
        found: set[str] = set()
        known = self.pattern[self.place] != "^"
        self.place += not known
        begin = self.place
        while self.pattern[self.place] != "]" or self.place == begin:
            first = last = self.member()
            if self.pattern[self.place] == "-" and self.pattern[self.place + 1] != "]":
                self.place += 1
                last = self.member()
            known = known and bool(first and last) and ord(last) - ord(first) < MOST_LETTERS
            found.update(map(chr, range(ord(first), ord(last) + 1)) if known else ())
        self.place += 1
        return _of_words(sorted(found)) if known and len(found) <= MOST_LETTERS else Shape(1, 1)

    def member(self) -> str:
        """One letter of a class, empty for a kind of letters."""
        self.place += 1
        letter = self.pattern[self.place - 1]
        return self.escaped() if letter == "\\" else letter

    def times(self) -> tuple[int, int]:
        """Least and most times of what stands before, lazy and possessive ones as any."""
        times = (1, 1)
        letter = self.pattern[self.place : self.place + 1]
        if letter and letter in "?*+":
            times = {"?": (0, 1), "*": (0, ENDLESS), "+": (1, ENDLESS)}[letter]
            self.place += 1
        elif letter == "{":
            found = TIMES.match(self.pattern, self.place)
            if found is None:
                raise UnreadError
            self.place = found.end()
            times = int(found[1]), int(found[3] or ENDLESS) if found[2] else int(found[1])
        if letter and letter in "?*+{" and self.pattern[self.place : self.place + 1] in ("?", "+"):
            self.place += 1
        return times


def _of_words(words: Sequence[str]) -> Shape:
    """Any of some words of one length."""
    width, ends = len(words[0]), frozenset(words)
    if not width:
        return Shape()
    return Shape(width, width, (Needle(frozenset(Word(word, 0, 0) for word in words)),), {}, ends, ends)


def _repeated(inner: Shape, least: int, most: int) -> Shape:
    groups = inner.groups if most == 1 else dict.fromkeys(inner.groups, (0, ENDLESS))
    needles, width = inner.needles if least else (), min(ENDLESS, inner.most * most)
    return Shape(inner.least * least, width, needles, groups, inner.heads, inner.tails)


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

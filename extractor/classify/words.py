"""What a classifier of themes sees of an item: pieces of its wording, each with its place, its clauses, its rule hits.

Characters (1 to 4 in a row) carry most; jieba's words and pairs of words add a little and are what an explanation
shows; a rule's hit is a token too, so that the model learns how far to trust each rule. Words come from jieba's own
dictionary, not from the project's word list: a new word there must not change what a kept model sees. A model is
fitted on tokens as strings; applying it looks for the known ones only (``tokens``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

import rjieba

from extractor.rulebook import load_file
from extractor.sieve import Sieve
from extractor.vocabulary import THEMES

LONGEST_GRAM = 4
LONGEST_TEXT = 2_000
BREAK = re.compile(r"[，。；：！？,;:]")
CAUSE = re.compile(r"由于|因为|因(?!地|人|事|材)|受(?!理|益)|鉴于")
CONSEQUENCE = re.compile(r"导致|造成|致使|以致|使得")
SPACE = re.compile(r"\s+")
STOP = "。"
WORD, PAIR, RULE, THEME = "w:", "p:", "r:", "t:"


class Clause(NamedTuple):
    """[start, end) of a clause and the mark that closes it, empty at the end of the text."""

    start: int
    end: int
    closer: str


class Hit(NamedTuple):
    """A rule found at [start, end)."""

    rule: str
    theme: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An item without white space, a cause in front moved back (``cause_last``): its clauses, its rule hits."""

    text: str
    clauses: tuple[Clause, ...]
    hits: tuple[Hit, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens: grams by their length, words, pairs of words, rules, the rules' themes."""
        text = self.text
        sizes = range(1, min(LONGEST_GRAM, len(text)) + 1)
        grams = (text[i : i + n] for n in sizes for i in range(len(text) - n + 1))
        words = [word for word in rjieba.cut(text, True) if word[0].isalnum()]
        pairs = (f"{PAIR}{one} {two}" for one, two in pairwise(words))
        return (
            *grams, *(WORD + word for word in words), *pairs,
            *(RULE + hit.rule for hit in self.hits), *(THEME + hit.theme for hit in self.hits),
        )  # fmt: skip


def cut_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of an item, at least one."""
    found: list[Clause] = []
    start = 0
    for match in BREAK.finditer(text):
        if match.start() > start:
            found.append(Clause(start, match.start(), match.group()))
        start = match.end()
    if start < len(text) or not found:
        found.append(Clause(start, len(text), ""))
    return tuple(found)


def cause_last(text: str) -> str:
    """The text with a cause that is given in front, 由于…, 因…, 受…, moved behind the defect that it explains.

    By the codebook the defect comes first there, unless 导致, 造成, 致使 says that the consequence follows.
    """
    if not CAUSE.match(text) or CONSEQUENCE.search(text):
        return text
    clauses = cut_clauses(text)
    if len(clauses) < 2 or clauses[0].closer not in "，,":
        return text
    cause, defect, rest = text[: clauses[0].end], text[clauses[1].start : clauses[1].end], text[clauses[1].end :]
    return f"{defect}，{cause}{rest}"


class ItemReader:
    """Reads items; holds the theme rules, none of which looks beyond a full stop, so that all items are read at once."""

    def __init__(self) -> None:
        self.rules = Sieve(load_file("themes.toml", {"theme": tuple(THEMES)}))

    def __call__(self, text: str) -> Reading:
        """Read one item."""
        return self.read((text,))[0]

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """Read items, the first ``LONGEST_TEXT`` characters of each; white space does not count."""
        plain = [cause_last(SPACE.sub("", text)[:LONGEST_TEXT]) for text in texts]
        begins = list(accumulate((len(text) + 1 for text in plain), initial=0))
        hits: list[list[Hit]] = [[] for _ in plain]
        for rule, match in self.rules(STOP.join(plain)):
            start, end = match.span()
            item = bisect_right(begins, start) - 1
            hits[item].append(Hit(rule.id, rule.fields["theme"], start - begins[item], end - begins[item]))
        return tuple(Reading(text, cut_clauses(text), tuple(own)) for text, own in zip(plain, hits, strict=True))

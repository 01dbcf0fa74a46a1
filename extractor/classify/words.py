"""What a classifier of themes sees of an item: pieces of its wording, each with its place, its clauses, its rule hits.

Characters (1 to 4 in a row) carry most; jieba's words and pairs of words add a little and are what an explanation
shows; a rule's hit is a token too, so that the model learns how far to trust each rule. Words come from jieba's own
dictionary, not from the project's word list: a new word there must not change what a kept model sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

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
WORD, PAIR, RULE, THEME = "w:", "p:", "r:", "t:"


@dataclass(frozen=True, slots=True)
class Clause:
    """[start, end) of a clause and the mark that closes it, empty at the end of the text."""

    start: int
    end: int
    closer: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule found at [start, end)."""

    rule: str
    theme: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An item without white space, a cause in front moved back (``cause_last``): its tokens with their places, its clauses, its rule hits."""

    text: str
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    clauses: tuple[Clause, ...]
    hits: tuple[Hit, ...]


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
    clauses = cut_clauses(text)
    if len(clauses) < 2 or clauses[0].closer not in "，," or not CAUSE.match(text) or CONSEQUENCE.search(text):
        return text
    cause, defect, rest = text[: clauses[0].end], text[clauses[1].start : clauses[1].end], text[clauses[1].end :]
    return f"{defect}，{cause}{rest}"


class ItemReader:
    """Reads items; holds the theme rules."""

    def __init__(self) -> None:
        self.rules = Sieve(load_file("themes.toml", {"theme": tuple(THEMES)}))

    def __call__(self, text: str) -> Reading:
        """Read one item, its first ``LONGEST_TEXT`` characters; white space does not count."""
        text = cause_last(SPACE.sub("", text)[:LONGEST_TEXT])
        hits = tuple(Hit(rule.id, rule.fields["theme"], match.start(), match.end()) for rule, match in self.rules(text))
        tokens: list[str] = []
        places: list[int] = []
        for n in range(1, min(LONGEST_GRAM, len(text)) + 1):
            begins = range(len(text) - n + 1)
            tokens += [text[i : i + n] for i in begins]
            places += begins
        words: list[tuple[str, int]] = []
        place = 0
        for word in rjieba.cut(text, True):
            if word[0].isalnum():
                words.append((word, place))
            place += len(word)
        tokens += [WORD + word for word, _ in words]
        tokens += [f"{PAIR}{one} {two}" for (one, _), (two, _) in pairwise(words)]
        tokens += [RULE + hit.rule for hit in hits]
        tokens += [THEME + hit.theme for hit in hits]
        places += [place for _, place in (*words, *words[:-1])]
        places += [hit.start for hit in (*hits, *hits)]
        return Reading(text, tuple(tokens), tuple(places), cut_clauses(text), hits)

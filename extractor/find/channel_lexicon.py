"""The words of channels: which stretch of a text is the kind word of a means, and which only looks like one.

One automaton holds all words, the leftmost longest wins; rules of ``rules/channels.toml`` add what words cannot say.
A hit is only a place with a type: its name, its cover and its status are decided by those who know the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from extractor.find.channel_names import NameWords
from extractor.find.crowds import thinned
from extractor.rulebook import Rule, any_of, load_file, read_toml
from extractor.sieve import Sieve, WordIndex
from extractor.vocabulary import CHANNEL_STATUSES, CHANNEL_TYPES

if TYPE_CHECKING:
    from pathlib import Path

FILE = "channels.toml"
USES = ("kind", "not", "contact", *CHANNEL_STATUSES)
FIELDS = {"use": USES, "type": tuple(CHANNEL_TYPES), "needs": ("name",)}
MOST = 150  # a stretch; four times the most that was met
LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Hit(NamedTuple):
    """A kind word [start, end) in the narrative; ``form`` is ``kind``, ``cover``, ``tail`` or ``title``.

    ``name`` is the proper name where the rule itself knows it, ``outer`` the whole stretch that the rule matched.
    """

    start: int
    end: int
    type: str
    form: str
    rule: str
    name: str | None = None
    needs_name: bool = False
    outer: tuple[int, int] | None = None

    @property
    def whole(self) -> tuple[int, int]:
        """The stretch that the mention takes up at least."""
        return self.outer or (self.start, self.end)


class Stretches:
    """Disjoint or overlapping stretches of a text, asked whether they hold a place."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(stretches):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(end, self.ends[-1])
            else:
                self.starts.append(start)
                self.ends.append(end)

    def hold(self, place: int) -> bool:
        """Whether one of the stretches holds the place."""
        index = bisect_right(self.starts, place) - 1
        return index >= 0 and place < self.ends[index]


class Lexicon:
    """Words and rules of ``channels.toml``, a user's rows behind the shipped ones. Errors: ``RuleError``."""

    def __init__(self, rules: Path | None = None, index: WordIndex | None = None) -> None:
        index = index or WordIndex()
        words = read_toml(FILE)["words"]
        rows = load_file(FILE, FIELDS, rules)
        self.kind_rules = Sieve(
            [rule for rule in rows if rule.fields.get("use", "kind") == "kind" and "type" in rule.fields], index
        )
        self.not_rules = Sieve([rule for rule in rows if rule.fields.get("use") == "not"], index)
        self.contact_rules = Sieve([rule for rule in rows if rule.fields.get("use") == "contact"], index)
        self.status_rules = Sieve([rule for rule in rows if rule.fields.get("use") in CHANNEL_STATUSES])
        breakers = words["breakers"]
        self.breakers = re.compile("|".join([any_of(breakers["words"]), *breakers["patterns"]]))
        self.naming = {key: tuple(listed) for key, listed in words["naming"].items()}
        self.bare = _bare(words["kinds"])
        self.tails = _bare(words["tails"])
        self.name_words = NameWords.of(self.naming, self.bare | self.tails)
        self.entries = _entries(words)
        self.automaton = AhoCorasick([entry[0] for entry in self.entries], matchkind=MatchKind.LeftmostLongest)

    def hits(self, text: str) -> list[Hit]:
        """All kind words of a text in its order, none inside another, none where a rule says that it is no channel."""
        hidden = Stretches(hidden_span(match) for _, match in self.not_rules(text))
        ruled = [hit for rule, match in self.kind_rules(text) if (hit := _rule_hit(rule, match)) is not None]
        found = list(
            thinned(ruled, MOST, place=lambda hit: hit.start, words=lambda hit: (hit.type, text[hit.start : hit.end]))
        )
        worded = self.automaton.find_matches_as_indexes(text)
        for index, start, end in thinned(worded, MOST, place=itemgetter(1), words=itemgetter(0)):
            _, kind, form = self.entries[index]
            if form != "not" and not _inside_latin(text, start, end):
                found.append(Hit(start, end, kind, form, f"word.{form}"))
        found = [hit for hit in found if not hidden.hold(hit.start)]
        return _disjoint(found)


def _bare(kinds: Mapping[str, list[str]]) -> frozenset[str]:
    """All kind words: a quoted text that is one of them is no name."""
    return frozenset(word for group in kinds.values() for word in group)


def _entries(words: Mapping[str, Mapping[str, list[str]]]) -> list[tuple[str, str, str]]:
    """(word, type, form) of all groups in the file's order, each word once."""
    groups = (("kinds", "kind"), ("covers", "cover"), ("tails", "tail"), ("titles", "title"))
    rows = [(word, kind, form) for group, form in groups for kind, listed in words[group].items() for word in listed]
    rows += [(word, "", "not") for word in words["hidden"]["not"]]
    return list({row[0]: row for row in reversed(rows)}.values())


def _rule_hit(rule: Rule, match: re.Match[str]) -> Hit | None:
    """A rule's match as a hit, None where its head is empty."""
    groups = match.groupdict()
    name = groups.get("name") or groups.get("number") or groups.get("own")
    start, end = match.span("head") if groups.get("head") else match.span()
    if start >= end:
        return None
    outer = match.span() if name else None
    return Hit(start, end, rule.fields["type"], "kind", rule.id, name, "needs" in rule.fields, outer)


def hidden_span(match: re.Match[str]) -> tuple[int, int]:
    """What a rule of the use ``not`` hides: its group ``head`` where it has one, else all of the match."""
    return match.span("head") if match.groupdict().get("head") else match.span()


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether a Latin word (APP, LED) is part of a longer one."""
    before = start > 0 and text[start] in LATIN and text[start - 1] in LATIN
    return before or (end < len(text) and text[end - 1] in LATIN and text[end] in LATIN)


def _disjoint(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits the one that covers more; of equal ones a rule before a word."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.whole[0], -(h.whole[1] - h.whole[0]), h.rule.startswith("word."))):
        if kept and hit.whole[0] < kept[-1].whole[1]:
            if hit.whole[1] - hit.whole[0] > kept[-1].whole[1] - kept[-1].whole[0]:
                kept[-1] = hit
            continue
        kept.append(hit)
    return kept

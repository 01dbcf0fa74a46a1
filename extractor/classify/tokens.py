"""The tokens that a model knows, found in all items of a report at once: the same that ``Reading.tokens`` holds.

Most tokens of an item are grams, and most grams are unknown. Made as strings and looked up one by one they cost more
than all that is done with them. So the letters of a vocabulary's grams are numbered, a gram is one number made of its
letters' numbers, and one binary search over all of them tells which a model knows; words and rules are looked up as
they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import rjieba
from numpy.typing import NDArray

from extractor.classify.linear import Floats, Places
from extractor.classify.words import LONGEST_GRAM, PAIR, RULE, THEME, WORD, Reading

BETWEEN = "\n"


class Known(NamedTuple):
    """The known tokens of some items: rows, places in their item, running numbers of their clauses.

    ``items`` is by clause the number of its item, ``novelty`` by item the share of tokens that the model does not know.
    """

    rows: Places
    places: Places
    clauses: Places
    items: Places
    novelty: Floats


class Rows:
    """The rows of some tokens, each token a number."""

    def __init__(self, keys: Places, rows: Sequence[int]) -> None:
        order = keys.argsort()
        self.keys = np.append(keys[order], np.iinfo(np.int64).max)
        self.rows = np.array(rows, np.int64)[order]

    def find(self, sought: Places) -> tuple[Places, Places]:
        """Which of these numbers are known, by their index, and their rows."""
        at = np.searchsorted(self.keys, sought)
        known = np.flatnonzero(self.keys.take(at) == sought)
        return known, self.rows.take(at.take(known))


class TokenFinder:
    """Finds the tokens of a vocabulary, which holds the words of each of its pairs."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        grams = {token: row for token, row in vocabulary.items() if len(token) <= LONGEST_GRAM}
        others = {token: row for token, row in vocabulary.items() if token[1:2] == ":"}
        letters = np.unique(_codes("".join(grams)))
        self.base = len(letters) + 2
        self.letters = np.full(int(letters.max(initial=0)) + 2, self.base - 1)
        self.letters[letters] = np.arange(1, len(letters) + 1)
        sizes = np.array(list(map(len, grams)), np.int64)
        keys = self._keys(BETWEEN.join(grams))[sizes - 1, np.cumsum(sizes + 1) - sizes - 1]
        self.grams = Rows(keys, list(grams.values()))
        self.rules = {token: row for token, row in others.items() if token.startswith((RULE, THEME))}
        self.words = {token.removeprefix(WORD): row for token, row in others.items() if token.startswith(WORD)}
        pairs = {token[len(PAIR) :]: row for token, row in others.items() if token.startswith(PAIR) and " " in token}
        self.pair_base = len(vocabulary) + 1
        words = [self.words[word] for pair in pairs for word in pair.split(" ")]
        self.pairs = Rows(self._pair_keys(np.array(words, np.int64))[::2], list(pairs.values()))

    def __call__(self, readings: Sequence[Reading]) -> Known:
        """The known tokens of some items, item by item, in the order of ``Reading.tokens``."""
        text = BETWEEN.join(reading.text for reading in readings)
        sizes = np.array([len(reading.text) for reading in readings])
        begins = np.cumsum(sizes + 1) - sizes - 1
        clause_at, items = _clauses(readings, begins.tolist(), len(text) + 1)
        grams, gram_rows = self.grams.find(self._keys(text).ravel())
        words, word_spots = self._words(text)
        owners = items[clause_at[word_spots]]
        pairs, pair_rows = self.pairs.find(self._pair_keys(words))
        whole, known = owners[pairs] == owners[pairs + 1], words >= 0
        rules, rule_spots = self._rules(readings, begins.tolist())
        rows = np.concatenate((gram_rows, words[known], pair_rows[whole], rules))
        spots = np.concatenate((grams % (len(text) + 1), word_spots[known], word_spots[pairs[whole]], rule_spots))
        clauses = clause_at.take(spots)
        own = items.take(clauses)
        order = own.argsort(kind="stable")
        total = _count(readings, sizes, np.bincount(owners, minlength=len(readings)))
        novelty = 1.0 - np.bincount(own, minlength=len(readings)) / np.maximum(1, total)
        return Known(rows[order], (spots - begins.take(own))[order], clauses[order], items, novelty)

    def _keys(self, text: str) -> Places:
        """By length and place: the gram on from there as a number; no known one where it runs beyond its item."""
        count = len(text) + 1
        letters = self.letters.take(_codes(text + BETWEEN * LONGEST_GRAM), mode="clip")
        keys = np.empty((LONGEST_GRAM, count), np.int64)
        keys[0] = letters[:count]
        for size in range(1, LONGEST_GRAM):
            keys[size] = keys[size - 1] * self.base + letters[size : size + count]
        return keys

    def _pair_keys(self, words: Places) -> Places:
        """Each word with the next one as a number; no known one where a word is unknown, -1."""
        return words[:-1] * self.pair_base + words[1:]

    def _words(self, text: str) -> tuple[Places, Places]:
        """Rows of the words, -1 where one is not known, and their spots."""
        cut = rjieba.cut(text, True)
        spots = accumulate(map(len, cut), initial=0)
        row = self.words.get
        words = [(row(word, -1), spot) for word, spot in zip(cut, spots, strict=False) if word[0].isalnum()]
        rows, places = zip(*words, strict=True) if words else ((), ())
        return np.array(rows, np.int64), np.array(places, np.int64)

    def _rules(self, readings: Sequence[Reading], begins: Sequence[int]) -> tuple[Places, Places]:
        """Rows and spots of the known rules, and of their themes behind them."""
        hits = [(hit, begin) for reading, begin in zip(readings, begins, strict=True) for hit in reading.hits]
        found = [(self.rules.get(RULE + hit.rule, -1), begin + hit.start) for hit, begin in hits]
        found += [(self.rules.get(THEME + hit.theme, -1), begin + hit.start) for hit, begin in hits]
        rows, spots = np.array([one for one in found if one[0] >= 0], np.int64).reshape(-1, 2).T
        return rows, spots


def _count(readings: Sequence[Reading], sizes: Places, words: Places) -> Places:
    """How many tokens each item has, known or not; ``sizes`` are the items' lengths, ``words`` their numbers of words."""
    grams = np.maximum(0, sizes - np.arange(LONGEST_GRAM)[:, None]).sum(axis=0)
    total: Places = grams + words + np.maximum(0, words - 1) + [2 * len(reading.hits) for reading in readings]
    return total


def _clauses(readings: Sequence[Reading], begins: Sequence[int], length: int) -> tuple[Places, Places]:
    """The running number of the clause at each spot of the joined items, and by clause the number of its item."""
    starts = [
        begin + (clause.start if number else 0)
        for begin, reading in zip(begins, readings, strict=True)
        for number, clause in enumerate(reading.clauses)
    ]
    is_start = np.zeros(length, np.int64)
    is_start[starts] = 1
    counts = np.array([len(reading.clauses) for reading in readings])
    return np.cumsum(is_start) - 1, np.repeat(np.arange(len(readings)), counts)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)

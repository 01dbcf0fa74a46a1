"""The tokens that a model knows, found in all items of a report at once: the same that ``Reading.tokens`` holds.

Most tokens of an item are grams, and most grams are unknown. Made as strings and looked up one by one they cost more
than all that is done with them. So the letters of a vocabulary's grams are numbered, a gram is one number made of its
letters' numbers, and one binary search over all of them tells which a model knows; words and rules are looked up as
they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
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


class TokenFinder:
    """Finds the tokens of a vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        grams = [token for token in vocabulary if len(token) <= LONGEST_GRAM]
        letters = np.unique(_codes("".join(grams)))
        self.base = len(letters) + 2
        self.numbers = np.full(int(letters.max(initial=0)) + 2, self.base - 1)
        self.numbers[letters] = np.arange(1, len(letters) + 1)
        sizes = np.array([len(gram) for gram in grams], np.int64)
        keys = self._keys(BETWEEN.join(grams))[sizes - 1, np.cumsum(sizes + 1) - sizes - 1]
        order = keys.argsort()
        self.keys = np.append(keys[order], np.iinfo(np.int64).max)
        self.rows = np.array([vocabulary[gram] for gram in grams], np.int64)[order]

    def __call__(self, readings: Sequence[Reading]) -> Known:
        """The known tokens of some items, in no order."""
        text = BETWEEN.join(reading.text for reading in readings)
        sizes = np.array([len(reading.text) for reading in readings])
        begins = np.cumsum(sizes + 1) - sizes - 1
        clause_at, items = _clauses(readings, begins.tolist(), len(text) + 1)
        keys = self._keys(text).ravel()
        at = np.searchsorted(self.keys, keys)
        grams = np.flatnonzero(self.keys.take(at) == keys)
        rows, spots = self._spoken(text, readings, begins.tolist())
        total = np.bincount(items[clause_at[spots]], minlength=len(readings))
        for size in range(LONGEST_GRAM):
            total += np.maximum(0, sizes - size)
        kept = rows >= 0
        rows = np.concatenate((self.rows.take(at.take(grams)), rows[kept]))
        spots = np.concatenate((grams % (len(text) + 1), spots[kept]))
        clauses = clause_at.take(spots)
        owners = items.take(clauses)
        novelty = 1.0 - np.bincount(owners, minlength=len(readings)) / np.maximum(1, total)
        return Known(rows, spots - begins.take(owners), clauses, items, novelty)

    def _keys(self, text: str) -> Places:
        """By length and place: the gram on from there as a number; no known one where it runs beyond its item."""
        count = len(text) + 1
        letters = self.numbers.take(_codes(text + BETWEEN * LONGEST_GRAM), mode="clip")
        keys = np.empty((LONGEST_GRAM, count), np.int64)
        keys[0] = letters[:count]
        for size in range(1, LONGEST_GRAM):
            keys[size] = keys[size - 1] * self.base + letters[size : size + count]
        return keys

    def _spoken(self, text: str, readings: Sequence[Reading], begins: Sequence[int]) -> tuple[Places, Places]:
        """Rows and spots of words, pairs of words and rules, the row -1 where a token is not known."""
        row = self.vocabulary.get
        cut = rjieba.cut(text, True)
        spots = accumulate(map(len, cut), initial=0)
        words = [(word, spot) for word, spot in zip(cut, spots, strict=False) if word[0].isalnum() or word == BETWEEN]
        found = [(row(WORD + word, -1), spot) for word, spot in words if word != BETWEEN]
        found += [
            (row(f"{PAIR}{one} {two}", -1), spot)
            for (one, spot), (two, _) in pairwise(words)
            if one != BETWEEN and two != BETWEEN
        ]
        for reading, begin in zip(readings, begins, strict=True):
            for hit in reading.hits:
                found.append((row(RULE + hit.rule, -1), begin + hit.start))
                found.append((row(THEME + hit.theme, -1), begin + hit.start))
        rows, places = zip(*found, strict=True) if found else ((), ())
        return np.array(rows, np.int64), np.array(places, np.int64)


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

"""The narrative as prose alone: its sentences, and its words by a private jieba that knows the field's words.

Tables are left out and headings stand as paragraphs of their own, so that sentences, words and rules see prose only.
Words are plain strings with their places: nothing behind needs more of them, and a spaCy ``Doc`` of the same words
would cost more than all that reads it (the finders are spaCy components all the same, ``components``). jieba's state is
not for threads: a ``Segmenter`` belongs to one process. rjieba cuts as jieba does, twenty times as fast.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import rjieba

from extractor.report import Narrative, Sentence
from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.report import Report

SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*\n?")
WORD_FREQUENCY = 2_000_000


def project_words() -> tuple[str, ...]:
    """The project's words, longest first."""
    groups = read_toml("words.toml")["words"].values()
    return tuple(sorted({word for group in groups for word in group}, key=lambda word: (-len(word), word)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of prose, [start, end), with its section code."""

    start: int
    end: int
    section: str
    is_heading: bool


def _pieces_of(report: Report) -> list[Piece]:
    """Headings and bodies of all sections in the order of the prose, each stretch once, in its innermost section."""
    cleaned = report.cleaned
    assert cleaned is not None
    marks: list[tuple[int, int, str]] = []
    for section in report.sections:
        begin, end = cleaned.prose_offset(section.start), cleaned.prose_offset(section.end)
        if section.heading is not None:
            marks.append((begin, cleaned.prose_offset(section.heading.end), section.code))
        else:
            marks.append((begin, begin, section.code))
        last = end
    pieces: list[Piece] = []
    for index, (start, head_end, code) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else last
        if head_end > start:
            pieces.append(Piece(start, min(head_end, end), code, is_heading=not _runs_on(cleaned.prose, head_end)))
        pieces.append(Piece(min(head_end, end), end, code, is_heading=False))
    return [piece for piece in pieces if piece.start < piece.end]


def _runs_on(prose: str, head_end: int) -> bool:
    """Whether a heading goes on as the first words of its paragraph (主动公开方面，全年…)."""
    return head_end < len(prose) and prose[head_end] in "，,"


def _without_regions(piece: Piece, regions: list[tuple[int, int]]) -> Iterator[Piece]:
    start = piece.start
    for begin, end in regions:
        if end <= start or begin >= piece.end:
            continue
        if begin > start:
            yield Piece(start, begin, piece.section, piece.is_heading)
        start = max(start, end)
    if start < piece.end:
        yield Piece(start, piece.end, piece.section, piece.is_heading)


class Segmenter:
    """Writes ``narrative``; ``words`` are added to jieba's dictionary, None means the project's own."""

    def __init__(self, words: Iterable[str] | None = None) -> None:
        self.jieba = rjieba.Jieba()
        for word in project_words() if words is None else words:
            self.jieba.add_word(word, WORD_FREQUENCY, "n")

    def __call__(self, report: Report) -> Report:
        """Join the prose of all sections, cut it into words and sentences."""
        cleaned = report.cleaned
        assert cleaned is not None
        regions = [(cleaned.prose_offset(start), cleaned.prose_offset(end)) for start, end in report.tables.regions]
        letters: list[str] = []
        offsets = array("L")
        bounds: list[tuple[int, str, bool]] = []
        length = 0
        for whole in _pieces_of(report):
            for piece in _without_regions(whole, sorted(regions)):
                text = cleaned.prose[piece.start : piece.end]
                if not text.strip():
                    continue
                lead = len(text) - len(text.lstrip("\n "))
                bounds.append((length, piece.section, piece.is_heading))
                letters.append(text[lead:].rstrip("\n ") + "\n")
                length += len(letters[-1])
                kept = len(letters[-1]) - 1
                first = piece.start + lead
                offsets.extend(cleaned.offsets[first : first + kept])
                offsets.append(cleaned.offsets[first + kept - 1] + 1)
        offsets.append(cleaned.offsets[-1])
        text = "".join(letters)
        return replace(report, narrative=self.narrative(text, offsets, bounds))

    def narrative(self, text: str, offsets: array[int], bounds: list[tuple[int, str, bool]]) -> Narrative:
        """A text with its sentences and words; ``bounds`` are the starts of its stretches, section, whether a heading."""
        words = tuple(self.jieba.cut(text, True))
        starts = array("L", accumulate(map(len, words[:-1]), initial=0) if words else ())
        return Narrative(text, offsets, tuple(_sentences(text, bounds)), words, starts)


def _sentences(text: str, bounds: list[tuple[int, str, bool]]) -> Iterator[Sentence]:
    """Sentences end at a full stop, with closing quotes, or with their paragraph."""
    paragraph = 0
    for index, (start, section, is_heading) in enumerate(bounds):
        stop = bounds[index + 1][0] if index + 1 < len(bounds) else len(text)
        place = start
        while place < stop:
            match = SENTENCE_END.search(text, place, stop)
            end = match.end() if match else stop
            sentence = text[place:end]
            if not sentence.isspace():
                yield Sentence(place, end, section, paragraph, is_heading)
            paragraph += sentence.count("\n")
            place = end

"""The narrative as one spaCy ``Doc`` over a private jieba tokenizer that knows the field's words.

Tables are left out and headings stand as paragraphs of their own, so that sentence spans, token features and rule
matching see prose only. jieba's state and spaCy's vocabulary are not for threads: a ``Segmenter`` belongs to one
process. rjieba cuts as jieba does, twenty times as fast (a test holds the two equal).
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import rjieba

import extractor.language  # noqa: F401 - before spaCy, whose command-line tools it keeps from loading

import spacy  # isort: skip
from spacy import attrs  # isort: skip
from spacy.tokens import Doc  # isort: skip

from extractor.report import Narrative, Sentence
from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spacy.language import Language
    from spacy.vocab import Vocab

    from extractor.report import Report

SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*\n?")
WORD_FREQUENCY = 2_000_000
LONGEST_RUN = 2_000
COSTLY_ATTRIBUTES = (
    attrs.LIKE_NUM,
    attrs.LIKE_URL,
    attrs.LIKE_EMAIL,
    attrs.IS_STOP,
    attrs.SHAPE,
    attrs.PREFIX,
    attrs.SUFFIX,
    attrs.IS_CURRENCY,
)


def project_words() -> tuple[str, ...]:
    """The project's words, longest first."""
    groups = read_toml("words.toml")["words"].values()
    return tuple(sorted({word for group in groups for word in group}, key=lambda word: (-len(word), word)))


class WordTokenizer:
    """A spaCy tokenizer over one private rjieba instance; ``words`` are added to its dictionary."""

    def __init__(self, vocab: Vocab, words: Iterable[str]) -> None:
        self.vocab = vocab
        self.jieba = rjieba.Jieba()
        for word in words:
            self.jieba.add_word(word, WORD_FREQUENCY, "n")

    def __call__(self, text: str) -> Doc:
        """Cut text into words, white space included, and mark where sentences start."""
        words: list[str] = []
        starts: list[bool | int | None] = []
        for piece, opens in _pieces(text):
            cut = self.jieba.cut(piece, True)
            words += cut
            starts += [opens, *([False] * (len(cut) - 1))]
        return Doc(self.vocab, words=words, spaces=[False] * len(words), sent_starts=starts)

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to keep: the words are data of the package."""
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> WordTokenizer:
        """Nothing to load."""
        return self


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Text in pieces that end at a sentence or at a fixed length, so that cutting stays linear; whether one opens."""
    place = 0
    for end in (*(match.end() for match in SENTENCE_END.finditer(text)), len(text)):
        for begin in range(place, end, LONGEST_RUN):
            yield text[begin : min(begin + LONGEST_RUN, end)], begin == place
        place = end


def make_language(words: Iterable[str] | None = None) -> Language:
    """A blank Chinese pipeline with the project's tokenizer; ``words`` None means the project's own."""
    nlp = spacy.blank(
        "zh", config={"nlp": {"tokenizer": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "char"}}}
    )
    getters: dict[int, object] = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    for attribute in COSTLY_ATTRIBUTES:
        getters.pop(attribute, None)
    nlp.tokenizer = WordTokenizer(nlp.vocab, project_words() if words is None else words)
    return nlp


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
    """Writes ``narrative``; holds one pipeline for one process."""

    def __init__(self, words: Iterable[str] | None = None) -> None:
        self.nlp = make_language(words)

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
        sentences = tuple(_sentences(text, bounds))
        return replace(report, narrative=Narrative(text, offsets, sentences, self.nlp.make_doc(text)))


def _sentences(text: str, bounds: list[tuple[int, str, bool]]) -> Iterator[Sentence]:
    """Sentences end at a full stop, with closing quotes, or with their paragraph."""
    paragraph = 0
    for index, (start, section, is_heading) in enumerate(bounds):
        stop = bounds[index + 1][0] if index + 1 < len(bounds) else len(text)
        place = start
        while place < stop:
            match = SENTENCE_END.search(text, place, stop)
            end = match.end() if match else stop
            if text[place:end].strip():
                yield Sentence(place, end, section, paragraph, is_heading)
            paragraph += text[place:end].count("\n")
            place = end

"""Every numeral of the prose, and every statement of none, as a candidate: value, qualifier, unit, quote, what it may be.

High recall is the aim: a numeral is never left out. Rules that are sure that it is no count say why (``reason``);
for the others they propose an indicator, and a classifier decides. Chinese number characters are numbers only where
the words of the text end with them or with a measure word: 三期 is a number, 统一 a word, 三审三校 a name, and
the one of 每一件, 这一个 is no number either.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from extractor.find.crowds import crowd_candidates, find_crowds, without_crowds
from extractor.find.dealt import dealt
from extractor.find.nones import NoneFinder
from extractor.find.numerals import JOINER, find_numerals
from extractor.find.proposals import BEFORE, Proposer
from extractor.find.quotes import measures, quote_of
from extractor.report import Candidate
from extractor.rulebook import load_file
from extractor.sieve import Sieve, WordIndex
from extractor.vocabulary import INDICATORS, LEDGER_STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from extractor.find.nones import Statement
    from extractor.find.numerals import Numeral
    from extractor.find.proposals import Proposals
    from extractor.report import Narrative, Report

LONGEST = 24
MOST_NUMERALS = 150
VAGUE_TAIL = "余多几来"
POINTING = "这那每同哪某"
CLAUSE = re.compile(r"[，,。；;：:（(\d\n]")
RANGE_MARKS = ("至", "到", "-", "~", "—", "～", "–", "——")


class Reason(NamedTuple):
    """Why a numeral is no count, and the rule that says so."""

    status: str
    rule: str


class NumberFinder:
    """Writes ``candidates``; ``rules`` is a folder of a user's further rules. Errors: ``RuleError``."""

    def __init__(self, rules: Path | None = None, index: WordIndex | None = None) -> None:
        index = index or WordIndex()
        self.reasons = Sieve(load_file("reasons.toml", {"reason": tuple(LEDGER_STATUSES)}, rules), index)
        self.counts = Proposer(load_file("counts.toml", {"indicator": tuple(INDICATORS)}, rules), index)
        self.nones = NoneFinder(rules, index)

    def __call__(self, report: Report) -> Report:
        """Find the candidates of the narrative, in the order of the text."""
        assert report.narrative is not None
        return replace(report, candidates=self.find(report.narrative, report.text))

    def find(self, narrative: Narrative, source: str) -> tuple[Candidate, ...]:
        """Candidates of numerals and statements of none; ``source`` shows where a wrapped line broke a numeral."""
        text = joined(narrative, source)
        numerals = tuple(find_numerals(text))
        if crowds := find_crowds(numerals):
            text = without_crowds(text, crowds)
            numerals = tuple(find_numerals(text))
        statements = self.nones(text)
        words = Words(narrative)
        reasons = self.reasons_of(text, [numeral.start for numeral in numerals])
        sentences = _sentences_of(narrative, numerals)
        dense = _dense(numerals, sentences, reasons)
        proposals = self.counts.over(text)
        found = [
            _no_count(numeral, sentence, reasons[numeral.start])
            if numeral.start in reasons
            else self._candidate(narrative, proposals, numeral, sentence, words, dense)
            for numeral, sentence in zip(numerals, sentences, strict=True)
        ]
        found = self._zeros(text, dealt(text, _ranges(text, found), self.counts))
        stated = [_stated(narrative, statement, found) for statement in statements]
        inner = {candidate.numeral_start for _, candidate in stated if candidate is not None}
        found = [c for c in found if c.numeral_start not in inner] + [candidate for candidate, _ in stated]
        found += crowd_candidates(narrative, crowds)
        return tuple(sorted(found, key=lambda c: (c.start, c.end)))

    def _zeros(self, text: str, found: list[Candidate]) -> list[Candidate]:
        """A printed zero of two things (复议、诉讼均为0件) is two candidates with one quote."""
        out: list[Candidate] = []
        for candidate in found:
            topics: tuple[tuple[str, str], ...] = ()
            if candidate.reason is None and candidate.value == 0 and candidate.unit is not None:
                clause = CLAUSE.split(text[max(0, candidate.start - BEFORE) : candidate.start])[-1]
                topics = self.nones.topics_of(clause)
            if len(topics) < 2:
                out.append(candidate)
                continue
            out += [
                replace(candidate, form="none", indicator=indicator, rule=f"zero/{rule}") for indicator, rule in topics
            ]
        return out

    def reasons_of(self, text: str, places: Sequence[int]) -> dict[int, Reason]:
        """Of some places in the order of the text, those that lie inside what a rule finds, with the first rule's reason."""
        reasons: dict[int, Reason] = {}
        for rule, match in self.reasons(text):
            start, end = match.span("number") if "(?P<number>" in rule.pattern else match.span()
            if inside := places[bisect_left(places, start) : bisect_left(places, end)]:
                reason = Reason(rule.fields["reason"], rule.id)
                for place in inside:
                    reasons.setdefault(place, reason)
        return reasons

    def _candidate(
        self,
        narrative: Narrative,
        proposals: Proposals,
        numeral: Numeral,
        sentence: int,
        words: Words,
        dense: frozenset[int],
    ) -> Candidate:
        start, end, worth = numeral
        text = proposals.text
        if end - start > LONGEST or sentence in dense:
            return _no_count(numeral, sentence, Reason("page_furniture", "no_prose"))
        quote = quote_of(text, numeral)
        if worth.form == "chinese" and (status := words.status_of(numeral, quote.unit, quote.end, text)):
            return _no_count(numeral, sentence, Reason(status, "words"))
        qualifier = "none" if quote.value == 0 else quote.qualifier
        bounds = narrative.sentences[sentence]
        indicator, rule = proposals.of(numeral, bounds.start, bounds.end)
        return Candidate(
            quote.start,
            quote.end,
            start,
            end,
            quote.value,
            qualifier,
            quote.unit,
            worth.form,
            sentence,
            None,
            indicator,
            rule,
        )


def _no_count(numeral: Numeral, sentence: int, reason: Reason) -> Candidate:
    """A numeral that is no count, with the ledger's status and the rule that says so."""
    start, end, worth = numeral
    return Candidate(
        start, end, start, end, worth.value, "exact", None, worth.form, sentence, reason.status, None, reason.rule
    )


def joined(narrative: Narrative, source: str) -> str:
    """The narrative with a joiner for each space that stands for a line break between two digits."""
    text, offsets = narrative.text, narrative.offsets
    place = text.find(" ")
    letters: list[str] | None = None
    while place >= 0:
        inside = 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()
        if inside and source[offsets[place] : offsets[place] + 1] in "\r\n":
            letters = letters or list(text)
            letters[place] = JOINER
        place = text.find(" ", place + 1)
    return "".join(letters) if letters else text


class Words:
    """Where the words of the narrative begin and end, to tell numbers from characters inside words."""

    def __init__(self, narrative: Narrative) -> None:
        self.text = narrative.text
        self.starts = narrative.word_starts

    def status_of(self, numeral: Numeral, unit: str | None, quote_end: int, text: str) -> str | None:
        """``word`` or ``name`` where a Chinese numeral is no number, None where it may be one."""
        start, end, worth = numeral
        index = bisect_right(self.starts, start) - 1
        token_start = self.starts[index]
        if worth.value == 1 and start and text[start - 1] in POINTING:
            return "word"
        last = bisect_right(self.starts, end - 1) - 1
        token_end = self.starts[last + 1] if last + 1 < len(self.starts) else len(self.text)
        before, behind = text[token_start:start], text[end:token_end]
        if before.strip("“约近逾超第每各共全") or (behind and not _measured(behind, text[end:quote_end])):
            inside = text[token_start:token_end]
            return "name" if sum(c in "一二三四五六七八九十两双" for c in inside) > 1 else "word"
        if worth.percent or unit is not None or worth.value >= 100 or (worth.value == 0 and start != token_start):
            return None
        return "word" if end - start == 1 and worth.value <= 1 else "name"


def _measured(behind: str, measure: str) -> bool:
    """Whether the rest of a word is the number's own measure: 一名, 三期, 十余场."""
    return behind in measures().words or measure.startswith(behind) or behind.strip(VAGUE_TAIL) == ""


def _sentences_of(narrative: Narrative, numerals: Sequence[Numeral]) -> tuple[int, ...]:
    """The index of each numeral's sentence."""
    starts = [sentence.start for sentence in narrative.sentences]
    return tuple([max(0, bisect_right(starts, numeral.start) - 1) for numeral in numerals])


def _dense(numerals: Sequence[Numeral], sentences: Sequence[int], reasons: dict[int, Reason]) -> frozenset[int]:
    """Sentences with more unexplained numerals than prose can hold: a flattened grid, a dump of codes."""
    if len(numerals) <= MOST_NUMERALS:
        return frozenset()
    held = Counter(s for numeral, s in zip(numerals, sentences, strict=True) if numeral.start not in reasons)
    return frozenset(sentence for sentence, count in held.items() if count > MOST_NUMERALS)


def _ranges(text: str, found: list[Candidate]) -> list[Candidate]:
    """Two numerals that bound one quantity (20至30件) are one candidate, worth about its lower bound."""
    out: list[Candidate] = []
    for candidate in found:
        low = out[-1] if out else None
        if low is not None and _bounds(text, low, candidate):
            out[-1] = replace(
                low, end=candidate.end, numeral_end=candidate.numeral_end, qualifier="approx", unit=candidate.unit,
                indicator=candidate.indicator, rule=candidate.rule,
            )  # fmt: skip
        else:
            out.append(candidate)
    return out


def _bounds(text: str, low: Candidate, high: Candidate) -> bool:
    if low.reason is not None or high.reason is not None or low.unit is not None or high.unit is None:
        return False
    return text[low.end : high.start] in RANGE_MARKS and low.value < high.value


def _stated(narrative: Narrative, statement: Statement, found: list[Candidate]) -> tuple[Candidate, Candidate | None]:
    """A statement as a candidate, and the numeral inside it that belongs to it: 行政诉讼为0, 没有一件申请."""
    starts_at = bisect_right(found, statement.start - 1, key=lambda c: c.numeral_start)
    inner: Candidate | None = None
    for candidate in found[starts_at:]:
        if candidate.numeral_start >= statement.end:
            break
        if candidate.value in (0, 1) and candidate.reason in (None, "word", "name"):
            inner = candidate
            break
    first, last = (inner.numeral_start, inner.numeral_end) if inner else (statement.end, statement.end)
    sentence = narrative.sentence_at(statement.start)
    return Candidate(
        statement.start,
        statement.end,
        first,
        last,
        0,
        "none",
        None,
        "none",
        sentence,
        None,
        statement.indicator,
        statement.rule,
    ), inner

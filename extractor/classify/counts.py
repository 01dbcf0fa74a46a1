"""What each number of the prose counts, through which channel, in which role; and the ledger of all numerals.

A fitted linear model decides over the finder's candidates whether each is a count and which indicator it has; the
rules' proposal is one of its features, the second vote, and the fallback where no model is, or where a text holds more
candidates than any report (``MOST_WEIGHED``). Every numeral comes into
the ledger exactly once, as a fact or with the reason why it is none.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from extractor.classify.context import Context, Tokens
from extractor.classify.linear import LinearModel
from extractor.classify.publishing import PUBLISHED, Publisher
from extractor.classify.roles import Figure, assign_roles
from extractor.report import DEALT, Count, LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.classify.linear import Floats, ModelFolder
    from extractor.report import Candidate, Channel, Mention, Report

NAME = "counts"
NO = "no:"
FALLBACK = 0.6
MOST_WEIGHED = 2_000
RULE_CONFIDENCE = 0.75
DOCUMENTS = frozenset({"regulations", "normative_documents", "policy_documents"})
PER_CENT = "%"
RATE = "rate"
CATEGORY_UNIT = "条"
LEAST_LISTED = 3
EACH_CHANNEL = PUBLISHED | {"media_accounts"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A candidate's indicator, or the ledger status of one that is no count; how sure, and who decided."""

    indicator: str | None
    status: str
    confidence: float
    decided_by: str


class CountDecider:
    """Writes ``counts`` and ``ledger``; ``folder`` holds the model. Errors: ``ModelError``."""

    def __init__(self, folder: ModelFolder | None = None) -> None:
        present = folder is not None and folder.joinpath(f"{NAME}.json").is_file()
        self.weigher = Weigher(LinearModel.load(folder, NAME)) if folder is not None and present else None

    def __call__(self, report: Report) -> Report:
        """Decide all candidates, in the order of the text."""
        assert report.narrative is not None
        decisions = self.decide(report)
        taken = [(c, d) for c, d in zip(report.candidates, decisions, strict=True) if d.indicator is not None]
        counts = _counts(report, taken)
        ids = {(c.numeral_start, c.numeral_end): count.id for c, count in reversed(counts)}
        return replace(report, counts=tuple(count for _, count in counts), ledger=_ledger(report, decisions, ids))

    def decide(self, report: Report) -> tuple[Decision, ...]:
        """One decision a candidate."""
        weighed = {} if self.weigher is None else self.weigher.decisions(report)
        seen: set[tuple[int, int, str | None]] = set()
        decisions: list[Decision] = []
        for index, candidate in enumerate(report.candidates):
            if candidate.reason is not None:
                decision = _by_reason(candidate.reason)
            elif candidate.rule.startswith(DEALT):
                decision = by_rule(candidate)
            else:
                decision = weighed[index] if index in weighed else by_rule(candidate)
            key = (candidate.start, candidate.end, decision.indicator)
            if decision.indicator is not None and key in seen and candidate.form == "none":
                decision = Decision(None, "word", decision.confidence, decision.decided_by)
            seen.add(key)
            decisions.append(decision)
        return as_categories(report.candidates, tuple(decisions))


class Weigher:
    """Decides a report's open candidates by the model, one after the other, since each waits for the labels before it.

    What does not wait for them is weighed at once: all other tokens before, the chances of the labels behind.
    """

    def __init__(self, model: LinearModel) -> None:
        self.model, self.tokens = model, Tokens(model.vocabulary.get)
        self.columns = {label: column for column, label in enumerate(model.labels)}
        self.rejecting = [(column, label) for label, column in self.columns.items() if label.startswith(NO)]

    def decisions(self, report: Report) -> dict[int, Decision]:
        """The decisions by their candidates' places in ``Report.candidates``."""
        model, candidates, context = self.model, report.candidates, Context(report, self.tokens)
        weighed = [index for index, candidate in enumerate(candidates) if candidate.reason is None][:MOST_WEIGHED]
        standing = model.standing([context.standing(index) for index in weighed])
        scores = np.empty((len(weighed), len(model.labels)))
        labels: dict[int, str] = {}
        for rank, index in enumerate(weighed):
            scores[rank] = model.completed(standing, rank, context.decided_before(index, labels))
            labels[index] = self._label(candidates[index], scores[rank])
        chances = model.calibrate(scores).tolist()
        return {
            index: self._decision(candidates[index], label, row)
            for (index, label), row in zip(labels.items(), chances, strict=True)
        }

    def _label(self, candidate: Candidate, scores: Floats) -> str:
        model = self.model
        if candidate.form == "none":
            return self._of_statement(candidate, model.calibrate(scores).tolist())[0]
        best = model.labels[int((scores * model.slope + model.offset).argmax())]
        return RATE if candidate.unit == PER_CENT and not best.startswith(NO) and RATE in self.columns else best

    def _decision(self, candidate: Candidate, label: str, chances: Sequence[float]) -> Decision:
        chance = chances[self.columns[label]]
        if candidate.form == "none":
            label, chance = self._of_statement(candidate, chances)
        if label.startswith(NO):
            agreed = candidate.indicator is None
            return Decision(None, label.removeprefix(NO), chance, "both" if agreed else "model")
        return Decision(label, "fact", chance, "both" if label == candidate.indicator else "model")

    def _of_statement(self, candidate: Candidate, chances: Sequence[float]) -> tuple[str, float]:
        """A statement of none is what its words say, or nothing: the model only says which of both."""
        rejected = [(chances[column], label) for column, label in self.rejecting]
        worst = max(rejected, default=(0.0, f"{NO}word"))[1]
        against = sum(chance for chance, _ in rejected)
        if against > FALLBACK or candidate.indicator is None:
            return worst, against
        return candidate.indicator, 1.0 - against


@cache
def _by_reason(status: str) -> Decision:
    """The decision about a numeral of which a rule is sure that it is no count."""
    return Decision(None, status, 1.0, "rule")


def as_categories(candidates: Sequence[Candidate], decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """Categories in a list of items counted by 条 are items, a category of documents too (政策、规范性文件类信息21条)."""
    listed = Counter(
        c.sentence
        for c, d in zip(candidates, decisions, strict=True)
        if c.unit == CATEGORY_UNIT and d.indicator == "items_disclosed"
    )
    return tuple(
        replace(d, indicator="items_disclosed", decided_by="rule")
        if d.indicator in DOCUMENTS and c.unit == CATEGORY_UNIT and listed[c.sentence] >= LEAST_LISTED
        else d
        for c, d in zip(candidates, decisions, strict=True)
    )


def by_rule(candidate: Candidate) -> Decision:
    """The rules' own decision: the fallback without a model."""
    if candidate.indicator is None:
        return Decision(None, "other_work", RULE_CONFIDENCE, "rule")
    return Decision(candidate.indicator, "fact", RULE_CONFIDENCE, "rule")


def _counts(report: Report, taken: list[tuple[Candidate, Decision]]) -> list[tuple[Candidate, Count]]:
    """The counts with the candidates that they come from; 各 makes one count a channel."""
    narrative = report.narrative
    assert narrative is not None
    figures = [_figure(candidate, decision, report) for candidate, decision in taken]
    assign_roles(narrative.text, figures)
    publisher, links = Publisher(narrative, report.mentions), Links(report)
    rows: list[tuple[Candidate, Decision, Figure, str | None]] = []
    names: dict[int, str] = {}
    for (candidate, decision), figure in zip(taken, figures, strict=True):
        members: list[Mention | None] = []
        if figure.indicator in EACH_CHANNEL:
            members += publisher.members_of(candidate.start, candidate.sentence)
        if not members:
            members = [publisher.mention_of(candidate.start, candidate.end, figure.indicator, candidate.sentence)]
        for mention in members:
            channel = links.channel_of(mention) if figure.indicator in PUBLISHED else None
            rows.append((candidate, decision, figure, channel))
            names.setdefault(id(figure), f"c{len(rows)}")
    part_of = {id(part): names[id(figure)] for figure in figures for part in figure.parts}
    return [
        (candidate, _count(report, f"c{number}", candidate, decision, figure, channel, part_of.get(id(figure))))
        for number, (candidate, decision, figure, channel) in enumerate(rows, 1)
    ]


def _figure(candidate: Candidate, decision: Decision, report: Report) -> Figure:
    assert report.narrative is not None
    assert decision.indicator is not None
    paragraph = report.narrative.sentences[candidate.sentence].paragraph
    return Figure(
        candidate.start,
        candidate.end,
        candidate.value,
        candidate.unit,
        decision.indicator,
        candidate.sentence,
        paragraph,
    )


def _count(
    report: Report,
    name: str,
    candidate: Candidate,
    decision: Decision,
    figure: Figure,
    channel: str | None,
    part_of: str | None,
) -> Count:
    return Count(
        name,
        report.narrative_span(candidate.start, candidate.end),
        candidate.value,
        candidate.qualifier,
        candidate.unit,
        figure.indicator,
        channel,
        figure.role,
        round(decision.confidence, 4),
        decision.decided_by,
        part_of,
    )


class Links:
    """From a mention to the channel that it became."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.by_span: dict[tuple[int, int, str], str] = {}
        for channel in report.channels:
            for span in channel.spans:
                self.by_span.setdefault((span.start, span.end, channel.type), channel.id)

    def channel_of(self, mention: Mention | None) -> str | None:
        """The id of a mention's channel: the one with its span, else of its name, else the first of its type in use."""
        if mention is None:
            return None
        span = self.report.narrative_span(mention.start, mention.end)
        if (exact := self.by_span.get((span.start, span.end, mention.type))) is not None:
            return exact
        same: list[Channel] = [channel for channel in self.report.channels if channel.type == mention.type]
        named = [channel for channel in same if channel.name == mention.name]
        used = [channel for channel in same if channel.status == "used"]
        found = next(iter((*named, *used, *same)), None)
        return found.id if found else None


def _ledger(
    report: Report, decisions: tuple[Decision, ...], ids: dict[tuple[int, int], str]
) -> tuple[LedgerEntry, ...]:
    """Each numeral once, in the order of the text."""
    entries: list[LedgerEntry] = []
    done = -1
    numerals = sorted(zip(report.candidates, decisions, strict=True), key=lambda pair: pair[0].numeral_start)
    for candidate, decision in numerals:
        start, end = candidate.numeral_start, candidate.numeral_end
        if start == end or start < done:
            continue
        fact = ids.get((start, end))
        status = "fact" if fact is not None else decision.status
        entries.append(LedgerEntry(report.narrative_span(start, end), status, fact))
        done = end
    known = {entry.span.start for entry in entries}
    marked = [entry for entry in _page_numbers(report) if entry.span.start not in known]
    return tuple(sorted((*entries, *marked), key=lambda entry: entry.span.start)) if marked else tuple(entries)


def _page_numbers(report: Report) -> Iterator[LedgerEntry]:
    """The numerals of page marks outside the tables."""
    assert report.cleaned is not None
    regions = report.tables.regions if report.tables else ()
    for start, end in report.cleaned.page_marks:
        if not any(first <= start < last for first, last in regions):
            for digits in re.finditer(r"\d+", report.cleaned.unified[start:end]):
                yield LedgerEntry(report.span(start + digits.start(), start + digits.end()), "page_furniture", None)

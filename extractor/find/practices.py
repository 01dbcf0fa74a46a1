"""Practices in use in the reporting year, once each, with the first place that shows them.

The rules name the words of each practice; position decides the rest: what stands in the measures, in the problems or
behind a plan's words is not yet in use, and a topic of a training or a document's title shows nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.find.channel_lexicon import Stretches, hidden_span
from extractor.find.channels import find_parts
from extractor.report import Practice
from extractor.rulebook import load_file
from extractor.sieve import Sieve, WordIndex
from extractor.vocabulary import PRACTICES

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.report import Report

FIELDS = {"use": ("practice", "not"), "practice": tuple(PRACTICES), "also": ("problems",)}
PLAN = re.compile(
    r"(?:下一步|今后|20\d\d年(?:度)?(?:计划|拟|打算|将)(?=在|于|将|开|组|公|培|新|建|完|再|聘|请|举|$)|拟(?=建|于|开展|开通|在|将|组织|举办|出台|增设|推出|制定|引入|聘请)|计划于|将进一步|力争|积极争取)[^。；]{0,60}$"
)


class PracticeFinder:
    """Writes ``practices``; ``rules`` is a folder of a user's further rules. Errors: ``RuleError``."""

    def __init__(self, rules: Path | None = None, index: WordIndex | None = None) -> None:
        index = index or WordIndex()
        rows = load_file("practices.toml", FIELDS, rules)
        self.rules = Sieve([rule for rule in rows if "practice" in rule.fields], index)
        self.not_rules = Sieve([rule for rule in rows if rule.fields.get("use") == "not"], index)

    def __call__(self, report: Report) -> Report:
        """The first mention of each practice that is in use, in the order of the codes."""
        narrative = report.narrative
        if narrative is None:
            return replace(report, practices=())
        parts = find_parts(narrative)
        hidden = Stretches(hidden_span(match) for _, match in self.not_rules(narrative.text))
        found: dict[str, tuple[int, int]] = {}
        for rule, match in self.rules(narrative.text):
            code = rule.fields["practice"]
            if code in found and found[code] <= match.span():
                continue
            sentence = narrative.sentences[narrative.sentence_at(match.start())]
            if sentence.is_heading or hidden.hold(match.start()):
                continue
            before = narrative.text[max(sentence.start, match.start() - 80) : match.start()]
            if parts.at(match.start()) in ("report", rule.fields.get("also")) and not PLAN.search(before):
                found[code] = match.span()
        practices = (Practice(code, report.narrative_span(*found[code])) for code in PRACTICES if code in found)
        return replace(report, practices=tuple(practices))

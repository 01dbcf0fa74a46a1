"""The tuple of steps, a line each: the table of contents of the program.

An ``Extractor`` owns one pipeline and belongs to one process: jieba's state is not for threads.
Every field of a report has exactly one writer, named here; only ``findings`` may be appended to by all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.classify.channels import decide_channels
from extractor.classify.counts import CountDecider
from extractor.classify.linear import find_model
from extractor.classify.themes import ThemeCoder
from extractor.clean import clean
from extractor.document import Document
from extractor.find.channels import ChannelFinder
from extractor.find.meta import find_meta
from extractor.find.numbers import NumberFinder
from extractor.find.passages import find_passages
from extractor.find.practices import PracticeFinder
from extractor.find.references import find_references
from extractor.merge import merge
from extractor.read.pool import own_pool, read_safely
from extractor.report import Finding, Provenance, Report, Tables
from extractor.rulebook import lexicon_hash
from extractor.sections import find_sections
from extractor.segment import Segmenter
from extractor.sieve import WordIndex
from extractor.tables import read_tables
from extractor.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

Step = Callable[[Report], Report]


@dataclass(frozen=True, slots=True)
class NamedStep:
    """A step with its name and the fields that it alone writes."""

    name: str
    writes: tuple[str, ...]
    run: Step


class Extractor:
    """Turns documents into reports. ``rules`` is a folder of further rule files, ``model`` a model's folder.

    Errors: ``RuleError`` and ``ModelError`` when those cannot be used.
    """

    def __init__(
        self, *, rules: Path | None = None, model: Path | None = None, words: Iterable[str] | None = None
    ) -> None:
        folder, index = find_model(model), WordIndex()
        self.steps: tuple[NamedStep, ...] = (
            NamedStep("clean", ("cleaned",), clean),
            NamedStep("sections", ("sections",), find_sections),
            NamedStep("tables", ("tables",), read_tables),
            NamedStep("segment", ("narrative",), Segmenter(words)),
            NamedStep("find.meta", ("meta",), find_meta),
            NamedStep("find.channels", ("mentions",), ChannelFinder(rules, index)),
            NamedStep("find.numbers", ("candidates",), NumberFinder(rules, index)),
            NamedStep("find.passages", ("passages",), find_passages),
            NamedStep("find.practices", ("practices",), PracticeFinder(rules, index)),
            NamedStep("find.references", ("references",), find_references),
            NamedStep("classify.channels", ("channels",), decide_channels),
            NamedStep("classify.counts", ("counts", "ledger"), CountDecider(folder)),
            NamedStep("classify.themes", ("problems", "improvements"), ThemeCoder(folder)),
            NamedStep("merge", ("settled", "indicators"), merge),
        )
        self.provenance = Provenance(version("gongkai"), folder.name, folder.sha256, lexicon_hash(rules), SCHEMA)

    def extract(
        self, source: bytes | str | Path | Document, *, name: str | None = None, media_type: str | None = None,
        tables: Tables | None = None,
    ) -> Report:  # fmt: skip
        """The finished report of a file's path, its bytes, or a document that was read already.

        Files are read in a process apart, within limits. ``tables`` are official tables parsed elsewhere, taken
        instead of ours. Errors: ``DocumentError``.
        """
        if isinstance(source, Document):
            return self.run(source, tables)
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        if name is None and not isinstance(source, bytes):
            name = Path(source).name
        report = self.run(read_safely(data, name=name, media_type=media_type), tables)
        return self.look_again(report, data, own_pool().ruled_grids)

    def look_again(self, report: Report, data: bytes, ruled: Callable[[bytes, Document], Document]) -> Report:
        """A PDF's report with its tables read by their rules, where that leaves less in doubt than its running text.

        The text road is cheap; only a cell left unread or a sum that fails is worth the second one (``ruled``).
        """
        if report.document.source.reader != "pdf" or report.given is not None or not doubts(report):
            return report
        document = ruled(data, report.document)
        if document is report.document:
            return report
        other = self.run(document)
        return other if doubts(other) < doubts(report) else report

    def run(self, document: Document, tables: Tables | None = None) -> Report:
        """All steps over one document."""
        notes = tuple(Finding(code, severity, message) for code, severity, message in document.notes)
        report = Report(document, given=tables, findings=notes, provenance=self.provenance)
        for step in self.steps:
            report = step.run(report)
        return replace(report, narrative=None)


def doubts(report: Report) -> int:
    """How much of the official tables is in doubt: cells unread, tables not found, sums that fail."""
    tables = report.settled or report.tables
    printed = (tables.proactive, tables.applications, tables.review_litigation)
    unread = sum(cell.status == "unread" for table in printed if table for cell in table.cells)
    failing = sum(finding.code.startswith(("arithmetic.", "table.missing")) for finding in report.findings)
    return unread + failing


@cache
def default_extractor() -> Extractor:
    """The process's own extractor with shipped rules and model."""
    return Extractor()


def extract(
    source: bytes | str | Path, *, name: str | None = None, media_type: str | None = None, tables: Tables | None = None
) -> Report:
    """Extract one report with the shipped rules and model: ``extract("report.txt")``.

    ``source`` is a path or the file's bytes. Errors: ``DocumentError`` where the file cannot be read as a report.
    """
    return default_extractor().extract(source, name=name, media_type=media_type, tables=tables)

"""Step ``tables``: the official tables of a report, every cell exact or honestly unread.

Labels of the form are the anchors; values belong to labels by position and by number; sums of the form only ever
settle how digits that run together are cut. Nothing printed is changed. The step looks for the tables itself, since
headings are reworded, misnumbered and lost, and it takes tables that the caller gives in place of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.report import Table, Tables
from extractor.tables.applications import read_applications
from extractor.tables.ink import Ink
from extractor.tables.proactive import read_proactive
from extractor.tables.reading import TableReading, cells_of
from extractor.tables.reviews import read_reviews
from extractor.tables.statistics import read_statistics
from extractor.tables.unsure import without_unsure

if TYPE_CHECKING:
    from extractor.report import Report

__all__ = ["read_tables"]

SPOKEN = re.compile(r"\d\s*[件起宗条][，,；;。、（(]")
LEAST_SPOKEN = 3


def read_tables(report: Report) -> Report:
    """Write ``tables``."""
    assert report.cleaned is not None
    ink = Ink(report.cleaned.unified, report.document.grids)
    readings = _read_official(ink)
    statistics, statistics_region = (None, ()) if readings else read_statistics(ink, report)
    given = report.given or Tables()
    found = {
        reading.table: Table(reading.edition, "read", without_unsure(reading, cells_of(reading, report), report))
        for reading in readings
    }
    tables = Tables(
        proactive=_given(given.proactive) or found.get("proactive"),
        applications=_given(given.applications) or found.get("applications"),
        review_litigation=_given(given.review_litigation) or found.get("review_litigation"),
        statistics=_given(given.statistics) or statistics,
        regions=_merged([*((_behind_speech(ink, reading), reading.end) for reading in readings), *statistics_region]),
    )
    return replace(report, tables=tables)


def _read_official(ink: Ink) -> list[TableReading]:
    """The three tables of the form, in print order."""
    applications = read_applications(ink, 0)
    proactive = read_proactive(ink, 0, lacks_values=applications is not None and applications.lacks_values)
    reviews = read_reviews(ink, applications.end) if applications else None
    reviews = reviews or read_reviews(ink, 0)
    found = [reading for reading in (proactive, applications, reviews) if reading is not None]
    return _with_one_edition([reading for reading in found if not _is_speech(ink, reading)])


def _is_speech(ink: Ink, reading: TableReading) -> bool:
    """Whether a sentence that lists results with the form's words was taken for a table: 予以公开33件；部分公开8件；…"""
    if any(value is not None for row in reading.rows.values() for value in row.values or ()):
        return False
    spoken = len(SPOKEN.findall(ink.text, reading.start, reading.end))
    return spoken >= LEAST_SPOKEN and 2 * spoken >= len(reading.rows)


def _behind_speech(ink: Ink, reading: TableReading) -> int:
    """Where a table begins behind the sentences under its heading that speak in the form's words: 引发行政复议5件，维持4件。"""
    printed = [value.start for row in reading.rows.values() for value in row.values or () if value is not None]
    first = min(printed, default=reading.start)
    last = max(SPOKEN.finditer(ink.text, reading.start, first), key=re.Match.end, default=None)
    if last is None:
        return reading.start
    line = ink.text.find("\n", last.end() - 1, first)
    return max(ink.text.rfind("。", last.start(), line if line >= 0 else first) + 1, last.end())


def _with_one_edition(readings: list[TableReading]) -> list[TableReading]:
    """Part four is alike in all editions: it takes the edition of the table before it."""
    if len(readings) > 1 and readings[-1].table == "review_litigation":
        readings[-1].edition = readings[0].edition
    return readings


def _given(table: Table | None) -> Table | None:
    return replace(table, origin="given") if table is not None else None


def _merged(regions: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Regions in order, overlapping ones as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(regions):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)

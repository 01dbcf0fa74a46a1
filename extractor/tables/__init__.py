"""Step ``tables``: the official tables of a report, every cell exact or honestly unread.

Labels of the form are the anchors; values belong to labels by position and by number; sums of the form only ever
settle how digits that run together are cut. Nothing printed is changed. The step looks for the tables itself, since
headings are reworded, misnumbered and lost, and it takes tables that the caller gives in place of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.report import Table, Tables
from extractor.tables.ink import Ink
from extractor.tables.official import read_once_or_again
from extractor.tables.reading import cells_of
from extractor.tables.statistics import read_statistics
from extractor.tables.unsure import without_unsure

if TYPE_CHECKING:
    from extractor.report import Report

__all__ = ["read_tables"]


def read_tables(report: Report) -> Report:
    """Write ``tables``."""
    assert report.cleaned is not None
    ink = Ink(report.cleaned.unified, report.document.grids)
    readings, again = read_once_or_again(ink)
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
        regions=_merged([*((reading.start, reading.end) for reading in (*readings, *again)), *statistics_region]),
    )
    return replace(report, tables=tables)


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

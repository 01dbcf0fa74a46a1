"""The three tables of the form in a report, which may print them more than once.

A report may hold its tables twice, or the tables of a unit beside its own. Which of two tables is the agency's is not
told by their print, so a row is read only where both print the same; rows that differ stay unread.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from extractor.tables.applications import read_applications
from extractor.tables.proactive import read_proactive
from extractor.tables.reading import RowReading, TableReading
from extractor.tables.reviews import read_reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractor.tables.ink import Ink

SPOKEN = re.compile(r"\d\s*[件起宗条](?:[。、]|[,;(]\s*(?!无|不涉及|不适用)[\u3400-\u9fff])")
LEAST_SPOKEN = 3
_MOST_PRINTS, _SENTENCE = 8, 20
DIFFERS = "the table is printed more than once, and this row differs"


def read_once_or_again(ink: Ink) -> tuple[list[TableReading], list[TableReading]]:
    """The tables, and what else is printed of tables of the same kinds."""
    found = _read(ink)
    prints = {own.table: [own] for own in found}
    last = found if any(_is_most(own.elsewhere, own) for own in found) else []
    others: list[TableReading] = []
    for _ in range(_MOST_PRINTS):
        if not last:
            break
        ink = ink.without((own.start, own.end) for own in last)
        last = [other for other in _read(ink) if _is_again(other, found) and not _is_spoken(ink, other)]
        others += last
    for other in others:
        prints[other.table].append(other)
    copies = {table: sorted(each, key=lambda one: one.start) for table, each in prints.items()}
    return [
        reduce(_agreed, each) if len(each) > 1 else _own(each[0], copies.values()) for each in copies.values()
    ], others


def _own(table: TableReading, copies: Iterable[Sequence[TableReading]]) -> TableReading:
    """A table found but once: unread where it stands next to a table printed again, since the first was not found."""
    near = [
        (max(table.start - one.end, one.start - table.end), number > 0)
        for each in copies
        if len(each) > 1
        for number, one in enumerate(each)
    ]
    return _agreed(table, None) if near and min(near)[1] else table


def _is_again(other: TableReading, found: Sequence[TableReading]) -> bool:
    """Whether a table is one of those found, printed once more: most of its rows, and no other table among them."""
    begin = min([other.start, *(row.at for row in other.rows.values() if row.at)])
    is_apart = all(other.end <= own.start or own.end <= begin for own in found)
    is_filled = any(any(row.values or row.printed) for row in other.rows.values())
    if other.table == "review_litigation" and not is_filled:  # its heads alone, as every page may print them again
        return False
    return is_apart and any(other.table == own.table and _is_most(len(other.rows), own) for own in found)


def _is_most(rows: int, own: TableReading) -> bool:
    return 3 * rows >= 2 * len(own.rows)


def _agreed(first: TableReading, second: TableReading | None) -> TableReading:
    """The first of two tables, the rows unread that the two do not print alike."""
    rows = dict(first.rows)
    for code in {**first.rows, **(second.rows if second else {})}:
        one, two = first.rows.get(code), second.rows.get(code) if second else None
        is_alike = one and two and _numbers(one) == _numbers(two)
        if not is_alike or (second and first.edition != second.edition):
            rows[code] = RowReading(None, DIFFERS, [v for v in (one.values or one.printed) if v] if one else ())
    return replace(first, rows=rows)


def _numbers(row: RowReading) -> list[tuple[str, float | int | None] | None] | None:
    """What a row's cells hold; None where they are unread."""
    return None if row.values is None else [(value.kind, value.value) if value else None for value in row.values]


def _read(ink: Ink) -> list[TableReading]:
    """The three tables of the form, in print order."""
    applications = read_applications(ink, 0)
    proactive = read_proactive(ink, 0, lacks_values=applications is not None and applications.lacks_values)
    reviews = read_reviews(ink, applications.end) if applications else None
    reviews = reviews or read_reviews(ink, 0)
    found = [reading for reading in (proactive, applications, reviews) if reading is not None]
    found = [reading for reading in found if not _is_speech(ink, reading)]
    for reading in found:
        reading.start = _behind_speech(ink, reading)
    return _with_one_edition(found)


def _is_speech(ink: Ink, reading: TableReading) -> bool:
    """Whether a sentence that lists results with the form's words was taken for a table: 予以公开33件；部分公开8件；…"""
    has_values = any(value is not None for row in reading.rows.values() for value in row.values or ())
    return not has_values and _is_spoken(ink, reading)


def _is_spoken(ink: Ink, reading: TableReading) -> bool:
    """Whether the figures of most rows are followed by a word and a mark, as in a sentence."""
    places = [row.at for row in reading.rows.values() if row.at]
    begin, end = min([reading.start, *places]), max([reading.end, *(place + _SENTENCE for place in places)])
    spoken = len(SPOKEN.findall(ink.text, begin, end))
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

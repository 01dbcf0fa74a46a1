"""Labelled passages for counts and channels as JSON Lines, schema ``gongkai.context/1``: one passage a line.

A passage has its section, its agency (all passages of one agency stay on one side of every split), its text, and
marks by code-point offsets into that text: ``counts``, ``channels`` (mentions, with the status that the passage alone
shows) and ``numerals`` that are no count, with the reason. A numeral that no mark covers is no count either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from extractor.errors import LabelError
from extractor.vocabulary import (
    CHANNEL_STATUSES,
    CHANNEL_TYPES,
    INDICATORS,
    LEDGER_STATUSES,
    QUALIFIERS,
    ROLES,
    SECTIONS,
)
from training.labels import parse_object

SCHEMA = "gongkai.context/1"
FILE = "contexts.jsonl"
HELDOUT = "heldout_contexts.jsonl"
TEXTS = ("id", "agency", "agency_type", "level", "section", "text")
SECTION_CODES = frozenset(SECTIONS) | {"improvements"}
LONGEST_TEXT = 5_000
REASONS = frozenset(LEDGER_STATUSES) - {"fact"}


@dataclass(frozen=True, slots=True)
class CountMark:
    """A count at [start, end): its value and codes; ``channel`` is a channel type or None."""

    start: int
    end: int
    value: float | int
    qualifier: str
    unit: str | None
    indicator: str
    channel: str | None
    role: str


@dataclass(frozen=True, slots=True)
class ChannelMark:
    """A mention of a channel at [start, end)."""

    start: int
    end: int
    type: str
    name: str | None
    status: str


@dataclass(frozen=True, slots=True)
class NumeralMark:
    """A numeral at [start, end) that is no count, and why not (a ledger status)."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled passage of one agency's report."""

    id: str
    agency: str
    agency_type: str
    level: str
    year: int
    section: str
    text: str
    counts: tuple[CountMark, ...]
    channels: tuple[ChannelMark, ...]
    numerals: tuple[NumeralMark, ...]

    def to_line(self) -> str:
        """The passage as its line of the file."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False, separators=(",", ":"))


KINDS: tuple[tuple[str, type[CountMark] | type[ChannelMark] | type[NumeralMark]], ...] = (
    ("counts", CountMark),
    ("channels", ChannelMark),
    ("numerals", NumeralMark),
)
CODES: dict[str, frozenset[str]] = {
    "qualifier": frozenset(QUALIFIERS),
    "indicator": frozenset(INDICATORS),
    "channel": frozenset(CHANNEL_TYPES),
    "role": frozenset(ROLES),
    "type": frozenset(CHANNEL_TYPES),
    "status": frozenset(CHANNEL_STATUSES),
    "reason": REASONS,
}


def parse_passage(data: Any, where: str) -> Passage:
    """A passage from a line's object. Errors: ``LabelError`` with the place and the reason, never the text."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise LabelError("a line is no labelled passage", where=where, allowed=SCHEMA, do="write one passage a line")
    try:
        values = {key: data[key] for key in Passage.__slots__}
        for key, kind in KINDS:
            values[key] = tuple(kind(**mark) for mark in data[key])
    except (KeyError, TypeError) as error:
        raise LabelError("a passage's fields are wrong", where=where, allowed=", ".join(Passage.__slots__)) from error
    if not all(isinstance(values[key], str) and values[key] for key in TEXTS) or type(values["year"]) is not int:
        raise LabelError("a passage's fields are wrong", where=where, allowed=f"text in {', '.join(TEXTS)}, a year")
    if len(values["text"]) > LONGEST_TEXT:
        raise LabelError("a passage is too long", where=f"{where}, text", allowed=f"{LONGEST_TEXT} characters")
    passage = Passage(**values)
    if passage.section not in SECTION_CODES:
        raise LabelError("a passage has an unknown section", where=where, allowed=", ".join(sorted(SECTION_CODES)))
    marks: tuple[CountMark | ChannelMark | NumeralMark, ...] = (*passage.counts, *passage.channels, *passage.numerals)
    for mark in marks:
        _check_mark(mark, passage, where)
    return passage


def _check_mark(mark: CountMark | ChannelMark | NumeralMark, passage: Passage, where: str) -> None:
    """Errors: ``LabelError``."""
    places = type(mark.start) is int and type(mark.end) is int
    if not places or not 0 <= mark.start < mark.end <= len(passage.text):
        raise LabelError("a mark lies outside its text", where=where, allowed="0 ≤ start < end ≤ length of the text")
    for key in CODES.keys() & set(mark.__slots__):
        value = getattr(mark, key)
        known = (value is None and key == "channel") or (isinstance(value, str) and value in CODES[key])
        if not known:
            raise LabelError(
                "a mark has an unknown code", where=f"{where}, {key}", allowed=", ".join(sorted(CODES[key]))
            )
    if isinstance(mark, CountMark) and type(mark.value) not in {int, float}:
        raise LabelError("a mark has a wrong value", where=f"{where}, value", allowed="a number")


def parse_passages(data: bytes, name: str = FILE) -> tuple[Passage, ...]:
    """All passages of JSON Lines. Errors: ``LabelError`` naming the first wrong line."""
    passages: list[Passage] = []
    seen: set[str] = set()
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        passage = parse_passage(parse_object(line, where), where)
        if passage.id in seen:
            raise LabelError("two passages have one id", where=where, do="give each passage its own id")
        seen.add(passage.id)
        passages.append(passage)
    return tuple(passages)


def project_passages() -> tuple[Passage, ...]:
    """The project's own labelled passages."""
    return parse_passages((files("training") / "labelled" / FILE).read_bytes())


def heldout_passages() -> tuple[Passage, ...]:
    """The frozen hold-out of passages, written apart and never trained on; empty while there is none."""
    entry = files("training") / "labelled" / HELDOUT
    return parse_passages(entry.read_bytes(), HELDOUT) if entry.is_file() else ()


def hash_passages(passages: Sequence[Passage]) -> str:
    """SHA-256 over the passages in the order of their ids."""
    lines = sorted(passage.to_line() for passage in passages)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_passages(passages: Sequence[Passage], path: Path) -> None:
    """Write passages in the order of their ids."""
    lines: Iterable[str] = (passage.to_line() for passage in sorted(passages, key=lambda passage: passage.id))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")

"""Labelled items as JSON Lines, schema ``gongkai.label/1``: one item a line, refused with its number when wrong.

A file is taken whole or not at all, so that nothing half read ever trains a model. The order of themes is the
codebook's: the first one is the primary theme.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import LabelError
from extractor.vocabulary import AGENCY_TYPES, LEVELS, THEMES

SCHEMA = "gongkai.label/1"
KINDS = ("problem", "improvement")
MOST_THEMES = 3
LONGEST_TEXT = 2_000
YEARS = range(2008, 2100)
REQUIRED = ("schema", "id", "kind", "text", "themes", "agency", "coder")
FIELDS = (*REQUIRED, "agency_type", "level", "year")


@dataclass(frozen=True, slots=True)
class Label:
    """One coding of one item by one coder; ``agency`` keeps an agency's items on one side of every split."""

    id: str
    kind: str
    text: str
    themes: tuple[str, ...]
    agency: str
    coder: str
    agency_type: str | None = None
    level: str | None = None
    year: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line's object, fields in their documented order, absent ones left out."""
        fields = {key: getattr(self, key) for key in FIELDS[1:]}
        whole = {"schema": SCHEMA, **fields, "themes": list(self.themes)}
        return {key: value for key, value in whole.items() if value is not None}


def parse_label(data: Any, where: str) -> Label:
    """A label from a line's object. Errors: ``LabelError`` with the place and the reason, never the text."""
    if not isinstance(data, dict):
        raise LabelError(
            "a label is no object", where=where, found=type(data).__name__, do="write one JSON object a line"
        )
    for key in REQUIRED:
        if key not in data:
            raise LabelError("a label lacks a field", where=where, found=f"no {key}", allowed=", ".join(FIELDS))
    unknown = sorted(set(map(str, data)) - set(FIELDS))
    if unknown:
        raise LabelError(
            "a label has an unknown field", where=where, found=f"{len(unknown)} unknown", allowed=", ".join(FIELDS)
        )
    for key, is_right, allowed in CHECKS:
        if key in data and not is_right(data[key]):
            raise LabelError("a label's field has a wrong value", where=f"{where}, {key}", allowed=allowed)
    values = {key: data[key] for key in FIELDS[1:] if key in data}
    return Label(**{**values, "themes": tuple(data["themes"])})


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TEXT and "\n" not in value


def _is_one_of(codes: Iterable[str]) -> Callable[[Any], bool]:
    known = frozenset(codes)
    return lambda value: isinstance(value, str) and value in known


def _is_theme_list(value: Any) -> bool:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_THEMES:
        return False
    return all(isinstance(code, str) and code in THEMES for code in value) and len(set(value)) == len(value)


CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("schema", _is_one_of((SCHEMA,)), SCHEMA),
    ("id", _is_text, "text of one line"),
    ("kind", _is_one_of(KINDS), ", ".join(KINDS)),
    ("text", _is_text, f"1 to {LONGEST_TEXT} characters of one line"),
    ("themes", _is_theme_list, f"one to {MOST_THEMES} different codes of {', '.join(THEMES)}"),
    ("agency", _is_text, "text of one line"),
    ("coder", _is_text, "text of one line"),
    ("agency_type", _is_one_of(AGENCY_TYPES), ", ".join(AGENCY_TYPES)),
    ("level", _is_one_of(LEVELS), ", ".join(LEVELS)),
    ("year", lambda value: type(value) is int and value in YEARS, "a year from 2008"),
)


def read_labels(path: Path) -> tuple[Label, ...]:
    """All labels of a JSON Lines file. Errors: ``LabelError`` naming the first wrong line."""
    return parse_lines(path.read_bytes(), path.name)


def parse_lines(data: bytes, name: str) -> tuple[Label, ...]:
    """All labels of JSON Lines; blank lines are skipped. Errors: ``LabelError``."""
    labels: list[Label] = []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        label = parse_label(parse_object(line, where), where)
        if (label.id, label.coder) in seen:
            raise LabelError("a coder labelled an id twice", where=where, do="keep one line for each id and coder")
        seen.add((label.id, label.coder))
        labels.append(label)
    if not labels:
        raise LabelError("a file holds no labels", where=name, do="give at least one line")
    return tuple(labels)


def parse_object(line: bytes, where: str) -> Any:
    """The data of a line. Errors: ``LabelError`` where it is no JSON."""
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LabelError("a line is no JSON", where=where, do="write one JSON object a line, in UTF-8") from error


def dump_lines(labels: Sequence[Label]) -> bytes:
    """JSON Lines of labels; the same labels give the same bytes."""
    return b"".join(json.dumps(label.to_dict(), ensure_ascii=False).encode() + b"\n" for label in labels)


def hash_labels(labels: Sequence[Label]) -> str:
    """SHA-256 over the labels in the order of id and coder, whatever order a file gave them in."""
    return hashlib.sha256(dump_lines(sorted(labels, key=lambda label: (label.id, label.coder)))).hexdigest()


def project_labels(name: str = "items") -> tuple[Label, ...]:
    """The project's own labelled text: ``items``, ``heldout`` or ``second_coding``."""
    return read_labels(Path(__file__).parent / "labelled" / f"{name}.jsonl")

"""Lines of labels of either kind, each naming its schema: all of them checked, so that every wrong one is told at once.

Theme labels (``gongkai.label/1``) and passages with marked counts (``gongkai.context/1``) may stand in one file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractor.errors import LabelError
from training import contexts, labels
from training.contexts import Passage, parse_passage
from training.labels import Label, parse_label, parse_object


@dataclass(slots=True)
class Taken:
    """What lines held: labels and passages in their order, and one error for each wrong line with its number."""

    labels: list[Label] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    refused: list[tuple[int, LabelError]] = field(default_factory=list)


def take_lines(data: bytes, name: str, coder: str | None = None) -> Taken:
    """Check every line. ``coder`` is who labelled where a line does not say."""
    taken = Taken()
    seen: set[tuple[str, str, str]] = set()
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            key = _take(line, f"{name}, line {number}", coder, taken)
            if key in seen:
                raise LabelError("an id is labelled twice", where=f"{name}, line {number}", do="keep one of the lines")
            seen.add(key)
        except LabelError as error:
            taken.refused.append((number, error))
    return taken


def _take(line: bytes, where: str, coder: str | None, taken: Taken) -> tuple[str, str, str]:
    """One line into ``taken``; its schema, id and coder. Errors: ``LabelError``."""
    content = parse_object(line, where)
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema == contexts.SCHEMA:
        passage = parse_passage(content, where)
        taken.passages.append(passage)
        return contexts.SCHEMA, passage.id, ""
    if schema != labels.SCHEMA:
        allowed = f"{labels.SCHEMA} or {contexts.SCHEMA}"
        raise LabelError("a line names no schema of labels", where=f"{where}, schema", allowed=allowed)
    label = parse_label({"coder": coder, **content} if coder else content, where)
    taken.labels.append(label)
    return labels.SCHEMA, label.id, label.coder


def read_files(paths: Sequence[Path]) -> Taken:
    """All lines of files. Errors: ``LabelError`` naming the first wrong line; nothing is taken then."""
    whole = Taken()
    for path in paths:
        taken = take_lines(path.read_bytes(), path.name)
        if taken.refused:
            raise taken.refused[0][1]
        if not taken.labels and not taken.passages:
            raise LabelError("a file holds no labels", where=path.name, do="give at least one line")
        whole.labels += taken.labels
        whole.passages += taken.passages
    return whole

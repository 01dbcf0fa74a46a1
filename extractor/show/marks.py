"""The places of a result's facts, cells and findings in its text, each with its anchor and tip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extractor import vocabulary
from extractor.result import TABLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to be marked: [start, end) of the text, its kind, its anchor and its tip."""

    start: int
    end: int
    kind: str
    anchor: str
    tip: str


def marks_of(result: Mapping[str, Any]) -> Iterator[Mark]:
    """All places to be marked, in the order of the facts."""
    facts = result["facts"]
    for channel in facts["channels"]:
        for index, span in enumerate(channel["spans"]):
            yield _mark(span, "channel", f"{channel['id']}-{index}", vocabulary.CHANNEL_TYPES[channel["type"]].chinese)
    for count in facts["counts"]:
        tip = f"{vocabulary.INDICATORS[count['indicator']].chinese} {count['value']:.12g}"
        yield _mark(count["span"], "count", count["id"], tip)
    for kind in ("problem", "improvement"):
        for item in facts[f"{kind}s"]:
            tip = "、".join(vocabulary.THEMES[theme["code"]].chinese for theme in item["themes"])
            yield _mark(item["span"], kind, item["id"], tip)
    for practice in facts["practices"]:
        yield _mark(
            practice["span"], "practice", f"practice-{practice['code']}", vocabulary.PRACTICES[practice["code"]].chinese
        )
    for index, reference in enumerate(facts["references"]):
        yield _mark(reference["span"], "reference", f"reference-{index}", "文号")
    for name in TABLE_NAMES:
        for cell in (result["tables"].get(name) or {"cells": ()})["cells"]:
            if cell["span"]:
                yield _mark(cell["span"], "cell", cell_anchor(name, cell), f"{cell['row']} · {cell['column']}")
    for index, finding in enumerate(result["findings"]):
        for number, span in enumerate(finding["spans"]):
            yield _mark(span, "finding", f"finding-{index}-{number}", finding["message"])


def cell_anchor(table: str, cell: Mapping[str, Any]) -> str:
    """The anchor of an official cell."""
    return f"cell-{table}-{cell['row']}-{cell['column']}"


def _mark(span: Mapping[str, Any], kind: str, anchor: str, tip: str) -> Mark:
    return Mark(span["start"], span["end"], kind, anchor, tip)

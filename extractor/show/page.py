"""The evidence page: the text with every fact marked, the facts beside it, a click goes to the place.

The page is one file without scripts: places are anchors and the target is lit by CSS, so that it can be mailed, kept
and served under a strict content policy. Everything from the document is escaped by the template engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from extractor import vocabulary
from extractor.result import TABLE_NAMES
from extractor.show.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extractor.show.marks import Mark
    from extractor.show.sheets import SheetView

KINDS = {
    "channel": ("渠道", "Channels"),
    "count": ("数量", "Counts"),
    "problem": ("问题", "Problems"),
    "improvement": ("改进", "Improvements"),
    "practice": ("做法", "Practices"),
    "reference": ("文号", "References"),
    "cell": ("表格", "Table cells"),
    "finding": ("发现", "Findings"),
}
PAGE_BREAK = "page"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks; ``anchors`` begin here."""

    text: str
    kinds: tuple[str, ...]
    anchors: tuple[str, ...]
    tip: str


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("extractor", "show"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


@cache
def page_style() -> str:
    """What stands in the style element, the same on every page: a strict content policy lets it pass by its hash."""
    environment = _template().environment
    source = environment.loader.get_source(environment, "page.html")[0]
    style = source[source.index("<style>") : source.index("</style>")]
    whole: str = environment.from_string(f"{style}</style>").render(kinds=KINDS)
    return whole.removeprefix("<style>").removesuffix("</style>")


def evidence_page(result: Mapping[str, Any], sheets: Sequence[SheetView] = ()) -> str:
    """HTML of a result in the contract's shape; without its text only the facts are shown.

    ``sheets`` are the file's pages as they look (``sheets_of``), shown below the text.
    """
    marks = list(marks_of(result))
    return str(
        _template().render(
            result=result,
            pieces=cut(result.get("text", ""), marks),
            kinds=KINDS,
            tables=[(name, _rows(result["tables"].get(name))) for name in TABLE_NAMES if result["tables"].get(name)],
            words=vocabulary,
            sheets=sheets,
            boxed={place.mark.anchor: sheet.number for sheet in sheets for place in sheet.places if place.is_first},
            channel_names={
                c["id"]: c["name"] or vocabulary.CHANNEL_TYPES[c["type"]].chinese for c in result["facts"]["channels"]
            },
        )
    )


def cut(text: str, marks: list[Mark]) -> list[Piece]:
    """The text cut at every beginning and end of a mark; overlapping marks share pieces."""
    places = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    starting: dict[int, list[Mark]] = {}
    for mark in marks:
        starting.setdefault(mark.start, []).append(mark)
    open_marks: list[Mark] = []
    pieces: list[Piece] = []
    for start, end in pairwise(places):
        beginning = starting.get(start, [])
        open_marks = [m for m in open_marks if m.end > start] + [m for m in beginning if m.end > start]
        kinds = tuple(dict.fromkeys(m.kind for m in open_marks))
        tip = " / ".join(dict.fromkeys(m.tip for m in open_marks))
        pieces.append(Piece(text[start:end], kinds, tuple(m.anchor for m in beginning), tip))
    return pieces


def _rows(table: Mapping[str, Any] | None) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The cells of a table by row, in the form's order."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for cell in (table or {"cells": ()})["cells"]:
        rows.setdefault(cell["row"], []).append(cell)
    return list(rows.items())

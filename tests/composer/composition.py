"""Which renderings there are, which of them go together, and how a truth is printed in a combination of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from tests.composer import edits, frames, joined, pages, prose
from tests.composer.frames import cells_of
from tests.composer.lines import GROUPS, HEADS, PLACES, WIDTHS, LineStyle, chunks, print_lines
from tests.composer.marks import NUMBERS, ZEROS
from tests.composer.outline import AGAIN, Wording, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from extractor.report import CellAddress
    from tests.composer.form import Sheet
    from tests.composer.frames import Printed
    from tests.composer.marks import Expected
    from tests.composer.truth import Truth

SEPARATORS = {"spaces": " ", "wide_spaces": "    ", "ideographic_spaces": "　", "no_break_spaces": "\u00a0"}
GRIDS: dict[str, Callable[[Sheet, random.Random], Printed]] = {
    "tabs": frames.tabs,
    "tabs_trimmed": lambda sheet, rng: frames.tabs(sheet, rng, trimmed=True),
    "tabs_left": lambda sheet, rng: frames.tabs_shifted(sheet, rng, by=-1),
    "tabs_right": lambda sheet, rng: frames.tabs_shifted(sheet, rng, by=1),
    "pipes": frames.pipes,
    "wide_bars": frames.wide_bars,
    "commas": frames.commas,
    "transposed": frames.transposed,
    "markdown": frames.markdown,
    "markdown_repeated": lambda sheet, rng: frames.markdown(sheet, rng, repeat=True),
    "markdown_false_head": frames.markdown_false_head,
    "markdown_rows": frames.markdown_rows,
}
JOINED: dict[str, Callable[[Sheet, random.Random], Printed]] = {
    "joined_rows": joined.joined_rows,
    "joined_table": joined.joined_table,
    "joined_now_and_then": joined.joined_now_and_then,
    "runs_on": joined.runs_on,
    "glued": joined.glued,
}
LINED = (*SEPARATORS, "one_cell_a_line", "one_line")
RUN_TOGETHER = ("joined_rows", "joined_table", "joined_now_and_then")
SHEETS = (
    "official",
    "group_twice",
    "heads_repeated",
    "heads_lost",
    "subtotal",
    "row_missing",
    "total_missing",
    "bodies_head_lost",
)


@dataclass(frozen=True, slots=True)
class Composition:
    """One choice on each axis; the defaults are clean lines of the official form."""

    frame: str = "spaces"
    width: str = "none"
    place: str = "last_line"
    last: str = "beside"
    heads: str = "plain"
    groups: str = "inline"
    review_row: str = "whole"
    sheet: str = "official"
    labels: str = "official"
    numbers: str = "plain"
    zeros: str = "printed"
    pages: str = "none"
    cut: str = "between_rows"
    spacing: str = "tight"
    line_ends: str = "unix"
    headings: str = "official"
    contents: str = "none"
    prose: str = "short"
    notes: str = "none"
    order: str = "official"
    again: str = "once"

    @property
    def is_lined(self) -> bool:
        """Whether the table is printed as running lines."""
        return self.frame in LINED

    def wording(self) -> Wording:
        """The choices that are no matter of layout."""
        return Wording(**{f.name: getattr(self, f.name) for f in fields(Wording)})

    def chosen(self) -> dict[str, str]:
        """The axes that differ from the defaults."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}


AXES: Mapping[str, tuple[str, ...]] = {
    "frame": (*LINED, *GRIDS, *JOINED),
    "width": tuple(WIDTHS),
    "place": PLACES,
    "last": ("beside", "apart"),
    "heads": HEADS,
    "groups": GROUPS,
    "review_row": ("whole", "five_a_line", "seven_a_line", "joined"),
    "sheet": SHEETS,
    "labels": tuple(edits.LABELS),
    "numbers": NUMBERS,
    "zeros": ZEROS,
    "pages": pages.PAGES,
    "cut": ("between_rows", "labels"),
    "spacing": pages.SPACINGS,
    "line_ends": tuple(pages.LINE_ENDS),
    "headings": tuple(prose.HEADINGS),
    "contents": prose.CONTENTS,
    "prose": prose.PROSE,
    "notes": prose.NOTES,
    "order": ("official", "turned", "reviews_first"),
    "again": AGAIN,
}
_LINED_ONLY = ("width", "place", "last", "heads", "groups", "review_row", "cut")
_VALUES_A_LINE = {"five_a_line": 5, "seven_a_line": 7}
_CLOSED = ("pipes", "wide_bars", "markdown", "markdown_repeated", "markdown_false_head", "markdown_rows", "tabs")
_WORDS = ("none_word", "not_involved", "mixed_marks", "words", "bracketed_none", "noted_zero")
_BLANKS = ("blank", "some_blank", "blank_totals")


@dataclass(frozen=True, slots=True)
class Composed:
    """A printed report: its text, what each official cell must come out as, and which cells may be ``unread``.

    ``regions`` holds [start, end) of each printed table in ``text``.
    """

    text: str
    truth: Truth
    composition: Composition
    expected: Mapping[CellAddress, Expected]
    doubtful: frozenset[CellAddress]
    regions: Mapping[str, tuple[int, int]]
    claims: tuple[prose.Claim, ...]


def single_renderings() -> tuple[Composition, ...]:
    """Every rendering alone (with the partner that it needs to show)."""
    partners = {
        "place": {"width": "narrow"},
        "cut": {"width": "narrow", "pages": "dashes"},
        "last": {"width": "narrow", "place": "own_line"},
    }
    return tuple(
        normal(Composition(**{**partners.get(axis, {}), axis: option}))
        for axis, options in AXES.items()
        for option in options
    )


def draw_composition(rng: random.Random, spread: float | None = None) -> Composition:
    """A random combination: each axis leaves its default with probability ``spread``."""
    spread = spread if spread is not None else rng.choice((0.15, 0.3, 0.6))
    frame = rng.choice(AXES["frame"])
    chosen = {axis: rng.choice(options) for axis, options in AXES.items() if axis != "frame" and rng.random() < spread}
    return normal(Composition(frame=frame, **chosen))


HARD: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "frame": (0.7, (*GRIDS, *JOINED)),
    "sheet": (0.6, SHEETS),
    "zeros": (0.6, (*_BLANKS, "mixed_marks")),
    "pages": (0.3, pages.COULD_BE_VALUES),
    "numbers": (0.4, ("spaced", "spaced", "counted_units")),
    "labels": (0.3, ("shortened",)),
    "prose": (0.5, prose.PROSE),
    "again": (0.2, AGAIN[1:]),
}


def draw_hard_composition(rng: random.Random) -> Composition:
    """A random combination of what has led readers astray most: blanks, bare page numbers, spaces inside numbers."""
    faults = {axis: rng.choice(options) for axis, (share, options) in HARD.items() if rng.random() < share}
    return normal(replace(draw_composition(rng, 0.4), **faults))


def normal(choice: Composition) -> Composition:
    """The combination without choices that cannot show, or that would leave nothing to find the table by."""
    changes: dict[str, str] = {}
    if not choice.is_lined:
        changes |= {axis: _default(axis) for axis in _LINED_ONLY}
    if choice.frame in ("one_cell_a_line", "one_line"):
        changes |= {axis: _default(axis) for axis in ("width", "place", "last", "heads", "review_row", "cut")}
    if choice.frame == "one_line" or choice.frame in ("joined_table", "runs_on"):
        changes |= {"pages": "none", "groups": _default("groups")}
    runs_together = choice.frame in JOINED or (choice.review_row == "joined" and choice.is_lined)
    if choice.zeros in _BLANKS and (runs_together or choice.sheet == "subtotal"):
        changes["zeros"] = "printed"
    if choice.numbers == "spaced" and (runs_together or (choice.zeros in _BLANKS and choice.frame not in _CLOSED)):
        changes["numbers"] = "plain"  # 1 234 beside a blank is two values to any reader
    if choice.sheet == "total_missing" and choice.zeros in _BLANKS:
        changes["zeros"] = "printed"
    if choice.sheet == "heads_lost":
        changes |= {"headings": "official"} if choice.headings == "lost" else {}
        changes |= {"zeros": "printed"} if choice.zeros in _BLANKS else {}
        changes |= {"frame": "markdown"} if choice.frame == "markdown_repeated" else {}
    return replace(choice, **changes)


def _default(axis: str) -> str:
    return next(str(f.default) for f in fields(Composition) if f.name == axis)


def compose(truth: Truth, choice: Composition, seed: int = 0) -> Composed:
    """Print a truth in a combination of renderings; the same three arguments give the same text."""
    rng = random.Random(seed)
    if truth.form == "statistics" and choice.numbers == "spaced":
        choice = replace(choice, numbers="plain")
    if truth.form == "statistics" and choice.frame == "commas":
        choice = replace(choice, frame="pipes")
    if truth.form == "statistics" and choice.frame in JOINED and choice.zeros in _WORDS:
        choice = replace(choice, zeros="printed")  # 无 run into a label that nobody knows beforehand is part of it
    plan = outline(truth, choice.wording(), rng)
    parts: list[tuple[str, str]] = []
    doubtful = {cell for cell, expected in plan.expected.items() if expected.status == "absent"}
    for block in plan.blocks:
        if block.sheet is None:
            wrapped = choice.prose == "same_words_wrapped" and block.kind == "paragraph"
            parts += [("", line) for line in (chunks(block.text, 26) if wrapped else (block.text,))]
        else:
            text, unsure = _print_sheet(block.sheet, choice, rng)
            doubtful |= unsure
            if choice.numbers == "spaced" or choice.sheet == "total_missing":
                doubtful |= _in_doubtful_rows(block.sheet, choice)
            if choice.sheet == "heads_lost" and block.sheet.table == "review_litigation":
                doubtful.update(cell for row in block.sheet.rows for cell in cells_of(row))
            parts.append((block.sheet.table, text))
    if choice.again == "subordinate" and truth.form != "statistics":
        doubtful.update(plan.expected)  # which of two tables is the agency's own is not told by their print
    text, regions = _assemble(parts, choice)
    return Composed(text, truth, choice, plan.expected, frozenset(doubtful), regions, plan.claims)


def _in_doubtful_rows(sheet: Sheet, choice: Composition) -> set[CellAddress]:
    """Cells of rows with a space inside a number, and of a table that lacks a column."""
    lacks_column = choice.sheet == "total_missing" and sheet.table == "applications"
    rows = (row for row in sheet.rows if lacks_column or any(b.is_value and " " in b.text for b in row))
    return {cell for row in rows for cell in cells_of(row)}


def _print_sheet(sheet: Sheet, choice: Composition, rng: random.Random) -> tuple[str, set[CellAddress]]:
    printed = _framed(sheet, choice, rng)
    lines, beside_numbers = pages.break_pages(
        printed.lines, choice.pages, rng, cut_labels=choice.cut == "labels", first_page=rng.randint(1, 4)
    )
    texts = pages.space_lines(lines, choice.spacing, rng)
    glue = " " if choice.frame == "one_line" else "\n"
    return glue.join(texts), {*printed.doubtful, *beside_numbers}


def _framed(sheet: Sheet, choice: Composition, rng: random.Random) -> Printed:
    if choice.frame in GRIDS:
        return GRIDS[choice.frame](sheet, rng)
    if choice.frame in JOINED:
        return JOINED[choice.frame](sheet, rng)
    if choice.review_row == "joined" and sheet.table == "review_litigation":
        return joined.joined_rows(sheet, rng)
    style = LineStyle(
        separator=SEPARATORS.get(choice.frame, " "),
        width=choice.width,
        place=choice.place,
        last_apart=choice.last == "apart",
        heads=choice.heads,
        groups=choice.groups,
        one_cell_a_line=choice.frame == "one_cell_a_line",
        values_a_line=_VALUES_A_LINE.get(choice.review_row, 99) if sheet.table == "review_litigation" else 99,
    )
    return print_lines(sheet, style, rng)


def _assemble(parts: list[tuple[str, str]], choice: Composition) -> tuple[str, dict[str, tuple[int, int]]]:
    """Join the parts with the composition's line ends and note where the tables came to stand."""
    end = pages.LINE_ENDS[choice.line_ends]
    glue = "" if choice.frame == "joined_table" else "\n"
    text = ""
    regions: dict[str, tuple[int, int]] = {}
    for table, part in parts:
        runs_on = bool(table) or (text[-1:].isdigit() and not part[:1].isdigit())
        before = glue if runs_on else "\n"
        text += (before if text else "") + part
        if table:
            start, stop = regions.get(table, (len(text) - len(part), len(text)))
            regions[table] = (start, len(text) if choice.again == "twice" else stop)
    if end != "\n":
        wider = len(end) - 1
        regions = {
            table: (start + text.count("\n", 0, start) * wider, stop + text.count("\n", 0, stop) * wider)
            for table, (start, stop) in regions.items()
        }
        text = text.replace("\n", end)
    return text, regions

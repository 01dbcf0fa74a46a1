"""How a number is written into its cell, and what a careful reader must make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from extractor.report import CellAddress
    from tests.composer.truth import Number, Truth

FULL_WIDTH = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")
MARKS = {
    "blank": "",
    "dash": "-",
    "em_dash": "—",
    "slash": "/",
    "none_word": "无",
    "not_involved": "不涉及",
    "double_dash": "——",
    "wide_slash": "／",
    "bracketed_none": "（无）",
}
NOTED_ZERO = "0（无）"
WORDS = "详见附件"
NUMBERS = (
    "plain",
    "thousands",
    "thousands_wide",
    "full_width",
    "units",
    "counted_units",
    "foreign_unit",
    "odd_minus",
    "signed",
    "spaced",
)
ZEROS = ("printed", *MARKS, "mixed_marks", "some_blank", "blank_totals", "words", "noted_zero")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the parser owes for a cell: its status, and its value where it is a number."""

    status: str
    value: Number | None = None


def write_number(value: Number, style: str, column: str) -> str:
    """A number in one of the styles ``NUMBERS``; ``column`` tells the unit."""
    plain = f"{value:,}" if style.startswith("thousands") else str(value)
    if style == "thousands_wide":
        return plain.replace(",", "，")
    if style == "spaced":
        return f"{value:,}".replace(",", " ")
    if style == "signed" and column == "change":
        return f"{value:+}"
    if style == "full_width":
        return plain.translate(FULL_WIDTH)
    if style == "odd_minus":
        return plain.replace("-", "－" if value % 2 else "−")
    if style == "units":
        return plain + ("万元" if column == "amount_10k_yuan" else "件")
    if style == "counted_units" and column != "amount_10k_yuan":
        return plain + "条件宗项个起份"[abs(int(value)) % 7]
    if style == "foreign_unit" and column == "amount_10k_yuan":
        return plain + "元"
    return plain


def write_cells(
    truth: Truth, numbers: str, zeros: str, rng: random.Random
) -> tuple[dict[CellAddress, str], dict[CellAddress, Expected]]:
    """The text of every cell, and what is expected of it."""
    printed: dict[CellAddress, str] = {}
    expected: dict[CellAddress, Expected] = {}
    wordy = _wordy_cell(truth.values, rng) if zeros == "words" else None
    for cell, value in truth.values.items():
        mark = WORDS if cell == wordy else _mark(cell, value, zeros, rng)
        if mark is None:
            printed[cell] = write_number(value, numbers, cell.column)
            if zeros == "noted_zero" and value == 0 and cell.table != "statistics":
                printed[cell] = NOTED_ZERO
            expected[cell] = Expected("number", value)
        else:
            printed[cell] = mark
            status = "text" if cell == wordy else "blank" if mark == "" else "not_applicable"
            expected[cell] = Expected(status)
    return printed, expected


def _wordy_cell(values: Mapping[CellAddress, Number], rng: random.Random) -> CellAddress:
    candidates = [c for c in values if c.table in ("proactive", "statistics")]
    return rng.choice(candidates)


def _mark(cell: CellAddress, value: Number, zeros: str, rng: random.Random) -> str | None:
    """The mark that stands in the cell, None where the number itself is printed."""
    if zeros == "blank_totals":
        return "" if cell.table == "applications" and cell.column == "total" else None
    if value != 0 or zeros in ("printed", "words", "noted_zero"):
        return None
    if zeros == "mixed_marks":
        return rng.choice((None, *(mark for mark in MARKS.values() if mark)))
    if zeros == "some_blank":
        return rng.choice((None, None, ""))
    return MARKS[zeros]

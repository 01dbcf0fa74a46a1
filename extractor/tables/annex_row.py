"""A row of a statistics annex: its label's pieces, and its unit of counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.tables.ink import Ink

Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the places of its label's pieces, and where its unit ends.

    ``is_heading`` tells that a dash, or nothing, stands in the unit's place, so that values need not follow;
    ``is_unsure`` that a piece of its label may be a neighbour's.
    """

    label: tuple[Piece, ...]
    unit_end: int
    is_heading: bool = False
    is_unsure: bool = False

    @property
    def start(self) -> int:
        """Where the label begins, or the unit where that stands first."""
        return min(self.label[0][0], self.unit_end) if self.label else self.unit_end


def is_row(ink: Ink, offset: int) -> bool:
    """Whether the line of an offset is a table's row for certain: a grid's, or one between rules."""
    place = ink.place(offset)
    return place.explicit and (place.line < 0 or ink.is_ruled)

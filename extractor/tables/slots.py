"""A row on its way from its label to its cells, and the reasons why it may stay unread."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.tables.anchors import Anchor
    from extractor.tables.scan import Gap
    from extractor.tables.tokens import Value

NOTHING = "the values near it may belong to this row or to the next"
TOO_FEW = "fewer values than cells, and nothing marks the empty ones"
TOO_MANY = "more values than cells"
RUN_TOGETHER = "digits run together that more than one split fits"
FOREIGN = "words that the form does not know stand among the values"
SHIFTED = "empty fields do not tell their columns"
PAGE_NUMBER = "a page number cannot be told from a value"
NARROW = 3
_MOST_CUTS = 18


@dataclass(slots=True)
class Slot:
    """A row on its way: its label, its values, and what became of them.

    ``cells`` holds a value, or None for a blank, for each column once the row is read; until then ``reason`` says
    why not. ``values`` are those that belong to the row. ``wall`` is where heads of the next row begin (0: none),
    ``behind`` where its label begins, and ``ordinal_behind`` its list number. ``depth`` tells how many
    labels are printed before this one, each in a column of its own; ``heads`` the fields of its column heads and, last, how many
    fields their line has; ``is_odd`` that its values are not, or may not be, as many as its cells; ``is_joined``
    that digits run together somewhere in the table; ``is_end`` that the label was found but for its beginning.
    """

    code: str
    width: int
    anchor: Anchor
    gap: Gap
    values: list[Value] = field(default_factory=list)
    cells: list[Value | None] | None = None
    reason: str = NOTHING
    ordinal_behind: str = ""
    behind: int = 0
    wall: int = 0
    depth: int = 0
    heads: tuple[int, ...] = ()
    is_odd: bool = False
    is_joined: bool = False
    is_end: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether the row is read and nothing is printed in it."""
        return self.cells is not None and not any(self.cells)


Line = tuple["Value", ...]


class Border(NamedTuple):
    """The lines of values between two labels: those before ``least`` are the first row's, those from ``most`` on
    the second's; ``own`` of them stand on the first row's label; ``is_walled`` that heads part the two."""

    lines: tuple[Line, ...]
    least: int
    most: int
    own: int = 0
    is_walled: bool = False

    def cuts(self) -> range:
        """Where the lines may be parted."""
        return range(self.least, min(self.most, self.least + _MOST_CUTS) + 1)


def lines_of(values: Sequence[Value]) -> list[Line]:
    """Values by the lines on which they stand."""
    return [tuple(line) for _, line in groupby(values, key=attrgetter("line"))]


def adds_up(values: Sequence[Value | None]) -> bool:
    """Whether the last value is the sum of the others, blanks as nothing."""
    numbers = [(value.value or 0) if value else 0 for value in values]
    return sum(numbers[:-1]) == numbers[-1]

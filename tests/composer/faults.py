"""One digit changed in one cell of a balanced report, as a slip of the pen does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.composer.truth import broken_identities

if TYPE_CHECKING:
    import random

    from extractor.report import CellAddress
    from tests.composer.truth import Number, Truth


@dataclass(frozen=True, slots=True)
class Fault:
    """A truth with one digit changed, and the identities (finding code, their cells) that it breaks."""

    truth: Truth
    cell: CellAddress
    printed: Number
    balanced: Number
    broken: tuple[tuple[str, tuple[CellAddress, ...]], ...]

    @property
    def codes(self) -> set[str]:
        """The finding codes that must appear."""
        return {code for code, _ in self.broken}


def change_digit(value: Number, rng: random.Random) -> Number:
    """The number with one of its digits changed; it keeps its length."""
    text = str(value)
    place = rng.choice([at for at, character in enumerate(text) if character.isdigit()])
    is_leading = len(text) > 1 and place == text.index(text.lstrip("-")[0])
    digits = [digit for digit in "0123456789" if digit != text[place] and not (is_leading and digit == "0")]
    changed = text[:place] + rng.choice(digits) + text[place + 1 :]
    return float(changed) if "." in changed else int(changed)


def draw_fault(truth: Truth, rng: random.Random, table: str | None = None) -> Fault:
    """A fault in a random cell, of one table or of any."""
    cell = rng.choice([c for c in truth.values if table in (None, c.table)])
    balanced = truth.values[cell]
    printed = change_digit(balanced, rng)
    changed = truth.changed(cell, printed)
    return Fault(changed, cell, printed, balanced, broken_identities(changed))

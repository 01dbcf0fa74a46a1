"""Prints reports whose truth is known, in any of a hundred renderings, so that reading them can be judged exactly.

``seeded_truth`` → ``compose`` → the program → ``judge``. The composer spells the official forms itself and imports
nothing of the program but its data types, so an error in the program's tables cannot hide here.
"""

from __future__ import annotations

from tests.composer.composition import (
    AXES,
    Composed,
    Composition,
    compose,
    draw_composition,
    draw_hard_composition,
    single_renderings,
)
from tests.composer.judge import Verdict, judge
from tests.composer.truth import FORMS, Truth, broken_identities, draw_truth, seeded_truth

__all__ = [
    "AXES",
    "FORMS",
    "Composed",
    "Composition",
    "Truth",
    "Verdict",
    "broken_identities",
    "compose",
    "draw_composition",
    "draw_hard_composition",
    "draw_truth",
    "judge",
    "seeded_truth",
    "single_renderings",
]

"""Truths and combinations as Hypothesis strategies: the same drawing code, driven and shrunk by Hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.composer.composition import AXES, Composition, normal
from tests.composer.truth import FORMS, Truth, draw_truth

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def truths(form: str | None = None) -> SearchStrategy[Truth]:
    """Truths of one form, or of any."""
    forms = st.just(form) if form else st.sampled_from(FORMS)
    randoms = st.randoms(use_true_random=False)
    return st.builds(draw_truth, randoms, forms)


def compositions() -> SearchStrategy[Composition]:
    """Combinations that shrink towards clean lines of the official form."""
    return st.builds(Composition, **{axis: st.sampled_from(options) for axis, options in AXES.items()}).map(normal)

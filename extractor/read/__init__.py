"""Bytes to ``Document``: one file a format, the kind told by content.

``read`` reads in this process; ``read_safely`` and ``ReaderPool`` read untrusted files in processes of their own.
"""

from __future__ import annotations

from extractor.read.kinds import read
from extractor.read.limits import STANDARD, Limits

__all__ = ["STANDARD", "Limits", "ReaderPool", "read", "read_safely"]


def __getattr__(name: str) -> object:
    """Load the readers in processes only where they are used."""
    if name in ("ReaderPool", "read_safely"):
        from extractor.read import pool

        return getattr(pool, name)
    raise AttributeError(name)

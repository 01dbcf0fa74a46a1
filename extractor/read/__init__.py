"""Bytes to ``Document``: one file a format, the kind told by content."""

from __future__ import annotations

from extractor.read.kinds import read

__all__ = ["read"]

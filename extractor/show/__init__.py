"""A finished result for people: the evidence page (self-contained HTML) and the terminal summary."""

from __future__ import annotations

from extractor.show.page import evidence_page, page_style
from extractor.show.sheets import sheets_of

__all__ = ["evidence_page", "page_style", "sheets_of"]

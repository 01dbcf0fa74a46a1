"""gongkai: facts with their exact place from government-information-disclosure annual reports.

Read ``pipeline.py`` first: its tuple of steps is the program's table of contents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extractor.compare import compare  # at once, so that the name is the function and not the module of that name

if TYPE_CHECKING:
    from extractor.client import Client
    from extractor.document import Document
    from extractor.pipeline import Extractor, extract
    from extractor.report import Report

__all__ = ["Client", "Document", "Extractor", "Report", "compare", "extract"]
_HOMES = {
    "Client": "extractor.client",
    "Extractor": "extractor.pipeline",
    "extract": "extractor.pipeline",
    "Document": "extractor.document",
    "Report": "extractor.report",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import extractor.vocabulary`` stays light."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

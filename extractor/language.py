"""spaCy without its command-line tools.

``import spacy`` loads the tools that fetch and package models, for one function that nobody here calls; they cost more
than the rest of spaCy. Where spaCy is not loaded yet, a stand-in takes their place during its import and is taken away
again: ``spacy.info()`` and ``import spacy.cli`` work as ever, they only load when they are used.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

TOOLS = ("spacy.cli", "spacy.cli.info")


def _info(*arguments: Any, **options: Any) -> Any:
    from spacy.cli.info import info

    return info(*arguments, **options)


def _load() -> ModuleType:
    if "spacy" in sys.modules:
        return sys.modules["spacy"]
    tools, information = ModuleType(TOOLS[0]), ModuleType(TOOLS[1])
    tools.__path__ = []
    information.info = _info  # type: ignore[attr-defined]
    sys.modules.update({TOOLS[0]: tools, TOOLS[1]: information})
    try:
        import spacy
    finally:
        for name in TOOLS:
            sys.modules.pop(name, None)
    vars(spacy).pop("cli", None)
    return spacy


_load()

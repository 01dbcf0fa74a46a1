"""The rule files that people may add to: name, and the fields and values that their rows may have.

A user's file has the shipped file's name; its rows stand behind the shipped ones. ``gongkai rules check`` loads it as
the program would, so that a wrong rule is told before a document meets it.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from extractor.errors import RuleError
from extractor.find.channel_lexicon import FIELDS as CHANNEL_FIELDS
from extractor.find.nones import KINDS as NONE_KINDS
from extractor.find.practices import FIELDS as PRACTICE_FIELDS
from extractor.rulebook import Rule, load_rules
from extractor.vocabulary import INDICATORS, LEDGER_STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KINDS: Mapping[str, Mapping[str, tuple[str, ...] | None]] = {
    "channels.toml": CHANNEL_FIELDS,
    "counts.toml": {"indicator": tuple(INDICATORS)},
    "nones.toml": {"kind": NONE_KINDS, "indicator": tuple(INDICATORS)},
    "practices.toml": PRACTICE_FIELDS,
    "reasons.toml": {"reason": tuple(LEDGER_STATUSES)},
}


def load_kind(path: Path) -> tuple[Rule, ...]:
    """The rules of a user's file, every proof run. Errors: ``RuleError`` names file, rule and reason."""
    if path.name not in KINDS:
        raise RuleError("the file is of no kind of rules", where=str(path), found=path.name, allowed=", ".join(KINDS))
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError("the rule file cannot be read as TOML", where=str(path), found=str(error)) from error
    return load_rules(data, where=str(path), allowed=KINDS[path.name], timed=True)

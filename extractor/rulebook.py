"""Rules as rows of data, each with its own proof.

A rule file is TOML: an optional ``[slots]`` table of named sub-patterns (written ``{slot}`` in a pattern), and
``[[rule]]`` rows with ``id``, ``pattern``, ``match`` (sentences it must find), ``reject`` (sentences it must not)
and the fields that its kind of file declares. Loading refuses unknown keys, missing proofs and proofs that fail,
so that a wrong rule never reaches a document. Users' rules run under a time limit by the ``regex`` package.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from extractor.errors import RuleError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FIXED_KEYS = ("id", "pattern", "match", "reject", "why")
SECONDS_A_SEARCH = 0.2
SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled row: ``fields`` holds what its file declares beside pattern and proofs.

    ``compiled`` is the pattern of ``find``, None for a user's rule, whose search is timed.
    """

    id: str
    pattern: str
    fields: Mapping[str, str]
    find: Callable[[str], Iterator[re.Match[str]]]
    compiled: re.Pattern[str] | None = None


def shipped(name: str) -> Traversable:
    """A file of the shipped rules, ``name`` with its ending."""
    return files("extractor") / "rules" / name


def read_toml(name: str) -> dict[str, Any]:
    """The data of a shipped rule file."""
    return tomllib.loads(shipped(name).read_text("utf-8"))


def lexicon_hash(folder: Path | None = None) -> str:
    """SHA-256 over all shipped rule files in the order of their names, and behind them those of a user's rule folder."""
    digest = hashlib.sha256()
    shipped_files = sorted((files("extractor") / "rules").iterdir(), key=lambda entry: entry.name)
    users = sorted(folder.glob("*.toml")) if folder is not None else []
    for entry in (*shipped_files, *users):
        if entry.name.endswith(".toml"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return digest.hexdigest()


def any_of(words: Iterable[str]) -> str:
    """A pattern that is one of some words, the longest first.

    A look at the first letter comes before them, since most places of a text begin none of a hundred words.
    """
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    first = "".join(re.escape(letter) for letter in sorted({word[0] for word in ordered}))
    return f"(?:(?=[{first}])(?:{'|'.join(map(re.escape, ordered))}))"


def fill_slots(pattern: str, slots: Mapping[str, str], *, where: str) -> str:
    """The pattern with each ``{slot}`` replaced by its sub-pattern, nested slots included."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in slots:
            raise RuleError(
                "a rule names an unknown slot", where=where, found=match[1], allowed=", ".join(sorted(slots)) or "none"
            )
        return f"(?:{slots[match[1]]})"

    for _ in range(8):
        filled = SLOT.sub(fill, pattern)
        if filled == pattern:
            return filled
        pattern = filled
    raise RuleError("slots of a rule name one another in a circle", where=where, do="write one of them out")


def load_rules(
    data: Mapping[str, Any], *, where: str, allowed: Mapping[str, tuple[str, ...] | None], timed: bool = False
) -> tuple[Rule, ...]:
    """Compile and prove the rows of one rule file.

    ``allowed`` maps each further field to its allowed values (None: any text); all of them are optional in a row.
    ``timed`` runs each search under a time limit, for rules that users write. Errors: ``RuleError``.
    """
    unknown = set(data) - {"rule", "slots", "words"}
    if unknown:
        raise RuleError(
            "a rule file has an unknown table", where=where, found=", ".join(sorted(unknown)), allowed="rule, slots"
        )
    rules = [_compile(row, data.get("slots", {}), where, allowed, timed) for row in data.get("rule", ())]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError("two rules have one id", where=where, found=rule.id, do="rename one of them")
        seen.add(rule.id)
    return tuple(rules)


def _compile(
    row: Mapping[str, Any],
    slots: Mapping[str, str],
    where: str,
    allowed: Mapping[str, tuple[str, ...] | None],
    timed: bool,
) -> Rule:
    where = f"{where}: rule {row.get('id', '(without id)')}"
    unknown = set(row) - set(FIXED_KEYS) - set(allowed)
    if unknown:
        keys = ", ".join((*FIXED_KEYS, *allowed))
        raise RuleError("a rule has an unknown key", where=where, found=", ".join(sorted(unknown)), allowed=keys)
    missing = [key for key in ("id", "pattern", "match", "reject") if not row.get(key)]
    if missing:
        raise RuleError(
            "a rule lacks a part",
            where=where,
            found=f"no {', '.join(missing)}",
            do="give sentences that it must and must not match",
        )
    fields = {key: str(row[key]) for key in allowed if key in row}
    for key, value in fields.items():
        values = allowed[key]
        if values is not None and value not in values:
            raise RuleError(
                "a rule's field has an unknown value", where=f"{where}, {key}", found=value, allowed=", ".join(values)
            )
    filled = fill_slots(row["pattern"], slots, where=where)
    try:
        compiled = None if timed else re.compile(filled)
        find = _timed(regex.compile(filled), where) if compiled is None else compiled.finditer
    except (re.error, regex.error) as error:
        raise RuleError("a rule's pattern is no regular expression", where=where, found=str(error)) from error
    rule = Rule(row["id"], row["pattern"], fields, find, compiled)
    _prove(rule, row, where)
    return rule


def _timed(pattern: regex.Pattern[str], where: str) -> Callable[[str], Iterator[re.Match[str]]]:
    def search(text: str) -> Iterator[re.Match[str]]:
        try:
            yield from pattern.finditer(text, timeout=SECONDS_A_SEARCH)
        except TimeoutError as error:
            raise RuleError("a rule takes too long", where=where, allowed=f"{SECONDS_A_SEARCH} s a text") from error

    return search


def _prove(rule: Rule, row: Mapping[str, Any], where: str) -> None:
    for number, sentence in enumerate(row["match"], 1):
        if next(iter(rule.find(sentence)), None) is None:
            raise RuleError("a rule misses its own example", where=where, found=f"match {number} is not found")
    for number, sentence in enumerate(row["reject"], 1):
        if next(iter(rule.find(sentence)), None) is not None:
            raise RuleError("a rule finds what it must not", where=where, found=f"reject {number} is found")


def load_file(name: str, allowed: Mapping[str, tuple[str, ...] | None], folder: Path | None = None) -> tuple[Rule, ...]:
    """The shipped rules of a file, and behind them those of the same name in a user's rule folder."""
    rules = load_rules(read_toml(name), where=name, allowed=allowed)
    if folder is not None and (folder / name).is_file():
        try:
            data = tomllib.loads((folder / name).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError("a rule file is no TOML", where=str(folder / name), found=str(error)) from error
        rules += load_rules(data, where=str(folder / name), allowed=allowed, timed=True)
    return rules

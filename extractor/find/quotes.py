"""How far a number's quote reaches: the words of vagueness before and behind it, and its measure word.

760余条, 近1000条, 约2000人, 20篇（次）, 60条以上: number, qualifier and unit belong to the quote, the noun counted does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.find.numerals import worth_of
from extractor.rulebook import any_of, read_toml

if TYPE_CHECKING:
    from extractor.find.numerals import Numeral

MONEY = ("元", "美元", "吨")


class Quote(NamedTuple):
    """[start, end) of number, qualifier words and unit, with what they say together."""

    start: int
    end: int
    value: float | int
    qualifier: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Measures:
    """The compiled words of units.toml."""

    before: re.Pattern[str]
    vague: re.Pattern[str]
    unit: re.Pattern[str]
    after: re.Pattern[str]
    approx: frozenset[str]
    words: frozenset[str]


@cache
def measures() -> Measures:
    """The words of units.toml as patterns that are tried at one place."""
    data = read_toml("units.toml")
    before, after, units = data["before"], data["after"], data["units"]
    single = sorted(units, key=lambda word: (-len(word), word))
    unit = "|".join(re.escape(word) + (f"(?![{units[word]}])" if units[word] else "") for word in single)
    unit = rf"(?:{unit})(?:次(?![{data['times']['not_before']}]))?"
    approx = f"(?<![{before['approx_not_after']}]){any_of(before['approx'])}"
    at_least = f"(?<![{before['at_least_not_after']}]){any_of(before['at_least'])}"
    return Measures(
        re.compile(rf"(?:(?P<approx>{approx})|(?P<at_least>{at_least}))[“\"]?$"),
        re.compile(f"{any_of(after['number'])}(?=(?P<large>[万亿]*))"),
        re.compile(rf"[”\"]?(?P<unit>%|‰|(?:{unit})(?:（(?:{unit})）|\((?:{unit})\)|/(?:{unit}))?)"),
        re.compile(
            rf"(?P<approx>{any_of(after['approx'])})|(?P<at_least>{any_of(after['at_least'])})(?![个项条件次元种样家])"
        ),
        frozenset(after["approx"]),
        frozenset(units) | {"%"},
    )


def quote_of(text: str, numeral: Numeral) -> Quote:
    """The quote around a numeral of a text."""
    known = measures()
    start, end, worth = numeral.start, numeral.end, numeral.worth
    value, qualifier, unit = worth.value, worth.qualifier, "%" if worth.percent else None
    if vague := known.vague.match(text, end):
        large = vague["large"]
        end, qualifier = vague.end() + len(large), "approx" if vague.group() == "来" else "at_least"
        value = worth_of(f"{text[start : numeral.end]}{large}").value if large else value
    if not worth.percent and (found := known.unit.match(text, end)):
        unit, end = found["unit"].replace("‰", "%"), found.end()
        value = _unscaled(text, numeral, unit) if worth.times and unit in MONEY else value
        unit = f"{worth.times}{unit}" if worth.times and unit in MONEY else unit
    if behind := known.after.match(text, end):
        qualifier, end = "approx" if behind["approx"] else "at_least", behind.end()
    if before := known.before.search(text, max(0, start - 5), start):
        start = before.start()
        qualifier = "approx" if before["approx"] else "at_least"
    elif (
        text[start - 1 : start] in ("“", '"')
        and text[end - 1 : end] not in ("”", '"')
        and "”" in text[numeral.end : end]
    ):
        start -= 1
    return Quote(start, end, value, qualifier, unit)


def _unscaled(text: str, numeral: Numeral, unit: str) -> float | int:
    """An amount of money keeps 万 and 亿 in its unit: 0.32万元 is 0.32."""
    return worth_of(text[numeral.start : numeral.end].rstrip("十百千万亿余多几")).value

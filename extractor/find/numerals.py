"""Numerals as printed and what they are worth: Arabic and Chinese digits, 万 and 亿, percentages, vague ones.

Every maximal run of digits or of number characters is found once, whatever it turns out to mean; its unit and its
reason are decided elsewhere. Reading is cached by the numeral's text, so that a page of ordinals costs little.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

JOINER = "\u2060"  # stands for the line break inside a numeral that a wrapped line broke in two
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
DIGITS |= {character: value for value, character in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
RUN = r"[零〇一二三四五六七八九十百千万亿两]"
NUMERAL = re.compile(
    rf"\d(?:\d*(?:{JOINER}\d+){{1,3}}|(?<!\d\d)(?:\d{{0,2}}(?:[,，]\d{{3}}){{1,4}}(?![\d,，])|\d{{0,2}}(?: \d{{3}}){{1,4}}(?! ?\d))|\d*)"
    r"(?:\.\d+)?(?:[余多几]?[十百千万亿]{1,3}(?![米克瓦姓]))?"
    r"(?:(?<=\d亿)\d{1,4}千?万|(?<=\d万)\d千(?:\d百)?|(?<=\d千)\d百(?:\d十)?(?![万亿]))?"
    rf"|(?:[百千万]分之|[数几上](?=[十百千万亿]))?{RUN}+(?:点{RUN}+)?(?:[余多几][百千万亿]+)?"
    r"|[壹贰叁肆伍陆柒捌玖拾佰仟]+"
)
FIRST = re.compile(r"[\d零〇一二三四五六七八九十百千万亿两数几上壹贰叁肆伍陆柒捌玖拾佰仟]")
LARGEST = 15
SPOKEN = re.compile(r"(?:[\d.]+[十百千万亿]+){2,}")
SPOKEN_PART = re.compile(r"(?P<digits>[\d.]+)(?P<times>[十百千万亿]+)")
PARTS = re.compile(rf"(?P<digits>[\d,， .{JOINER}]*)(?P<vague>[余多几]?)(?P<times>[十百千万亿]*)$")


class Worth(NamedTuple):
    """What a numeral's text says: its value, form, the qualifier inside it, 百分之, and its printed multipliers."""

    value: float | int
    form: str
    qualifier: str
    percent: bool
    times: str


class Numeral(NamedTuple):
    """A numeral's place [start, end) and its worth."""

    start: int
    end: int
    worth: Worth


def find_numerals(text: str) -> Iterator[Numeral]:
    """All numerals of a text in its order, none overlapping; read only where a letter of theirs stands."""
    first = FIRST.search(text)
    while first is not None:
        start, end = first.span()
        if (match := NUMERAL.match(text, start)) is not None:
            end = match.end()
            yield Numeral(start, end, worth_of(text[start:end]))
        first = FIRST.search(text, end)


@lru_cache(maxsize=4096)
def worth_of(numeral: str) -> Worth:
    """What a numeral is worth (1.2万 is 12,000; 1万2千 too; 三十余万 at least 300,000; 百分之五 is 5, per cent)."""
    if numeral[0].isdigit() and numeral[0].isascii():
        if SPOKEN.fullmatch(numeral):
            steps = [scaled(step["digits"], times_value(step["times"])) for step in SPOKEN_PART.finditer(numeral)]
            return Worth(sum(steps), "arabic", "exact", percent=False, times="")
        parts = PARTS.match(numeral)
        assert parts is not None
        value = scaled(re.sub(rf"[,， {JOINER}]", "", parts["digits"]), times_value(parts["times"]))
        return Worth(value, "arabic", "at_least" if parts["vague"] else "exact", percent=False, times=parts["times"])
    percent = numeral[1:3] == "分之"
    core = numeral[3:] if percent else numeral
    vague = core[0] in "数几上"
    head, odd, large = _split_vague(core[1:] if vague else core)
    value = chinese_value(head) * times_value(large)
    return Worth(value, "chinese", "at_least" if odd or vague else "exact", percent=percent, times="")


def _split_vague(core: str) -> tuple[str, str, str]:
    for mark in "余多几":
        if mark in core:
            return core.partition(mark)
    return core, "", ""


def chinese_value(text: str) -> float | int:
    """The value of Chinese number characters (三百二十, 二〇二三, 三点五)."""
    whole, _, fraction = text.partition("点")
    if fraction:
        return float(f"{chinese_value(whole)}.{''.join(str(DIGITS.get(c, 0)) for c in fraction[:LARGEST])}")
    if not any(c in TENS or c in MYRIADS for c in whole):
        return int("".join(str(DIGITS[c]) for c in whole[:LARGEST]) or "0")
    total, part, digit = 0, 0, 0
    for character in whole[: 2 * LARGEST]:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in TENS:
            part += (digit or 1) * TENS[character]
            digit = 0
        else:
            part = part + digit or (0 if total else 1)
            total = (total + part) * MYRIADS[character] if character == "亿" else total + part * MYRIADS[character]
            part, digit = 0, 0
    return total + part + digit


def times_value(times: str) -> int:
    """The factor of printed multipliers (千万 is 10,000,000)."""
    factor = 1
    for character in times:
        factor *= TENS.get(character) or MYRIADS[character]
    return factor


def scaled(digits: str, factor: int) -> float | int:
    """Arabic digits times a factor, a whole number wherever it is one."""
    whole, _, fraction = digits[: 4 * LARGEST].partition(".")
    if not fraction:
        return int(whole) * factor
    shifted, scale = int(whole + fraction) * factor, int(10 ** len(fraction))
    return shifted // scale if shifted % scale == 0 and factor > 1 else shifted / scale

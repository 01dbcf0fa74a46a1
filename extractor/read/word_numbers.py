"""Numbers that a Word file keeps as list formatting alone (一、 （一） 1.), written out as a reader sees them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "零一二三四五六七八九"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
LOST_SIGN = re.compile(
    r"(?<=%[1-9])\?$"
)  # what an RTF writer leaves of 、, which is no sign of its own behind a number
PLACE = re.compile(r"%([1-9])")
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def chinese(number: int) -> str:
    """A number below 10,000 in Chinese: 12 is 十二, 105 is 一百零五."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return text.removeprefix("一") if text.startswith("一十") else text


def written(number: int, form: str) -> str:
    """A number in a form of Word's (``w:numFmt``)."""
    if form.startswith(("chinese", "taiwaneseCounting", "japaneseCounting", "ideographDigital")):
        return chinese(number)
    if form in ("upperLetter", "lowerLetter") and 0 < number <= 702:
        first, second = divmod(number - 1, 26)
        letters = (chr(96 + first) if first else "") + chr(97 + second)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("upperRoman", "lowerRoman") and 0 < number < 4000:
        letters = ""
        for value, sign in ROMAN:
            letters, number = letters + sign * (number // value), number % value
        return letters.upper() if form == "upperRoman" else letters
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if form == "ideographTraditional" and 0 < number <= 10:
        return STEMS[number - 1]
    if form == "ideographZodiac" and 0 < number <= 12:
        return BRANCHES[number - 1]
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form == "none" else str(number)


def value(element: Any, name: str) -> str | None:
    """``w:val`` of a child element, None where there is none."""
    child = element.find(W + name) if element is not None else None
    return None if child is None else child.get(W + "val")


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdecimal() and len(text) < 8 else default


class Numbering:
    """Counts a file's lists; call ``mark`` for each paragraph in turn."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        self._styles = {
            style.get(W + "styleId"): style for style in (styles.iter(W + "style") if styles is not None else ())
        }
        for abstract in numbering.iter(W + "abstractNum") if numbering is not None else ():
            levels = {_number(level.get(W + "ilvl"), 0): level for level in abstract.iter(W + "lvl")}
            self._levels[abstract.get(W + "abstractNumId")] = levels
        for entry in numbering.iter(W + "num") if numbering is not None else ():
            starts = {
                _number(override.get(W + "ilvl"), 0): _number(value(override, "startOverride"), 1)
                for override in entry.iter(W + "lvlOverride")
                if value(override, "startOverride") is not None
            }
            self._lists[entry.get(W + "numId")] = (value(entry, "abstractNumId") or "", starts)

    def mark(self, properties: Any | None) -> str:
        """The number before a paragraph of these properties (``w:pPr``), "" where it has none."""
        number, level = self._place(properties)
        if number is None or number not in self._lists:
            return ""
        abstract, starts = self._lists[number]
        levels, counts = self._levels.get(abstract, {}), self._counts[abstract]
        if level not in levels:
            return ""
        if number not in self._begun:
            self._begun.add(number)
            counts.update({place: start - 1 for place, start in starts.items()})
        counts[level] = counts.get(level, _number(value(levels[level], "start"), 1) - 1) + 1
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        return self._text(levels, counts, level)

    def _place(self, properties: Any | None) -> tuple[str | None, int]:
        """The list and level of a paragraph, its own or its style's."""
        found = properties.find(W + "numPr") if properties is not None else None
        style = value(properties, "pStyle") if properties is not None else None
        level = _number(value(found, "ilvl"), 0) if found is not None else 0
        if found is not None and value(found, "numId") is not None:
            return value(found, "numId"), level
        for _ in range(12):
            if style is None or style not in self._styles:
                return None, 0
            element = self._styles[style]
            own = element.find(f"{W}pPr/{W}numPr")
            if own is not None and value(own, "numId") is not None:
                return value(own, "numId"), level or _number(value(own, "ilvl"), 0)
            style = value(element, "basedOn")
        return None, 0

    def style_name(self, properties: Any | None) -> str:
        """The name of a paragraph's style, in small letters."""
        style = self._styles.get(value(properties, "pStyle") if properties is not None else None)
        return (value(style, "name") or "").lower() if style is not None else ""

    @staticmethod
    def _text(levels: dict[int, Any], counts: dict[int, int], level: int) -> str:
        form = value(levels[level], "numFmt") or "decimal"
        pattern = LOST_SIGN.sub("、", value(levels[level], "lvlText") or "")
        if form == "bullet":
            return pattern[:1] if pattern[:1].strip() else ""
        is_legal = levels[level].find(W + "isLgl") is not None

        def place(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shape = value(levels[other], "numFmt") or "decimal" if other in levels else "decimal"
            count = counts.get(other, _number(value(levels[other], "start"), 1) if other in levels else 1)
            return written(count, "decimal" if is_legal else shape)

        return PLACE.sub(place, pattern)

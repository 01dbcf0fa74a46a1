"""Place names that make a title proper (北关区政府网站): the country's cities, and those in the agency's own name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from extractor.rulebook import any_of, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.report import Meta

LEVEL = (
    "综合实验区|经济技术开发区|经济开发区|高新技术产业开发区|高新区|开发区|新区|自治州|自治县|自治区|地区|街道办事处|街道|"
    "省|市|县|区|州|盟|旗|镇|乡"
)
LEVEL_AT_END = re.compile(f"(?:{LEVEL})$")
FIRST_PLACE = re.compile(rf"(?:国家税务总局|中华人民共和国)?(\w{{2,4}}?)(?:{LEVEL}|经济|高新|海关)")


LEADS = (
    "通过",
    "依托",
    "利用",
    "借助",
    "运用",
    "充分发挥",
    "发挥",
    "登录",
    "在",
    "由",
    "于",
    "以",
    "和",
    "与",
    "及",
    "到",
    "至",
    "年",
    "是",
)
NO_PLACE = "依托通过利用借助运用在由于以和与及各全本我该所其现将等对为的了并也均年月日级上下省市县区州镇乡门户网站政府有每两同向从是"
BODY = "(?=$|人民政府|政府|门户|政务|信息|[\\u4e00-\\u9fff]{0,8}[局委厅办])"
UNKNOWN_NAME = f"(?!实验|开发|高新|经开|园|示范)(?:(?![{NO_PLACE}])[\\u4e00-\\u9fff]){{2,3}}"
LED = "(?:" + "|".join(f"(?<={lead})" for lead in LEADS) + ")"
UNKNOWN = f"(?=.{{2,3}}[省市县州旗盟区镇]){LED}{UNKNOWN_NAME}(?:省|市|县|州|旗|盟|区|镇){BODY}"
UNKNOWN_AT_CLAUSE = f"(?=.{{2,3}}[省市县州旗盟])(?:(?<=[，、：“])|^){UNKNOWN_NAME}(?:省|市|县|州|旗|盟){BODY}"


@cache
def known_places() -> tuple[str, ...]:
    """Provinces, new areas and cities of the country, without the word of their level."""
    data = read_toml("places.toml")
    cities = [city for row in data["cities"].values() for city in row.split()]
    return (*data["municipalities"], *data["provinces"], *data["new_areas"], *cities)


@cache
def _known(bodies: tuple[str, ...], *, at_clause: bool) -> re.Pattern[str]:
    """A place of the country, a national body, or what reads as a place in its position; compiled once."""
    listed = any_of(word for word in known_places() if len(word) > 1)
    unknown = f"{UNKNOWN}|{UNKNOWN_AT_CLAUSE}" if at_clause else UNKNOWN
    return re.compile(f"(?P<listed>{listed}|中国·?{listed})|{'|'.join(map(re.escape, bodies))}|{unknown}")


class PlaceFinder:
    """Finds places: those of the country, the report's own, a national body of ``bodies``, unknown ones by position.

    The report's own are looked for apart, since one pattern with all of them would have to be compiled for each agency.
    """

    def __init__(self, meta: Meta, bodies: Iterable[str]) -> None:
        self.known = _known(tuple(bodies), at_clause=not meta.agency)
        own = {part for place in meta.region for part in (place, _stem(place))} | {_first_place(meta.agency or "")}
        self.own = tuple(sorted((word for word in own if len(word) > 1), key=lambda word: (-len(word), word)))

    def first(self, text: str, begin: int = 0) -> tuple[int, int] | None:
        """The first place behind ``begin``, of several at one character the longest that is listed."""
        known, own = self.known.search(text, begin), self._own(text, begin)
        if known is None or own is None:
            return own if known is None else known.span()
        if own[0] != known.start():
            return min(own, known.span())
        return known.span() if known["listed"] and known.end() > own[1] else own

    def _own(self, text: str, begin: int) -> tuple[int, int] | None:
        """The first of the report's own places, with 中国 in front of it."""
        found: list[tuple[int, int]] = []
        for word in self.own:
            start = text.find(word, begin)
            if start >= 0:
                prefix = next((p for p in ("中国·", "中国") if text.endswith(p, begin, start)), "")
                found.append((start - len(prefix), -start - len(word)))
        return (min(found)[0], -min(found)[1]) if found else None

    def each(self, text: str) -> Iterator[tuple[int, int]]:
        """All places of a text, none overlapping."""
        found = self.first(text)
        while found is not None:
            yield found
            found = self.first(text, found[1])

    def opens(self, text: str) -> bool:
        """Whether a text begins with a place."""
        found = self.first(text)
        return found is not None and found[0] == 0


def _stem(place: str) -> str:
    """A place's name without the word of its level (北关区 → 北关), whole where too little would be left."""
    stem = LEVEL_AT_END.sub("", place)
    return stem if len(stem) > 1 else place


def _first_place(agency: str) -> str:
    """The place that an agency's name begins with (北关区医疗保障局 → 北关)."""
    match = FIRST_PLACE.match(agency)
    return match[1] if match else ""

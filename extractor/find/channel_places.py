"""Place names that make a title proper (北关区政府网站): the country's cities, and those in the agency's own name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

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
UNKNOWN = f"{LED}{UNKNOWN_NAME}(?:省|市|县|州|旗|盟|区|镇){BODY}"
UNKNOWN_AT_CLAUSE = f"(?:(?<=[，、：“])|^){UNKNOWN_NAME}(?:省|市|县|州|旗|盟){BODY}"


@cache
def known_places() -> tuple[str, ...]:
    """Provinces, new areas and cities of the country, without the word of their level."""
    data = read_toml("places.toml")
    cities = [city for row in data["cities"].values() for city in row.split()]
    return (*data["municipalities"], *data["provinces"], *data["new_areas"], *cities)


def place_pattern(meta: Meta, bodies: Iterable[str]) -> re.Pattern[str]:
    """Matches a place known or the report's own, a national body of ``bodies``, or what reads as a place in its position."""
    own = {part for place in meta.region for part in (place, _stem(place))}
    own.add(_first_place(meta.agency or ""))
    words = sorted({word for word in (*own, *known_places()) if len(word) > 1}, key=lambda word: (-len(word), word))
    listed = "|".join(map(re.escape, words))
    unknown = UNKNOWN if meta.agency else f"{UNKNOWN}|{UNKNOWN_AT_CLAUSE}"
    return re.compile(f"(?:中国·?)?(?:{listed})|{'|'.join(map(re.escape, bodies))}|{unknown}")


def _stem(place: str) -> str:
    """A place's name without the word of its level (北关区 → 北关), whole where too little would be left."""
    stem = LEVEL_AT_END.sub("", place)
    return stem if len(stem) > 1 else place


def _first_place(agency: str) -> str:
    """The place that an agency's name begins with (北关区医疗保障局 → 北关)."""
    match = FIRST_PLACE.match(agency)
    return match[1] if match else ""

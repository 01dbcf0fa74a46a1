"""Proper names of channels: in quotation marks before or after the kind word, or begun by a place's own name.

A column, topic or special page in quotation marks is no name. Names of websites, portals, papers and stations hold
their kind word (北关区政府网站, 达州日报), names of accounts do not (“北关医保”微信公众号 is 北关医保).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from extractor.find.channel_lexicon import Hit, Lexicon
    from extractor.report import Meta

QUOTED = '“([^“”\n]{1,30})”|「([^「」\n]{1,30})」|《([^《》\n]{1,30})》|"([^"\n]{1,30})"|『([^『』\n]{1,30})』|‘([^‘’\n]{1,30})’'
MODIFIER = "(?:官方|政务|政府|新浪|腾讯|今日|微信|手机|移动|电话|公益|服务|平台|账号|帐号|等|网络|短视频|新闻|认证|企业|图文|网民|群众|综合|便民|咨询|的|部门|双语|自主|新媒体|、)*"
BEFORE = re.compile(rf"(?:{QUOTED})(?P<gap>{MODIFIER})$")
EARLIER = re.compile(rf"(?:{QUOTED})(?:[、和与及]|以及)?$")
AFTER = re.compile(
    rf"(?:政务|官方)?(?:账号|帐号|平台|名称|名)?(?:[（(:：]|名为|即|为)?(?:{QUOTED})(?P<tail>[^\n]{{0,6}})"
)
FOLLOWING = re.compile(rf"(?:[、和与及]|以及)?(?:{QUOTED})(?P<tail>[^\n]{{0,6}})")
NO_NAME_TAIL = re.compile(
    r"(?:等)?(?:[^，。；、）]{0,4}(?:栏目|专栏|专题|专区|话题|制度|板块|版块|模块|菜单|系列|机制|功能|活动|服务|一栏|页面|频道|节目|问答|课堂|库|专版|直播|图文|推文))"
)
SENTENCE_MARK = re.compile(r"[，。；：！？]")
BOUNDARY = re.compile(r"[，。；：、！？（）()“”「」《》\"\s\d—…\[\]【】+/]")
AND_IN_OFFICE = re.compile(
    r"(?<=资源|住房|发展|工业|文化|规划|体育|保障|卫生|科技|水务|交通|经济|商务|旅游|城乡|教育|招商|广电|社会|农业)[和与](?=城乡|社会|改革|信息|规划|旅游|广电|体育|健康|自然|交通|技术|建设|环境|农村|生态)"
)
WITH_KIND = frozenset(
    ("government_website", "service_portal", "application_platform", "gazette", "newspaper", "broadcast", "news_media",
     "service_hall", "reading_room")
)  # fmt: skip
ACCOUNTS = frozenset(("wechat_account", "wechat_mini_program", "weibo", "short_video", "app", "other_new_media"))
NEVER_BY_PLACE = frozenset(
    ("press_conference", "event", "notice_board", "screen", "printed", "hotline", "mailbox", "wechat_group", "other")
)
PLAIN_MODIFIERS = re.compile(r"(?:官方|政务|新浪|腾讯|今日|认证|政府的?|微信|手机|平台|、)+$")
OF_PLACE_ONLY = re.compile(r"(?:本|全|各|该)?(?:省|市|县|区|州|乡|镇|街道|当地|地方|中央|国家)?(?:级|直)?")
SUMMED_UP = re.compile(r"等(?:各级|各类|主流|官方|品牌|权威|地方|本地)*$")
BRAND = re.compile(r"“([^“”\n]{2,10})”(?=[、和与“]|等(?:品牌|栏目|账号|账户|号|平台|，))")
LONGEST_NAME = 24


@cache
def known_places() -> tuple[str, ...]:
    """Cities and provinces of the country, without the word of their level."""
    data = read_toml("places.toml")
    cities = [city for row in data["cities"].values() for city in row.split()]
    return (*data["municipalities"], *data["provinces"], *data["new_areas"], *cities)


@dataclass(frozen=True, slots=True)
class Places:
    """Place names that make a title proper: the country's cities, and those in the agency's own name."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, meta: Meta) -> Places:
        """The gazetteer for a report, from its agency, region and title."""
        own = {part for place in meta.region for part in (place, _stem(place))}
        if meta.agency:
            own.add(_leading_place(meta.agency))
        words = {word for word in (*own, *known_places()) if len(word) > 1}
        listed = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
        return cls(re.compile(f"(?:中国·?)?(?:国家税务总局)?(?:{listed})|中华人民共和国"))


def _stem(place: str) -> str:
    """A place's name without the word of its level (北关区 → 北关), whole where little would be left."""
    stem = re.sub(
        r"(?:综合实验区|经济技术开发区|经济开发区|高新技术产业开发区|高新区|开发区|新区|自治州|自治县|自治区|地区|街道|省|市|县|区|州|盟|旗|镇|乡)(?:办事处)?$",
        "",
        place,
    )
    return stem if len(stem) > 1 else place


def _leading_place(agency: str) -> str:
    """The place that an agency's name begins with (北关区医疗保障局 → 北关)."""
    match = re.match(
        r"(?:国家税务总局|中华人民共和国)?(\w{2,4}?)(?:省|市|县|区|州|盟|旗|镇|乡|街道|新区|综合实验区|经济|高新|海关)",
        agency,
    )
    return match[1] if match else ""


class Namer:
    """Finds the names of hits in one text, by a report's own places."""

    def __init__(self, text: str, lexicon: Lexicon, places: Places) -> None:
        self.text, self.places = text, places
        self.bare = lexicon.bare
        self.breakers = re.compile("|".join(re.escape(w) for w in sorted(lexicon.breakers, key=lambda w: (-len(w), w))))

    def names(self, hit: Hit) -> list[tuple[str, int, int]]:
        """All names of a hit, each with the stretch [start, end) of its mention; empty for a generic one."""
        start, end = hit.whole
        if hit.name is not None:
            return [] if self._plain(hit, hit.name) else [(hit.name, start, end)]
        if hit.form == "title":
            return [(self.text[start:end], start, end)]
        if hit.form == "cover":
            named = self._after(hit) if hit.type == "other_new_media" else []
            return [row for row in named if self.places.pattern.search(row[0])]
        found = self._before(hit) or (self._after(hit) if hit.type in ACCOUNTS or hit.form == "tail" else [])
        if found:
            return found
        if hit.form == "tail" or (hit.type in ("broadcast", "news_media") and len(self.text[start:end]) > 2):
            return self._titled(hit)
        return [] if hit.type in NEVER_BY_PLACE else self._by_place(hit)

    def _plain(self, hit: Hit, name: str) -> bool:
        """Whether words in quotation marks are no proper name: a kind word, 12345, or a mere kind of event or paper."""
        bare = re.sub(r"[“”《》]", "", name)
        if bare in self.bare or "12345" in bare or len(bare) > LONGEST_NAME or SENTENCE_MARK.search(bare):
            return True
        generic_end = bare.endswith(self.text[hit.start : hit.end]) or any(
            bare.endswith(word) for word in ("开放日", "宣传月", "接待日")
        )
        if hit.type in ("event", "press_conference", "notice_board", "mailbox", "screen"):
            return generic_end
        return hit.type == "gazette" and bare in ("政府公报", "人民政府公报", "公报")

    def _before(self, hit: Hit) -> list[tuple[str, int, int]]:
        """Names in quotation marks right before the kind word, and those listed before them (“A”“B”微信公众号)."""
        left = max(0, hit.start - 60)
        match = BEFORE.search(self.text[left : hit.start])
        if match is None or ("、" in match["gap"] and match["gap"] != "、"):
            return self._holding(hit)
        if match["gap"].startswith("、") or match["gap"].startswith("的") or match["gap"].startswith("等"):
            return []
        found: list[tuple[str, int, int]] = []
        place, end = left + match.start(), hit.end
        name = _content(match)
        while match is not None:
            name = _content(match)
            if self._plain(hit, name):
                break
            found.append((name, place, end))
            window = max(0, place - 40)
            match = EARLIER.search(self.text[window:place]) if hit.type in ACCOUNTS else None
            end = place
            place = window + match.start() if match else place
        return found[::-1]

    def _holding(self, hit: Hit) -> list[tuple[str, int, int]]:
        """A name in quotation marks that holds its own kind word at its end (“宁渚统计信息网”, 《达州日报》)."""
        closing = self.text[hit.end : hit.end + 1]
        if not closing or closing not in '”》」"':
            return []
        opening = {"”": "“", "》": "《", "」": "「", '"': '"'}[closing]
        place = self.text.rfind(opening, max(0, hit.start - LONGEST_NAME), hit.start)
        if place < 0:
            return []
        name = self.text[place + 1 : hit.end]
        return [] if self._plain(hit, name) or BOUNDARY.search(name.replace("·", "")) else [(name, place, hit.end + 1)]

    def _after(self, hit: Hit) -> list[tuple[str, int, int]]:
        """Names in quotation marks right behind the kind word (微信公众号“A”“B”和“C”)."""
        found: list[tuple[str, int, int]] = []
        place, match = hit.end, AFTER.match(self.text, hit.end)
        while match is not None:
            tail, name = match["tail"], _content(match)
            if NO_NAME_TAIL.match(tail) or self._plain(hit, name) or len(name) > 16:
                return []
            end = match.end() - len(tail)
            found.append((name, hit.start if not found else place, end))
            place, match = end, FOLLOWING.match(self.text, end)
            if match and any(match["tail"].startswith(word) for word in self.bare):
                break
        return found

    def _clause(self, hit: Hit) -> tuple[int, str]:
        """The run of plain characters right before a hit, with its place."""
        start = max(0, hit.start - LONGEST_NAME)
        run = self.text[start : hit.start]
        cut = max((match.end() for match in BOUNDARY.finditer(run)), default=0)
        return start + cut, run[cut:]

    def _by_place(self, hit: Hit) -> list[tuple[str, int, int]]:
        """A name that begins with a place's own name and runs on to the kind word without a verb between."""
        place, run = self._clause(hit)
        plain = AND_IN_OFFICE.sub("·", run)
        for match in self.places.pattern.finditer(plain):
            if self.breakers.search(plain, match.end()):
                continue
            start = place + match.start()
            if hit.type not in ACCOUNTS:
                return [(self.text[start : hit.end], start, hit.end)]
            own = self._account_start(plain, match.start())
            name = PLAIN_MODIFIERS.sub("", run[own:])
            return [(name, place + own, hit.end)] if 2 <= len(name) <= 16 else []
        return []

    def _account_start(self, run: str, place: int) -> int:
        """Where an account's name begins that holds a place (健康北关): behind the last verb before the place."""
        cut = max((match.end() for match in self.breakers.finditer(run, 0, place)), default=0)
        head = run[cut:place]
        return (
            cut
            if len(head) in (2, 3)
            and head.endswith(
                (
                    "健康",
                    "平安",
                    "文明",
                    "法治",
                    "美丽",
                    "幸福",
                    "阳光",
                    "智慧",
                    "数字",
                    "出彩",
                    "清廉",
                    "最",
                    "活力",
                    "爱",
                )
            )
            else place
        )

    def _titled(self, hit: Hit) -> list[tuple[str, int, int]]:
        """A paper's or station's title without quotation marks: what stands before its tail, from the last verb on."""
        place, run = self._clause(hit)
        plain = AND_IN_OFFICE.sub("·", run)
        cut = max((match.end() for match in self.breakers.finditer(plain)), default=0)
        name = run[cut:]
        if not 2 <= len(name) <= 8 or OF_PLACE_ONLY.fullmatch(name):
            return []
        if hit.form != "tail" and not self.places.pattern.search(name):
            return []
        return [(name + self.text[hit.start : hit.end], place + cut, hit.end)]

    def listed(self, hit: Hit, sentence_end: int) -> list[tuple[str, int, int]]:
        """Names without a kind word that a cover word sums up (四川观察、达州观察等新闻媒体) or, behind 两微 and 新媒体,
        names in quotation marks of which the kind is not said."""
        found = self._summed_up(hit.start)
        if hit.type == "other_new_media":
            for match in BRAND.finditer(self.text, hit.end, min(sentence_end, hit.end + 80)):
                name = match[1]
                if self.places.pattern.match(name) and len(name) <= 10:
                    found.append((name, match.start(), match.end()))
        return found

    def _summed_up(self, start: int) -> list[tuple[str, int, int]]:
        left = max(0, start - 80)
        run = self.text[left:start]
        match = SUMMED_UP.search(run)
        if match is None:
            return []
        cut = max((mark.end() for mark in re.finditer(r"[，。；：\n]", run[: match.start()])), default=0)
        place, found = left + cut, []
        for item in re.split(r"([、和与及])", run[cut : match.start()]):
            bare = item.strip('“”《》「」"')
            name = bare[max((mark.end() for mark in self.breakers.finditer(bare)), default=0) :]
            offset = item.find(name)
            if self.places.pattern.match(name) and 2 < len(name) <= 10:
                found.append((name, place + offset, place + offset + len(name)))
            place += len(item)
        return found


def _content(match: re.Match[str]) -> str:
    """What stands inside the quotation marks of a match."""
    return next(group for group in match.groups()[:6] if group is not None)

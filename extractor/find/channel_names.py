"""Proper names of channels: in quotation marks before or after the kind word, or begun by a place's own name.

A column, topic or special page in quotation marks is no name. Names of websites, portals, papers and stations hold
their kind word (北关区政府网站, 达州日报), names of accounts do not (“北关医保”微信公众号 is 北关医保).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from extractor.find.channel_places import PlaceFinder
from extractor.find.crowds import thinned
from extractor.rulebook import any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from extractor.find.channel_lexicon import Hit, Lexicon
    from extractor.report import Meta

Named: TypeAlias = tuple[str, int, int]

ACCOUNTS = frozenset(("wechat_account", "wechat_mini_program", "weibo", "short_video", "app", "other_new_media"))
BY_PLACE = ACCOUNTS | {
    "government_website", "service_portal", "application_platform", "gazette", "service_hall", "reading_room",
}  # fmt: skip
PLAIN_ENDS = frozenset(("event", "press_conference", "notice_board", "mailbox", "screen"))
PAIRS = {"”": "“", "》": "《", "」": "「", "』": "『", '"': '"'}
CLOSING = re.compile(f"[{''.join(PAIRS)}]")
QUOTED = r"(?:“([^“”\n]{1,30})”|《([^《》\n]{1,30})》|「([^「」\n]{1,30})」|『([^『』\n]{1,30})』|\"([^\"\n]{1,30})\")"
EARLIER = re.compile(rf"{QUOTED}(?:[、和与及]|以及)?$")
AFTER = re.compile(rf"(?:账号|帐号|名称|名)?(?:[（(:：]|名为|即|为)?{QUOTED}")
BRANCH = re.compile(r"[一-龥]{2,8}?(?:平台|频道|号)")
UNQUOTED = re.compile(r"(?:账号|帐号|号)?(?P<at>@?)")
FOLLOWING = re.compile(rf"(?:[、和与及]|以及)?{QUOTED}")
IN_BRACKETS = re.compile(r"[（(]([^（）()，。；、“”《》\n\d]{2,10})[）)]")
BRAND = re.compile(r"“([^“”\n]{2,10})”")
MARK = re.compile(r"[，。；：、！？]")
BOUNDARY = re.compile(r"[，。；：、！？（）()“”「」『』《》\"\s\d—…\[\]【】+/]")
LAST_BOUNDARY = re.compile(rf"(?s:.*){BOUNDARY.pattern}")
AND_IN_OFFICE = re.compile(
    "(?<=资源|住房|发展|工业|文化|规划|体育|保障|卫生|科技|水务|交通|经济|商务|旅游|城乡|教育|招商|广电|社会|农业)"
    "[和与](?=城乡|社会|改革|信息|规划|旅游|广电|体育|健康|自然|交通|技术|建设|环境|农村|生态)"
)
LEVEL_ONLY = re.compile(
    r"有线|区县|省市|市县|县级|本地|相关|新闻|农村|其他|部分|两级|(?:本|全|各|该)?(?:省|市|县|区|州|乡|镇|街道|当地|地方|中央|国家)?(?:级|直)?"
)
MOST_QUOTED = 150  # a stretch
LONGEST_NAME = 24
LONGEST_ACCOUNT = 16
LONGEST_QUOTED = 32
FURTHEST_QUOTE = 14
LONGEST_PAPER = 8
LONGEST_UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words around names as compiled patterns, the same for every report."""

    before: re.Pattern[str]
    modifiers: re.Pattern[str]
    column: re.Pattern[str]
    before_place: re.Pattern[str]
    summed_up: re.Pattern[str]
    plain_ends: tuple[str, ...]
    brand_ends: tuple[str, ...]
    titled_ends: tuple[str, ...]
    kind_ends: tuple[str, ...]

    @classmethod
    def of(cls, naming: Mapping[str, tuple[str, ...]], kinds: Iterable[str]) -> NameWords:
        """From the rows ``words.naming`` of channels.toml and all kind words."""
        between = any_of(naming["between"])
        return cls(
            re.compile(rf"{QUOTED}(?P<among>等)?{between}*$"),
            re.compile(rf"{between}+$"),
            re.compile(rf"(?:等)?(?!{any_of(naming['posting'])})[^，。；、）]{{0,4}}{any_of(naming['column'])}"),
            re.compile(rf"{any_of(naming['before_place'])}$"),
            re.compile(rf"等{any_of(naming['summing'])}*$"),
            naming["plain_end"], naming["brand_end"], naming["titled_end"], tuple(sorted(kinds)),
        )  # fmt: skip


class Namer:
    """Finds the names of hits in one text, by a report's own places."""

    def __init__(self, text: str, lexicon: Lexicon, meta: Meta) -> None:
        self.text, self.bare, self.breakers = text, lexicon.bare, lexicon.breakers
        self.places = PlaceFinder(meta, lexicon.naming["bodies"])
        self.words = lexicon.name_words
        self.placed: dict[str, tuple[int, int] | None] = {}

    def names(self, hit: Hit) -> list[Named]:
        """All names of a hit, each with the stretch [start, end) of its mention; empty for a generic one."""
        start, end = hit.whole
        if hit.name is not None:
            return [] if self._plain(hit, hit.name) else [(hit.name, start, end)]
        if hit.form == "title":
            account = self._before(hit) if hit.type == "other_new_media" else []
            end += self._branch(end) if hit.type == "other_new_media" else 0
            return account or [(self.text[start:end], start, end)]
        if hit.form == "cover":
            named = self._before(hit) or self._after(hit) if hit.type == "other_new_media" else []
            return [row for row in named if self.places.first(row[0])]
        accounts = hit.type in ACCOUNTS
        found = self._before(hit) or self._holding(hit) or (self._after(hit) if accounts or hit.form == "tail" else [])
        found = found or (self._unquoted(hit) if accounts else [])
        if found:
            return found
        if hit.form == "tail" or (hit.type in ("broadcast", "news_media") and end - start > 2):
            return self._titled(hit)
        by_place = hit.type in BY_PLACE or (hit.type == "printed" and self.text[start:end].endswith("手册"))
        return self._by_place(hit) if by_place else []

    def _branch(self, end: int) -> int:
        """How long the words behind a title are that make it a place's own: 学习强国云江学习平台."""
        match = BRANCH.match(self.text, end)
        return len(match.group()) if match and self.places.opens(match.group()) else 0

    def _plain(self, hit: Hit, name: str) -> bool:
        """Whether words in quotation marks are no proper name: a kind word, 12345, a phrase, a mere kind of event."""
        if not name.strip() or name in self.bare or "12345" in name or len(name) > LONGEST_NAME or MARK.search(name):
            return True
        return hit.type in PLAIN_ENDS and name.endswith(self.words.plain_ends)

    def _before(self, hit: Hit) -> list[Named]:
        """Names in quotation marks right before the kind word, and those listed before them (“A”“B”微信公众号)."""
        found: list[Named] = []
        closings = CLOSING.findall(self.text, max(0, hit.start - FURTHEST_QUOTE), hit.start)
        if not closings:
            return found
        left = max(0, self.text.rfind(closings[-1], 0, hit.start) - LONGEST_QUOTED)
        match = self.words.before.search(self.text[left : hit.start])
        end = hit.end
        if match is not None and match["among"] and hit.type not in ACCOUNTS:
            return found
        while match is not None and not self._plain(hit, _content(match)):
            start = left + match.start()
            found.append((_content(match), start, end))
            left, end = max(0, start - 40), start
            match = EARLIER.search(self.text[left:start]) if hit.type in ACCOUNTS else None
        return found[::-1]

    def _holding(self, hit: Hit) -> list[Named]:
        """A name in quotation marks that ends in its own kind word (“宁渚统计信息网”, 《达州日报》)."""
        opening = PAIRS.get(self.text[hit.end : hit.end + 1])
        place = self.text.rfind(opening, max(0, hit.start - LONGEST_NAME), hit.start) if opening else -1
        if place < 0:
            return []
        name = self.text[place + 1 : hit.end]
        plain = self._plain(hit, name) or BOUNDARY.search(name.replace("·", ""))
        return [] if plain else [(name, place, hit.end + 1)]

    def _after(self, hit: Hit) -> list[Named]:
        """Names in quotation marks right behind the kind word (微信公众号“A”“B”和“C”), or a place's in brackets."""
        found: list[Named] = []
        start, match = hit.start, AFTER.match(self.text, hit.end)
        while match is not None:
            name, end = _content(match), match.end()
            other = name.endswith(self.words.kind_ends) or self.text.startswith(self.words.kind_ends, end)
            if self._plain(hit, name) or len(name) > LONGEST_ACCOUNT or (found and other):
                break
            if self.words.column.match(self.text, end, end + 8):
                return []
            found.append((name, start, end))
            start, match = end, FOLLOWING.match(self.text, end)
        bracketed = IN_BRACKETS.match(self.text, hit.end)
        if not found and bracketed and self.places.first(bracketed[1]):
            return [(bracketed[1], hit.start, bracketed.end())]
        return found

    def _unquoted(self, hit: Hit) -> list[Named]:
        """A name without marks right behind the kind word: @云溪教育, or a place's brand (微信公众号云溪发布推送)."""
        lead = UNQUOTED.match(self.text, hit.end)
        assert lead is not None
        run = BOUNDARY.split(self.text[lead.end() : lead.end() + LONGEST_ACCOUNT])[0]
        verb = self.breakers.search(run)
        name = run[: verb.start()] if verb else run
        if verb and verb.group() in self.words.brand_ends and self.breakers.match(run, verb.end()):
            name = run[: verb.end()]
        branded = name.endswith(self.words.brand_ends) and self.places.opens(name)
        return [(name, hit.start, lead.end() + len(name))] if len(name) > 1 and (lead["at"] or branded) else []

    def _run(self, hit: Hit) -> tuple[int, str]:
        """The run of plain characters right before a hit, with its place; 和 inside an office's name is no break."""
        start = max(0, hit.start - LONGEST_NAME)
        last = LAST_BOUNDARY.match(self.text, start, hit.start)
        start = last.end() if last else start
        return start, AND_IN_OFFICE.sub("·", self.text[start : hit.start])

    def _by_place(self, hit: Hit) -> list[Named]:
        """A name that begins with a place's own name and runs on to the kind word without a verb between."""
        place, run = self._run(hit)
        if run not in self.placed:
            found = self.places.each(run)
            self.placed[run] = next((span for span in found if not self.breakers.search(run, span[1])), None)
        begun = self.placed[run]
        if begun is None:
            return []
        if hit.type not in ACCOUNTS:
            start = place + begun[0]
            return [(self.text[start : hit.end], start, hit.end)]
        lead = self.words.before_place.search(run, 0, begun[0])
        own = lead.start() if lead else begun[0]
        name = self.words.modifiers.sub("", self.text[place + own : hit.start])
        return [(name, place + own, hit.end)] if 2 <= len(name) <= LONGEST_ACCOUNT else []

    def _titled(self, hit: Hit) -> list[Named]:
        """A paper's or station's title without quotation marks: what stands before its tail, from the last verb on."""
        place, run = self._run(hit)
        cut = max((match.end() for match in self.breakers.finditer(run)), default=0)
        place_in = self.places.first(run, cut)
        start = place_in[0] if place_in else cut
        name = run[start:]
        unknown = hit.form == "tail" or self.text[hit.start : hit.end].endswith("电视台")
        longest = LONGEST_PAPER if place_in else LONGEST_UNKNOWN if unknown else 0
        if not 2 <= len(name) <= longest or LEVEL_ONLY.fullmatch(name):
            return []
        return [(self.text[place + start : hit.end], place + start, hit.end)]

    def listed(self, hit: Hit, sentence_end: int) -> list[Named]:
        """Names of no said kind: those that a cover word sums up, and, behind 两微 and 新媒体, places' own brands."""
        found = self._summed_up(hit.start)
        if hit.type == "other_new_media":
            brands = BRAND.finditer(self.text, hit.end, min(sentence_end, hit.end + 80))
            found += [(match[1], *match.span()) for match in brands if self.places.opens(match[1])]
        return found

    @cached_property
    def quoted(self) -> Sequence[Named]:
        """All short texts in quotation marks; of a stretch with more than any report's, each different one once."""
        rows = [(match[1], *match.span()) for match in BRAND.finditer(self.text)]
        return thinned(rows, MOST_QUOTED, place=itemgetter(1), words=itemgetter(0))

    def brands(self) -> list[Named]:
        """Those in quotation marks that hold a place and end as accounts' names do (“云溪发布”)."""
        ends = {row[0] for row in self.quoted if row[0].endswith(self.words.brand_ends)}
        placed = {name for name in ends if self.places.first(name)}
        return [row for row in self.quoted if row[0] in placed]

    def _summed_up(self, start: int) -> list[Named]:
        """Names in a list that ends in a cover word: 四川观察、达州观察等新闻媒体."""
        left = max(0, start - 80)
        run = self.text[left:start]
        match = self.words.summed_up.search(run)
        if match is None:
            return []
        cut = max((mark.end() for mark in re.finditer(r"[，。；：\n]", run[: match.start()])), default=0)
        place, found = left + cut, []
        for item in re.split(r"([、和与及])", run[cut : match.start()]):
            bare = item.strip('“”《》「」"')
            name = bare[max((mark.end() for mark in self.breakers.finditer(bare)), default=0) :]
            if 2 < len(name) <= 10 and (self.places.opens(name) or name.endswith(self.words.titled_ends)):
                offset = place + item.find(name)
                found.append((name, offset, offset + len(name)))
            place += len(item)
        return found


def _content(match: re.Match[str]) -> str:
    """What stands inside the quotation marks of a match."""
    return next(group for group in match.groups() if group is not None).lstrip("@")

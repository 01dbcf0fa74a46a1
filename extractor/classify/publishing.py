"""Through which channel a count was published, where the sentence says so.

A channel phrase governs the verbs that follow it until a new subject, time or channel; 其中 and 分别 carry it over
from the sentence before. Several channels at once, or 等多种渠道, make none. Requests have none however they came in,
and a count of the channel itself (期, 场, 个账号) has none. A column or document store is the website that it is on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.report import Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.report import Narrative

PUBLISHED = frozenset(
    {"items_disclosed", "regulations", "normative_documents", "policy_documents", "interpretations", "service_items"}
    | {"consultations", "proposals", "inquiries", "views", "followers", "visitors"}
)
MEASURED = frozenset({"views", "followers"})
SILENT = frozenset({"hotline", "mailbox", "application_platform"})
ONE_WAY = frozenset(
    {"printed", "screen", "notice_board", "newspaper", "press_conference", "gazette", "application_platform"}
)
ON_SITE = frozenset({"reading_room", "service_hall", "event"})
MEETING = frozenset({"press_conference", "event"})
SITE = "government_website"
JOIN = re.compile(
    r"^[“”\"》《]*(?:、|和|与|及|以及|暨|同步|，?并|或|/|[，,]?同时|\s)*(?:[本我]?[省市县区局厅委镇乡办院]{1,2})?[“”\"》《]*$"
)
OTHER_WAYS = re.compile(r"其[他它](?:方式|渠道|途径|形式|平台|载体)")
TOGETHER = re.compile(r"(?:各|全|所有|多个?|[两三四五六七八九\d]个)(?:类|新媒体|政务)?(?:平台|账号|帐号|渠道|终端|端)")
MANY = re.compile(
    r"^[^，。；\d]{0,6}?等(?:多种|多个|各类|各种|多样|多元|不同|主要|政府|新|线上|线下|[一二三四五六七八九十两\d]+[个种大])?"
    r"(?:政务)?(?:新?媒体|政务)?(?:平台|渠道|途径|方式|载体|形式|媒介|阵地)"
)
COLUMN = re.compile(
    r"(?:在|设立|开设|设有|开辟|新辟|辟出|辟有|新开|增设|上线|设置|通过|建立|建成|依托|新设|推出)[^，。；\n]{0,40}?(?:专栏|栏目|文件库|规章库|法规库|政策库|专题|专区|板块)"
)
NO_SITE = re.compile(r"电视|电台|广播|报|微信|公众号|微博|抖音|客户端|APP|大厅|图书馆|档案馆|公开栏|宣传栏")
TURN = re.compile(
    r"(?:^|[，；。：])(?:(?:我|本)[局市县区委厅镇乡办院所]|[^，。；：]{2,14}?(?:局|委|办|厅|部门|乡镇|中心|公司|支队|街道)(?!专栏|栏目|专区|频道|板块|子站|网页|专题))"
    r"(?=[^，。；]{0,3}(?:共|累计|全年|主动|已|制|印|开展|组织|受理|收|公开|发布|在))"
    r"|[；。](?:目前|现行|至此)"
    r"|[，；。](?:网络|网上|线上|线下|现场|信函|邮寄|当面)"
    r"|[；。](?:根据|按照|对|推进|加强|及时|完善|组织|强化|围绕|建立|规范|做好|开展|深化|推动|召开|举办|制定|印发|出台|[一二三四五六七八九十]是)"
)
TIME = re.compile(r"全年|年内|本年度?|今年|截至|20\d\d年|上半年|下半年")
CARRIES = re.compile(
    r"^[“”\s]*(?:其中|分别|各(?:个|类)?(?:栏目|专栏|板块|频道)|按(?!照)|从|(?:这些|上述|以上)[^，。；\d]{0,6}(?:中|当中|里)，|公开(?:的)?(?:信息|内容))"
)
ONTO = r"(?:[在上于至经由挂到入]|通过|上传|补登)(?:[本我]?[省市县区局厅委镇乡]){0,2}"
OF_THE_LAST = ("其中", "分别", "各")  # these carry on the last channel of several, 从内容看 speaks of them all
UP = re.compile(r"[在上于至经由挂]|[归录载收汇编]入|^[^、]*通过")
ALL_THERE = re.compile(r"^[^。；]*，(?:均|全部|全量|悉数|一并|都|统一|同步|集中|及时)+[^，。；\d]{0,10}" + ONTO + "$")
# a list whose members share the verb behind it: 通知9件、方案4件均已归入网站文件库
ALL_LISTED = re.compile(
    r"^(?:[、和][^，。；、\d]{0,12}\d[\d,]*[余多]?[条件篇份项个])+(?:已|均|都|全部)[^，。；\d]{0,10}" + ONTO + "$"
)
# a clause of its own that only says where: 漫画9幅，在公众号连载。
THERE = re.compile(r"^，(?:并|已|陆续|先后|分期|同步){0,2}" + ONTO + "$")
ONLY_SHOWN = re.compile(
    r"(?:上|陆续|同步|公开|分期|先后){0,2}(?:连载|刊发|刊登|登载|发布|推送|公布|公开|展示|展播|播出|发出)?(?=[，。；\n]|$)"
)
OTHER_FORM = re.compile(r"[^，。；\d]{0,4}以[^，。；\d]{1,8}(?:形式|方式)(?:公布|公开|发布|公示)")
EACH = re.compile(r"各(?![类项种级部单地乡镇县市区街个])[^，。；、\d]{0,8}$")
ITS_OWN = re.compile(r"(?:点击|访问|浏览|阅读|播放|下载|粉丝|关注|用户|听众|订阅)[^，。；\d]{0,8}$")
FARTHEST = 60
FIGURE = re.compile(r"\d[\d,，.]*[万余多]*(?:条|件|篇|期|个|次|项|部|份|人|则|批)")

NUMBER = re.compile(r"(?<![第\d,，.])\d+(?:[,，]\d{3})*(?:\.\d+)?")
CLAUSE_END = re.compile(r"[。；;]|[，,](?!(?<=\d[，,])\d{3}(?!\d))")


class Publisher:
    """Finds the mention that a count was published through; made once for a narrative and its mentions."""

    def __init__(self, narrative: Narrative, mentions: Sequence[Mention]) -> None:
        self.narrative = narrative
        real = [mention for mention in mentions if mention.status != "planned"]
        self.mentions = sorted(
            [*real, *_columns(narrative, real)], key=lambda m: (m.start, m.end, m.type, m.name or "")
        )
        self.starts = [mention.start for mention in self.mentions]

    def mention_of(self, place: int, end: int, indicator: str, sentence: int) -> Mention | None:
        """The mention for a count's quote [place, end), None where there is none or where there are several."""
        if indicator not in PUBLISHED or OTHER_FORM.match(self.narrative.text, end):
            return None
        bounds = self.narrative.sentences[sentence]
        group = self.group_before(bounds.start, place, indicator)
        if shared := self._shared_out(bounds.start, place, bounds.end):
            group = [shared]
        if group:
            found = None if self._broken(group, place, indicator) else self._one_of(group, place)
        else:
            found = self._behind(end, bounds.end) or self._carried(sentence, place)
        return found if found is not None and _fits(found.type, indicator) else None

    def members_of(self, place: int, sentence: int) -> list[Mention]:
        """The channels that 各 hands a count to, one each; empty where 各 says something else."""
        bounds = self.narrative.sentences[sentence]
        if not EACH.search(self.narrative.text, max(bounds.start, place - 12), place):
            return []
        group = self.group_before(bounds.start, place)
        between = self.narrative.text[group[-1].end : place] if group else ""
        return group if len(group) > 1 and not re.search(r"[。；\d]", between) else []

    def group_before(self, begin: int, place: int, indicator: str = "") -> list[Mention]:
        """The last row of joined mentions between two places."""
        low, high = bisect_left(self.starts, begin), bisect_left(self.starts, place)
        inside = [m for m in self.mentions[low:high] if m.end <= place]
        if indicator == "inquiries" and len(inside) > 1 and inside[-1].type == "mailbox" and place - inside[-1].end < 2:
            between = self.narrative.text[inside[-2].end : inside[-1].start]
            inside = inside if re.search(r"[，。；]", between) else inside[:-1]
        if not inside:
            return []
        if indicator == "visitors":
            inside = (
                [m for m in inside if m.type == "reading_room"] or [m for m in inside if m.type in ON_SITE] or inside
            )
        group = [inside[-1]]
        for left, right in reversed(list(pairwise(inside))):
            if not JOIN.match(self.narrative.text[left.end : right.start]):
                break
            group.insert(0, left)
        return group

    def _broken(self, group: list[Mention], place: int, indicator: str) -> bool:
        """Whether a new subject or undertaking, or a time behind a figure, stands between the channel and the count."""
        between = self.narrative.text[group[-1].end : place]
        if indicator in MEASURED:
            return TOGETHER.search(between) is not None
        if OTHER_WAYS.search(between):
            return True
        if "其中" in between:
            return False
        if TURN.search(between) or indicator == "visitors":
            return TURN.search(between) is not None
        time = TIME.search(between)
        figures = FIGURE.finditer(between, 0, time.start()) if time else ()
        return any(not ITS_OWN.search(between, 0, figure.start()) for figure in figures)

    def _one_of(self, group: list[Mention], place: int) -> Mention | None:
        between = self.narrative.text[group[-1].end : place]
        named = {m.type for m in group if m.name is not None}
        kinds = {(m.type, m.name) for m in group if m.name is not None or m.type not in named}
        if MANY.match(between) or len(kinds) > 1:
            return self._distributed(group, place) if "分别" in between else None
        return group[-1]

    def _distributed(self, group: list[Mention], place: int) -> Mention | None:
        """分别: the n-th channel has the n-th number."""
        index = len(NUMBER.findall(self.narrative.text[group[-1].end : place].rpartition("分别")[2]))
        return group[index] if index < len(group) else None

    def _shared_out(self, begin: int, place: int, stop: int) -> Mention | None:
        """分别 behind clauses on one channel each: of as many channels as numbers the n-th has the n-th number."""
        said = self.narrative.text.rfind("分别", begin, place)
        if said < 0 or CLAUSE_END.search(self.narrative.text, said, place):
            return None
        end = CLAUSE_END.search(self.narrative.text, said, stop)
        numbers = NUMBER.findall(self.narrative.text, said, end.start() if end else stop)
        low, high = bisect_left(self.starts, begin), bisect_left(self.starts, said)
        channels = {(m.type, m.name): m for m in self.mentions[low:high] if not m.cover}
        if len(numbers) < 2 or len(channels) < len(numbers):
            return None
        index = len(NUMBER.findall(self.narrative.text, said, place))
        return list(channels.values())[-len(numbers) :][index] if index < len(numbers) else None

    def _behind(self, end: int, stop: int) -> Mention | None:
        """A channel that follows in the same clause: 信息77条均在市政府网站公开."""
        text = self.narrative.text
        index = bisect_left(self.starts, end)
        if index >= len(self.mentions) or self.mentions[index].start >= stop:
            return None
        mention = self.mentions[index]
        between = text[end : mention.start]
        near = len(between) <= 16 and not re.search(r"[，。；\d]", between) and UP.search(between)
        there = THERE.match(between) is not None and ONLY_SHOWN.match(text, mention.end) is not None
        listed = len(between) <= FARTHEST and (ALL_THERE.search(between) or ALL_LISTED.match(between))
        if not near and not there and not listed:
            return None
        following = self.mentions[index + 1] if index + 1 < len(self.mentions) else None
        if following and JOIN.match(text[mention.end : following.start]):
            return None
        return mention

    def _carried(self, sentence: int, place: int) -> Mention | None:
        """The channel of the sentence before, where this one goes on with 其中 or 分别."""
        if sentence == 0:
            return None
        bounds, before = self.narrative.sentences[sentence], self.narrative.sentences[sentence - 1]
        if bounds.paragraph != before.paragraph or not CARRIES.match(self.narrative.text[bounds.start : place]):
            return None
        group = self.group_before(before.start, before.end)
        if not group or len({(m.type, m.name) for m in group}) > 1:
            return None
        if not self.narrative.text.startswith(OF_THE_LAST, bounds.start) and self._several(before.start, before.end):
            return None
        behind = self.narrative.text[group[-1].end : before.end]
        return None if MANY.match(behind) or TURN.search(behind) else group[-1]

    def _several(self, begin: int, end: int) -> bool:
        """Whether mentions of different channels stand between two places."""
        low, high = bisect_left(self.starts, begin), bisect_left(self.starts, end)
        return len({(m.type, m.name) for m in self.mentions[low:high] if not m.cover}) > 1


def _fits(kind: str, indicator: str) -> bool:
    """Whether a channel of a kind can carry what an indicator counts."""
    if indicator == "inquiries":
        return kind not in ONE_WAY
    if indicator == "visitors":
        return kind in ON_SITE
    if indicator in MEASURED:
        return kind not in ONE_WAY and kind not in SILENT
    if indicator == "consultations":
        return kind not in ONE_WAY and kind not in SILENT and kind not in ON_SITE
    return kind not in SILENT and kind not in MEETING


def _columns(narrative: Narrative, mentions: Sequence[Mention]) -> list[Mention]:
    """Columns and document stores of a site that no mention names, as mentions of the website."""
    taken = sorted((mention.start, mention.end) for mention in mentions)
    starts = [start for start, _ in taken]
    found: list[Mention] = []
    for match in COLUMN.finditer(narrative.text):
        start, end = match.span()
        index = bisect_left(starts, start)
        near = index < len(taken) and taken[index][0] < end
        if not near and not NO_SITE.search(match.group()):
            found.append(Mention(start, end, SITE, None, "used", narrative.sentence_at(start), "column"))
    return found

"""Through which channel a count was published, where the sentence says so.

A channel phrase governs the verbs that follow it until a new subject, time or channel; 其中 and 分别 carry it over
from the sentence before. Several channels at once, or 等多种渠道, make none. Requests have none however they came in,
and a count of the channel itself (期, 场, 个账号) has none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.report import Mention, Narrative

PUBLISHED = frozenset(
    [
        "items_disclosed",
        "regulations",
        "normative_documents",
        "policy_documents",
        "interpretations",
        "service_items",
        "consultations",
        "proposals",
        "inquiries",
        "views",
        "followers",
        "visitors",
    ]
)
MEASURED = frozenset({"views", "followers"})
ASKED = frozenset({"hotline", "mailbox"})
JOIN = re.compile(r"^[“”\"》《]*(?:、|和|与|及|以及|同步|，?并|或|/|[，,]?同时|\s)*[“”\"》《]*$")
MANY = re.compile(
    r"等(?:多种|多个|各类|各种|多样|多元|不同|新媒体|媒体|政务|线上|线下|[一二三四五六七八九十两\d]+[个种大])?(?:政务)?(?:新媒体|媒体)?(?:平台|渠道|途径|方式|载体|形式|媒介)"
)
TURN = re.compile(
    r"(?:全年|年内|本年度?|今年|截至|20\d\d年|累计|上半年|下半年)|(?:^|[，；。：])(?:我[局市县区委厅镇乡办院]|[^，。；]{0,12}?(?:局|委|办|厅|部门|单位|乡镇|中心|公司|机关))(?=[^，。；]{0,3}(?:共|累计|全年|主动|已|制|印|开展|组织|受理|收))"
)
CARRIES = re.compile(r"^[“”\s]*(?:其中|分别|包括|主要|按|从|公开(?:的)?(?:信息|内容))")
NEW = re.compile(r"同时|此外|另外|另，|还|并?组织|开展|举办|召开|制定|印发|制发|出台|新增公开|办理|受理|收到")
UP = re.compile(r"[在上于至经由挂]")


class Publisher:
    """Finds the mention that a count was published through; made once for a narrative and its mentions."""

    def __init__(self, narrative: Narrative, mentions: Sequence[Mention]) -> None:
        self.narrative = narrative
        self.mentions = sorted(
            (m for m in mentions if m.status != "planned"), key=lambda m: (m.start, m.end, m.type, m.name or "")
        )
        self.starts = [mention.start for mention in self.mentions]

    def mention_of(self, place: int, end: int, indicator: str, sentence: int) -> Mention | None:
        """The mention for a count's quote [place, end), None where there is none or where there are several."""
        if indicator not in PUBLISHED:
            return None
        bounds = self.narrative.sentences[sentence]
        group = self._before(bounds.start, place)
        if group and not self._broken(group, place, indicator):
            return self._one_of(group, place, indicator)
        if not group and (behind := self._behind(place, end, bounds.end, indicator)):
            return behind
        return self._carried(sentence, place, indicator) if not group else None

    def _before(self, begin: int, place: int) -> list[Mention]:
        """The last row of joined mentions between two places."""
        low, high = bisect_left(self.starts, begin), bisect_left(self.starts, place)
        inside = [m for m in self.mentions[low:high] if m.end <= place]
        if not inside:
            return []
        group = [inside[-1]]
        for left, right in reversed(list(pairwise(inside))):
            if not JOIN.match(self.narrative.text[left.end : right.start]):
                break
            group.insert(0, left)
        return group

    def _broken(self, group: list[Mention], place: int, indicator: str) -> bool:
        """Whether a new subject, time or undertaking stands between the channel and the count."""
        between = self.narrative.text[group[-1].end : place]
        if indicator in MEASURED:
            return "。" in between
        turn = next((m for m in TURN.finditer(between) if m.start() > 8 or "，" in between[: m.start() + 1]), None)
        return turn is not None and turn.group() not in ("累计",) and "其中" not in between

    def _one_of(self, group: list[Mention], place: int, indicator: str) -> Mention | None:
        between = self.narrative.text[group[-1].end : place]
        kinds = {(m.type, m.name) for m in group}
        if MANY.match(between) or len(kinds) > 1:
            return self._distributed(group, place) if "分别" in between else None
        if (
            indicator == "inquiries"
            and group[-1].type in ("government_website",)
            and "咨询" not in between
            and "留言" not in between
        ):
            return group[-1]
        return group[-1]

    def _distributed(self, group: list[Mention], place: int) -> Mention | None:
        """分别: the n-th channel has the n-th number."""
        text = self.narrative.text[group[-1].end : place]
        index = len(re.findall(r"\d[\d,，.]*", text))
        return group[index] if index < len(group) else None

    def _behind(self, place: int, end: int, stop: int, indicator: str) -> Mention | None:
        """A channel that follows in the same clause: 信息77条均在市政府网站公开."""
        text = self.narrative.text
        index = bisect_left(self.starts, end)
        if index >= len(self.mentions) or self.mentions[index].start >= stop:
            return None
        mention = self.mentions[index]
        between = text[end : mention.start]
        if len(between) > 16 or re.search(r"[，。；\d]", between) or not UP.search(between):
            return None
        following = self.mentions[index + 1] if index + 1 < len(self.mentions) else None
        if following and JOIN.match(text[mention.end : following.start]):
            return None
        return mention

    def _carried(self, sentence: int, place: int, indicator: str) -> Mention | None:
        """The channel of the sentence before, where this one goes on with 其中 or 分别."""
        if sentence == 0:
            return None
        bounds, before = self.narrative.sentences[sentence], self.narrative.sentences[sentence - 1]
        if bounds.paragraph != before.paragraph or not CARRIES.match(self.narrative.text[bounds.start : place]):
            return None
        group = self._before(before.start, before.end)
        if (
            not group
            or MANY.match(self.narrative.text[group[-1].end :][:12])
            or len({(m.type, m.name) for m in group}) > 1
        ):
            return None
        return group[-1]

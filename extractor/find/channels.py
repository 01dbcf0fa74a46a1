"""Mentions of channels in the prose, with type, name and the status that their own place suggests.

Words find the kinds, quotation marks and places find the names, and a mention's part of the report together with the
words around it finds its status: in problems it is criticised, in measures planned, elsewhere in use, unless the
sentence says that it was closed or does not exist. The step hides nothing: resolving mentions over the document is
another step's work.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.find.channel_lexicon import Hit, Lexicon, Stretches
from extractor.find.channel_names import ACCOUNTS, Namer
from extractor.report import Mention

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.report import Narrative, Report

AROUND = 60
MOST_NEIGHBOURS = 8
MEMBERS = {
    "other_new_media": ACCOUNTS | {"wechat_group"},
    "news_media": frozenset(("newspaper", "broadcast", "news_media")),
}
CONTACT_TYPES = frozenset(("hotline", "mailbox", "service_hall"))
BARE_PLATFORMS = frozenset(("微信", "微博", "抖音", "快手", "视频号", "头条号", "公众号", "小红书", "今日头条号"))
CONTACT_SECTIONS = frozenset(("preface", "other_matters", "overview"))
HOUSED = frozenset(("screen", "notice_board", "reading_room", "printed"))
ON_WEBSITE = re.compile(r"网站|官网|门户|网上|线上|网页|政务网|信息网|政府网|栏目|首页")
LINK = re.compile(r"[、和与及/]|以及|，并?在?同名|及其")
IMPROVEMENT = re.compile(
    r"下一步|下一阶段|下阶段|下步|改进(?:措施|情况|方向|举措|办法)|整改(?:措施|情况|方向)|今后|采取(?:以下|如下|下列)措施|针对(?:上述|以上|存在|这些)|为此，|"
    r"(?:后续|接下来|未来)[，将]?|我们考虑|(?:20\d\d|二〇二.|新的一|明)年(?:度)?，?(?:我|本|全|将|继续|重点|拟|计划|市|县|区|镇|乡|街道|办)|"
    r"(?:我(?:局|委|厅|市|县|区|镇|乡|们|办|院|单位|机关|街道)|本(?:局|委|机关|单位))将"
)
PROBLEM = re.compile(
    r"(?:^|(?<=[\n。]))(?:[（(][一二三四五][）)]|[一二三四五\d][、.．]|[-·]\s*)*(?:存在的?(?:主要)?(?:问题|不足|困难)|主要问题|问题与不足|不足之处|(?:问题|不足)[一二三四五\d：:])"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where problems turn into measures and back, in the narrative: places with the part that begins there."""

    places: tuple[int, ...]
    parts: tuple[str, ...]

    def at(self, place: int) -> str:
        """``problems``, ``improvements`` or ``report`` for a place of the narrative."""
        index = bisect_right(self.places, place) - 1
        return self.parts[index] if index >= 0 else "report"


def find_parts(narrative: Narrative) -> Parts:
    """Split the chapter on problems into problems and measures by the leads that the report itself prints."""
    marks: dict[int, str] = {}
    before = ""
    for sentence in narrative.sentences:
        if sentence.section != before:
            marks[sentence.start] = "problems" if sentence.section == "problems" else "report"
        before = sentence.section
        if sentence.section != "problems" or sentence.is_heading:
            continue
        turns = [
            (match.start(), "improvements")
            for match in IMPROVEMENT.finditer(narrative.text, sentence.start, sentence.end)
        ]
        turns += [
            (match.start(), "problems") for match in PROBLEM.finditer(narrative.text, sentence.start, sentence.end)
        ]
        marks.update(sorted(turns))
    places = tuple(sorted(marks))
    return Parts(places, tuple(marks[place] for place in places))


class ChannelFinder:
    """Writes ``mentions``; ``rules`` is a folder of a user's further rules. Errors: ``RuleError``."""

    def __init__(self, rules: Path | None = None) -> None:
        self.lexicon = Lexicon(rules)

    def __call__(self, report: Report) -> Report:
        """All mentions of channels in the narrative, in the order of the text."""
        narrative = report.narrative
        if narrative is None or not narrative.text:
            return replace(report, mentions=())
        namer = Namer(narrative.text, self.lexicon, report.meta)
        contact = self._contact_lines(narrative)
        hits = [hit for hit in self.lexicon.hits(narrative.text) if _is_channel(narrative, hit, contact)]
        hits = _without_houses(narrative.text, hits)
        found = _with_brands(narrative, hits, self._named(narrative, hits, namer), namer)
        found = _inherited(narrative.text, found)
        found = _covered(found)
        return replace(report, mentions=tuple(self._with_status(narrative, found)))

    def _contact_lines(self, narrative: Narrative) -> frozenset[int]:
        """The sentences that give the report's own contact."""
        lines = set()
        for number, sentence in enumerate(narrative.sentences):
            if sentence.section in CONTACT_SECTIONS:
                text = narrative.text[sentence.start : sentence.end]
                if any(any(rule.find(text)) for rule in self.lexicon.contact_rules):
                    lines.add(number)
        return frozenset(lines)

    def _named(self, narrative: Narrative, hits: list[Hit], namer: Namer) -> list[Mention]:
        found: list[Mention] = []
        for hit in hits:
            sentence = narrative.sentence_at(hit.start)
            names = namer.names(hit)
            for name, start, end in names:
                found.append(Mention(start, end, hit.type, name, "used", sentence, hit.rule))
            if not names and not hit.needs_name:
                start, end = hit.whole
                found.append(Mention(start, end, hit.type, None, "used", sentence, hit.rule, cover=hit.form == "cover"))
        return _without_inner(sorted(found, key=lambda m: (m.start, -m.end)))

    def _with_status(self, narrative: Narrative, mentions: list[Mention]) -> list[Mention]:
        parts = find_parts(narrative)
        said: dict[str, str | None] = {}
        out: list[Mention] = []
        for index, mention in enumerate(mentions):
            text = _surroundings(narrative, mentions, index)
            if text not in said:
                said[text] = self._said(text)
            out.append(replace(mention, status=_status(said[text], parts.at(mention.start))))
        return out

    def _said(self, text: str) -> str | None:
        """The status that the words around a mention say, None where they say nothing."""
        return next((rule.fields["use"] for rule in self.lexicon.status_rules if any(rule.find(text))), None)


def _status(said: str | None, part: str) -> str:
    """The status by the part of the report, and within it by the words around."""
    if part == "improvements":
        return "planned"
    return said or ("criticised" if part == "problems" else "used")


def _is_channel(narrative: Narrative, hit: Hit, contact: frozenset[int]) -> bool:
    """Leave out headings, columns, and telephones, mailboxes and halls of a contact line."""
    number = narrative.sentence_at(hit.start)
    sentence = narrative.sentences[number]
    if sentence.is_heading or sentence.section == "unknown" or _is_column(narrative.text, hit):
        return False
    return hit.type not in CONTACT_TYPES or number not in contact


def _without_inner(mentions: list[Mention]) -> list[Mention]:
    """Leave out a mention inside a longer one: “浙里办”APP is one."""
    out: list[Mention] = []
    reach = 0
    for mention in mentions:
        if mention.end > reach:
            out.append(mention)
            reach = mention.end
    return out


def _is_column(text: str, hit: Hit) -> bool:
    """Whether a notice board or reading corner is a column on a website: 在网站开设公开专区."""
    if hit.type not in ("notice_board", "reading_room"):
        return False
    run = text[max(0, hit.start - 16) : hit.start]
    return ON_WEBSITE.search(re.split(r"[，。；、：\n]", run)[-1]) is not None


def _without_houses(text: str, hits: list[Hit]) -> list[Hit]:
    """Leave out a hall that only tells where a screen, board or reading corner stands (政务大厅电子屏)."""
    housed = {
        hit.start
        for hit, following in pairwise(hits)
        if hit.type == "service_hall" and following.type in HOUSED and text[hit.end : following.start] in ("", "的")
    }
    return [hit for hit in hits if hit.start not in housed]


def _with_brands(narrative: Narrative, hits: list[Hit], mentions: list[Mention], namer: Namer) -> list[Mention]:
    """Add quoted names that stand alone: of an account named elsewhere in the report, else of no said kind."""
    known = {m.name: m.type for m in mentions if m.name is not None and m.type in ACCOUNTS}
    rows = [(known[name], name, start, end) for name, start, end in namer.quoted() if name in known]
    for hit in hits:
        if hit.form == "cover":
            stop = narrative.sentences[narrative.sentence_at(hit.start)].end
            rows += [(hit.type, name, start, end) for name, start, end in namer.listed(hit, stop)]
    rows += [("other_new_media", name, start, end) for name, start, end in namer.brands() if name not in known]
    taken = Stretches((mention.start, mention.end) for mention in mentions)
    out = {mention.start: mention for mention in mentions}
    for kind, name, start, end in rows:
        sentence = narrative.sentence_at(start)
        free = start not in out and not taken.hold(start) and not taken.hold(end - 1)
        if free and not narrative.sentences[sentence].is_heading:
            out[start] = Mention(start, end, kind, name, "used", sentence, "name.alone")
    return _without_inner(sorted(out.values(), key=lambda m: (m.start, -m.end)))


def _surroundings(narrative: Narrative, mentions: list[Mention], index: int) -> str:
    """The mention's sentence, cut to its surroundings, with ◆ for the mention and ◇ for the others."""
    own = mentions[index]
    sentence = narrative.sentences[own.sentence]
    low, high = max(sentence.start, own.start - AROUND), min(sentence.end, own.end + AROUND)
    pieces: list[str] = []
    place = low
    for mention in mentions[max(0, index - MOST_NEIGHBOURS) : index + MOST_NEIGHBOURS + 1]:
        if mention.start < place or mention.start >= high:
            continue
        pieces += [narrative.text[place : mention.start], "◆" if mention is own else "◇"]
        place = mention.end
    pieces.append(narrative.text[place:high])
    return "".join(pieces).strip()


def _inherited(text: str, mentions: list[Mention]) -> list[Mention]:
    """Hand a name on along a list of bare platforms: “X”微博、微信、抖音, 同名微信."""
    out: list[Mention] = []
    for mention in mentions:
        before = out[-1] if out else None
        if (
            mention.name is None
            and not mention.cover
            and mention.type in ACCOUNTS
            and before is not None
            and before.name
        ):
            gap = text[before.end : mention.start]
            same = text[max(0, mention.start - 2) : mention.start] == "同名" or text[
                mention.start : mention.end
            ].startswith("同名")
            bare = text[mention.start : mention.end] in BARE_PLATFORMS
            tail = text[max(before.start, before.end - 5) : before.end]
            listed = LINK.fullmatch(gap) and bare and _ends_bare(tail) and before.type in ACCOUNTS
            if before.sentence == mention.sentence and (same or listed):
                mention = replace(mention, name=before.name, rule="list.shared")
        out.append(mention)
    return out


def _ends_bare(tail: str) -> bool:
    return any(
        tail == word or tail.endswith(("”" + word, "」" + word, "》" + word)) for word in BARE_PLATFORMS - {"公众号"}
    )


def _covered(mentions: list[Mention]) -> list[Mention]:
    """Mark cover words whose members stand in the same sentence; one that stands alone is a mention of its own."""
    members = {(m.sentence, m.type) for m in mentions if not m.cover}
    return [
        replace(m, cover=any((m.sentence, kind) in members for kind in MEMBERS[m.type])) if m.cover else m
        for m in mentions
    ]

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
from itertools import compress, groupby, pairwise
from typing import TYPE_CHECKING

from extractor.find.channel_lexicon import Hit, Lexicon, Stretches
from extractor.find.channel_names import ACCOUNTS, Namer
from extractor.find.leads import find_leads
from extractor.report import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extractor.report import Narrative, Report
    from extractor.sieve import WordIndex

AROUND = 60
MOST_NEIGHBOURS = 8
HEADING_LENGTH = 10
OWN_NAME = re.compile("[“《][^“”《》]{1,12}[”》]")
MEMBERS = {
    "other_new_media": ACCOUNTS | {"wechat_group"},
    "news_media": frozenset(("newspaper", "broadcast", "news_media")),
}
CONTACT_TYPES = frozenset(("hotline", "mailbox", "service_hall"))
PLATFORM = re.compile(
    r"(?:官方|政务|新浪|今日)*(?:微信(?:公众号|公众平台|视频号|订阅号|服务号)?|公众号|微博|抖音|快手|视频号|头条|小红书|B站|哔哩哔哩)(?:号|账号|平台)?"
)
CONTACT_SECTIONS = frozenset(("preface", "other_matters", "overview"))
HOUSED = frozenset(("screen", "notice_board", "reading_room", "printed"))
ON_WEBSITE = re.compile(r"网站|官网|门户|网上|线上|网页|政务网|信息网|政府网|栏目|首页")
LINK = re.compile(r"[、和与及/]|以及|及其")
FARTHEST_NAMESAKE = 120
ANNEX = re.compile(r"统计|附件|附表|指标|情况表")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where problems turn into measures and back, in the narrative: places with the part that begins there."""

    places: tuple[int, ...]
    parts: tuple[str, ...]

    def at(self, place: int) -> str:
        """``problems``, ``improvements``, ``annex`` (statistics) or ``report`` for a place of the narrative."""
        index = bisect_right(self.places, place) - 1
        return self.parts[index] if index >= 0 else "report"


def find_parts(narrative: Narrative) -> Parts:
    """Split the chapter on problems into problems and measures by the leads that the report itself prints."""
    marks: dict[int, str] = {}
    before = ""
    for sentence in narrative.sentences:
        if sentence.section != before or (sentence.is_heading and sentence.section == "unknown"):
            text = narrative.text[sentence.start : sentence.end]
            annex = sentence.section == "unknown" and sentence.is_heading and ANNEX.search(text)
            marks[sentence.start] = "annex" if annex else "problems" if sentence.section == "problems" else "report"
        before = sentence.section
    for start, end in _chapters(narrative):
        kinds = {"problem": "problems", "improvement": "improvements"}
        marks |= {lead.start: kinds[lead.kind] for lead in find_leads(narrative.text, start, end)}
    places = tuple(sorted(marks))
    return Parts(places, tuple(marks[place] for place in places))


def _chapters(narrative: Narrative) -> Iterator[tuple[int, int]]:
    """The bodies of the chapters on problems."""
    for is_problems, run in groupby(narrative.sentences, lambda s: s.section == "problems" and not s.is_heading):
        if is_problems:
            sentences = list(run)
            yield sentences[0].start, sentences[-1].end


class ChannelFinder:
    """Writes ``mentions``; ``rules`` is a folder of a user's further rules. Errors: ``RuleError``."""

    def __init__(self, rules: Path | None = None, index: WordIndex | None = None) -> None:
        self.lexicon = Lexicon(rules, index)

    def __call__(self, report: Report) -> Report:
        """All mentions of channels in the narrative, in the order of the text."""
        narrative = report.narrative
        if narrative is None or not narrative.text:
            return replace(report, mentions=())
        namer = Namer(narrative.text, self.lexicon, report.meta)
        parts, contact = find_parts(narrative), self._contact_lines(narrative)
        hits = self.lexicon.hits(narrative.text)
        hits = [hit for hit in hits if parts.at(hit.start) != "annex" and _is_channel(narrative, hit, contact)]
        hits = _without_houses(narrative.text, hits)
        found = _with_brands(narrative, hits, self._named(narrative, hits, namer), namer)
        found = _inherited(narrative.text, found)
        found = _covered(narrative, found)
        return replace(report, mentions=tuple(self._with_status(narrative, found, parts)))

    def _contact_lines(self, narrative: Narrative) -> frozenset[int]:
        """The sentences that give the report's own contact."""
        numbers = [n for n, sentence in enumerate(narrative.sentences) if sentence.section in CONTACT_SECTIONS]
        said = self.lexicon.contact_rules.holds(narrative.text, [narrative.sentences[n][:2] for n in numbers])
        return frozenset(compress(numbers, said))

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

    def _with_status(self, narrative: Narrative, mentions: list[Mention], parts: Parts) -> list[Mention]:
        """The mentions with their status by the part of the report, and within it by the words around."""
        said: dict[str, str | None] = {}
        out: list[Mention] = []
        for index, mention in enumerate(mentions):
            part = parts.at(mention.start)
            if part == "improvements":
                status = "planned"
            else:
                text = _surroundings(narrative, mentions, index)
                if text not in said:
                    said[text] = self._said(text)
                status = said[text] or ("criticised" if part == "problems" else "used")
            out.append(mention if status == mention.status else replace(mention, status=status))
        return out

    def _said(self, text: str) -> str | None:
        """The status that the words around a mention say, None where they say nothing."""
        return next((rule.fields["use"] for rule, _ in self.lexicon.status_rules(text)), None)


def _is_channel(narrative: Narrative, hit: Hit, contact: frozenset[int]) -> bool:
    """Leave out headings, columns, and telephones, mailboxes and halls of a contact line."""
    number = narrative.sentence_at(hit.start)
    sentence = narrative.sentences[number]
    if sentence.is_heading or _is_column(narrative.text, hit):
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
    """Leave out a hall that only tells where a screen, board or reading corner stands (政务大厅电子屏), and a media house
    that only tells whose account is named (融媒体中心“…”客户端)."""
    housed = {
        hit.start
        for hit, following in pairwise(hits)
        if (hit.type == "service_hall" and following.type in HOUSED and text[hit.end : following.start] in ("", "的"))
        or (
            hit.type == "news_media"
            and following.type in ACCOUNTS
            and OWN_NAME.fullmatch(text, hit.end, following.start)
        )
    }
    return [hit for hit in hits if hit.start not in housed]


def _with_brands(narrative: Narrative, hits: list[Hit], mentions: list[Mention], namer: Namer) -> list[Mention]:
    """Add quoted names that stand alone: of an account named elsewhere in the report, else of no said kind."""
    known = {m.name: m.type for m in mentions if m.name is not None and m.type in ACCOUNTS}
    rows = [(known[name], name, start, end) for name, start, end in namer.quoted if name in known]
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
    """Hand a name on along a list of bare platforms (“X”微博、微信、抖音), and to 同名微信."""
    out: list[Mention] = []
    for mention in mentions:
        said = mention.name is None and "同名" in text[max(0, mention.start - 2) : mention.end]
        alike = _namesake(text, out, mention) if said else None
        if alike is None and out and _shares_name(text, out[-1], mention):
            alike = out[-1]
        out.append(replace(mention, name=alike.name, rule="list.shared") if alike else mention)
    return out


def _namesake(text: str, before: list[Mention], mention: Mention) -> Mention | None:
    """The account that 同名微信 takes its name from: the last named one near before."""
    near = (m for m in reversed(before) if m.type in ACCOUNTS and m.name is not None and not m.cover)
    last = next(near, None)
    fits = last is not None and mention.type in ACCOUNTS and mention.start - last.end <= FARTHEST_NAMESAKE
    return last if fits and "\n" not in text[last.end if last else 0 : mention.start] else None


def _shares_name(text: str, before: Mention, mention: Mention) -> bool:
    """Whether a mention without a name of its own takes the name of the account before it."""
    own = text[mention.start : mention.end]
    accounts = before.type in ACCOUNTS and mention.type in ACCOUNTS and before.sentence == mention.sentence
    if not accounts or before.name is None or mention.cover or (mention.name is not None and mention.name != own):
        return False
    last = text[before.start : before.end].rpartition("”")[2]
    linked = LINK.fullmatch(text, before.end, mention.start) is not None
    return linked and before.name != last and all(PLATFORM.fullmatch(words) for words in (own, last))


def _covered(narrative: Narrative, mentions: list[Mention]) -> list[Mention]:
    """Mark cover words whose members stand in the same sentence, or behind it where it is a heading (新闻媒体。与《…》合办);
    one that stands alone is a mention of its own."""
    members = {(m.sentence, m.type) for m in mentions if not m.cover}
    out: list[Mention] = []
    for mention in mentions:
        if mention.cover:
            own = narrative.sentences[mention.sentence]
            sentences = range(mention.sentence, mention.sentence + 1 + (own.end - own.start <= HEADING_LENGTH))
            kinds = MEMBERS[mention.type]
            mention = replace(mention, cover=any((n, kind) in members for n in sentences for kind in kinds))
        out.append(mention)
    return out

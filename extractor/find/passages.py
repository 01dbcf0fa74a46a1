"""Problems and improvements as the report itself lists them (part five), split by the codebook's rule.

A zone of problems or of measures begins with a lead (存在问题：, 下一步，我局将…). Inside a zone the innermost
markers make the items; without markers it is split at full stops, else at semicolons, else between parallel clauses.
Where measures follow each problem, a marker that goes on counting the problems ends the measures.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.find.clauses import Place, split_unmarked
from extractor.find.leads import Lead, find_leads, patterns
from extractor.find.pairs import find_pairs
from extractor.report import Passage

if TYPE_CHECKING:
    from extractor.report import Narrative, Report

ONES = "一二三四五六七八九十"
KINDS: tuple[tuple[str, str], ...] = (
    ("is", rf"[{ONES}]{{1,2}}(?:个?是|要(?!求|素))"),
    ("then", r"一则(?=[^。\n]{2,80}[；，。]二则)|[二三四五]则"),
    ("ordinal", rf"第[{ONES}](?:[，、,：:]|[个条点项]?是)|其[一二三四五六][，、：:是]"),
    ("first", r"首先[，,]?|其次[，,]?|再次[，,]?|最后[，,]|另外[，,](?=[^。]{0,8}(?:要|将|还))"),
    ("bracket", rf"[（(][{ONES}]{{1,3}}[）)]、?"),
    ("comma", rf"(?:[{ONES}]{{1,3}})、(?=[^{ONES}])"),
    ("arabic", r"(?:-\s?)?\d{1,2}[.、．](?!\d)|(?:-\s?)?\d{1,2}\s(?=[\u4e00-\u9fff])"),
    ("arabic_bracket", r"[（(]\d{1,2}[）)]、?|\d{1,2}[）)]"),
    ("circle", r"[①-⑳]"),
    ("bullet", r"[-●■◆★▪•➢]\s?"),
)
MARKER = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS))
FIRST = re.compile(rf"[{ONES}第其首再最另（(\d①-⑳\-●■◆★▪•➢]")
NUMBERS = {letter: index + 1 for index, letter in enumerate(ONES)} | {"首": 1, "其": 2, "再": 3, "最": 4}
BEFORE_WEAK = "。；;：:，,\n！”）)、 —】"
BEFORE_STRONG = BEFORE_WEAK.replace("，", "").replace("、", "")
FOOT = re.compile(
    r"(?<=[。\n])(?:附[件表]?\d?[：:]|备?注[：:]|(?:衷心|在此|最后，?)*(?:感谢|欢迎)|[^\n。，]{0,30}统计表\n|(?:统计)?指标(?:名称)?\s|(?:20\d{2}|二[〇零][〇零一二三四五六七八九]{2})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日(?:附|\n|$))"
)
MEASURE = (
    r"(?:下一?步|下阶段|明年|接下来)[，,]?(?:我[局委镇乡区县市办院们])?(?:拟|准备|计划|打算|将)?"
    r"|(?:今后|后续|20\d\d年)[，,]?(?:我[局委镇乡区县市办院们])?(?:拟|准备|计划|打算|将)|准备(?![工不就])|计划(?![性不内外])|打算|拟(?!定)"
)
PROMISED = re.compile(
    r"(?P<therefore>[。；，\n](?:[为对就]此(?=[，,我本])|(?:针对|对)(?:这一|这个|该|此)(?:问题|不足|情况|现象|短板|弱项))[，,]?(?:(?:我[局委镇乡区县市厅办院们]|本[局机]关?)(?:将|拟|已)?)?)(?=[\u4e00-\u9fff《“])"
    rf"|(?P<promise>[，,](?:{MEASURE})|[，,。；]今年(?:将(?![^，。；]{{1,14}}(?:列|纳入|作为))|拟|要(?!求)|计划|打算|(?=将)))(?=[\u4e00-\u9fff])"
)
MENDED = re.compile(
    rf"{PROMISED.pattern}|(?P<lead>。)(?:目前|现)?(?:已经?|我[局委镇乡区县市办院们](?:已|将)|现已|将)(?=[\u4e00-\u9fff])"
)
THEREFORE = re.compile(r"[为对就]此[，,]")
TURNED = re.compile(r"但|同时|然而|不过")
FEWEST_PAIRS = 2
DIGITS = re.compile(r"\d+")
HEADING_ONLY = 34
WEAK = frozenset({"is", "then", "ordinal", "first"})


class Marker(NamedTuple):
    """A list marker: its *narrative* extent, its kind and its number (0 where it has none)."""

    start: int
    end: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of problems or of measures, [start, end) in the narrative, behind its lead."""

    kind: str
    start: int
    end: int


def find_passages(report: Report) -> Report:
    """Write ``passages``: problems first, then improvements, each in the order of the text."""
    narrative = report.narrative
    assert narrative is not None
    places: list[tuple[str, Place]] = []
    for start, end in _ranges(narrative):
        places += _places(narrative.text, start, end)
    passages: list[Passage] = []
    for kind in ("problem", "improvement"):
        of_kind = [place for place_kind, place in places if place_kind == kind]
        passages += [Passage(kind, i, p.start, p.end, p.marker) for i, p in enumerate(of_kind, 1)]
    return replace(report, passages=tuple(passages))


def _places(text: str, start: int, end: int) -> list[tuple[str, Place]]:
    """The items of a chapter with their kinds: its lists, or the pairs of problem and measure that stand instead."""
    zones = _zones(text, start, end)
    is_paired = sum(zone.kind == "improvement" for zone in zones) >= FEWEST_PAIRS
    listed = [(zone.kind, place) for zone in zones for place in _items(text, zone, is_paired=is_paired)]
    listed = _mended(text, listed)
    pairs = find_pairs(text, start, end)
    if not pairs or any(kind == "problem" and place.end <= pairs[0].start for kind, place in listed):
        return listed
    paired: list[tuple[str, Place]] = []
    for pair in pairs:
        paired.append(("problem", Place(*pair.problem, pair.marker)))
        paired.append(("improvement", replace(trim(text, *pair.measure), marker=pair.marker)))
    behind = [(zone.kind, place) for zone in _zones(text, pairs[-1].end, end) for place in _items(text, zone)]
    return paired + behind


def _mended(text: str, listed: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Problems each with what is or will be done about it: 1.公开栏内容不一。已统一目录。2. …, or 更新偏慢，下步要按月更新；…"""
    cut = MENDED if all(kind == "problem" for kind, _ in listed) else PROMISED
    cuts = [cut.search(text, place.start, place.end) if kind == "problem" else None for kind, place in listed]
    is_told = any(found is not None and found["therefore"] for found in cuts)
    if sum(found is not None for found in cuts) < FEWEST_PAIRS - is_told:
        return listed
    out: list[tuple[str, Place]] = []
    for (kind, place), found in zip(listed, cuts, strict=True):
        out.append((kind, replace(place, end=found.start() if found else place.end)))
        if found:
            measure = trim(text, found.end(str(found.lastgroup)), place.end)
            out.append(("improvement", replace(measure, marker=place.marker)))
    return out


def _ranges(narrative: Narrative) -> list[tuple[int, int]]:
    """The bodies of part five; where there is none, the paragraphs behind a lead elsewhere (a misplaced list)."""
    inside = [s for s in narrative.sentences if s.section == "problems" and not s.is_heading]
    if inside:
        start, end = inside[0].start, inside[-1].end
        foot = FOOT.search(narrative.text, start, end)
        return [(start, foot.start() if foot else end)]
    for lead in find_leads(narrative.text, 0, len(narrative.text)):
        if lead.kind == "problem" and lead.strong:
            section = narrative.sentences[narrative.sentence_at(lead.start)].section
            last = max(s.end for s in narrative.sentences if s.section == section)
            return [(lead.start, last)]
    return []


def _zones(text: str, start: int, end: int) -> list[Zone]:
    """Problems until a lead of measures, measures until a lead of problems or a marker that counts the problems on.

    What stands before the first head of problems is a list of achievements or a frame; so is what opens the chapter as
    measures and goes on with 但仍存在…
    """
    leads = list(find_leads(text, start, end))
    head = next((lead for lead in leads if lead.kind == "problem"), None)
    if head is not None and TURNED.match(text, head.start) and leads[0].start == start:
        leads = [lead for lead in leads if lead.start >= head.start]
    if head is None or any(lead.kind == "improvement" and lead.start < head.start for lead in leads):
        leads = [Lead("problem", start, start, False), *leads]
    markers = find_markers(text, start, end) if any(lead.kind == "improvement" for lead in leads) else []
    cuts: list[Lead] = []
    for index, lead in enumerate(leads):
        if not cuts or cuts[-1].kind != lead.kind or lead.strong:
            cuts.append(lead)
        following = leads[index + 1].start if index + 1 < len(leads) else end
        back = _goes_back(text, markers, lead, following) if lead.kind == "improvement" else None
        if back is not None:
            cuts.append(Lead("problem", back, back, False))
    stops = [*(lead.start for lead in cuts[1:]), end]
    return [Zone(lead.kind, lead.end, stop) for lead, stop in zip(cuts, stops, strict=True) if lead.end < stop]


def _goes_back(text: str, markers: list[Marker], lead: Lead, end: int) -> int | None:
    """Where unmarked measures go back to problems: at a marker of the problems' own numbers, or before the next 为此."""
    before = bisect_left(markers, lead.start, key=lambda marker: marker.start)
    inside = bisect_left(markers, lead.end, key=lambda marker: marker.start)
    is_unmarked = inside == len(markers) or markers[inside].start >= end
    if is_unmarked and THEREFORE.match(text, lead.start) and THEREFORE.match(text, end):
        stop = text.rfind("。", lead.start, end - 2)
        return stop + 1 if stop >= 0 else None
    if not before or is_unmarked:
        return None
    last, first = markers[before - 1], markers[inside]
    counts_on = first.kind == last.kind and last.number >= 1 and first.number == last.number + 1
    return first.start if counts_on else None


def find_markers(text: str, start: int, end: int) -> list[Marker]:
    """All list markers at the beginning of a clause."""
    found: list[Marker] = []
    place = FIRST.search(text, start, end)
    while place is not None:
        match = MARKER.match(text, place.start(), end)
        if match is None:
            place = FIRST.search(text, place.end(), end)
            continue
        first, last = match.span()
        place = FIRST.search(text, last, end)
        before = text[first - 1] if first > start else "\n"
        kind = str(match.lastgroup)
        if before in (BEFORE_WEAK if kind in WEAK else BEFORE_STRONG) or kind == "circle":
            found.append(Marker(first, last, kind, _number(text[first:last])))
    return [m for m in found if m.kind != "bullet" or text[m.start - 1 : m.start] in ("", "\n")]


@lru_cache(maxsize=1024)
def _number(marker: str) -> int:
    digits = DIGITS.search(marker)
    if digits:
        return int(digits.group())
    if "①" <= marker[0] <= "⑳":
        return ord(marker[0]) - ord("①") + 1
    return next((NUMBERS[letter] for letter in marker if letter in NUMBERS), 0)


def _items(text: str, zone: Zone, *, is_paired: bool = False) -> list[Place]:
    markers = _in_lists(find_markers(text, zone.start, zone.end), zone.start)
    if not markers:
        if patterns().none.search(text, zone.start, zone.end):
            return []
        return split_unmarked(text, zone.start, zone.end, zone.kind, is_one=is_paired)
    items: list[Place] = []
    for index, marker in enumerate(markers):
        following = markers[index + 1] if index + 1 < len(markers) else None
        end = following.start if following else _last_end(text, markers, zone)
        if following and _is_heading(text, marker, following):
            continue
        place = trim(text, marker.end, end)
        if place.end - place.start >= 3:
            items.append(Place(place.start, place.end, text[marker.start : marker.end]))
    return items


def _in_lists(markers: list[Marker], start: int) -> list[Marker]:
    """Markers that belong to a list: one that stands alone, is not the first of a count and opens no zone is none."""
    counted: dict[str, list[int]] = {}
    for marker in markers:
        counted.setdefault(marker.kind, []).append(marker.number)
    return [m for m in markers if len(counted[m.kind]) > 1 or m.number == 1 or m.start == start]


def _is_heading(text: str, marker: Marker, following: Marker) -> bool:
    """An outer marker whose text before an inner marker is a short heading only."""
    if following.kind == marker.kind or following.number > 1:
        return False
    own = text[marker.end : following.start].strip("。：:；，\n ")
    return len(own) <= HEADING_ONLY or own.endswith(("方面", "如下", "措施", "问题"))


def _last_end(text: str, markers: list[Marker], zone: Zone) -> int:
    """The last item ends with its paragraph; a heading alone on its line takes the following paragraph too."""
    place = markers[-1].end
    for _ in range(4):
        stop = text.find("\n", place, zone.end)
        if stop < 0:
            return zone.end
        if text[place:stop].rstrip().endswith(("。", "；", "！")) or len(text[markers[-1].end : stop]) > 80:
            return stop
        place = stop + 1
    return zone.end


@cache
def _edges() -> str:
    return " \n。；;，,、：:—"


def trim(text: str, start: int, end: int) -> Place:
    """An item's extent without the marks and white space at its edges."""
    while start < end and text[start] in _edges():
        start += 1
    while end > start and text[end - 1] in _edges():
        end -= 1
    return Place(start, end, "")

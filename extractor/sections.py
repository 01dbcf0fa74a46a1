"""The parts of a report, from headings that may be reworded, misnumbered, run together with the text, or lost.

Headings are looked for in un-wrapped prose at every place where one can begin: a paragraph, a full stop, or a
table's last figure. Of a code's candidates the one is taken that keeps the form's order and stands before the most
text, so that a list of contents or a mention in the preface is no heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from extractor.report import Section
from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.report import Cleaned, Report

NUMBER = r"(?:第?(?P<number>[一二三四五六七八九十]{1,3})(?:[、．.：:]|部分[、：:]?|章[、：:]?)|(?:(?<=\n)|^)(?=[^\d]))"
CHILD_NUMBER = (
    r"(?:[（(](?P<number>[一二三四五六七八九十\d]{1,2})[）)][、.]?|(?P<arabic>\d)[.、．](?!\d)|(?:(?<=\n)|^))"
)
# what makes a numbered child's heading a short sentence: （一）主动公开有广度。
BOAST = re.compile(r"(?![的和与及等外类项])[^，。；：:、\n\d了]{1,6}[。：:\n]")
CHILD_TAIL = r"(?:方面|情况|工作|机制|制度|体系|(?:和|与|、)?(?:监督|保障|管理|监管|检查|考核))*"
NUMERAL = "[一二三四五六七八九十]"
# each begins with one class of characters, which ``re`` looks for ten times as fast as for anything else
NUMBER_PLACE = re.compile(
    rf"[\n第一二三四五六七八九十](?:(?<=\n)|(?<=第){NUMERAL}{{1,3}}[、．.：:部章]|(?<={NUMERAL}){NUMERAL}{{0,2}}[、．.：:部章])"
)
SLOGAN = re.compile(r"(?<=\n)[（(](?P<number>[一二三四五六七八])[）)](?P<words>[^。；：:\n\d]{6,30})(?=[。\n])")
FEWEST_SLOGANS = 3
FEWEST_NUMBERED = 2  # parts with numbers, beside which an unnumbered word before a colon is none
CHILD_PLACE = re.compile(r"[\n（(\d](?:(?<=\n)|(?<=[（(])[一二三四五六七八九十\d]{1,2}[）)]|(?<=\d)[.、．])")
UNKNOWN = re.compile(
    rf"[附一二三四五六七八九十](?:(?<=[\n。；！？…”].)|(?<=^.))(?:(?<=附)件\d?[:：]|(?<!附){NUMERAL}{{0,2}}、)"
    r"[^，。；：:\n]{2,40}?(?:\n|$|(?<=表)(?=指标)|(?<=情况统计表))"
)
CONTENTS_GAP = 60
MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Heading:
    """A candidate: [start, end) in prose; ``number`` is its printed numeral, empty where it has none."""

    code: str
    start: int
    end: int
    number: str


@dataclass(frozen=True, slots=True)
class Forms:
    """The compiled headings data."""

    parts: tuple[tuple[str, re.Pattern[str]], ...]
    any_part: re.Pattern[str]
    children: tuple[tuple[str, re.Pattern[str]], ...]
    any_child: re.Pattern[str]
    slogans: tuple[tuple[str, re.Pattern[str]], ...]
    before: tuple[re.Pattern[str], ...]
    after: tuple[re.Pattern[str], ...]
    title: re.Pattern[str]


@cache
def forms() -> Forms:
    """Headings, children and page frames as compiled patterns."""
    data = read_toml("headings.toml")
    return Forms(
        tuple((row["code"], re.compile(f"{NUMBER}(?:{row['pattern']})")) for row in data["part"]),
        re.compile(f"{NUMBER}(?:{'|'.join(row['pattern'] for row in data['part'])})"),
        tuple((row["code"], re.compile(f"{CHILD_NUMBER}(?:{row['pattern']}){CHILD_TAIL}")) for row in data["child"]),
        re.compile(f"{CHILD_NUMBER}(?:{'|'.join(row['pattern'] for row in data['child'])})"),
        tuple((row["code"], re.compile(row["slogan"])) for row in data["child"]),
        tuple(re.compile(pattern) for pattern in data["frame"]["before"]),
        tuple(re.compile(pattern) for pattern in data["frame"]["after"]),
        re.compile(data["title"]["pattern"]),
    )


def _candidates(prose: str) -> list[Heading]:
    """All places where a main heading can be, in the order of the text; of two at one place the first code stays."""
    found: dict[int, Heading] = {}
    places = _places(NUMBER_PLACE, forms().any_part, prose, 0, len(prose))
    for code, pattern in forms().parts:
        for match in islice(_matches(pattern, prose, places, len(prose)), MOST_CANDIDATES):
            number = match["number"] or ""
            heading = Heading(code, match.start(), match.end(), number)
            if (number or _stands_alone(prose, heading)) and heading.start not in found:
                found[heading.start] = heading
    return sorted(found.values(), key=lambda h: h.start)


def _places(number: re.Pattern[str], heading: re.Pattern[str], prose: str, start: int, end: int) -> list[int]:
    """Where a heading begins, of whichever code: at a number or in it, or at a paragraph."""
    found = [start]
    for match in number.finditer(prose, start, end):
        begin, behind = match.span()
        found += (behind,) if prose[begin] == "\n" else range(begin, behind - 1)
    return [place for place in found if heading.match(prose, place, end)]


def _matches(pattern: re.Pattern[str], prose: str, places: Iterable[int], end: int) -> Iterator[re.Match[str]]:
    """What ``finditer`` finds, looked for at these places only."""
    free = 0
    for place in places:
        if place >= free and (match := pattern.match(prose, place, end)):
            free = match.end()
            yield match


def _stands_alone(prose: str, heading: Heading) -> bool:
    """A heading without a number must be a whole paragraph."""
    return heading.end >= len(prose) or prose[heading.end] in "\n：:"


def _runs_in(prose: str, heading: Heading) -> bool:
    """Whether text follows a heading's colon in the same paragraph, as in a list of facts (主动公开:全年56条)."""
    return prose[heading.end : heading.end + 1] in ("：", ":") and prose[heading.end + 1 : heading.end + 2] != "\n"


def _contents(candidates: list[Heading]) -> set[Heading]:
    """Candidates of a list of contents: three or more close behind one another, all of which come again later."""
    dropped: set[Heading] = set()
    for index, heading in enumerate(candidates):
        run = [heading]
        for following in candidates[index + 1 :]:
            if following.start - run[-1].end > CONTENTS_GAP or following.code in {h.code for h in run}:
                break
            run.append(following)
        later = {h.code for h in candidates[index + len(run) :]}
        if len(run) >= 3 and sum(h.code in later for h in run) >= len(run) - 1:
            dropped.update(h for h in run if h.code in later)
    return dropped


def _chain(candidates: list[Heading]) -> list[Heading]:
    """The longest chain of different codes whose printed numerals do not fall; numbered headings weigh more."""
    best: list[tuple[float, list[Heading]]] = []
    for heading in candidates:
        weight = 1.0 + (0.5 if heading.number else 0.0)
        options = [(weight, [heading])]
        for total, chain in best:
            if all(h.code != heading.code for h in chain) and _rises(chain, heading):
                options.append((total + weight, [*chain, heading]))
        best.append(max(options, key=lambda option: option[0]))
    return max(best, key=lambda option: option[0])[1] if best else []


def _rises(chain: list[Heading], heading: Heading) -> bool:
    last = next((h.number for h in reversed(chain) if h.number), "")
    return not (last and heading.number) or _value(heading.number) >= _value(last)


def _value(numeral: str) -> int:
    digits = "一二三四五六七八九"
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        return 10 * (digits.find(tens) + 1 if tens else 1) + (digits.find(ones) + 1 if ones else 0)
    return digits.find(numeral) + 1


def find_parts(prose: str) -> list[Heading]:
    """The main headings of a report, unknown chapters among them, in the order of the text."""
    candidates = _candidates(prose)
    dropped = _contents(candidates)
    candidates = [h for h in candidates if h not in dropped]
    numbered = sum(h.number != "" for h in candidates)
    if numbered >= FEWEST_NUMBERED:
        candidates = [h for h in candidates if h.number or not _runs_in(prose, h)]
    chain = _chain(candidates)
    if not chain:
        return []
    taken = {(h.start, h.end) for h in chain}
    for match in UNKNOWN.finditer(prose, chain[0].start):
        clear = all(match.end() <= start or match.start() >= end for start, end in taken)
        number = match.group().partition("、")[0]
        if clear and (number.startswith("附件") or _fits(chain, match.start(), number)):
            chain.append(Heading("unknown", match.start(), match.end(), ""))
    return sorted(chain, key=lambda h: h.start)


def _fits(chain: list[Heading], place: int, number: str) -> bool:
    """Whether a numeral fits between the known headings around a place, as another chapter of the same row."""
    value = _value(number)
    before = [_value(h.number) for h in chain if h.start < place and h.number]
    after = [_value(h.number) for h in chain if h.start > place and h.number]
    return bool(before) and value == max(before) + 1 and (not after or value < min(after))


def find_children(prose: str, start: int, end: int) -> list[Heading]:
    """The children of part one between two places of prose."""
    found: list[Heading] = []
    places = _places(CHILD_PLACE, forms().any_child, prose, start, end)
    for code, pattern in forms().children:
        for match in _matches(pattern, prose, places, end):
            numbered = bool(match["number"] or match["arabic"])
            alone = match.end() < end and prose[match.end()] in "\n：:。"
            boasts = numbered and BOAST.match(prose, match.end(), end) is not None
            if boasts or ((numbered or alone) and _ends_like_heading(prose, match, end)):
                found.append(Heading(code, match.start(), match.end(), match["number"] or match["arabic"] or ""))
                break
    if len(found) == 1 and not found[0].number and _runs_in(prose, found[0]):
        found = []
    slogans = _slogans(prose, start, end) if len(found) < FEWEST_SLOGANS else []
    return sorted(found if len(slogans) < FEWEST_SLOGANS else slogans, key=lambda h: h.start)


def _slogans(prose: str, start: int, end: int) -> list[Heading]:
    """Children whose headings are sentences, each told by its word, in the children's order."""
    found: list[Heading] = []
    codes = list(forms().slogans)
    for match in SLOGAN.finditer(prose, start, end):
        told = next((n for n, (_, word) in enumerate(codes) if word.search(match["words"])), None)
        if told is not None:
            found.append(Heading(codes[told][0], match.start(), match.end(), match["number"]))
            codes = codes[told + 1 :]
    return found


def _ends_like_heading(prose: str, match: re.Match[str], end: int) -> bool:
    """A child's heading closes with a mark, with the next numeral, or with a word that only headings end in."""
    following = prose[match.end()] if match.end() < end else "\n"
    return following in "\n：:。，（(1" or match.group().endswith(("方面", "情况", "建设", "管理", "保障"))


def body_start(prose: str, first_heading: int) -> int:
    """Where the report begins behind a crawler's header or a page's frame."""
    limit = first_heading if first_heading >= 0 else min(len(prose), 3000)
    place = 0
    for pattern in forms().before:
        for match in pattern.finditer(prose, 0, limit):
            place = max(place, match.end())
    while place < limit and prose[place] in " \n\t":
        place += 1
    return place


def body_end(prose: str, last_heading: int) -> int:
    """Where the report ends before the frame's foot."""
    place = len(prose)
    for pattern in forms().after:
        match = pattern.search(prose, max(last_heading, 0))
        if match:
            place = min(place, match.start())
    return place


def _section(report: Report, cleaned: Cleaned, heading: Heading, end: int) -> Section:
    start, heading_end = cleaned.source_range(heading.start, heading.end)
    return Section(heading.code, report.span(start, heading_end), start, cleaned.source_range(end - 1, end)[1])


def find_sections(report: Report) -> Report:
    """Write ``sections``: preface, parts, children of part one, unknown chapters, in the order of the text."""
    cleaned = report.cleaned
    assert cleaned is not None
    prose = cleaned.prose
    parts = find_parts(prose)
    begin = body_start(prose, parts[0].start if parts else -1)
    finish = body_end(prose, parts[-1].end if parts else -1)
    sections: list[Section] = []
    first = parts[0].start if parts else finish
    if prose[begin:first].strip():
        code = "preface" if parts else "unknown"
        start, end = cleaned.source_range(begin, first)
        sections.append(Section(code, None, start, end))
    for heading, following in zip(parts, [*(h.start for h in parts[1:]), finish], strict=False):
        end = max(following, heading.end)
        sections.append(_section(report, cleaned, heading, end))
        if heading.code == "overview":
            children = find_children(prose, heading.end, end)
            for child, child_end in zip(children, [*(h.start for h in children[1:]), end], strict=False):
                sections.append(_section(report, cleaned, child, child_end))
    return replace(report, sections=tuple(sections))

"""What the classifier of counts sees of a number: words and characters around it, its unit, its rule, its place.

Tokens are strings with a prefix that says where they were seen: in the clause, in the sentence, at which distance,
beside which other numbers. A fit takes them as they are, a model that is applied as its rows (``Tokens``). Nothing here
decides; the windows are bounded, so that one endless sentence costs no more than many short ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from operator import add
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from extractor.report import Candidate, Report

BREAKS = "，,。；;：:！？!?（）()\n"
CLAUSE_END = re.compile(rf"[{BREAKS}]")
BEFORE, BEHIND = 60, 24
WORDS_NEAR = 8
WORDS_FAR = 30
FARTHEST = 40
TOPIC = re.compile(
    r"复议|诉讼|应诉|申请|咨询|留言|解读|规范性文件|粉丝|阅读|访问|浏览|培训|会议|建议|提案|信息|栏目|新媒体|热线|检查|投诉|查阅"
)
SUBJECTS = re.compile(r"企业|群众|项目|资金|学生|居民|案件|人口|收入|补贴|许可|审批|服务|产值|投资|税|贷款")
PLAN = re.compile(r"将|拟|计划|力争|争取|下一步|目标|确保|不少于|不低于|到20\d\d年|预计|着力")
EARLIER = re.compile(r"上年|去年|同期|上一年|往年|由|较|比")
NUMBER = re.compile(r"[\d零一二三四五六七八九十百千万]+")

Token = TypeVar("Token")


class Tokens(Generic[Token]):
    """What stands for a token: ``of`` makes it of the string; those of words and of kinds of candidates are kept."""

    def __init__(self, of: Callable[[str], Token]) -> None:
        self.of = of
        self.of_kind = lru_cache(maxsize=2048)(lambda *kind: tuple(map(of, _of_kind(*kind))))
        self.of_word = lru_cache(maxsize=4096)(self._of_word)

    def _of_word(self, word: str) -> tuple[Token, ...] | None:
        """A word in front, in the sentence, and by its distance; behind, and by its distance; none of a number, None of a mark."""
        if word[0] in BREAKS:
            return None
        places = () if NUMBER.fullmatch(word) else ("l", "S", "l1", "l2", "l3", "r", "r1", "r2")
        return tuple(self.of(f"{place}:{word}") for place in places)


class Context(Generic[Token]):
    """The surroundings of all candidates of a report, as tokens."""

    def __init__(self, report: Report, tokens: Tokens[Token]) -> None:
        assert report.narrative is not None
        self.made = tokens
        self.text = report.narrative.text
        self.sentences = report.narrative.sentences
        self.candidates = report.candidates
        self.words = report.narrative.words
        self.starts = report.narrative.word_starts
        self.mentions = sorted(report.mentions, key=lambda m: m.start)
        self.mention_starts = [m.start for m in self.mentions]
        self.zones = tuple((p.start, p.end, p.kind) for p in report.passages)

    def tokens(self, index: int, decided: Mapping[int, str]) -> tuple[Token, ...]:
        """All tokens of the candidate at a place of ``Report.candidates``.

        ``decided`` holds the labels of the open candidates before it, by their places.
        """
        return (*self.standing(index), *self.decided_before(index, decided))

    def standing(self, index: int) -> list[Token]:
        """Of them, those that do not wait for another candidate's label."""
        candidate = self.candidates[index]
        sentence = self.sentences[candidate.sentence]
        low = max(sentence.start, candidate.start - BEFORE)
        high = min(sentence.end, candidate.end + BEHIND)
        left, right = self.text[low : candidate.start], self.text[candidate.end : high]
        found = [f"s:{sentence.section}", f"s0:{sentence.section.split('.')[0]}"]
        found += self._place_tokens(candidate)
        found += _letters(left, right, self.text[candidate.start : candidate.end] if candidate.form == "none" else "")
        found += self._neighbours(index)
        found += self._mention_tokens(candidate, sentence.start, sentence.end)
        found += _cues(left, right, self.text[max(0, candidate.start - 160) : candidate.start])
        return [*self._own(candidate), *self._word_tokens(candidate, low, high), *map(self.made.of, found)]

    def _own(self, candidate: Candidate) -> tuple[Token, ...]:
        size = "0" if candidate.value == 0 else "1" if candidate.value == 1 else str(len(str(int(candidate.value))))
        return self.made.of_kind(
            candidate.unit, candidate.form, candidate.qualifier, size, candidate.indicator, candidate.rule
        )

    def _place_tokens(self, candidate: Candidate) -> list[str]:
        kind = next((kind for start, end, kind in self.zones if start <= candidate.start < end), None)
        return [f"z:{kind}"] if kind else []

    def _word_tokens(self, candidate: Candidate, low: int, high: int) -> list[Token]:
        """Words of the clause by side and distance, and of the sentence without."""
        first, last = bisect_left(self.starts, low), bisect_left(self.starts, candidate.start)
        behind, stop = bisect_left(self.starts, candidate.end), bisect_left(self.starts, high)
        of_word = self.made.of_word
        left = [*map(of_word, reversed(self.words[max(first, last - WORDS_FAR) : last]))]
        right = [*map(of_word, self.words[behind : min(stop, behind + WORDS_NEAR)])]
        begin = left.index(None) if None in left else len(left)
        end = right.index(None) if None in right else len(right)
        found = [tokens[1] for tokens in left if tokens]
        found += [tokens[0] for tokens in left[:begin] if tokens]
        found += [tokens[distance] for distance, tokens in enumerate(left[: min(begin, 3)], 2) if tokens]
        found += [tokens[5] for tokens in right[:end] if tokens]
        found += [tokens[distance] for distance, tokens in enumerate(right[: min(end, 2)], 6) if tokens]
        if begin < len(left):
            found.append(self.made.of(f"b:{self.words[last - 1 - begin][0]}{min(begin + 1, 4)}"))
        if end < len(right):
            found.append(self.made.of(f"e:{self.words[behind + end][0]}{min(end + 1, 3)}"))
        return found

    def _neighbours(self, index: int) -> list[str]:
        """Rule and unit of the open candidates before and behind in the same sentence."""
        candidate = self.candidates[index]
        found: list[str] = []
        for step, name in ((-1, "pn"), (1, "nn")):
            other = index + step
            while 0 <= other < len(self.candidates) and abs(other - index) < 6:
                near = self.candidates[other]
                if near.sentence != candidate.sentence:
                    break
                if near.reason is None and near.unit != "%":
                    found += [f"{name}:{near.indicator}", f"{name}u:{near.unit == candidate.unit}"]
                    break
                other += step
        return found

    def decided_before(self, index: int, decided: Mapping[int, str]) -> list[Token]:
        """The labels of the two open candidates before, percentages left out, and how they sit with this one.

        Each token stands once.
        """
        candidate = self.candidates[index]
        found: list[str] = []
        for other in range(index - 1, max(-1, index - 1 - FARTHEST), -1):
            if other not in decided or self.candidates[other].unit == "%":
                continue
            near, label, rank = self.candidates[other], decided[other], len(found) and 1
            found += [f"P{rank}:{label}", f"P{rank}{near.sentence == candidate.sentence}:{label}"]
            if rank:
                break
            found += [f"Pu:{label}/{near.unit == candidate.unit}/{candidate.unit}", f"Pp:{label}/{candidate.indicator}"]
        return [*map(self.made.of, found or ("P0:start",))]

    def _mention_tokens(self, candidate: Candidate, begin: int, end: int) -> list[str]:
        low, high = bisect_left(self.mention_starts, begin), bisect_right(self.mention_starts, end)
        before = [m for m in self.mentions[low:high] if m.end <= candidate.start]
        found = [f"M:{m.type}" for m in before[-4:]]
        if before and not CLAUSE_END.search(self.text, before[-1].end, candidate.start):
            found.append(f"m:{before[-1].type}")
        return found


def _of_kind(
    unit: str | None, form: str, qualifier: str, size: str, indicator: str | None, rule: str
) -> tuple[str, ...]:
    return (
        f"u:{unit}",
        f"f:{form}",
        f"q:{qualifier}",
        f"v:{size}",
        f"p:{indicator}",
        f"p:{indicator}",
        f"pr:{rule}",
        f"pu:{indicator}/{unit}",
        f"vf:{form}{size}",
    )


def _letters(left: str, right: str, quote: str) -> list[str]:
    """Characters next to the quote, and those of its clause in twos and threes."""
    found = [f"c{n}:{left[-n:]}" for n in (1, 2, 3, 4) if len(left) >= n]
    found += [f"d{n}:{right[:n]}" for n in (1, 2, 3) if len(right) >= n]
    clause = CLAUSE_END.split(left[-20:])[-1] + quote[:30]
    twos = [*map(add, clause, clause[1:])]
    found += map("g:".__add__, twos)
    found += map("g:".__add__, map(add, twos, clause[2:]))
    following = CLAUSE_END.split(right[:12])[0]
    found += map("h:".__add__, map(add, following, following[1:]))
    return found


def _cues(left: str, right: str, before: str) -> list[str]:
    """The last topic in front, words of plans, of earlier years, of work outside disclosure."""
    topics = TOPIC.findall(before)
    found = [f"t:{topics[-1]}"] if topics else []
    found += [f"t2:{topic}" for topic in dict.fromkeys(topics[-4:])]
    found += [f"k:plan{PLAN.search(left) is not None}", f"k:earlier{EARLIER.search(left[-10:]) is not None}"]
    found += [f"k:{subject}" for subject in SUBJECTS.findall(left[-20:] + right[:10])]
    return found

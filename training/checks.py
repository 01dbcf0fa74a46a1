"""What labelled text must not be: copied, of one mould, given away by keywords, or taken from the hold-out.

Near copies make every figure too good and teach nothing; the same text on both sides of a split is worse. A skeleton
is a sentence with its content words masked: items that share theirs were composed, not written.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import rjieba

from extractor.errors import LabelError
from extractor.vocabulary import THEMES
from training.labels import Label

NEAR_COPY = 0.7
MOST_OF_SHARED_SKELETONS = 0.05
MOST_GIVEN_AWAY = 0.5
MOST_OTHER = 0.05
GRAM = 4
NOT_WORDS = re.compile(r"[\W_]+")
MASKED = frozenset("nvaisjltb")
KEYWORDS = {
    "timeliness": "及时 更新 滞后 时效",
    "content": "内容 深度 广度 全面",
    "standardisation": "规范 标准 格式",
    "interpretation": "解读",
    "channels": "渠道 形式 平台 载体",
    "interaction": "互动 回应 参与",
    "applications": "依申请 申请",
    "staff": "人员 队伍 培训 业务能力",
    "awareness": "意识 重视 认识",
    "mechanism": "机制 制度 考核",
    "security": "保密 安全 隐私",
}


class Written(Protocol):
    """What was written for an agency: a label or a labelled passage."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def agency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """Two texts of nearly the same characters; ``likeness`` is the Jaccard share of their 4-grams."""

    first: Written
    second: Written
    likeness: float


def grams(text: str) -> frozenset[str]:
    """The 4-grams of a text's letters, punctuation left out; a shorter text is one gram."""
    letters = NOT_WORDS.sub("", text)
    return frozenset(letters[i : i + GRAM] for i in range(max(1, len(letters) - GRAM + 1)))


def find_copies(labels: Sequence[Written], against: Sequence[Written] | None = None) -> Iterator[Copy]:
    """Pairs above ``NEAR_COPY``, within ``labels``, or of ``labels`` with ``against``."""
    index: dict[str, list[int]] = defaultdict(list)
    known: list[Written] = list(against or ())
    sets = [grams(label.text) for label in known]
    for place, found in enumerate(sets):
        for gram in found:
            index[gram].append(place)
    for label in labels:
        own = grams(label.text)
        shared = Counter(place for gram in own for place in index.get(gram, ()))
        for place, count in sorted(shared.items()):
            likeness = count / (len(own) + len(sets[place]) - count)
            if likeness > NEAR_COPY:
                yield Copy(known[place], label, likeness)
        if against is None:
            for gram in own:
                index[gram].append(len(known))
            known.append(label)
            sets.append(own)


def refuse_leaks(labels: Sequence[Written], holdout: Sequence[Written]) -> None:
    """Refuse labels that copy the hold-out, or come from its agencies. Errors: ``LabelError``."""
    copies = list(find_copies(labels, holdout))
    if copies:
        ids = _some_ids(copy.second.id for copy in copies)
        raise LabelError(
            "labels copy the hold-out",
            found=f"{len(copies)} near copies, ids {ids}",
            do="leave these items out of the training",
        )
    shared = {label.agency for label in labels} & {label.agency for label in holdout}
    if shared:
        ids = _some_ids(label.id for label in labels if label.agency in shared)
        raise LabelError(
            "labels come from agencies of the hold-out", found=f"{len(shared)} agencies, ids {ids}", do="leave them out"
        )


def refuse_copies(labels: Sequence[Label]) -> None:
    """Refuse near copies between agencies, which a split by agency would tear apart. Errors: ``LabelError``.

    Several coders' labels of one id are no copies of one another.
    """
    torn = [c for c in find_copies(labels) if c.first.agency != c.second.agency and c.first.id != c.second.id]
    if torn:
        ids = _some_ids(copy.second.id for copy in torn)
        raise LabelError(
            "labels hold near copies under several agencies", found=f"{len(torn)} pairs, ids {ids}",
            do="keep one of each pair, or give both the same agency",
        )  # fmt: skip


def _some_ids(ids: Iterable[str]) -> str:
    ordered = sorted(set(ids))
    return ", ".join(ordered[:5]) + (" …" if len(ordered) > 5 else "")


def skeleton(text: str) -> str:
    """A text with each content word masked by the letter of its part of speech, all other words and marks kept."""
    return "".join(f"{tag[0]}~" if tag[0] in MASKED else word for word, tag in rjieba.tag(text))


def is_given_away(label: Label) -> bool:
    """Whether the item holds an obvious keyword of its first theme."""
    return any(word in label.text for word in KEYWORDS.get(label.themes[0], "").split())


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule of good labelled text that is broken, and the share that breaks it."""

    rule: str
    share: float
    most: float


def find_faults(labels: Sequence[Label]) -> tuple[Fault, ...]:
    """The rules that labels break: copies, shared skeletons, keywords, too much ``other``, a missing theme."""
    count = len(labels)
    skeletons = Counter(skeleton(label.text) for label in labels)
    shared = sum(times for times in skeletons.values() if times > 1)
    shares = (
        Fault("near copies", sum(1 for _ in find_copies(labels)) / count, 0.0),
        Fault("shared skeletons", shared / count, MOST_OF_SHARED_SKELETONS),
        Fault("given away by a keyword", sum(map(is_given_away, labels)) / count, MOST_GIVEN_AWAY),
        Fault("other", sum(label.themes[0] == "other" for label in labels) / count, MOST_OTHER),
        Fault("themes missing", float(len(set(THEMES) - {label.themes[0] for label in labels})), 0.0),
    )
    return tuple(fault for fault in shares if fault.share > fault.most)

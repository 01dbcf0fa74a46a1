"""One entry for each means of disclosure, from all its mentions.

Names that differ only in punctuation or in a website's tail are one, in the form printed most often; a generic mention
folds into the named ones of its type. A means that is in use anywhere in the report is in use.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractor.report import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.report import Mention, Report

PRECEDENCE = ("used", "closed", "denied", "criticised", "planned")
PROGRAMMES = "mailbox"
MARKS = re.compile(r"[\s“”\"'‘’《》〈〉「」『』·・（）()\-—]")
WEBSITE_TAIL = re.compile(r"(?:人民)?(?:政府)?(?:门户)?(?:网站?|门户)(?:群)?$")
# between the shares of right mentions on labelled passages, where some mentions are unmarked, and on whole reports
CONFIDENCE = {"named": 0.95, "generic": 0.9, "cover": 0.7, "not_used": 0.9}


@dataclass(frozen=True, slots=True)
class Group:
    """Mentions that are one means, ``key`` the name without marks and tail, empty for a generic one."""

    type: str
    key: str
    mentions: tuple[Mention, ...]

    @property
    def status(self) -> str:
        """The first of all mentions' statuses in the order of precedence."""
        statuses = {mention.status for mention in self.mentions}
        return next(status for status in PRECEDENCE if status in statuses)

    @property
    def name(self) -> str | None:
        """The form printed most often, of equals the first."""
        names = Counter(m.name for m in self.mentions if m.name is not None)
        return names.most_common(1)[0][0] if names else None


def name_key(kind: str, name: str | None) -> str:
    """What tells two names of a type apart."""
    bare = MARKS.sub("", name or "")
    stripped = WEBSITE_TAIL.sub("", bare) if kind == "government_website" else bare
    return stripped or bare


def _groups(mentions: Iterable[Mention]) -> list[Group]:
    """Mentions by type and name; a programme's longer title goes to its short one (问政青渚, 问政青渚之有事请讲)."""
    rows: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        rows.setdefault((mention.type, name_key(mention.type, mention.name)), []).append(mention)
    for kind, key in [k for k in rows if k[0] == PROGRAMMES and k[1]]:
        short = next((k for k in rows if k[0] == kind and k[1] and k[1] != key and key.startswith(k[1])), None)
        if short is not None:
            rows[short] = sorted((*rows[short], *rows.pop((kind, key))), key=lambda m: m.start)
    return [Group(kind, key, tuple(found)) for (kind, key), found in rows.items()]


def _folded(groups: list[Group]) -> list[Group]:
    """Fold each generic group into the first named one of its type, unless it alone says that the type is in use."""
    out: list[Group] = []
    for group in groups:
        named = [g for g in groups if g.type == group.type and g.key]
        used = [g for g in named if g.status == "used"]
        if not group.key and (used or (named and group.status != "used")):
            continue
        generic = next((g for g in groups if g.type == group.type and not g.key), None)
        hosts = used or named
        if group.key and generic and hosts[0] is group and (used or generic.status != "used"):
            group = replace(group, mentions=tuple(sorted((*group.mentions, *generic.mentions), key=lambda m: m.start)))
        out.append(group)
    return sorted(out, key=lambda g: (g.mentions[0].start, g.mentions[0].end, g.type))


def _confidence(group: Group) -> float:
    if group.status != "used":
        return CONFIDENCE["not_used"]
    if group.key:
        return CONFIDENCE["named"]
    alone = all(m.type in ("other_new_media", "news_media") for m in group.mentions)
    return CONFIDENCE["cover"] if alone else CONFIDENCE["generic"]


def decide_channels(report: Report) -> Report:
    """Write ``channels``: ids h1, h2 … in the order of the first mention."""
    mentions = [mention for mention in report.mentions if not mention.cover]
    channels = tuple(
        Channel(
            f"h{number}",
            group.type,
            group.name,
            group.status,
            tuple(report.narrative_span(m.start, m.end) for m in group.mentions),
            _confidence(group),
        )
        for number, group in enumerate(_folded(_groups(mentions)), 1)
    )
    return replace(report, channels=channels)

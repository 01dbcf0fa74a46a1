"""A stated number of channels (三条渠道) against the list beside it.

A claim is made only of a closed list that was read whole: its mentions follow one another with nothing but list marks
between them, none stands open at the far end, and no 等 leaves it open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from extractor.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.report import LedgerEntry, Report, Span

MEANS = re.compile(
    r"\s*(?:大|条|种|个|类|项|方面)?\s*(?:主要|主|常用|信息|公开|发布|宣传|政务|传播|政府|的)*\s*(?:渠道|途径|载体|方式)"
)
MEANS_BEFORE = re.compile(r"(?:渠道|途径|载体|方式)(?:主要|总共|一共|共计|合计|共)?(?:有|设|达|为)?$")
MEASURE = re.compile(r"\s*(?:大类|条|种|个|类|项)")
BEHIND = re.compile(r"[^，。；：:\n]{0,6}[，,]?(?:[：:]|分别[是为]|即|依次[是为]|具体[是为])[“\"《\s]*")
MARKS = re.compile(r"[、和及与以，,“”\"《》\s]*")
BEFORE = re.compile(r"(?:等?[这共]|为主(?:的|要)?|构成的?|组成的?|在内的?|的)?[”》\"\s]*")
DIGITS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}
WORD = re.compile(r"渠道|途径|载体|方式")
FEWEST, MOST, REACH = 2, 12, 16


def find_miscounted(report: Report) -> Iterator[Finding]:
    """``narrative.channels``."""
    near = [match.start() for match in WORD.finditer(report.text)]
    mentions = sorted((s for c in report.channels for s in c.spans), key=lambda span: span.start) if near else []
    for entry in _beside(report.ledger, near):
        stated = _number(entry.span.quote)
        end = _means_end(report.text, entry.span) if stated else None
        if end is None:
            continue
        listed = _before(report.text, mentions, entry.span.start) or _behind(report.text, mentions, end)
        if len(listed) >= FEWEST and len(listed) != stated:
            message = f"the prose says {stated} channels and lists {len(listed)}"
            yield Finding("narrative.channels", "error", message, (entry.span, *listed))


def _beside(ledger: Sequence[LedgerEntry], places: Sequence[int]) -> Iterator[LedgerEntry]:
    """The numerals that stand within a few characters of some places, each once."""
    done = 0
    for place in places:
        first = bisect_left(ledger, place - REACH, key=lambda entry: entry.span.start)
        for index in range(max(first, done), len(ledger)):
            if ledger[index].span.start > place + REACH:
                break
            yield ledger[index]
            done = index + 1


def _means_end(text: str, number: Span) -> int | None:
    """Where the words end that make a number one of channels (四大渠道; 渠道共有四种), None where there are none."""
    match = MEANS.match(text, number.end)
    if match is None and MEANS_BEFORE.search(text, max(0, number.start - 8), number.start):
        match = MEASURE.match(text, number.end)
    return match.end() if match else None


def _number(quote: str) -> int | None:
    quote = quote.strip()
    return DIGITS.get(quote[:1]) if quote and not quote.isdecimal() else int(quote or 0) or None


def _before(text: str, mentions: Sequence[Span], end: int) -> list[Span]:
    """The list that ends where the number stands."""
    run: list[Span] = []
    last = bisect_left(mentions, end, key=lambda span: span.start)
    for span in reversed(mentions[max(0, last - MOST) : last]):
        pattern = MARKS if run else BEFORE
        if not pattern.fullmatch(text, span.end, run[0].start if run else end):
            break
        run.insert(0, span)
    return (
        run
        if run and text[max(0, run[0].start - REACH) : run[0].start].rstrip('“《"\n ')[-1:] not in tuple("、和及与")
        else []
    )


def _behind(text: str, mentions: Sequence[Span], start: int) -> list[Span]:
    """The list that begins behind the number's words."""
    lead = BEHIND.match(text, start)
    run: list[Span] = []
    place = lead.end() if lead else start
    first = bisect_left(mentions, place - 1, key=lambda span: span.start)
    for span in mentions[first : first + MOST] if lead else ():
        if span.start > place and not MARKS.fullmatch(text, place, span.start):
            break
        run.append(span)
        place = span.end
    return run if text[place : place + REACH].lstrip('”》"\n ')[:1] not in tuple("、和及与以等") else []

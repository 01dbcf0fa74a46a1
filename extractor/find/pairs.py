"""Problems that are printed each with its measure: 针对…的问题，我局…。 One sentence holds a problem and an improvement.

Only a chapter that lists no problems by themselves is read so; where problems are listed first, 针对 takes one of them
up again: the unmarked measure begins behind it (``clauses``), a marked one is the whole sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PAIR = re.compile(
    r"(?:(?<=[。；\n：:])|^)(?P<marker>(?:[（(]?[一二三四五六七八九十\d]{1,2}(?:是|[）)、.．])|第[一二三四五六七八九十][，、])?)"
    r"(?:针对|对于|对(?![照此标])|关于|围绕|聚焦|就)(?:(?:20\d\d年?|上一?|去)年?度?(?:年报|报告)?(?:中)?(?:提出|指出|反映)的)?(?P<problem>(?!上述|以上|存在的?问题|这|该|此|前述|上年|去年|20\d\d)[^。；\n]{4,60}?)"
    r"(?:等(?:方面)?的?|的)?(?:问题|不足|短板|弱项|现象|状况|情况|情形)[，。]"
    r"(?:(?:我[们局区市县委厅镇办院]|本[局机]关?|(?!联合|会同|协调|组织|督促|要求|邀请|向|由|在|与|请|约谈)[^，。；：\n、]{0,10}(?:局|管委会|委员会|人民政府|街道|镇|乡|办公室|厅)(?=将|拟|要|已|在|[一-龥]))(?:将|拟|要)?)?"
    r"(?P<measure>[^\n。；]{4,}(?:。(?![（(]?[一二三四五六七八九十\d]{1,2}(?:是|[）)、.．])|针对|对|关于|围绕|聚焦|就|下一步|今后|20\d\d)[^\n。；]{4,})*)"
)
FEWEST = 2
NEAR = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem and its measure, [start, end) each; ``start`` and ``end`` bound both."""

    start: int
    end: int
    problem: tuple[int, int]
    measure: tuple[int, int]
    marker: str


def find_pairs(text: str, start: int, end: int) -> list[Pair]:
    """The first pairs of a chapter that follow one another, at least two."""
    pairs = [
        Pair(match.start(), match.end(), match.span("problem"), match.span("measure"), match["marker"])
        for match in PAIR.finditer(text, start, end)
    ]
    runs: list[list[Pair]] = []
    for pair in pairs:
        if runs and pair.start - runs[-1][-1].end <= NEAR:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return next((run for run in runs if len(run) >= FEWEST), [])

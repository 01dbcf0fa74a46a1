"""The words that each indicator goes by, asked for before a contradiction is claimed.

Which quantity a number is of is a classifier's guess; that prose and table cannot both be true is a grave thing to say.
So a figure must be called by its own name in its clause, and the guess must be a likely one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.merge.context import Context
    from extractor.report import Count

LEAST_CONFIDENCE = 0.5
OWN_WORDS = {
    "applications_carried_over": re.compile(
        r"上一?年|去年|往年|20\d{2}年度?.{0,4}(?:结转|转入|遗留|延续)|跨年|遗留|延续"
    ),
    "applications_carried_forward": re.compile(
        r"[下次翌明]一?年|下一?(?:年度|期)|继续办理|结转(?:至|到|入)?20\d{2}年|(?<!年)(?<!年度)结转$"
    ),
    "applications_answered": re.compile(r"答复|办|处理|回复|结"),
    "applications_granted": re.compile(r"(?<!信息)(?<!政务)公开(?!申请)|同意|提供"),
    "applications_partial": re.compile(r"部分"),
    "applications_refused": re.compile(r"不予公开|不予以公开|不公开|不同意|拒绝"),
    "applications_unavailable": re.compile(r"提供|不掌握|不存在"),
    "applications_not_processed": re.compile(r"处理"),
    "applications_other": re.compile(r"其[他它]|撤回|不补正|缴费"),
}
CASE_NAMES = {"reviews": re.compile(r"复议"), "litigations": re.compile(r"诉讼|起诉|应诉|官司|被诉|涉诉|诉")}
CASE_RESULTS = {
    "upheld": re.compile(r"维持|驳回"),
    "corrected": re.compile(r"纠|撤销|败诉|违法|责令"),
    "other": re.compile(r"其[他它]|撤回|终止|调解"),
    "pending": re.compile(r"审结|未结|审理|在审|在办"),
}


def names_itself(count: Count, context: Context) -> bool:
    """Whether the words around a figure name what it is taken for."""
    clause = context.before + context.behind
    pattern = OWN_WORDS.get(count.indicator)
    if pattern is not None:
        return pattern.search(clause) is not None
    case, _, result = count.indicator.partition("_")
    if case not in CASE_NAMES:
        return True
    names_case = CASE_NAMES[case].search(context.lead + clause) is not None
    return names_case and (not result or CASE_RESULTS[result].search(clause) is not None)

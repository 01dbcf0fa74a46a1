"""The figures that sentences name: what the tables of a truth hold, sums of them, and drawn figures of other work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from tests.composer.form import APPLICANTS, GROUPS

if TYPE_CHECKING:
    import random

    from tests.composer import Truth

# The figures that stand for an indicator of the contract, and so can be planted against the tables.
INDICATORS = {
    "new": "applications_received",
    "over": "applications_carried_over",
    "total": "applications_answered",
    "forward": "applications_carried_forward",
    "granted": "applications_granted",
    "both": "applications_granted",
    "partial": "applications_partial",
    "refused": "applications_refused",
    "unavailable": "applications_unavailable",
    "not_processed": "applications_not_processed",
    "other_results": "applications_other",
    "reviews": "reviews",
    "review_upheld": "reviews_upheld",
    "review_corrected": "reviews_corrected",
    "review_other": "reviews_other",
    "review_pending": "reviews_pending",
    "suits": "litigations",
    "suit_upheld": "litigations_upheld",
    "suit_corrected": "litigations_corrected",
    "suit_other": "litigations_other",
    "suit_pending": "litigations_pending",
    "rules_issued": "regulations",
    "rules_repealed": "regulations",
    "rules_force": "regulations",
    "rules_made": "regulations",
    "norms_issued": "normative_documents",
    "norms_repealed": "normative_documents",
    "norms_force": "normative_documents",
    "norms_made": "normative_documents",
    "norms_total": "normative_documents",
}
CASE_RESULTS = ("upheld", "corrected", "other", "pending")
_DOCUMENTS = {
    "2021": {"issued": "issued", "repealed": "repealed", "force": "in_force"},
    "2019": {"made": "made", "disclosed": "newly_disclosed", "total": "total_disclosed"},
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Who reports: the agency's name, how it calls itself, and the area it speaks of."""

    agency: str
    us: str
    scope: str
    place: str


VOICES = (
    Voice("青岚县人民政府", "我县", "县", "青岚"),
    Voice("澄屿市人民政府办公室", "我办", "市", "澄屿"),
    Voice("鹤汀区卫生健康局", "我局", "区", "鹤汀"),
    Voice("澄屿市公安局", "市公安局", "市", "澄屿"),
    Voice("栖霁县医疗保障局", "县医保局", "县", "栖霁"),
    Voice("国家税务总局望榆县税务局", "本局", "县", "望榆"),
    Voice("岚桥区教育局", "区教育局", "区", "岚桥"),
    Voice("鹤汀区柳浦街道办事处", "本街道", "区", "鹤汀"),
    Voice("青岚县禾田镇人民政府", "我镇", "镇", "青岚"),
    Voice("苍岭省自然资源厅", "省厅", "省", "苍岭"),
    Voice("望榆县司法局", "我局", "县", "望榆"),
    Voice("澄屿市住房和城乡建设局", "市住建局", "市", "澄屿"),
    Voice("栖霁县应急管理局", "我单位", "县", "栖霁"),
    Voice("岚桥区市场监督管理局", "区市场监管局", "区", "岚桥"),
    Voice("苍岭省审计厅", "我厅", "省", "苍岭"),
    Voice("澄屿高新技术产业开发区管理委员会", "管委会", "区", "澄屿"),
    Voice("望榆县行政审批服务局", "本局", "县", "望榆"),
    Voice("青岚县云溪乡人民政府", "乡政府", "乡", "青岚"),
)


def figures_of(truth: Truth, rng: random.Random) -> dict[str, int]:
    """All named figures; those of the tables are exact, drawn ones belong to other work."""
    figures = _requests(truth) | _cases(truth) | _documents(truth)
    a, b, c = (rng.randint(11, rng.choice((60, 900, 7000))) for _ in range(3))
    items = a + b + c
    figures |= {"a": a, "b": b, "c": c, "items": items, "p": (p := rng.randint(1, items - 1)), "q": items - p}
    new = figures["new"]
    by_web = rng.randint(0, new)
    by_letter = rng.randint(0, new - by_web)
    figures |= {"by_web": by_web, "by_letter": by_letter, "by_hand": new - by_web - by_letter}
    figures |= {"half": rng.randint(0, new), "about_new": new if new >= 20 else 0}
    figures["over_new"] = new // 10 * 10 if new >= 30 else 0
    rest = rng.randint(5, 400)
    figures |= {"county_rest": rest, "county_new": new + rest, "last_new": new + rng.randint(1, 40)}
    figures |= {
        "x": rng.randint(2, 40),
        "y": rng.randint(2, 400),
        "z": rng.randint(2, 12),
        "big": rng.randint(300, 90000),
    }
    figures |= {"rate": rng.randint(2, 99), "money": rng.randint(3, 900), "fee": rng.randint(10, 3000)}
    return figures


def _requests(truth: Truth) -> dict[str, int]:
    def cell(row: str, column: str = "total") -> int:
        return int(truth.value("applications", row, column))

    def group(name: str) -> int:
        return sum(cell(row) for row in truth.result_rows if row == name or row.startswith(f"{name}."))

    figures = {"new": cell("new"), "over": cell("carried_over"), "total": cell("total")}
    figures |= {"forward": cell("carried_forward"), "granted": cell("granted"), "partial": cell("partially_granted")}
    figures |= {name: group(name) for name in ("refused", "unavailable", "not_processed")}
    figures |= {"other_results": group("other"), "secret": cell("refused.state_secret")}
    figures |= {"all": figures["new"] + figures["over"], "both": figures["granted"] + figures["partial"]}
    columns = {"new_person": "natural_person", "new_company": "commercial", "new_research": "research"}
    figures |= {name: cell("new", column) for name, column in {**columns, "new_legal": "legal_service"}.items()}
    figures["new_org"] = sum(cell("new", column) for column in APPLICANTS[1:])
    return figures


def _cases(truth: Truth) -> dict[str, int]:
    def cell(column: str, *rows: str) -> int:
        return sum(int(truth.value("review_litigation", row, column)) for row in rows)

    review, direct, after = GROUPS
    figures = {"reviews": cell("total", review), "suits": cell("total", direct, after)}
    for column in CASE_RESULTS:
        figures[f"review_{column}"] = cell(column, review)
        figures[f"suit_{column}"] = cell(column, direct, after)
    figures |= {"direct": cell("total", direct), "after": cell("total", after)}
    figures |= {"review_closed": figures["reviews"] - figures["review_pending"]}
    figures |= {"suit_closed": figures["suits"] - figures["suit_pending"]}
    figures |= {"both_cases": figures["reviews"] + figures["suits"]}
    return figures | {"both_upheld": figures["review_upheld"] + figures["suit_upheld"]}


def _documents(truth: Truth) -> dict[str, int]:
    rows = {"rules": "regulations", "norms": "normative_documents"}
    return {
        f"{short}_{name}": int(truth.value("proactive", row, column))
        for short, row in rows.items()
        for name, column in _DOCUMENTS[truth.edition].items()
    }


def other_value(value: int, truth: Truth, figures: dict[str, int], rng: random.Random) -> int:
    """A value near another one that no cell, no named figure and no sum of two of them equals."""
    known = {int(v) for v in (*truth.values.values(), *figures.values())}
    named = [
        figures[name] for name in ("new", "over", "total", "forward", "granted", "partial", "refused", "unavailable")
    ]
    named += [figures[name] for name in ("not_processed", "other_results", "reviews", "suits", "direct", "after")]
    named += [figures[f"{case}_{result}"] for case in ("review", "suit") for result in CASE_RESULTS]
    known |= {left + right for left, right in combinations(named, 2)} | {abs(x - y) for x, y in combinations(named, 2)}
    reach = max(9, value)
    while True:
        drawn = max(1, value + rng.randint(-reach, reach))
        if drawn not in known:
            return drawn
        reach += 3

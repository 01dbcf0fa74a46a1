"""What a composed report says, before anybody prints it: numbers that satisfy the form's identities.

A truth is drawn from a ``random.Random``, so a seed names it, and Hypothesis can drive (and shrink) the same code
through its own ``randoms()``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from extractor.report import CellAddress
from tests.composer.form import APPLICANTS, GROUPS, ONE_OTHER_RESULT_ROWS, RESULT_ROWS, RESULTS, proactive_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    Number = int | float

FORMS = ("2021", "2021_one_other", "2019", "2019_late", "statistics")
AGENCIES = (
    "青岚县人民政府",
    "鹤汀区卫生健康局",
    "澄屿市公安局",
    "栖霁县医疗保障局",
    "望榆县税务局",
    "岚桥区教育局",
    "澄屿市人民政府",
    "鹤汀区柳浦街道办事处",
    "青岚县自然资源局",
)
ANNEXES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("主动公开信息数", "条"),
        ("其中：1.网站公开", "条"),
        ("2.政府公报公开", "条"),
        ("受理依申请公开信息总数", "条"),
        ("其中：1.当面申请数", "条"),
        ("2.网上申请数", "条"),
        ("3.信函、传真申请数", "条"),
        ("对申请的答复总数", "条"),
        ("其中：1.同意公开答复数", "条"),
        ("2.同意部分公开答复数", "条"),
        ("3.不予公开答复数", "条"),
        ("政府信息公开收费减免金额", "元"),
        ("行政复议数", "件"),
        ("行政诉讼数", "件"),
    ),
    (
        ("（一）主动公开政府信息数", "条"),
        ("其中：主动公开规范性文件数", "条"),
        ("（二）回应公众关注热点或重大舆情数", "次"),
        ("（三）收到申请数", "件"),
        ("（四）申请办结数", "件"),
        ("（五）政府信息公开会议和培训情况", "次"),
        ("（六）举报投诉数量", "件"),
    ),
)


@dataclass(frozen=True, slots=True)
class Truth:
    """One agency's year. ``form`` is one of ``FORMS``; ``values`` holds every official cell that the form prints."""

    form: str
    agency: str
    year: int
    values: Mapping[CellAddress, Number]
    annex: tuple[tuple[str, str], ...] = ()

    @property
    def edition(self) -> str:
        """The edition that part two follows."""
        return {"2019": "2019", "2019_late": "2019", "statistics": "pre2019"}.get(self.form, "2021")

    @property
    def has_three_other_rows(self) -> bool:
        """Whether （六）其他处理 is printed as three rows."""
        return self.form == "2021"

    @property
    def result_rows(self) -> tuple[str, ...]:
        """The rows that part three sums up in （七）总计."""
        return RESULT_ROWS if self.has_three_other_rows else ONE_OTHER_RESULT_ROWS

    def value(self, table: str, row: str, column: str) -> Number:
        """The number of a cell."""
        return self.values[CellAddress(table, row, column)]

    def changed(self, cell: CellAddress, value: Number) -> Truth:
        """The same report with another number in one cell; identities may break."""
        return replace(self, values=MappingProxyType({**self.values, cell: value}))


def draw_truth(rng: random.Random, form: str | None = None) -> Truth:
    """A truth whose numbers satisfy every identity of the form."""
    form = form or rng.choices(FORMS, (10, 2, 4, 1, 2))[0]
    years = {"2019": (2019, 2020), "2019_late": (2023,), "statistics": (2011, 2014, 2018)}.get(form, (2021, 2022, 2024))
    agency, year = rng.choice(AGENCIES), rng.choice(years)
    if form == "statistics":
        annex = rng.choice(ANNEXES)
        return Truth(form, agency, year, MappingProxyType(_annex_values(annex, rng)), annex)
    edition = "2019" if form.startswith("2019") else "2021"
    values: dict[CellAddress, Number] = _proactive_values(edition, rng)
    values |= _applications_values(RESULT_ROWS if form == "2021" else ONE_OTHER_RESULT_ROWS, rng)
    values |= _review_values(rng)
    return Truth(form, agency, year, MappingProxyType(values))


def seeded_truth(seed: int, form: str | None = None) -> Truth:
    """The truth that a seed names."""
    return draw_truth(random.Random(seed), form)


def _count(rng: random.Random, *, often_zero: float, top: int) -> int:
    if rng.random() < often_zero:
        return 0
    return rng.randint(1, 10 ** rng.randint(1, len(str(top)) - 1)) if top > 10 else rng.randint(1, top)


def _proactive_values(edition: str, rng: random.Random) -> dict[CellAddress, Number]:
    values: dict[CellAddress, Number] = {}
    top = rng.choice((10, 1000, 10_000_000))
    for cell in proactive_cells(edition):
        number: Number = _count(rng, often_zero=0.35, top=top)
        if cell.column == "change":
            number *= rng.choice((1, -1))
        if cell.column == "amount_10k_yuan" and rng.random() < 0.7:
            number = round(rng.uniform(0.01, 10 ** rng.randint(0, 5)), rng.randint(1, 6))
            number = number or 0
        values[cell] = number
    return values


def _applications_values(result_rows: tuple[str, ...], rng: random.Random) -> dict[CellAddress, Number]:
    table: dict[str, list[int]] = {}
    busy = rng.choice((0.0, 0.1, 0.3, 0.6))
    top = rng.choice((9, 100, 1000, 100_000))
    shares = (1.0, *(rng.choice((0.0, 0.1, 0.5)) for _ in APPLICANTS[1:]))
    for row in result_rows:
        is_busy = rng.random() < busy
        table[row] = [
            _count(rng, often_zero=0.3, top=top) if is_busy and rng.random() < share else 0 for share in shares
        ]
    totals = [sum(column) for column in zip(*table.values(), strict=True)]
    forward = [rng.choice((0, 0, rng.randint(0, 20))) if total else 0 for total in totals]
    over = [min(total + f, rng.choice((0, 0, rng.randint(0, 40)))) for total, f in zip(totals, forward, strict=True)]
    new = [total + f - o for total, f, o in zip(totals, forward, over, strict=True)]
    table |= {"new": new, "carried_over": over, "total": totals, "carried_forward": forward}
    return {
        CellAddress("applications", row, column): value
        for row, numbers in table.items()
        for column, value in zip((*APPLICANTS, "total"), (*numbers, sum(numbers)), strict=True)
    }


def _review_values(rng: random.Random) -> dict[CellAddress, Number]:
    values: dict[CellAddress, Number] = {}
    often_zero = rng.choice((1.0, 0.7, 0.2))
    for group in GROUPS:
        parts = [_count(rng, often_zero=often_zero, top=rng.choice((9, 9, 1000))) for _ in RESULTS]
        for column, value in zip((*RESULTS, "total"), (*parts, sum(parts)), strict=True):
            values[CellAddress("review_litigation", group, column)] = value
    return values


def _annex_values(annex: tuple[tuple[str, str], ...], rng: random.Random) -> dict[CellAddress, Number]:
    values: dict[CellAddress, Number] = {}
    for label, _ in annex:
        this_year = _count(rng, often_zero=0.5, top=10_000)
        values[CellAddress("statistics", label, "this_year")] = this_year
        values[CellAddress("statistics", label, "cumulative")] = this_year + _count(rng, often_zero=0.5, top=100_000)
    return values


def broken_identities(truth: Truth) -> tuple[tuple[str, tuple[CellAddress, ...]], ...]:
    """Every identity that fails: (finding code, all cells of the identity). Annexes have no identities."""
    if truth.form == "statistics":
        return ()
    identities: list[tuple[str, list[CellAddress], list[CellAddress]]] = []

    def cells(row: str, *columns: str) -> list[CellAddress]:
        return [CellAddress("applications", row, column) for column in columns]

    for column in (*APPLICANTS, "total"):
        both = [CellAddress("applications", row, column) for row in ("new", "carried_over")]
        out = [CellAddress("applications", row, column) for row in ("total", "carried_forward")]
        identities.append(("arithmetic.flow", both, out))
        parts = [CellAddress("applications", row, column) for row in truth.result_rows]
        identities.append(("arithmetic.total", parts, cells("total", column)))
    for row in ("new", "carried_over", *truth.result_rows, "total", "carried_forward"):
        identities.append(("arithmetic.row", cells(row, *APPLICANTS), cells(row, "total")))
    for group in GROUPS:
        parts = [CellAddress("review_litigation", group, column) for column in RESULTS]
        identities.append(("arithmetic.review", parts, [CellAddress("review_litigation", group, "total")]))
    return tuple(
        (code, tuple(left + right))
        for code, left, right in identities
        if sum(truth.values[c] for c in left) != sum(truth.values[c] for c in right)
    )

"""Each count of the prose against its official cells: agree, contradict, or not comparable and why.

No false alarm is worth more than one more catch: a contradiction is claimed only when the figure differs from its
cells and no other reading of the same words fits (new and carried over together, closed cases, two results in one
figure, one applicant, a narrower body, another period).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.merge.context import Context, context_of
from extractor.merge.figures import CASE_ROWS, COMPARABLE, DOCUMENT_COLUMNS, DOCUMENTS, WHOLES, Figure, Figures
from extractor.merge.named import LEAST_CONFIDENCE, names_itself
from extractor.merge.settle import Run, Stated, runs
from extractor.report import Finding, Indicator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.report import Count, Report

APPLICANT_WORDS = (
    (re.compile(r"自然人|公民(?![、和及与或]法人)|个人"), "natural_person"),
    (re.compile(r"(?<!公民[、和及与或])法人(?:[或和及与、]其[他它]组织)?|其[他它]组织"), "organisations"),
    (re.compile(r"公民[、和及与或]法人(?:[或和及与、]其[他它]组织)?"), "total"),
    (re.compile(r"商业企业|企业"), "commercial"),
    (re.compile(r"科研机构"), "research"),
    (re.compile(r"社会公益组织|公益组织"), "public_welfare"),
    (re.compile(r"法律服务机构|律师事务所|律所"), "legal_service"),
)
OTHERS = ("其他", "其它", "其他申请人")
OTHER_BODIES = ("其他组织", "其它组织")
ONE_BODY = re.compile(r"(?:商业)?企业|科研机构|公益组织|法律服务机构")
OTHER_APPLICANTS = re.compile(
    r"(?:自然人|企业|科研机构|公益组织|法律服务机构|律师事务所)[^，,、；;：:\d]{0,4}(?:[\d.]+[件人宗份][，,、]?)?[^，,、；;：:\d]{0,4}$|其[他它]申请人$"
)
BOTH_RESULTS = re.compile(r"公开(?:和|及|与|以及|、|或|（含)(?:者)?部分公开")
REPEALED = re.compile(r"废止|失效|清理|宣布")
IN_FORCE = re.compile(r"现行有效|对外公开.{0,14}总|有效的?(?:行政)?规范性文件|继续有效|有效的?规章")
ISSUED = re.compile(r"制定|制发|印发|出台|新制|新增|颁布|制作|起草|修订")
PUBLISHED = re.compile(r"公开|发布|公布|上传|文件库|规章库|网站|平台|专栏|转载")
OTHER_PERIOD = re.compile(
    r"(?<!全年)(?<!年度)(?<!年内)(?<!本年)(?<!当年)累计|历年|截至(?!.{0,5}(?:年底|年末|12月31日|12月底))|上半年|下半年|季度|(?<!12)月底|以来"
    r"|近[三五两]年|“十[三四五]五”"
)
NARROWER = re.compile(r"本级|机关本部|局机关|办公室|各[乡镇区县市部级]|[县区市]直|下属|系统|全[县区市省镇乡州盟旗]")
ONE_WAY = re.compile(r"书面|现场|信函|当面|网[上络]|在线|邮[寄件]|传真")
SEVERAL = re.compile(r"任何|各[种类]|等|[、和及与]")
OTHER_ACT = re.compile(r"补正|延期|告知|送达|移送|转[交办]|撤回|咨询|指南|回访|沟通|会商")
ONE_KIND = re.compile(r"结转|秘密|隐私|涉密|不予|拒绝|部分|逾期|超期|重复|不符合|纠错|纠正|撤销|败诉|审结|违法")
KIND_OF_REVIEW = re.compile(r"复议后|直接")
ONE_REASON = re.compile(
    r"(?:秘密|隐私|禁止公开|三安全一稳定|第三方|内部事务|过程性|执法案卷|查询事项|不掌握|未掌握|不存在|现成|另行制作|不明确|信访|投诉"
    r"|重复申请|出版物|反复|重新出具|不补正|未补正|缴纳|缴费)(?!.{0,6}等)"
)
CLOSED = re.compile(r"审结|办结|结案")
LAST_YEAR = re.compile(r"(?:上一?年度?|去年|前年|往年)(?!.{0,8}(?:结转|转入|遗留|延续))")
YEAR = re.compile(r"(?<!结转)(?<!结转至)(?<!结转到)(?<!转入)(20\d{2})年(?!度?(?:的|份)?(?:结转|转入|遗留|未办))")
PART_OF_IT = re.compile(r"其中(?![，：]?(?:本年度?|当年|年内|今年)?新[收增])")
GROUPS = frozenset(f"applications_{result}" for result in ("refused", "unavailable", "not_processed", "other"))
PARTLY_TOO = "equals granted and partially granted together"
UNPRINTED = "the cells are not printed or not read"
CASE = re.compile(r"复议|诉讼")
CASE_WORDS = re.compile(r"信息公开|政务公开|依申请|公开申请|答复")


def stated_documents(report: Report) -> tuple[Stated, ...]:
    """What the prose says of rules and normative documents, by the column that its verb means."""
    table = report.tables.proactive
    columns = DOCUMENT_COLUMNS.get(table.edition, {}) if table else {}
    found = [
        (count, columns.get(_sense(_context(report, count).before, table.edition if table else None)))
        for count in report.counts
        if count.indicator in DOCUMENTS
    ]
    return tuple(Stated(count.indicator, column, count) for count, column in found if column)


def relate(report: Report, figures: Figures) -> tuple[tuple[Indicator, ...], tuple[Finding, ...]]:
    """All indicators, counts first in their order, then those that only the tables show; and the contradictions."""
    compared = [(count, _compare(report, figures, count)) for count in report.counts if count.indicator in COMPARABLE]
    agreeing = {(entry.code, entry.cells) for _, entry in compared if entry and entry.relation == "agree"}
    entries: list[Indicator] = []
    findings: list[Finding] = []
    for count, entry in compared:
        if entry is None:
            continue
        if entry.relation == "contradict" and (entry.code, entry.cells) in agreeing:
            entry = _changed(entry, "another figure of the same kind in the prose agrees with the table")
        entries.append(entry)
        if entry.relation == "contradict":
            message = f"the prose says {count.value:.12g}, the table {entry.value:.12g}"
            findings.append(Finding("narrative.table", "error", message, (count.span,), entry.cells))
    entries += _only_tables(figures, {entry.code for entry in entries})
    return tuple(entries), tuple(findings)


def _changed(entry: Indicator, note: str) -> Indicator:
    return Indicator(entry.code, "not_comparable", entry.value, entry.cells, entry.narrative, note)


def _only_tables(figures: Figures, told: set[str]) -> Iterator[Indicator]:
    for code in COMPARABLE:
        if code not in told and (figure := figures.of(code)).value is not None:
            yield Indicator(code, "only_table", figure.value, figure.cells, (), None)


def _compare(report: Report, figures: Figures, count: Count) -> Indicator | None:
    """A count against its cells; None where a part of a breakdown has no cells of its own."""
    context = _context(report, count)
    column = _applicant(context, count)
    if count.indicator == "applications_received" and count.role == "part" and column == "total":
        return None
    if count.indicator in DOCUMENTS:
        return _compare_documents(report, figures, count, context)
    figure = figures.of(count.indicator, column)
    if count.indicator == "applications_granted" and BOTH_RESULTS.search(context.before):
        figure = figures.requests(("granted", "partially_granted"))
    if count.indicator.startswith("litigations"):
        figure = _one_kind(figures, count, context, figure)
    if figure.value is None:
        return _entry(count, "only_narrative", figure, UNPRINTED)
    if count.qualifier == "none" and count.indicator in WHOLES and _is_narrower(count, context):
        return _entry(count, "not_comparable", figure, "the prose speaks of one kind only")
    if fits(count, figure.value):
        return _entry(count, "agree", figure)
    note = _other_reading(figures, count, context, figure, column) or _other_year(report, context)
    if note == PARTLY_TOO and _is_listed_with_partial(report, count):
        note = None
    return _entry(count, "not_comparable" if note else "contradict", figure, note)


def _context(report: Report, count: Count) -> Context:
    """The words around a count; a statement of none is its own words."""
    context = context_of(report, count.span)
    if count.qualifier == "none" and not count.span.quote[:1].isdecimal():
        return replace(context, before=count.span.quote)
    return context


def _applicant(context: Context, count: Count) -> str:
    """The column that the words nearest to a figure name, the total where they name all or none."""
    if not count.indicator.startswith("applications_"):
        return "total"
    near = context.before if context.before == count.span.quote else context.before[-14:]
    if count.indicator == "applications_received" and near.endswith(OTHERS):
        listed = context.lead[: -len("其他")] if not near.endswith("申请人") else context.lead
        return "other" if OTHER_APPLICANTS.search(listed) else "total"
    if near.endswith(OTHER_BODIES) and "法人" not in near and ONE_BODY.search(context.lead):
        return "other"
    found = [(match.end(), column) for pattern, column in APPLICANT_WORDS for match in pattern.finditer(near)]
    return max(found)[1] if found else "total"


def _one_kind(figures: Figures, count: Count, context: Context, figure: Figure) -> Figure:
    """Lawsuits named as direct ones or as ones after a review stand against that row alone."""
    column = count.indicator.partition("_")[2] or "total"
    direct, after = CASE_ROWS["litigations"]
    if re.search(r"复议后(?:起诉|提起|诉讼)", context.before):
        return figures.cases((after,), column)
    if re.search(r"直接(?:起诉|提起)|未经复议", context.before):
        return figures.cases((direct,), column)
    return figure


def fits(count: Count, value: float) -> bool:
    """Whether a figure says the same as a count with its qualifier (余 and 近 leave room)."""
    if count.qualifier == "at_least":
        return count.value <= value <= count.value * 1.25 + 10
    if count.qualifier == "approx":
        return abs(value - count.value) <= max(2, 0.12 * value)
    return abs(value - count.value) < 1e-9


def _other_reading(figures: Figures, count: Count, context: Context, figure: Figure, column: str) -> str | None:
    """Why a differing figure need not contradict; None where nothing explains it."""
    for note, reading in _readings(figures, count, column) if count.value or CLOSED.search(context.before) else ():
        if reading.value is not None and reading.cells != figure.cells and fits(count, reading.value):
            return note
    if OTHER_PERIOD.search(context.lead):
        return "the prose counts another period"
    if count.indicator in WHOLES and _is_narrower(count, context):
        return "the prose counts another scope"
    if count.confidence < LEAST_CONFIDENCE or not names_itself(count, context):
        return "the words do not name this quantity for certain"
    if count.indicator in GROUPS and ONE_REASON.search(context.before):
        return "the prose counts one reason only"
    if count.indicator in ("applications_received", "applications_answered") and OTHER_ACT.search(
        context.before + context.behind
    ):
        return "the prose counts another act upon requests"
    concerned = context.sentence + (
        context.earlier if count.qualifier == "none" and CASE.search(context.earlier) else ""
    )
    if not count.indicator.startswith("applications") and not CASE_WORDS.search(concerned):
        return "the prose does not say that the cases concern disclosure"
    return None


def _is_listed_with_partial(report: Report, count: Count) -> bool:
    """Whether both results stand as parts in one list that adds up to its total: neither holds the other then."""
    parts = [other for other in report.counts if count.part_of and other.part_of == count.part_of]
    total = next((other.value for other in report.counts if other.id == count.part_of), None)
    both = {"applications_granted", "applications_partial"} <= {part.indicator for part in parts}
    return both and sum(part.value for part in parts) == total


def _other_year(report: Report, context: Context) -> str | None:
    """Why a figure is not of the reporting year, None where nothing says so."""
    years = YEAR.findall(context.lead)
    is_other = years and report.meta.year is not None and int(years[-1]) != report.meta.year
    return "the prose counts another year" if is_other or LAST_YEAR.search(context.before) else None


def _is_narrower(count: Count, context: Context) -> bool:
    """Whether a figure of all requests or cases is said of one body, place, way or kind only."""
    words = context.before
    if ONE_KIND.search(words) or (count.indicator == "reviews" and KIND_OF_REVIEW.search(words)):
        return True
    if ONE_WAY.search(words) and not SEVERAL.search(words):
        return True
    is_statement = words == count.span.quote
    return not is_statement and (PART_OF_IT.search(words) or NARROWER.search(words)) is not None


def _readings(figures: Figures, count: Count, column: str) -> Iterator[tuple[str, Figure]]:
    """Other sums of cells that the same words can mean."""
    if count.indicator == "applications_received":
        yield (
            "equals the new requests and those carried over together",
            figures.requests(("new", "carried_over"), column),
        )
        yield "equals the requests answered", figures.requests(("total",), column)
    if count.indicator == "applications_answered":
        yield "equals all requests of the year", figures.requests(("new", "carried_over"), column)
        yield (
            "equals the results without those not processed",
            figures.requests(("granted", "partially_granted", "refused.", "unavailable.")),
        )
        yield (
            "equals the results without other handling",
            figures.requests(("granted", "partially_granted", "refused.", "unavailable.", "not_processed.")),
        )
        yield "equals the new requests", figures.requests(("new",), column)
    if count.indicator in ("applications_granted", "applications_partial"):
        yield PARTLY_TOO, figures.requests(("granted", "partially_granted"))
    if count.indicator in ("applications_other", "applications_not_processed"):
        yield "equals not processed and other handling together", figures.requests(("not_processed.", "other"))
    if not count.indicator.startswith("applications"):
        yield from _readings_of_cases(figures, count.indicator)


def _readings_of_cases(figures: Figures, indicator: str) -> Iterator[tuple[str, Figure]]:
    """Other sums that a figure of reviews or lawsuits, or of one of their results, can mean."""
    case, _, result = indicator.partition("_")
    column = result or "total"
    direct, after = CASE_ROWS["litigations"]
    if case == "litigations":
        yield "equals the lawsuits without prior review", figures.cases((direct,), column)
        yield "equals the lawsuits after a review", figures.cases((after,), column)
    yield "equals reviews and lawsuits together", figures.cases((*CASE_ROWS["reviews"], direct, after), column)
    for rows in (CASE_ROWS[case], (direct,), (after,)) if not result else ():
        total, pending = figures.cases(rows, "total"), figures.cases(rows, "pending")
        if total.value is not None and pending.value is not None:
            yield "equals the cases closed", Figure(total.value - pending.value, (*total.cells, *pending.cells))


def _sense(words: str, edition: str | None) -> str:
    """The column that the words before a number of documents mean: issued, repealed, in_force; 2019 also disclosed."""
    if IN_FORCE.search(words):
        return "in_force"
    if edition == "2019" and "新公开" in words:
        return "disclosed"
    return "repealed" if REPEALED.search(words) else "issued"


def _allows(run: Run, figure: Figure, count: Count) -> bool:
    return any(cell.column in run.columns and run.allows(cell.column, count.value) for cell in figure.cells)


def _compare_documents(report: Report, figures: Figures, count: Count, context: Context) -> Indicator:
    """Documents by their verb: issued, repealed or in force; what is put on a site is another quantity."""
    words = context.before
    sense = _sense(words, figures.edition)
    figure = figures.documents(count.indicator, sense)
    if figure.value is None:
        if any(run.row == count.indicator and _allows(run, figure, count) for run in runs(report.tables.proactive)):
            split = Figure(count.value, figure.cells)
            return _entry(count, "agree", split, "the cell's digits run together, and one split has this figure")
        return _entry(count, "only_narrative", figure, UNPRINTED)
    if fits(count, figure.value):
        return _entry(count, "agree", figure)
    for other in ("issued", "disclosed", "in_force"):
        reading = figures.documents(count.indicator, other)
        if sense == "issued" and not ISSUED.search(words) and reading.value is not None and fits(count, reading.value):
            return _entry(count, "agree", reading)
    is_kind = {"issued": ISSUED.search(words), "repealed": "废止" in words}.get(sense, True)
    is_official = figures.edition == "2019" and sense != "issued"
    if (PUBLISHED.search(words) and not is_official) or not is_kind:
        note = "documents published, kept or cleared are another quantity than those of the cell"
        return _entry(count, "not_comparable", figure, note)
    if OTHER_PERIOD.search(context.lead) or NARROWER.search(context.lead):
        return _entry(count, "not_comparable", figure, "the prose counts another period or scope")
    return _entry(count, "contradict", figure)


def _entry(count: Count, relation: str, figure: Figure, note: str | None = None) -> Indicator:
    return Indicator(count.indicator, relation, figure.value, figure.cells, (count.id,), note)

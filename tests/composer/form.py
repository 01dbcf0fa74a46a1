"""The official forms as sheets of boxes, spelled independently of the program under test.

A sheet is what a form looks like on paper: rows of boxes that may span rows and columns. Every rendering starts from
the same sheet, so a rendering can only lose what it throws away on purpose. Sources: 国办公开办函〔2021〕30号,
国办公开办函〔2019〕60号, and the 统计表 annexes in use before 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.report import CellAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

APPLICANTS = ("natural_person", "commercial", "research", "public_welfare", "legal_service", "other")
RESULTS = ("upheld", "corrected", "other", "pending")
GROUPS = ("review", "litigation_direct", "litigation_after_review")

REFUSED = """
refused.state_secret|属于国家秘密
refused.law_forbids|其他法律行政法规禁止公开
refused.security_stability|危及“三安全一稳定”
refused.third_party|保护第三方合法权益
refused.internal_affairs|属于三类内部事务信息
refused.process_information|属于四类过程性信息
refused.enforcement_file|属于行政执法案卷
refused.administrative_query|属于行政查询事项"""
UNAVAILABLE = """
unavailable.not_held|本机关不掌握相关政府信息
unavailable.needs_creation|没有现成信息需要另行制作
unavailable.still_unclear|补正后申请内容仍不明确"""
NOT_PROCESSED = """
not_processed.petition|信访举报投诉类申请
not_processed.repeat|重复申请
not_processed.publication|要求提供公开出版物
not_processed.excessive|无正当理由大量反复申请
not_processed.confirmation|要求行政机关确认或重新出具已获取信息"""
OTHER = """
other.no_correction|申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请
other.fee_unpaid|申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请
other.other|其他"""


def _numbered(rows: str) -> tuple[tuple[str, str], ...]:
    pairs = [row.split("|") for row in rows.strip().splitlines()]
    return tuple((code, f"{place}.{label}") for place, (code, label) in enumerate(pairs, 1))


SUBGROUPS = (
    ("（三）不予公开", _numbered(REFUSED)),
    ("（四）无法提供", _numbered(UNAVAILABLE)),
    ("（五）不予处理", _numbered(NOT_PROCESSED)),
    ("（六）其他处理", _numbered(OTHER)),
)
RESULT_ROWS = ("granted", "partially_granted", *(code for _, rows in SUBGROUPS for code, _ in rows))
ONE_OTHER_RESULT_ROWS = (*(row for row in RESULT_ROWS if not row.startswith("other.")), "other")

PROACTIVE: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "2021": (
        (
            "第二十条第（一）项",
            "本年制发件数|本年废止件数|现行有效件数",
            ("regulations|规章", "normative_documents|行政规范性文件"),
        ),
        ("第二十条第（五）项", "本年处理决定数量", ("permits|行政许可",)),
        ("第二十条第（六）项", "本年处理决定数量", ("penalties|行政处罚", "coercive_measures|行政强制")),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", ("fees|行政事业性收费",)),
    ),
    "2019": (
        (
            "第二十条第（一）项",
            "本年新制作数量|本年新公开数量|对外公开总数量",
            ("regulations|规章", "normative_documents|规范性文件"),
        ),
        (
            "第二十条第（五）项",
            "上一年项目数量|本年增/减|处理决定数量",
            ("permits|行政许可", "other_services|其他对外管理服务事项"),
        ),
        (
            "第二十条第（六）项",
            "上一年项目数量|本年增/减|处理决定数量",
            ("penalties|行政处罚", "coercive_measures|行政强制"),
        ),
        ("第二十条第（八）项", "上一年项目数量|本年增/减", ("fees|行政事业性收费",)),
        ("第二十条第（九）项", "采购项目数量|采购总金额", ("procurement|政府集中采购",)),
    ),
}
HEAD_CODES = {
    "本年制发件数": "issued",
    "本年废止件数": "repealed",
    "现行有效件数": "in_force",
    "本年处理决定数量": "decisions",
    "处理决定数量": "decisions",
    "本年收费金额（单位：万元）": "amount_10k_yuan",
    "本年新制作数量": "made",
    "本年新公开数量": "newly_disclosed",
    "对外公开总数量": "total_disclosed",
    "上一年项目数量": "previous_items",
    "本年增/减": "change",
    "采购项目数量": "items",
    "采购总金额": "amount_10k_yuan",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a sheet; ``cell`` is the official cell it holds, ``is_value`` says that figures stand in it."""

    text: str
    rows: int = 1
    columns: int = 1
    cell: CellAddress | None = None
    is_value: bool = False


Row = tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as printed: ``width`` columns, rows of boxes without the places that a span covers."""

    table: str
    width: int
    rows: tuple[Row, ...]


def _values(cells: list[CellAddress], printed: Mapping[CellAddress, str], last_width: int = 1) -> Row:
    last = len(cells) - 1
    return tuple(
        Box(printed[cell], columns=last_width if place == last else 1, cell=cell, is_value=True)
        for place, cell in enumerate(cells)
    )


def proactive_cells(edition: str) -> tuple[CellAddress, ...]:
    """The cells of part two, in reading order."""
    return tuple(
        CellAddress("proactive", row.split("|")[0], HEAD_CODES[head])
        for _, heads, rows in PROACTIVE[edition]
        for row in rows
        for head in heads.split("|")
    )


def proactive_sheet(edition: str, printed: Mapping[CellAddress, str]) -> Sheet:
    """Part two 主动公开政府信息情况."""
    rows: list[Row] = []
    for title, heads_text, labels in PROACTIVE[edition]:
        heads = heads_text.split("|")
        last = 4 - len(heads)
        rows.append((Box(title, columns=4),))
        rows.append((Box("信息内容"), *(Box(h, columns=last if h == heads[-1] else 1) for h in heads)))
        for code, label in (row.split("|") for row in labels):
            cells = [CellAddress("proactive", code, HEAD_CODES[head]) for head in heads]
            rows.append((Box(label), *_values(cells, printed, last)))
    return Sheet("proactive", 4, tuple(rows))


def applications_sheet(*, three_other_rows: bool, printed: Mapping[CellAddress, str]) -> Sheet:
    """Part three 收到和处理政府信息公开申请情况; （六）其他处理 as three rows or as one."""

    def values(row: str) -> Row:
        return _values([CellAddress("applications", row, column) for column in (*APPLICANTS, "total")], printed)

    rows: list[Row] = [
        (
            Box("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", rows=3, columns=3),
            Box("申请人情况", columns=7),
        ),
        (Box("自然人", rows=2), Box("法人或其他组织", columns=5), Box("总计", rows=2)),
        tuple(Box(text) for text in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")),
        (Box("一、本年新收政府信息公开申请数量", columns=3), *values("new")),
        (Box("二、上年结转政府信息公开申请数量", columns=3), *values("carried_over")),
    ]
    subgroups = SUBGROUPS if three_other_rows else SUBGROUPS[:3]
    height = 2 + sum(len(group) for _, group in subgroups) + (1 if three_other_rows else 2)
    rows.append((Box("三、本年度办理结果", rows=height), Box("（一）予以公开", columns=2), *values("granted")))
    partial = Box("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", columns=2)
    rows.append((partial, *values("partially_granted")))
    for label, group in subgroups:
        for place, (code, inner) in enumerate(group):
            head = (Box(label, rows=len(group)),) if place == 0 else ()
            rows.append((*head, Box(inner), *values(code)))
    if not three_other_rows:
        rows.append((Box("（六）其他处理", columns=2), *values("other")))
    rows.append((Box("（七）总计", columns=2), *values("total")))
    rows.append((Box("四、结转下年度继续办理", columns=3), *values("carried_forward")))
    return Sheet("applications", 10, tuple(rows))


def review_sheet(printed: Mapping[CellAddress, str]) -> Sheet:
    """Part four: fifteen values in one row, without a row label."""
    names = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    cells = [CellAddress("review_litigation", group, column) for group in GROUPS for column in (*RESULTS, "total")]
    return Sheet(
        "review_litigation",
        15,
        (
            (Box("行政复议", columns=5), Box("行政诉讼", columns=10)),
            (
                *(Box(name, rows=2) for name in names),
                Box("未经复议直接起诉", columns=5),
                Box("复议后起诉", columns=5),
            ),
            tuple(Box(name) for name in names * 2),
            _values(cells, printed),
        ),
    )


def statistics_sheet(
    indicators: tuple[tuple[str, str], ...], columns: tuple[tuple[str, str], ...], printed: Mapping[CellAddress, str]
) -> Sheet:
    """An annex before 2019: ``indicators`` are (label, unit), ``columns`` (code, head)."""
    rows: list[Row] = [(Box("指标名称"), Box("计量单位"), *(Box(head) for _, head in columns))]
    for label, unit in indicators:
        cells = [CellAddress("statistics", label, code) for code, _ in columns]
        rows.append((Box(label), Box(unit), *_values(cells, printed)))
    return Sheet("statistics", 2 + len(columns), tuple(rows))

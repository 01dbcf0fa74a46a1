"""Changes to a sheet before it is printed: punctuation, groups printed twice, further columns, rows left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.composer.form import Box, Row, Sheet

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from extractor.report import CellAddress

_BRACKETED = re.compile(r"（([一二三四五六七八九])）")


def map_labels(sheet: Sheet, change: Callable[[str], str]) -> Sheet:
    """The sheet with every label changed."""
    rows = tuple(tuple(b if b.is_value else replace(b, text=change(b.text)) for b in row) for row in sheet.rows)
    return replace(sheet, rows=rows)


def half_width(text: str) -> str:
    """（一） as (一), ： as :, quotes as straight ones."""
    return text.translate(str.maketrans("（）：，“”", '():,""'))


def spaced_numbers(text: str) -> str:
    """A space behind a label's number, as word processors leave it."""
    return re.sub(r"^(（.）|\(.\)|\d\.|[一二三四]、)", r"\1 ", text)


def comma_numbers(text: str) -> str:
    """1. as 1、"""
    return re.sub(r"^(其中：)?(\d)\.", r"\1\2、", text)


def dotted_wide(text: str) -> str:
    """1. as 1．"""
    return re.sub(r"^(其中：)?(\d)\.", r"\1\2．", text)


def unnumbered(text: str) -> str:
    """Labels without their numbers, as list formatting loses them."""
    return re.sub(r"^(?:（[一二三四五六七]）|[一二三四]、|\d\.)(?!$)", "", text)


def misnumbered(text: str) -> str:
    """Numbers as a hasty editor leaves them: every group （一）, （七）总计 as （六）."""
    changed = text.replace("（七）", "（六）").replace("（四）无法", "（三）无法").replace("3.其他", "2.其他")
    return changed.replace("四、结转", "三、结转")


def spaced_short(text: str) -> str:
    """Short labels drawn apart: 规 章, 总 计."""
    return " ".join(text) if len(text) == 2 else text.replace("结果", "结 果")


def spaced_wide(text: str) -> str:
    """Drawn apart by ideographic spaces."""
    return "　".join(text) if len(text) == 2 else text


def reworded(text: str) -> str:
    """Variants that are in print beside the official wording, and common slips of the pen."""
    for official, variant in (
        ("行政规范性文件", "规范性文件"),
        ("本年废止件数", "本年度废止件数"),
        ("本年收费金额（单位：万元）", "本年收费金额（万元）"),
        ("属于三类内部事务信息", "属于三类内部事务性信息"),
        ("没有现成信息需要另行制作", "没有现成信息，需要另行制作"),
        ("本机关不掌握", "本行政机关不掌握"),
        ("社会公益组织", "社会公益 组织"),
        ("本年度办理结果", "本年办理结果"),
        ("结转下年度继续办理", "结转下年继续办理"),
    ):
        text = text.replace(official, variant)
    return text


_ENCLOSED = dict(zip("一二三四五六七", "㈠㈡㈢㈣㈤㈥㈦", strict=True))
_SHORT = (
    ("（区分处理的，只计这一情形，不计其他情形）", ""),
    ("一、本年新收政府信息公开申请数量", "一、本年新收"),
    ("二、上年结转政府信息公开申请数量", "二、上年结转"),
    ("四、结转下年度继续办理", "四、结转下年度"),
    ("信访举报投诉类申请", "信访举报投诉"),
    ("其他法律行政法规禁止公开", "其他法律行政法规禁止"),
    ("、行政机关不再处理其政府信息公开申请", ""),
)


def enclosed(text: str) -> str:
    """（一） as the one character ㈠."""
    return _BRACKETED.sub(lambda match: _ENCLOSED.get(match[1], match[0]), text)


def wide_digits(text: str) -> str:
    """1. as １．"""
    return re.sub(r"^\d\.", lambda match: match[0].translate(str.maketrans("12345678.", "１２３４５６７８．")), text)


def shortened(text: str) -> str:
    """Labels cut to the words that tell them apart, as agencies do that type the table anew."""
    for official, short in _SHORT:
        text = text.replace(official, short)
    return text


def soft_hyphens(text: str) -> str:
    """Marks of possible breaks, as web editors leave them inside words."""
    return "\u00ad".join(re.findall(r"\d\.|（.）|..?", text))


LABELS: dict[str, Callable[[str], str]] = {
    "official": str,
    "half_width": half_width,
    "spaced_numbers": spaced_numbers,
    "half_spaced": lambda text: spaced_numbers(half_width(text)),
    "comma_numbers": comma_numbers,
    "wide_dots": dotted_wide,
    "unnumbered": unnumbered,
    "misnumbered": misnumbered,
    "drawn_apart": spaced_short,
    "drawn_apart_wide": spaced_wide,
    "drawn_all": lambda text: " ".join(re.findall(r"[（(].[）)]|\d\.|[“”]|.", text)),
    "enclosed": enclosed,
    "wide_digits": wide_digits,
    "shortened": shortened,
    "soft_hyphens": soft_hyphens,
    "reworded": reworded,
    "straight_quotes": lambda text: text.replace("“", '"').replace("”", '"'),
    "no_quotes": lambda text: text.replace("“", "").replace("”", ""),
    "wide_letters": lambda text: _BRACKETED.sub(r"﹙\1﹚", text),
}


def with_subtotal(sheet: Sheet) -> Sheet:
    """A further column 小计 before 总计 (part three), or a further 合计 behind the last value (part four)."""
    if sheet.table == "applications":
        return _with_applications_subtotal(sheet)
    if sheet.table != "review_litigation":
        return sheet
    first, second, third, values = sheet.rows
    total = str(sum(_figure(b.text) for b in values if b.cell and b.cell.column == "total"))
    rows = ((*first, Box("合计", rows=3)), second, third, (*values, Box(total, is_value=True)))
    return Sheet(sheet.table, sheet.width + 1, rows)


def _figure(text: str) -> int:
    """The number in a cell of parts three and four, 0 for a mark."""
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else 0


def _with_applications_subtotal(sheet: Sheet) -> Sheet:
    rows: list[Row] = []
    for row in sheet.rows:
        if any(b.is_value for b in row):
            parts = [b.text for b in row if b.cell and b.cell.column not in ("natural_person", "total")]
            rows.append((*row[:-1], Box(str(sum(map(_figure, parts))), is_value=True), row[-1]))
        elif row[-1].text == "其他":
            rows.append((*row, Box("小计")))
        else:
            wider = {"申请人情况": 8, "法人或其他组织": 6}
            rows.append(tuple(replace(b, columns=wider.get(b.text, b.columns)) for b in row))
    return Sheet(sheet.table, sheet.width + 1, tuple(rows))


def without_total(sheet: Sheet) -> tuple[Sheet, tuple[CellAddress, ...]]:
    """Part three without its column 总计, and the cells that are not printed."""
    if sheet.table != "applications":
        return sheet, ()
    gone = tuple(row[-1].cell for row in sheet.rows if row[-1].cell)
    rows = [row[:-1] if row[-1].is_value or row[-1].text == "总计" else row for row in sheet.rows]
    wider = {"申请人情况": 6}
    kept = tuple(tuple(replace(b, columns=wider.get(b.text, b.columns)) for b in row) for row in rows)
    return Sheet(sheet.table, sheet.width - 1, kept), gone


def without_bodies(sheet: Sheet) -> Sheet:
    """Part three with one row of heads: 法人或其他组织 and 申请人情况 are not printed."""
    if sheet.table != "applications":
        return sheet
    first, second, third, *rest = sheet.rows
    heads = (replace(first[0], rows=1), replace(second[0], rows=1), *third, replace(second[-1], rows=1))
    return replace(sheet, rows=(heads, *rest))


def with_group_twice(sheet: Sheet, rng: random.Random) -> Sheet:
    """A group label printed again in the middle of its group, as a page break makes word processors do."""
    rows, left = list(sheet.rows), 0
    for place, row in enumerate(rows):
        spanning = next((b for b in row if b.rows > 2 and not b.is_value and b.columns == 1), None)
        if spanning is None or not any(b.is_value for b in row):
            continue
        cut = rng.randint(1, spanning.rows - 1)
        rows[place] = tuple(replace(b, rows=cut) if b is spanning else b for b in row)
        rest, target = replace(spanning, rows=spanning.rows - cut), rows[place + cut]
        outer = int(target[0].text.startswith("三、") and target[0].rows > 1)
        rows[place + cut] = (*target[:outer], rest, *target[outer:])
        left += 1
    return replace(sheet, rows=tuple(rows)) if left else sheet


def with_heads_repeated(sheet: Sheet, rng: random.Random) -> Sheet:
    """The head rows once more between two rows of results, as behind a page break."""
    if sheet.table not in ("applications", "statistics"):
        return sheet
    heads = tuple(row for row in sheet.rows if not any(b.is_value for b in row))
    places = [p for p in range(len(heads) + 1, len(sheet.rows)) if _starts_clean(sheet.rows, p)]
    place = rng.choice(places)
    return replace(sheet, rows=sheet.rows[:place] + heads + sheet.rows[place:])


def _starts_clean(rows: tuple[Row, ...], place: int) -> bool:
    """Whether no row span reaches over the boundary before ``place``."""
    return all(start + b.rows <= place for start, row in enumerate(rows[:place]) for b in row)


def without_heads(sheet: Sheet) -> Sheet:
    """Value rows only."""
    return replace(sheet, rows=tuple(row for row in sheet.rows if any(b.is_value for b in row)))


def without_row(sheet: Sheet, rng: random.Random) -> tuple[Sheet, tuple[CellAddress, ...]]:
    """The sheet without one of its rows (no group label in it), and the cells that are not printed."""
    rows = sheet.rows
    places = [p for p, row in enumerate(rows) if any(b.is_value for b in row) and all(b.rows == 1 for b in row)]
    places = [p for p in places if rows[p][0].text and not rows[p][0].is_value]
    if not places:
        return sheet, ()
    gone = rng.choice(places)
    kept: list[Row] = []
    for place, row in enumerate(rows):
        if place != gone:
            kept.append(tuple(replace(b, rows=b.rows - 1) if place < gone < place + b.rows else b for b in row))
    return replace(sheet, rows=tuple(kept)), tuple(b.cell for b in rows[gone] if b.cell)

"""One report in other layouts says the same: marks of half width, wrapped lines with page numbers, blank lines, HTML."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest

from extractor.pipeline import default_extractor
from tests.conftest import example_files

WIDTH = 76
PAGE_LINES = 24
EXAMPLES = [path for path in example_files() if path.suffix == ".txt"][:4]
MARKS = str.maketrans("，；：！？", ",;:!?")
FULL_DIGITS = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}


def wrapped(text: str) -> str:
    """Prose cut into lines of one width, as a converter of PDF prints it, with a page's number now and then."""
    out: list[str] = []
    for line in text.split("\n"):
        if len(line) * 2 <= WIDTH or "\t" in line or "|" in line:
            out.append(line)
            continue
        rest = f"\u3000\u3000{line.strip()}"
        while rest:
            width = length = 0
            while length < len(rest) and width < WIDTH:
                width += 2 if rest[length] > "\u2e80" else 1
                length += 1
            out.append(rest[:length])
            rest = rest[length:]
            if rest and len(out) % PAGE_LINES == 0:
                out.append(f"- {len(out) // PAGE_LINES} -")
    return "\n".join(out)


def page(text: str) -> str:
    """A web page with a paragraph a line."""
    body = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>'


LAYOUTS: list[tuple[str, Callable[[str], str]]] = [
    ("marks of half width", lambda text: text.translate(MARKS)),
    ("digits of full width", lambda text: text.translate(FULL_DIGITS)),
    ("wrapped lines with page numbers", wrapped),
    ("blank lines between all lines", lambda text: text.replace("\n", "\n\n")),
    ("line ends of Windows", lambda text: text.replace("\n", "\r\n")),
    ("a web page", page),
]


def said(text: str) -> dict[str, list[object]]:
    """What a report says, without places and print."""
    result = default_extractor().extract(text.encode()).to_dict()
    facts = result["facts"]
    return {
        "meta": [result["meta"][key] for key in ("agency", "level", "year", "edition")],
        "counts": [(c["value"], c["qualifier"], c["indicator"], c["role"]) for c in facts["counts"]],
        "channels": sorted((c["type"], c["status"]) for c in facts["channels"]),
        "items": [len(facts[kind]) for kind in ("problems", "improvements")],
        "practices": [p["code"] for p in facts["practices"]],
        "relations": [(i["code"], i["relation"], i["value"]) for i in result["indicators"]],
        "errors": [f["code"] for f in result["findings"] if f["severity"] == "error"],
        "cells": [
            (name, c["row"], c["column"], c["value"])
            for name, table in result["tables"].items()
            for c in (table["cells"] if table else ())
        ],
    }


@pytest.fixture(scope="module")
def plain() -> dict[str, dict[str, list[object]]]:
    return {path.stem: said(path.read_text("utf-8")) for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize(("name", "layout"), LAYOUTS, ids=[name for name, _ in LAYOUTS])
def test_a_report_says_the_same_in_another_layout(
    name: str, layout: Callable[[str], str], path, plain: dict[str, dict[str, list[object]]]
) -> None:
    assert said(layout(path.read_text("utf-8"))) == plain[path.stem]


def test_a_page_number_inside_a_sentence_is_left_out_and_told() -> None:
    lines = [
        "甲县水务局2023年政府信息公开工作年度报告",
        "一、总体情况",
        "    （一）主动公开。2023年，我局认真落实政府信息公开条例，全年通过县政府门户网站",
        "公开政府信息312条，其中工作动态类信息250条，财政资金类信息62条，依托“甲县水",
        "- 1 -",
        "务”微信公众号推送各类信息260余篇，全年阅读量达到3万次，接受群众各类水务咨询1",
        "20余次，全部按照规定的时限办理并且予以答复，群众对答复的满意度保持在比较高的水平",
        "上，没有出现超期答复的情况，也没有出现因为答复不当引起的投诉或者举报等各类情况。",
    ]
    result = default_extractor().extract("\n".join(lines).encode()).to_dict()
    assert [c["name"] for c in result["facts"]["channels"] if c["type"] == "wechat_account"] == ["甲县水务"]
    assert 120 in [c["value"] for c in result["facts"]["counts"]]
    assert [entry["span"]["quote"] for entry in result["ledger"] if entry["status"] == "page_furniture"] == ["1"]

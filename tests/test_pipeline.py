"""The whole way through: grounded spans, same bytes, the project's words at work, odd input."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from extractor import extract
from extractor.errors import DocumentError
from extractor.pipeline import Extractor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.document import Document


def spans(node: Any) -> Iterator[dict[str, Any]]:
    """Every span of a result."""
    if isinstance(node, dict):
        if {"start", "end", "quote"} <= node.keys():
            yield node
        for value in node.values():
            yield from spans(value)
    elif isinstance(node, list):
        for value in node:
            yield from spans(value)


def test_every_span_quotes_its_place(extractor: Extractor, documents: list[Document]) -> None:
    for document in documents:
        result = extractor.run(document).to_dict()
        found = list(spans({key: value for key, value in result.items() if key != "text"}))
        assert found
        for span in found:
            assert span["start"] < span["end"]
            assert result["text"][span["start"] : span["end"]] == span["quote"]


def test_the_same_input_gives_the_same_bytes_in_any_order_and_process(
    extractor: Extractor, documents: list[Document]
) -> None:
    first = [json.dumps(extractor.run(document).to_dict()) for document in documents]
    second = [json.dumps(extractor.run(document).to_dict()) for document in reversed(documents)]
    assert first == second[::-1]
    text = documents[0].text.encode()
    call = "import sys,json,extractor; print(json.dumps(extractor.extract(sys.stdin.buffer.read()).to_dict()))"
    other = subprocess.run([sys.executable, "-c", call], input=text, capture_output=True, check=True)
    assert json.loads(other.stdout) == extractor.extract(text).to_dict()


def test_results_change_without_the_projects_words(extractor: Extractor) -> None:
    plain = Extractor(words=())
    text = "甲县水利局2023年政府信息公开工作年度报告\n一、总体情况\n严格执行“三审三校”，推进一件事一次办，落实最多跑一次，公开信息30条。\n"
    own, bare = (e.extract(text.encode()).to_dict() for e in (extractor, plain))
    assert own["ledger"] != bare["ledger"]


NO_REPORTS = [
    pytest.param(b"", "empty", id="an empty file"),
    pytest.param(b" \n\n ", "empty", id="white space only"),
    pytest.param(bytes(range(256)) * 40, "", id="binary junk"),
    pytest.param("涓浗鏀垮簻淇℃伅鍏紑宸ヤ綔骞村害鎶ュ憡".encode() * 10, "encoding", id="mojibake with lost characters"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "", id="a broken picture"),
]


@pytest.mark.parametrize(("data", "word"), NO_REPORTS)
def test_what_is_no_report_is_refused_in_plain_words(data: bytes, word: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(data, name="odd.txt")
    assert word in str(caught.value)
    assert caught.value.details()


ODD_REPORTS = [
    pytest.param("The quick brown fox jumps over the lazy dog. " * 20, {"section.missing"}, id="another language"),
    pytest.param(
        "甲县水利局2023年政府信息公开工作年度报告\n一、总体情况\n2023年主动公开信息30条。\n",
        {"section.missing", "table.missing"},
        id="half a report",
    ),
    pytest.param("今天天气很好，我们去公园玩。" * 30, {"section.missing"}, id="another kind of text"),
]


@pytest.mark.parametrize(("text", "codes"), ODD_REPORTS)
def test_an_odd_report_is_a_result_that_says_what_is_missing(text: str, codes: set[str]) -> None:
    result = extract(text.encode()).to_dict()
    assert codes <= {finding["code"] for finding in result["findings"]}


ADVERSARIAL = [
    "1",
    "（",
    "一是",
    "“",
    "0 ",
    "一、",
    "第二十条",
    "1.",
    "其中",
    "\n",
    "（一）",
    "12,345",
    "万",
    "未收到",
    "微信公众号“",
    "。",
    "公开信息1条，",
    "A b ",
]


@pytest.mark.parametrize("unit", ADVERSARIAL, ids=repr)
def test_long_monotonous_text_gives_a_grounded_result(extractor: Extractor, unit: str) -> None:
    text = unit * (20_000 // len(unit)) + "。"
    result = extractor.extract(text.encode()).to_dict()
    assert result["text"] == text
    assert any(finding["code"] == "section.missing" for finding in result["findings"])
    for span in spans({key: value for key, value in result.items() if key != "text"}):
        assert text[span["start"] : span["end"]] == span["quote"]


def test_line_endings_and_encodings_do_not_change_the_facts(extractor: Extractor) -> None:
    text = "乙市气象局2022年政府信息公开工作年度报告\n\n一、总体情况\n\n2022年，通过局网站主动公开信息１２０条。\n\n六、其他需要报告的事项\n\n无。\n"
    plain = extractor.extract(text.encode())
    for data in (
        text.replace("\n", "\r\n").encode("gb18030"),
        text.replace("\n", "\r").encode("utf-16"),
        b"\xef\xbb\xbf" + text.encode(),
    ):
        other = extractor.extract(data)
        assert [(c.value, c.indicator) for c in other.counts] == [(c.value, c.indicator) for c in plain.counts]
        assert other.meta.agency == plain.meta.agency == "乙市气象局"
    assert [c.value for c in plain.counts][:1] == [120]

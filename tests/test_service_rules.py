"""Rules of a user's folder change under a running service: taken up without losing a request, wrong ones refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.serving_process import serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.serving_process import Served

REPORT = "禾川县水利局2024年政府信息公开工作年度报告\n一、总体情况\n成立公开工作班子，全年通过政府网站公开信息12条。\n"
RULE = """
[[rule]]
id = "own.team"
practice = "leading_group"
pattern = '{pattern}'
match = ["成立公开工作班子"]
reject = ["公开信息12条"]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.fixture(scope="module")
def served(rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home"), workers=1, rules=rules) as served:
        yield served


def practices(served: Served) -> tuple[list[str], str]:
    """The practices of the report, and the lexicon that found them."""
    answer = served.client.post("/v1/extract", content=REPORT.encode())
    assert answer.status_code == 200
    found = answer.json()
    return [practice["code"] for practice in found["facts"]["practices"]], found["provenance"]["lexicon_sha256"]


def test_a_new_rule_is_taken_up_and_no_request_is_lost(served: Served, rules: Path) -> None:
    before = practices(served)
    assert before[0] == []
    (rules / "practices.toml").write_text(RULE.format(pattern="公开工作班子"), "utf-8")
    now = until(lambda: (found := practices(served)) != before and found)
    assert now[0] == ["leading_group"]
    assert now[1] != before[1]


def test_a_rule_that_fails_its_proof_changes_nothing(served: Served, rules: Path) -> None:
    before = practices(served)
    (rules / "practices.toml").write_text(RULE.format(pattern="公开信息"), "utf-8")
    until(lambda: practices(served) == before and any("rules not taken up" in line for line in served.logged))
    assert practices(served) == before

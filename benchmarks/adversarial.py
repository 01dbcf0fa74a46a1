"""Texts made to do harm: what the steps over the prose cost at 100,000 characters, and how that grows from half as many.

One unit is repeated without a line break, in the overview and in the part on problems; CPU time, so that another's work
on the machine does not count. Twice the text should cost twice the time: a ratio far above two would be a quadratic rule.
"""

from __future__ import annotations

import time
from pathlib import Path

from extractor.document import Document, Source
from extractor.pipeline import Extractor
from extractor.report import Report

CHARACTERS = 100_000
HEAD = "禾川县水利局2023年政府信息公开工作年度报告\n一、总体情况\n"
PROBLEMS = f"{HEAD}无。\n五、存在的主要问题及改进情况\n"
UNITS = (
    "1", "一", "1,", "12345", "1.", "1、", "（", "（1）", "(1)", "“1”", "“", "《", "一、", "第一条", "1条", "1万", "a1",
    "2024年1月1日", "国发〔2021〕1号", "三条渠道", "专人", "信息公开", "一是不够，", "下一步，", "公开信息1条，",
    "“禾川发布”", "政府网站、", "两微", "未收到复议，",
)  # fmt: skip
OTHERS = ("clean", "sections", "tables")


def spent(extractor: Extractor, text: str) -> dict[str, float]:
    """CPU seconds by step."""
    report = Report(Document(Source(None, "", "text/plain", 0, None, "plain"), text))
    seconds: dict[str, float] = {}
    for step in extractor.steps:
        begun = time.process_time()
        report = step.run(report)
        seconds[step.name] = time.process_time() - begun
    return seconds


def over_prose(seconds: dict[str, float]) -> float:
    """Of them, those of the steps over the prose."""
    return sum(value for name, value in seconds.items() if name not in OTHERS)


def main() -> None:
    """One line a unit, the slower of both parts."""
    extractor = Extractor()
    extractor.run(Document(Source(None, "", "text/plain", 0, None, "plain"), Path(__file__).read_text("utf-8")))
    print(f"{'repeated unit':16} {'ms':>6} {'all':>6} {'ratio':>6}   slowest step ({CHARACTERS} characters)")
    for unit in UNITS:
        whole, half = (
            max((spent(extractor, head + unit * (many // len(unit))) for head in (HEAD, PROBLEMS)), key=over_prose)
            for many in (CHARACTERS, CHARACTERS // 2)
        )
        slowest = max((name for name in whole if name not in OTHERS), key=whole.__getitem__)
        ratio = over_prose(whole) / over_prose(half)
        everything = sum(whole.values()) * 1000
        print(
            f"{unit:16} {over_prose(whole) * 1000:6.0f} {everything:6.0f} {ratio:6.1f}   {slowest} {whole[slowest] * 1000:.0f}"
        )


if __name__ == "__main__":
    main()

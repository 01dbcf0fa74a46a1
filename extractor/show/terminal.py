"""Results for people in the terminal: meta, non-zero cells, facts with their quotes, findings; and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from extractor import vocabulary
from extractor.result import TABLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

LONGEST_QUOTE = 64
COLOURS = {"error": "red", "question": "yellow", "note": "cyan"}


def summary(result: Mapping[str, Any]) -> Group:
    """Everything that a person looks for first, in one screenful or two."""
    return Group(*_parts(result))


def comparison(compared: Mapping[str, Any]) -> Group:
    """Reports side by side: which they are, what does not follow or was used again, which cells differ."""
    names = {source["sha256"]: _report_name(source) for source in compared["sources"]}
    reports = _grid(f"报告 reports ({len(names)})", "report", "file", "sha256")
    for source in compared["sources"]:
        reports.add_row(escape(_report_name(source)), escape(source["name"] or "-"), source["sha256"][:12])
    differences = _grid(
        f"变化 differences ({len(compared['differences'])})", "years", "row", "column", "before", "after"
    )
    for row in compared["differences"]:
        years = f"{names[row['from']]} → {names[row['to']].rpartition(' ')[2]}"
        cell = _term(vocabulary.ROWS, row["row"]), _term(vocabulary.COLUMNS, row["column"])
        differences.add_row(escape(years), *cell, f"{row['before']:,}", f"{row['after']:,}")
    quoted = [{**finding, "message": _with_quotes(finding, names)} for finding in compared["findings"]]
    return Group(reports, differences, _findings(quoted))


def _report_name(source: Mapping[str, Any]) -> str:
    return f"{source['agency'] or source['title'] or source['sha256'][:12]} {source['year'] or '?'}"


def _with_quotes(finding: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A finding's message; text used again is quoted once, with both reports."""
    if not finding["code"].startswith("reuse.") or not finding["spans"]:
        return str(finding["message"])
    places = " → ".join(names[span["report"]] for span in finding["spans"])
    text = " ".join(finding["spans"][-1]["quote"].split())
    shown = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return f"{finding['message']} ({places}): {shown}"


def _parts(result: Mapping[str, Any]) -> Iterator[RenderableType]:
    meta = result["meta"]
    lines = [
        f"{key.replace('_', ' ')}: {_plain(value)}"
        for key, value in meta.items()
        if value and key not in ("title", "evidence")
    ]
    yield Panel(
        Text("\n".join(lines)), title=escape(meta["title"] or result["source"]["name"] or "report"), expand=False
    )
    for name in TABLE_NAMES:
        if result["tables"][name]:
            yield _official(name, result["tables"][name]["cells"])
    yield from _facts(result["facts"])
    yield _findings(result["findings"])


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items() if part)
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _quote(span: Mapping[str, Any]) -> str:
    text = " ".join(span["quote"].split())
    return escape(text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…")


def _grid(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False, min_width=cell_len(title))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _official(name: str, cells: list[Mapping[str, Any]]) -> RenderableType:
    unread = sum(cell["status"] == "unread" for cell in cells)
    shown = [cell for cell in cells if cell["value"] or cell["status"] in ("unread", "text")]
    term = vocabulary.TABLES[name]
    title = f"{term.chinese} ({name}): {len(cells)} cells, {unread} unread; zeros left out"
    table = _grid(title, "row", "column", "value")
    for cell in shown:
        value = (
            f"{cell['value']:.12g}"
            if cell["value"] is not None and abs(cell["value"]) < 100_000
            else str(cell["value"] or cell["status"])
        )
        table.add_row(_term(vocabulary.ROWS, cell["row"]), _term(vocabulary.COLUMNS, cell["column"]), value)
    return table if shown else Text(title)


def _term(group: Mapping[str, vocabulary.Term], code: str) -> str:
    return escape(f"{group[code].chinese} {code}" if code in group else code)


def _facts(facts: Mapping[str, Any]) -> Iterator[RenderableType]:
    channels = _grid(f"渠道 channels ({len(facts['channels'])})", "type", "name", "status", "quote")
    for channel in facts["channels"]:
        channels.add_row(
            channel["type"], escape(channel["name"] or "-"), channel["status"], _quote(channel["spans"][0])
        )
    yield channels
    counts = _grid(f"数量 counts ({len(facts['counts'])})", "indicator", "value", "unit", "qualifier", "role", "quote")
    for count in facts["counts"]:
        value = f"{count['value']:,}"
        counts.add_row(
            count["indicator"], value, count["unit"] or "-", count["qualifier"], count["role"], _quote(count["span"])
        )
    yield counts
    for kind, title in (("problems", "问题 problems"), ("improvements", "改进 improvements")):
        items = _grid(f"{title} ({len(facts[kind])})", "themes", "quote")
        for item in facts[kind]:
            items.add_row(
                ", ".join(f"{t['code']} {t['probability']:.2f}" for t in item["themes"]), _quote(item["span"])
            )
        yield items
    yield Text("做法 practices: " + (", ".join(practice["code"] for practice in facts["practices"]) or "none"))


def _findings(findings: Sequence[Mapping[str, Any]]) -> RenderableType:
    if not findings:
        return Text("发现 findings: none", style="green")
    table = _grid(f"发现 findings ({len(findings)})", "severity", "code", "what")
    for finding in findings:
        colour = COLOURS[finding["severity"]]
        table.add_row(f"[{colour}]{finding['severity']}[/]", finding["code"], escape(finding["message"]))
    return table

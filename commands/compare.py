"""``gongkai compare``: reports side by side, here; ``gongkai remote compare`` asks a service."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from extractor.errors import DocumentError

if TYPE_CHECKING:
    from extractor.pipeline import Extractor


class Format(StrEnum):
    """What is written: the comparison as JSON, or tables for people."""

    JSON = "json"
    TABLE = "table"


FormatOption = Annotated[
    Format | None, typer.Option("--format", "-f", help="json or table. Default: table on a terminal, json else.")
]


def register(app: typer.Typer) -> None:
    """Add ``compare`` to the command."""
    app.command("compare")(compare_files)


def compare_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False, help="Reports, or results as JSON.")
    ],
    form: FormatOption = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help="A folder of further rule files.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="DIR", help="A model's folder instead of the live one.")
    ] = None,
) -> None:
    """Compare two or more reports: years of one agency, or several agencies.

    Tells cells that differ, years that do not follow from one another (carried over, in force), and text used again.
    A file *.json is taken as a result that `gongkai extract` wrote; all others are extracted first.
    """
    from extractor import compare

    extractor: Extractor | None = None
    results = []
    for path in files:
        if path.suffix.lower() == ".json":
            results.append(stored(path))
            continue
        if extractor is None:
            from extractor.pipeline import Extractor

            extractor = Extractor(rules=rules, model=model)
        results.append(extractor.extract(path).to_dict())
    show(compare(results), form)


def stored(path: Path) -> dict[str, Any]:
    """A result from a file. Errors: ``DocumentError`` for another kind of JSON."""
    try:
        loaded = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        loaded = None
    if not isinstance(loaded, dict) or loaded.get("schema") != "gongkai.report/1":
        raise DocumentError(
            "the file is no result",
            where=str(path),
            allowed="one result of the schema gongkai.report/1",
            do="write it with: gongkai extract FILE --output DIR",
        )
    return loaded


def show(compared: dict[str, Any], form: Format | None) -> None:
    """Write a comparison to standard output."""
    form = form or (Format.TABLE if sys.stdout.isatty() else Format.JSON)
    if form is Format.JSON:
        sys.stdout.buffer.write(orjson.dumps(compared, option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.buffer.flush()
        return
    from rich.console import Console

    from extractor.show.terminal import comparison

    Console(width=None if sys.stdout.isatty() else 120).print(comparison(compared))

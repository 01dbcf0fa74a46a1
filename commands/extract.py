"""``gongkai extract``: files, folders and archives in, results out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.errors import GongkaiError
from extractor.result import written
from serving.folder import SUFFIXES

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.pipeline import Extractor


class Format(StrEnum):
    """What is written: the contract's result, a summary for people, or the evidence page."""

    JSON = "json"
    TABLE = "table"
    HTML = "html"


ENDINGS = {Format.JSON: "json", Format.TABLE: "txt", Format.HTML: "html"}


@dataclass(frozen=True, slots=True)
class Input:
    """One document to be read: its name, and how to get its bytes."""

    name: str
    load: Callable[[], bytes]


def register(app: typer.Typer) -> None:
    """Add ``extract`` to the command."""
    app.command("extract")(extract)


def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files, folders or ZIP archives of reports.")],
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="json, table or html. Default: table on a terminal, json else."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write one result a file into this folder.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help="A folder of further rule files.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="DIR", help="A model's folder instead of the live one.")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether a JSON result carries the document's text.")
    ] = True,
) -> None:
    """Extract the facts of reports.

    Results go to standard output (one line a file where there are several) or, with --output, into STEM.json,
    STEM.html or STEM.txt in that folder. A bad file is reported and does not stop the rest; exit code 1 says that
    some failed, 2 that the call was wrong.
    """
    form = form or (Format.TABLE if output is None and sys.stdout.isatty() else Format.JSON)
    inputs = list(_inputs(files))
    if not inputs:
        raise GongkaiError("there is no file to read", found="empty folders", allowed=", ".join(sorted(SUFFIXES)))
    if form is Format.HTML and output is None and len(inputs) > 1:
        raise GongkaiError("several HTML pages need a folder", do="add --output DIR")
    from rich.console import Console

    messages = Console(stderr=True)
    from extractor.pipeline import Extractor

    extractor = Extractor(rules=rules, model=model)
    failed = _run(extractor, inputs, form, output, text, messages)
    if failed:
        messages.print(f"{len(inputs) - failed} of {len(inputs)} done, {failed} failed", style="red")
        raise typer.Exit(2 if failed == len(inputs) == 1 else 1)


def _run(
    extractor: Extractor, inputs: list[Input], form: Format, output: Path | None, text: bool, messages: Console
) -> int:
    from rich.progress import track

    writer = _Writer(form, output, len(inputs), messages)
    shown = output is not None and len(inputs) > 1 and messages.is_terminal
    failed = 0
    for entry in track(inputs, "extracting", console=messages, transient=True) if shown else inputs:
        try:
            data = entry.load()
            result = extractor.extract(data, name=Path(entry.name).name).to_dict(
                with_text=text or form is not Format.JSON
            )
            content = writer.content(result, data)
        except (GongkaiError, OSError) as error:
            failed += 1
            messages.print(f"{entry.name}: {error}", style="red", highlight=False, markup=False)
            continue
        writer.write(entry.name, content)
    return failed


def _inputs(files: list[Path]) -> Iterator[Input]:
    for path in files:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
            yield from (entry for p in found for entry in _of_file(p))
        else:
            yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Input]:
    if path.suffix.lower() != ".zip":
        yield Input(str(path), path.read_bytes)
        return
    from extractor.read.archive import members

    try:
        for name, data in members(path.read_bytes()):
            yield Input(f"{path}/{name}", partial(bytes, data))
    except (GongkaiError, OSError) as error:
        yield Input(str(path), partial(_refuse, error))


def _refuse(error: Exception) -> bytes:
    raise error


class _Writer:
    """Where results go; names that clash get a number and are told."""

    def __init__(self, form: Format, output: Path | None, total: int, messages: Console) -> None:
        self.form, self.output, self.total, self.messages = form, output, total, messages
        self.taken: set[str] = set()
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, content: bytes) -> None:
        if self.output is None:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        stem = Path(name).stem
        chosen, number = stem, 1
        while chosen in self.taken:
            number += 1
            chosen = f"{stem}-{number}"
        if chosen != stem:
            self.messages.print(
                f"{name}: another file is named {stem}; written as {chosen}", highlight=False, markup=False
            )
        self.taken.add(chosen)
        (self.output / f"{chosen}.{ENDINGS[self.form]}").write_bytes(content)

    def content(self, result: dict[str, Any], data: bytes) -> bytes:
        """What is written of a result; ``data`` are the bytes of its document."""
        if self.form is Format.JSON:
            return written(result, indented=self.total == 1 or self.output is not None) + b"\n"
        if self.form is Format.HTML:
            from extractor.read.pool import own_pool
            from extractor.show import evidence_page, sheets_of

            return evidence_page(result, sheets_of(result, data, own_pool())).encode()
        return self._summary(result).encode()

    def _summary(self, result: dict[str, Any]) -> str:
        from rich.console import Console

        from extractor.show.terminal import summary

        on_terminal = self.output is None and sys.stdout.isatty()
        console = Console(force_terminal=on_terminal, width=None if on_terminal else 120)
        with console.capture() as capture:
            console.print(summary(result))
        return capture.get()

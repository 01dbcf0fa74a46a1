"""``gongkai remote …``: the work of a service elsewhere, by command."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from commands import remote_learning
from commands.compare import FormatOption, show
from commands.remote_options import HERE, KeyOption, Patience, Url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.client import Client

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Reports.")]
SOME_FAILED = 1


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    remote = typer.Typer(help="Ask a running service instead of extracting here.", no_args_is_help=True)
    remote.command("extract")(extract)
    remote.command("keep")(keep)
    remote.command("list")(listed)
    remote.command("compare")(compare)
    remote_learning.register(remote)
    app.add_typer(remote, name="remote")


def extract(
    files: Files,
    output: Annotated[Path | None, typer.Option(help="Folder for the results, STEM.json each; needed for many.")] = None,
    url: Url = HERE, key: KeyOption = None, patience: Patience = 300.0,
) -> None:  # fmt: skip
    """Extract files by the service. With --output a second run does only what the first did not finish."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        if output is None:
            if len(files) > 1:
                raise typer.BadParameter("many files need --output", param_hint="--output")
            sys.stdout.buffer.write(orjson.dumps(client.extract(files[0])) + b"\n")
            return
        if twice := [stem for stem, count in Counter(path.stem for path in files).items() if count > 1]:
            raise typer.BadParameter(f"several files would be written as {', '.join(twice)}.json", param_hint="FILES")
        output.mkdir(parents=True, exist_ok=True)
        left = [path for path in files if not is_done(path, target_of(path, output))]
        failed = sum(1 for path, answer in followed(client, left) if not write(path, answer, output))
    typer.echo(f"{len(files) - failed} of {len(files)} done, {len(files) - len(left)} of them before", err=True)
    raise typer.Exit(SOME_FAILED if failed else 0)


def followed(client: Client, files: list[Path]) -> Iterator[tuple[Path, Any]]:
    """A batch with its progress bar on standard error."""
    from rich.console import Console
    from rich.progress import track

    yield from track(
        client.batch(files, text=True), total=len(files), console=Console(stderr=True), description="remote"
    )


def target_of(path: Path, output: Path) -> Path:
    """Where a file's result goes."""
    return output / f"{path.stem}.json"


def is_done(path: Path, target: Path) -> bool:
    """Whether a result of this very file is there."""
    import hashlib

    if not target.exists():
        return False
    told = orjson.loads(target.read_bytes())
    return bool(told["source"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest())


def write(path: Path, answer: Any, output: Path) -> bool:
    """Write a result, whole or not at all; an error is told. Whether it was a result."""
    if not isinstance(answer, dict):
        typer.echo(f"{path}: {answer}", err=True)
        return False
    target = target_of(path, output)
    beside = target.with_suffix(".part")
    beside.write_bytes(orjson.dumps(answer))
    beside.replace(target)
    return True


def keep(files: Files, url: Url = HERE, key: KeyOption = None, patience: Patience = 300.0) -> None:
    """Keep files in the service's store; prints each one's SHA-256 and title."""
    from extractor.client import Client
    from extractor.errors import DocumentError

    failed = 0
    with Client(url, key=key, patience=patience) as client:
        for path in files:
            try:
                kept = client.keep(path)
            except DocumentError as error:
                failed += 1
                typer.echo(str(error), err=True)
                continue
            typer.echo(f"{kept['sha256']}\t{kept['title'] or kept['name']}")
    raise typer.Exit(SOME_FAILED if failed else 0)


def listed(
    agency: Annotated[str | None, typer.Option(help="Part of the agency's name.")] = None,
    year: Annotated[int | None, typer.Option(help="The year reported on.")] = None,
    url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """List kept documents: SHA-256, year, agency, title."""
    from extractor.client import Client

    asked: dict[str, str | int] = {"limit": 200}
    asked |= {name: value for name, value in (("agency", agency), ("year", year)) if value is not None}
    with Client(url, key=key, patience=patience) as client:
        while True:
            page = client.get("/v1/documents", **asked)
            for one in page["documents"]:
                typer.echo("\t".join(str(one[part] or "") for part in ("sha256", "year", "agency", "title")))
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]


def compare(
    reports: Annotated[list[str], typer.Argument(metavar="REPORT…", help="SHA-256 of kept documents, or files.")],
    form: FormatOption = None, url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """Compare two or more reports by the service; files are extracted there first, and not kept."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        given = [client.extract(report) if Path(report).is_file() else report for report in reports]
        show(client.compare(*given), form)

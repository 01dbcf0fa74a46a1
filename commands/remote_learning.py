"""``gongkai remote labels|train|models|promote|rollback|queue``: learning at a service, told as the commands here tell it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from commands.learning import show
from commands.remote_options import HERE, KeyOption, Patience, Url

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Label files, JSON Lines.")]
WhyOption = Annotated[str | None, typer.Option(help="The reason, recorded.")]


def register(remote: typer.Typer) -> None:
    """Add the commands to ``gongkai remote``."""
    labels = typer.Typer(help="People's labels at the service.", no_args_is_help=True)
    labels.command("push")(push)
    labels.command("list")(listed)
    remote.add_typer(labels, name="labels")
    for name, command in (
        ("train", train), ("models", models), ("promote", promote), ("rollback", rollback), ("queue", queue),
    ):  # fmt: skip
        remote.command(name)(command)


def push(files: Files, url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0) -> None:
    """Give labels: all lines of all files are taken, or none, and every wrong line is told. The coder is the key's name."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        show(client.push_labels(files))


def listed(
    coder: Annotated[str | None, typer.Option(help="Only who labelled by this key.")] = None,
    url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """All labels as JSON Lines, the oldest first: what `gongkai train --labels` and `gongkai coders` read."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        for label in client.labels(coder):
            typer.echo(json.dumps(label, ensure_ascii=False))


def train(
    name: Annotated[str, typer.Option(help="The candidate's name.")],
    with_project: Annotated[bool, typer.Option(help="Train on the project's own labels as well.")] = True,
    url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """Train a candidate on the labels at the service, and wait; Ctrl-C cancels. The live model stays as it is."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        show(
            client.train(
                name, with_project=with_project,
                progress=lambda share, step: typer.echo(f"{share:4.0%} {step}", err=True),
            )
        )  # fmt: skip


def models(url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0) -> None:
    """List the models with parent and figures, the record of promotions, and the one in use."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        show(client.models())


def promote(
    name: str,
    accept_differences: Annotated[bool, typer.Option(help="Accept that golden examples change.")] = False,
    force: Annotated[bool, typer.Option(help="Go live although gates failed; needs --why.")] = False,
    why: WhyOption = None, url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """Make a candidate live if it passes its gates; the service works by it when this ends."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        show(client.promote(name, accept_differences=accept_differences, force=force, why=why))


def rollback(why: WhyOption = None, url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0) -> None:
    """Make the model live again that was live before."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        show(client.rollback(why))


def queue(
    most: Annotated[int, typer.Option(min=1, max=200, help="How many items.")] = 50,
    url: Url = HERE, key: KeyOption = None, patience: Patience = 60.0,
) -> None:  # fmt: skip
    """What of the kept documents to label next, as JSON Lines."""
    from extractor.client import Client

    with Client(url, key=key, patience=patience) as client:
        for row in client.queue(most):
            typer.echo(json.dumps(row, ensure_ascii=False))

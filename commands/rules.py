"""``gongkai rules``: check rule files that people add, list the ones in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the group ``rules`` to the command."""
    group = typer.Typer(help="Rule files: check your own, list the ones in use.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_rules)
    app.add_typer(group, name="rules")


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Rule files named as the shipped ones: channels.toml …")
    ],
) -> None:
    """Load rule files as the program would and run every rule's own proofs."""
    from extractor.rulekinds import load_kind

    for path in files:
        rules = load_kind(path)
        print(f"{path}: {len(rules)} rules, all proofs hold")


def list_rules() -> None:
    """The kinds of rule files, with the fields and values that their rows may have."""
    from extractor.rulekinds import KINDS

    for name, fields in KINDS.items():
        print(f"{name}: id, pattern, match, reject, why")
        for field, values in fields.items():
            print(f"  {field}: {', '.join(values) if values else 'any text'}")

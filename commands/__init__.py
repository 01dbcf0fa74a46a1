"""The command ``gongkai``: one file a group of sub-commands, each registered here.

Exit codes: 0 all done, 1 some files failed, 2 the call is wrong or nothing could be done.
"""

from __future__ import annotations

import sys

import typer

from commands import compare, extract, learning, rules, serve
from extractor.errors import GongkaiError

app = typer.Typer(
    name="gongkai",
    help="Turn government-information-disclosure annual reports (政府信息公开工作年度报告) into facts with their place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (extract, compare, rules, learning, serve):
    group.register(app)


def main() -> None:
    """Run the command; errors of the program are told in plain words."""
    try:
        app()
    except GongkaiError as error:
        print(f"gongkai: {error.what}", file=sys.stderr)
        for label, part in error.details().items():
            print(f"  {label}: {part}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)

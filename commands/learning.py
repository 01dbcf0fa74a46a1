"""The commands of learning: train, promote, rollback, models, labels, coders, queue, drift, counts.

What they work with is imported by each: the model and its dictionary would cost every other command a third of a second.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files.")]
LabelFiles = Annotated[
    list[Path],
    typer.Option(
        "--labels",
        exists=True,
        dir_okay=False,
        help="Label files, JSON Lines: themes of items, passages with marked counts.",
    ),
]


class Format(StrEnum):
    """How labels are written."""

    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    DOCBIN = "docbin"


class Cell(StrEnum):
    """What counts of themes are split by."""

    YEAR = "year"
    REGION = "region"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for name, command in (
        ("train", train), ("promote", promote), ("rollback", rollback), ("models", models), ("labels", labels),
        ("coders", coders), ("queue", queue), ("drift", drift), ("theme-counts", theme_counts),
    ):  # fmt: skip
        app.command(name)(command)


def show(data: Any) -> None:
    """What a command of learning tells."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def train(
    label_files: LabelFiles,
    name: Annotated[str, typer.Option(help="The candidate's name.")],
    with_project: Annotated[bool, typer.Option(help="Train on the project's own labels as well.")] = True,
) -> None:
    """Train a candidate on labels of themes and of counts; the live model stays as it is."""
    from training.candidate import train_candidate
    from training.intake import read_files

    taken = read_files(label_files)
    show(
        train_candidate(
            name, taken, with_project=with_project,
            progress=lambda share, step: typer.echo(f"{share:4.0%} {step}", err=True),
        )
    )  # fmt: skip


def promote(
    name: str,
    accept_differences: Annotated[bool, typer.Option(help="Accept that golden examples change.")] = False,
    force: Annotated[bool, typer.Option(help="Go live although gates failed; needs --why.")] = False,
    why: Annotated[str | None, typer.Option(help="The reason, recorded.")] = None,
    by: Annotated[str | None, typer.Option(help="Who promotes, recorded.")] = None,
) -> None:
    """Make a candidate live if it passes its gates."""
    from training.promote import promote as run

    check = run(name, accept_differences=accept_differences, force=force, why=why, by=by, at=_now())
    show({"live": name, **asdict(check)})


def rollback(
    why: Annotated[str | None, typer.Option(help="The reason, recorded.")] = None,
    by: Annotated[str | None, typer.Option(help="Who rolls back, recorded.")] = None,
) -> None:
    """Make the model live again that was live before."""
    from training.promote import rollback as run

    show({"live": run(why=why, by=by, at=_now())})


def models() -> None:
    """List the models with parent and figures, and the record of promotions."""
    from training.promote import history, list_models

    show({"models": [asdict(model) for model in list_models()], "history": history()})


def labels(
    files: Files,
    source: Annotated[Format, typer.Option("--from", help="How the files are written.")] = Format.JSONL,
    to: Annotated[Format, typer.Option(help="How to write them.")] = Format.JSONL,
    out: Annotated[Path | None, typer.Option(help="Where to write; none: check only.")] = None,
) -> None:
    """Check labels and convert them between formats; nothing is written when a line is wrong."""
    from training.card import describe_labels
    from training.checks import find_faults
    from training.formats import READERS, WRITERS
    from training.train import merge_labels

    merged = merge_labels(*(READERS[source](path.read_bytes(), path.name) for path in files))
    if out is not None:
        out.write_bytes(WRITERS[to](merged))
    show({**describe_labels(merged), "faults": [asdict(fault) for fault in find_faults(merged)]})


def coders(
    files: Files, disagreements: Annotated[Path | None, typer.Option(help="Write the items in dispute here.")] = None
) -> None:
    """Agreement of several coders: κ of each two, α a theme, items in dispute."""
    from training.agreement import coder_counts, find_disagreements, pairwise_kappa, theme_alpha
    from training.labels import dump_lines, read_labels
    from training.train import merge_labels

    merged = merge_labels(*(read_labels(path) for path in files))
    disputed = find_disagreements(merged)
    if disagreements is not None:
        disagreements.write_bytes(dump_lines([label for codings in disputed for label in codings]))
    kappas = [asdict(agreement) for agreement in pairwise_kappa(merged)]
    show({"coders": coder_counts(merged), "kappa": kappas, "alpha": theme_alpha(merged), "disputed": len(disputed)})


def _items(files: Sequence[Path]) -> list[Any]:
    from training.items import read_items

    return [item for path in files for item in read_items(path)]


def queue(files: Files, most: Annotated[int, typer.Option(min=1, help="How many items.")] = 50) -> None:
    """What to label next, as JSON Lines."""
    import numpy as np

    from extractor.classify.linear import find_model
    from extractor.classify.themes import ThemeCoder
    from training.queue import rank
    from training.train import read_reference

    model = find_model()
    labelled = np.array(list(model.card()["labels"]["first_themes"].values()), dtype=float)
    known = [item.text for item in read_reference(model)]
    for row in rank(_items(files), ThemeCoder(model), most, labelled, known):
        typer.echo(json.dumps({**asdict(row.item), "worth": row.worth, "doubt": row.doubt, "novelty": row.novelty,
                               "disagreement": row.disagreement, "themes": row.themes}, ensure_ascii=False))  # fmt: skip


def drift(
    files: Files,
    against: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Files to compare with; none: the training text.")
    ] = None,
) -> None:
    """Whether a batch is still what the model was trained on; ends with 1 on an alarm."""
    from extractor.classify.linear import find_model
    from extractor.classify.themes import ThemeCoder
    from training.drift import compare
    from training.train import read_reference

    model = find_model()
    reference = _items(against) if against else list(read_reference(model))
    found = compare(reference, _items(files), ThemeCoder(model))
    show(asdict(found))
    if found.alarm:
        raise typer.Exit(1)


def theme_counts(files: Files, by: Annotated[Cell, typer.Option(help="Split by.")] = Cell.YEAR) -> None:
    """Counts of themes by year or region, raw and corrected for the classifier's known errors."""
    from extractor.classify.linear import find_model
    from extractor.classify.themes import ThemeCoder
    from training.evaluate import judge
    from training.labels import project_labels
    from training.prevalence import Coded, corrected_counts

    coder, items, holdout = ThemeCoder(find_model()), _items(files), project_labels("heldout")
    codings = coder.code([item.text for item in items])
    coded = [
        Coded(
            str(item.year if by is Cell.YEAR else item.region), item.group, tuple(theme.code for theme in coding.themes)
        )
        for item, coding in zip(items, codings, strict=True)
    ]
    known = judge(holdout, coder.code([label.text for label in holdout]))
    show([asdict(share) for share in corrected_counts(coded, known)])

"""``python -m training.refit [FOLDER]``: fit the shipped model anew from the project's own labels.

Everything at once and in one order: themes with their abstention, counts, reference of drift, card. The folder's
files are replaced when all of them are there; the same labels give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from training.candidate import summary
from training.contexts import project_passages
from training.labels import project_labels
from training.train import train

SHIPPED = Path(__file__).resolve().parents[1] / "models" / "default"


def refit(folder: Path = SHIPPED) -> dict[str, object]:
    """Train on the project's labels and passages, and put the files in place; returns the card's summary."""
    with TemporaryDirectory(dir=folder.parent) as work:
        fresh = Path(work) / "default"
        card = train(
            project_labels(), fresh, passages=project_passages(),
            progress=lambda share, step: print(f"{share:4.0%} {step}", file=sys.stderr),
        )  # fmt: skip
        folder.mkdir(exist_ok=True)
        for file in sorted(fresh.iterdir()):
            file.replace(folder / file.name)
    return summary(card)


if __name__ == "__main__":
    print(refit(*map(Path, sys.argv[1:])))

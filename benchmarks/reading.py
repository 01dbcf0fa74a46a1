"""What reading costs against the library's own bare extraction: ``python -m benchmarks.reading FILE…``.

CPU time, best of several rounds in turn, because machines are noisy; PDF files are set against PDFium's bare text of
all pages, others are timed alone. The median ratio of the PDF files may be 1.5 at most.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pypdfium2

from extractor.errors import GongkaiError
from extractor.read import read

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
MOST_RATIO = 1.5


def cost(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


def bare_text(data: bytes) -> int:
    """PDFium's own text of all pages; how many characters."""
    letters = 0
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            textpage = page.get_textpage()
            letters += len(textpage.get_text_range())
            textpage.close()
            page.close()
    return letters


def costs(data: bytes) -> tuple[float, float | None]:
    """Milliseconds of our reading and of the bare one, the best of rounds taken in turn; None where there is none."""
    is_pdf = b"%PDF-" in data[:1024]
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(cost(lambda: read(data)))
        if is_pdf:
            bare.append(cost(lambda: bare_text(data)))
    return min(ours), min(bare) if bare else None


def main(paths: list[str]) -> int:
    """Print each file's cost and the PDF files' median ratio; 1 where that is above ``MOST_RATIO``."""
    ratios = []
    for path in map(Path, paths):
        try:
            ours, bare = costs(path.read_bytes())
        except GongkaiError as error:
            print(f"{path.name:44} {error}")
            continue
        told = f"{ours:8.2f} ms"
        if bare is not None:
            ratios.append(ours / bare)
            told += f"  bare {bare:8.2f} ms  ratio {ours / bare:.2f}"
        print(f"{path.name:44} {told}")
    if ratios:
        print(f"PDF files: {len(ratios)}, median ratio {median(ratios):.2f}, at most {MOST_RATIO}")
    return int(bool(ratios) and median(ratios) > MOST_RATIO)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

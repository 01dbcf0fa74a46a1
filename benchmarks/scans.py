"""What is read of scans, by how they were made: ``python -m benchmarks.scans ["NAME;NAME…" [SEED…]]``.

Composed reports are printed by LibreOffice, drawn as page images, made worse in a known way and put into a PDF of
images, as scanners do. Of the official cells some are right, some are said to be unread, and none may be silently
wrong; a table that is not found counts as unread, since a finding says so. Needs LibreOffice and the extra [scan].
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

from extractor.clean import clean
from extractor.errors import GongkaiError
from extractor.read import read
from extractor.report import Report, Tables
from extractor.sections import find_sections
from extractor.tables import read_tables
from tests.composer import judge
from tests.composer.truth import seeded_truth
from tests.composer.word import WordStyle, compose_word, to_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from tests.composer.webpage import ComposedFile

    Bright: TypeAlias = NDArray[np.float64]
    Harm: TypeAlias = Callable[[Image.Image], Image.Image]

SEEDS = (3, 8)
SHARP = 90
Made: TypeAlias = tuple[int, int, "tuple[Harm, ...]"]


def turned(angle: float) -> Harm:
    """Laid on the glass at an angle in degrees."""
    return lambda page: page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)


def on_its_side(turns: int) -> Harm:
    """Laid on the glass a quarter, half or three quarters round."""
    return lambda page: page.rotate(90 * turns, expand=True)


def blurred(sigma: float) -> Harm:
    """Out of focus."""
    return lambda page: page.filter(ImageFilter.GaussianBlur(sigma))


def _bright(change: Callable[[Bright], Bright]) -> Harm:
    return lambda page: Image.fromarray(np.clip(change(np.asarray(page, np.float64)), 0, 255).astype(np.uint8))


def grey() -> Harm:
    """Grey paper under light from the right."""
    return _bright(lambda page: page * 0.6 + np.linspace(0, 60, page.shape[1])[None, :])


def grain(sigma: float) -> Harm:
    """Noise of a sensor, in values of 255."""
    return _bright(lambda page: page + np.random.default_rng(7).normal(0, sigma, page.shape))


def pale(share: float) -> Harm:
    """Toner that ran low: ink so much paler."""
    return _bright(lambda page: 255 - (255 - page) * (1 - share))


def photographed(lean: float) -> Harm:
    """Taken by a camera from one side: the far edge is shorter by a share, and darker."""

    def take(page: Image.Image) -> Image.Image:
        width, height = page.size
        x, y = lean * width, lean * height
        # where each corner of the photograph lies on the page
        corners = [(-x, -y / 2), (width + x / 3, -y), (width + x / 4, height + y / 2), (-x / 3, height + y)]
        seen = page.transform(page.size, Image.Transform.PERSPECTIVE, _projection(page.size, corners), Image.Resampling.BICUBIC, fillcolor=255)  # fmt: skip
        down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
        light = 0.95 - 0.35 * np.hypot(across - 0.8, down - 0.1)
        return Image.fromarray(np.clip(np.asarray(seen) * light, 0, 255).astype(np.uint8))

    return take


def _projection(size: tuple[int, int], corners: Sequence[tuple[float, float]]) -> list[float]:
    """The eight numbers of the projection that takes an image's corners to other places."""
    width, height = size
    rows, wanted = [], []
    for (x, y), (u, v) in zip([(0, 0), (width, 0), (width, height), (0, height)], corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(wanted, float))]


# how a scan is made: dots an inch, quality of its JPEG, and what is done to the page in turn
SCANS: dict[str, Made] = {
    "clean, 200 dpi": (200, SHARP, ()),
    "clean, 150 dpi": (150, SHARP, ()),
    "clean, 100 dpi": (100, SHARP, ()),
    "turned 1.0°": (200, SHARP, (turned(1.0),)),
    "turned −1.8°": (200, SHARP, (turned(-1.8),)),
    "turned 3.0°": (200, SHARP, (turned(3.0),)),
    "grey paper, uneven light": (200, SHARP, (grey(),)),
    "pale toner (ink 60 % paler)": (200, SHARP, (pale(0.6),)),
    "grain (σ 25 of 255)": (200, SHARP, (grain(25),)),
    "blurred (σ 1.5 pixels)": (200, SHARP, (blurred(1.5),)),
    "JPEG quality 15": (200, 15, ()),
    "photographed, lean 1 %": (200, 70, (photographed(0.01), blurred(0.7), grain(6))),
    "photographed, lean 4 %": (200, 70, (photographed(0.04), blurred(0.7), grain(6))),
    "on its side": (200, SHARP, (on_its_side(1),)),
    "upside down": (200, SHARP, (on_its_side(2),)),
    "150 dpi, turned 0.7°, grey, grain, blur, JPEG 50": (150, 50, (turned(0.7), blurred(0.8), grey(), grain(8))),
    "110 dpi, turned 0.7°, grey, grain, blur, JPEG 30": (110, 30, (turned(0.7), blurred(0.8), grey(), grain(8))),
}


def scanned(data: bytes, made: Made) -> tuple[bytes, int]:
    """A PDF of page images made of a PDF of text, and how many pages it has."""
    dots, quality, harms = made
    with pypdfium2.PdfDocument(data) as pdf, pypdfium2.PdfDocument.new() as out:
        for source in pdf:
            image = source.render(scale=dots / 72, grayscale=True).to_pil().convert("L")
            for harm in harms:
                image = harm(image)
            packed = io.BytesIO()
            image.convert("RGB").save(packed, "JPEG", quality=quality)
            picture = pypdfium2.PdfImage.new(out)
            picture.load_jpeg(packed, inline=True)
            width, height = image.width * 72 / dots, image.height * 72 / dots
            page = out.new_page(width, height)
            picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
            page.insert_obj(picture)
            page.gen_content()
        saved = io.BytesIO()
        out.save(saved)
        return saved.getvalue(), len(pdf)


def outcome(composed: ComposedFile, data: bytes) -> tuple[Counter[str], list[str]]:
    """Cells right, unread and wrong; a sentence for each that is silently wrong."""
    try:
        report = read_tables(find_sections(clean(Report(read(data)))))
    except GongkaiError:
        return Counter(right=0, unread=len(composed.expected), wrong=0), []
    tables = report.tables or Tables(None, None, None)
    verdict = judge(composed, tables, report.text)
    missing = [each for each in verdict.wrong if ": missing, " in each and getattr(tables, each.partition(".")[0]) is None]  # fmt: skip
    wrong = [each for each in verdict.wrong if each not in missing]
    return Counter(right=verdict.right, unread=len(verdict.undue) + len(missing), wrong=len(wrong)), wrong


def main(names: Sequence[str] = tuple(SCANS), seeds: Sequence[int] = SEEDS) -> int:
    """Print a row a kind of scan; 1 where a cell is silently wrong."""
    truths = [to_pdf(compose_word(seeded_truth(seed, "2021"), WordStyle())) for seed in seeds]
    print("| page images | right / unread / silently wrong | seconds a page |\n|---|---|---|")
    failed = 0
    for name in names:
        found, wrong, pages, started = [], [], 0, time.process_time()
        for composed in truths:
            data, count = scanned(composed.data, SCANS[name])
            counts, said = outcome(composed, data)
            found.append(f"{counts['right']} / {counts['unread']} / {counts['wrong']}")
            wrong += said
            pages += count
        print(f"| {name} | {'; '.join(found)} | {(time.process_time() - started) / pages:.1f} |", flush=True)
        print("".join(f"  {each}\n" for each in wrong), end="", file=sys.stderr, flush=True)
        failed |= bool(wrong)
    return failed


if __name__ == "__main__":
    chosen = [name for name in SCANS if any(part in name for part in (sys.argv[1:] or [""])[0].split(";"))]
    sys.exit(main(chosen, tuple(map(int, sys.argv[2:])) or SEEDS))

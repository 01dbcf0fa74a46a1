"""The same truth as a web page: every cell equal, whatever the site's frame, its spans, its encoding."""

from __future__ import annotations

import random

import pytest

from extractor.clean import clean
from extractor.read import read
from extractor.report import Report
from extractor.sections import find_sections
from extractor.tables import read_tables
from tests.composer import FORMS, Verdict, judge, seeded_truth
from tests.composer.outline import Wording
from tests.composer.webpage import (
    CELLS,
    ENCODINGS,
    FRAMES,
    SPANS,
    ComposedFile,
    PageStyle,
    compose_page,
    draw_page_style,
)
from tests.composer.word import WordStyle, compose_word, to_pdf
from tests.parts import need_office

STYLES = (
    *(PageStyle(frame=frame) for frame in FRAMES),
    *(PageStyle(cells=cells) for cells in CELLS[1:]),
    *(PageStyle(spans=spans) for spans in SPANS[1:]),
    *(PageStyle(encoding=encoding) for encoding in tuple(ENCODINGS)[1:]),
)


def verdict_of(file: ComposedFile) -> Verdict:
    """What the program makes of a file, judged."""
    report = read_tables(find_sections(clean(Report(read(file.data, name=file.name)))))
    return judge(file, report.tables, report.text)


def draw_wording(rng: random.Random) -> Wording:
    """A random wording among those that a grid keeps."""
    return Wording(
        sheet=rng.choice(("official", "official", "group_twice")),
        labels=rng.choice(("official", "half_width", "drawn_apart", "comma_numbers", "reworded")),
        numbers=rng.choice(("plain", "thousands", "full_width", "units")),
        zeros=rng.choice(("printed", "printed", "dash", "none_word", "slash")),
        headings=rng.choice(("official", "reworded", "unnumbered")),
        prose=rng.choice(("short", "same_words", "contradicting", "between")),
        notes=rng.choice(("none", "remark", "filler", "unit_above")),
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("style", STYLES, ids=str)
def test_each_way_to_build_a_page_alone(style: PageStyle, form: str) -> None:
    verdict = verdict_of(compose_page(seeded_truth(31, form), style, seed=31))
    assert verdict.wrong == []
    assert verdict.undue == []


@pytest.mark.parametrize("chunk", range(10))
def test_random_pages_have_no_silently_wrong_cell(chunk: int) -> None:
    failures = []
    for seed in range(chunk * 20, (chunk + 1) * 20):
        rng = random.Random(seed)
        style, wording = draw_page_style(rng), draw_wording(rng)
        verdict = verdict_of(compose_page(seeded_truth(seed), style, wording, seed))
        wrong = verdict.wrong or [f"{cell} unread" for cell in verdict.undue]
        failures += [f"seed {seed}, {style}, {wording}: {len(wrong)}, first {wrong[0]}"] if wrong else []
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("frame", FRAMES)
def test_blank_cells_of_a_grid_are_blank(frame: str) -> None:
    for seed in range(10):
        file = compose_page(seeded_truth(seed, "2021"), PageStyle(frame=frame), Wording(zeros="blank"), seed)
        verdict = verdict_of(file)
        assert (verdict.wrong, verdict.undue) == ([], []), seed


@pytest.mark.parametrize("seed", [5, 7])
def test_an_unruled_pdf_keeps_every_cell(seed: int) -> None:
    need_office()
    file = to_pdf(compose_word(seeded_truth(seed, "2021"), WordStyle(layout="unruled")))
    verdict = verdict_of(file)
    assert verdict.wrong == []
    assert verdict.undue == []

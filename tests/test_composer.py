"""The composer itself: its truths balance, its prints are the same for a seed, and say where their tables stand."""

from __future__ import annotations

import io
import random

import docx
import pytest
from hypothesis import given, settings

from tests.composer import (
    AXES,
    FORMS,
    Composition,
    broken_identities,
    compose,
    draw_composition,
    draw_truth,
    seeded_truth,
    single_renderings,
)
from tests.composer.frames import expand
from tests.composer.marks import write_cells
from tests.composer.outline import sheets
from tests.composer.strategies import compositions, truths
from tests.composer.truth import Truth
from tests.composer.word import WordStyle, compose_word


@settings(max_examples=60, deadline=None)
@given(truths())
def test_a_truth_satisfies_every_identity_of_its_form(truth: Truth) -> None:
    assert broken_identities(truth) == ()


def test_a_changed_cell_breaks_the_identities_it_stands_in() -> None:
    truth = seeded_truth(5, "2021")
    cell = next(c for c in truth.values if (c.row, c.column) == ("granted", "natural_person"))
    broken = broken_identities(truth.changed(cell, truth.values[cell] + 1))
    assert sorted(code for code, _ in broken) == ["arithmetic.row", "arithmetic.total"]
    assert all(cell in cells for _, cells in broken)


@pytest.mark.parametrize("form", FORMS)
def test_every_printed_cell_has_a_number_and_no_sheet_leaves_its_grid(form: str) -> None:
    truth = seeded_truth(1, form)
    written, expected = write_cells(truth, "plain", "printed", random.Random(1))
    printed = [box.cell for sheet in sheets(truth, written) for row in sheet.rows for box in row if box.cell]
    assert sorted(map(str, printed)) == sorted(map(str, truth.values)) == sorted(map(str, expected))
    for sheet in sheets(truth, written):
        covered = sum(box.rows * box.columns for row in sheet.rows for box in row)
        assert covered == sheet.width * len(sheet.rows), sheet.table
        assert {len(row) for row in expand(sheet)} == {sheet.width}


def test_official_forms_have_their_official_number_of_cells() -> None:
    counts = {form: len(seeded_truth(0, form).values) for form in FORMS if form != "statistics"}
    assert counts == {"2021": 200, "2021_one_other": 186, "2019": 198, "2019_late": 198}


def test_there_are_well_over_forty_renderings() -> None:
    options = {(axis, option) for axis, all_options in AXES.items() for option in all_options[1:]}
    assert len(options) >= 80
    texts = [compose(seeded_truth(3, "2021"), choice, 3).text for choice in single_renderings()]
    assert len(set(texts)) >= 80


@settings(max_examples=60, deadline=None)
@given(truths(), compositions())
def test_a_seed_names_a_print_and_regions_hold_the_tables(truth: Truth, choice: Composition) -> None:
    composed = compose(truth, choice, 7)
    assert composed == compose(truth, choice, 7)
    assert set(composed.regions) == {cell.table for cell in truth.values}
    assert set(composed.expected) == set(truth.values) >= composed.doubtful
    for start, end in composed.regions.values():
        assert 0 <= start < end <= len(composed.text)


def test_drawing_is_determined_by_the_seed() -> None:
    assert draw_truth(random.Random(4)) == draw_truth(random.Random(4))
    assert draw_composition(random.Random(4)) == draw_composition(random.Random(4))
    assert {draw_truth(random.Random(seed)).form for seed in range(60)} == set(FORMS)


@pytest.mark.parametrize("choice", single_renderings(), ids=lambda choice: str(choice.chosen()))
def test_no_rendering_loses_a_number_that_it_does_not_call_doubtful(choice: Composition) -> None:
    truth = seeded_truth(11, "2021")
    composed = compose(truth, choice, 2)
    if choice.numbers != "plain":
        return
    start, end = composed.regions["applications"]
    printed = composed.text[start:end]
    sure = (c for c, e in composed.expected.items() if e.value and c.table == "applications")
    assert all(str(composed.expected[c].value) in printed for c in sure)


@pytest.mark.parametrize(
    "style", [WordStyle(), WordStyle(numbering="list", title="text_box", layout="unruled")], ids=str
)
def test_a_word_file_holds_the_sheets_with_their_merges(style: WordStyle) -> None:
    truth = seeded_truth(8, "2021")
    written, _ = write_cells(truth, "plain", "printed", random.Random(8))
    document = docx.Document(io.BytesIO(compose_word(truth, style, seed=8).data))
    for table, sheet in zip(document.tables, sheets(truth, written), strict=True):
        printed = [[cell.text for cell in row.cells] for row in table.rows]
        assert printed == expand(sheet, repeat_labels=True, repeat_values=True)


def test_tracked_changes_keep_the_inserted_figure() -> None:
    data = compose_word(seeded_truth(8, "2021"), WordStyle(changes="tracked"), seed=8).data
    document = docx.Document(io.BytesIO(data))
    xml = document.element.xml
    assert xml.count("<w:del ") == xml.count("<w:ins ") > 5

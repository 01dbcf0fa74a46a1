"""The form's sums: which findings a balanced, an unbalanced and a half-read table make, and whom they name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor import form
from extractor.merge.arithmetic import find_arithmetic
from extractor.report import Cell, Table, Tables

COLUMNS = form.columns("2021", "applications", "new")
NUMBERS = {
    "new": (8, 2, 0, 0, 0, 0, 10),
    "carried_over": (1, 0, 0, 0, 0, 0, 1),
    "granted": (5, 1, 0, 0, 0, 0, 6),
    "refused.third_party": (2, 0, 0, 0, 0, 0, 2),
    "other.other": (1, 1, 0, 0, 0, 0, 2),
    "total": (8, 2, 0, 0, 0, 0, 10),
    "carried_forward": (1, 0, 0, 0, 0, 0, 1),
}
REVIEWS = {"review": (1, 0, 2, 0, 3), "litigation_direct": (0, 0, 0, 0, 0), "litigation_after_review": (4, 0, 0, 1, 5)}


def applications(**changes: object) -> Tables:
    """A balanced table of requests with some cells (``row__column``) changed: a number, or a status."""
    cells = []
    for row in form.EDITIONS["2021"].tables["applications"].rows:
        for column, value in zip(row.columns, NUMBERS.get(row.code, (0,) * 7), strict=True):
            cells.append(Cell(row.code, column, value, "number", str(value), None))
    for name, change in changes.items():
        row_code, _, column_code = name.replace("__", " ").partition(" ")
        at = next(i for i, c in enumerate(cells) if (c.row.replace(".", "_"), c.column) == (row_code, column_code))
        if isinstance(change, int):
            cells[at] = replace(cells[at], value=change)
        else:
            cells[at] = replace(cells[at], value=None, status=str(change))
    return Tables(applications=Table("2021", "read", tuple(cells)))


def reviews(changed: dict[str, tuple[int, ...]]) -> Tables:
    """Reviews and lawsuits with some groups changed."""
    columns = form.columns("2021", "review_litigation", "review")
    rows = {**REVIEWS, **changed}
    cells = [
        Cell(row, column, value, "number", str(value), None)
        for row, values in rows.items()
        for column, value in zip(columns, values, strict=True)
    ]
    return Tables(review_litigation=Table("2021", "read", tuple(cells)))


def test_balanced_tables_make_no_findings() -> None:
    assert find_arithmetic(applications()) == ()
    assert find_arithmetic(reviews({})) == ()
    assert find_arithmetic(Tables()) == ()


@pytest.mark.parametrize(
    ("changes", "codes", "first", "wanted"),
    [
        ({"granted__natural_person": 7}, {"arithmetic.row", "arithmetic.total"}, ("granted", "natural_person"), "5"),
        ({"new__total": 11}, {"arithmetic.row", "arithmetic.flow"}, ("new", "total"), "10"),
        (
            {"total__commercial": 3},
            {"arithmetic.row", "arithmetic.total", "arithmetic.flow"},
            ("total", "commercial"),
            "2",
        ),
        (
            {"other_other__natural_person": 0},
            {"arithmetic.row", "arithmetic.total"},
            ("other.other", "natural_person"),
            "1",
        ),
    ],
)
def test_one_wrong_cell_is_named_first_with_what_it_would_have_to_be(
    changes: dict[str, object], codes: set[str], first: tuple[str, str], wanted: str
) -> None:
    findings = find_arithmetic(applications(**changes))
    assert {finding.code for finding in findings} == codes
    for finding in findings:
        assert finding.severity == "error"
        assert (finding.cells[0].row, finding.cells[0].column) == first
        assert finding.message.endswith(f"would have to be {wanted}")


def test_two_wrong_cells_are_not_laid_on_one() -> None:
    findings = find_arithmetic(applications(granted__natural_person=7, new__commercial=5))
    assert {finding.code for finding in findings} == {"arithmetic.row", "arithmetic.total", "arithmetic.flow"}
    assert all("one cell" not in finding.message for finding in findings)


@pytest.mark.parametrize("changes", [{"granted__natural_person": "unread"}, {"granted__natural_person": "text"}])
def test_an_unread_cell_makes_no_claim(changes: dict[str, object]) -> None:
    assert find_arithmetic(applications(**changes)) == ()


def test_blank_and_not_applicable_cells_count_as_nothing() -> None:
    assert find_arithmetic(applications(new__research="blank", granted__other="not_applicable")) == ()
    assert {f.code for f in find_arithmetic(applications(granted__natural_person="blank"))} == {
        "arithmetic.row",
        "arithmetic.total",
    }


def test_blank_totals_make_no_error() -> None:
    changes = {
        f"{row.code.replace('.', '_')}__total": "blank" for row in form.EDITIONS["2021"].tables["applications"].rows
    }
    assert find_arithmetic(applications(**changes)) == ()


def test_a_group_of_reviews_names_its_five_cells() -> None:
    (finding,) = find_arithmetic(reviews({"review": (1, 0, 2, 0, 4)}))
    assert finding.code == "arithmetic.review"
    assert {(cell.row, cell.column) for cell in finding.cells} == {
        ("review", column) for column in form.columns("2021", "review_litigation", "review")
    }

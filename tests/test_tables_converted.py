"""Tables of an invented agency as real converters leave them (PDF to text, office to Markdown, pages to text).

``tests/data/converted`` holds a text each with its truth: the cells as printed, and how many are read at least. A cell that
the text cannot tell stays unread; none may come out as something else.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.pipeline import extract

CONVERTED = Path(__file__).parent / "data" / "converted"
TRUTHS = sorted(CONVERTED.glob("*.json"))


@pytest.mark.parametrize("truth", TRUTHS, ids=[path.stem for path in TRUTHS])
def test_cells_of_converted_tables_are_as_printed_or_unread(truth: Path) -> None:
    told = json.loads(truth.read_bytes())
    tables = extract(truth.with_suffix(".txt")).to_dict()["tables"]
    read = {
        f"{name}.{cell['row']}.{cell['column']}": cell["value"] if cell["status"] == "number" else cell["status"]
        for name, table in tables.items()
        if table is not None
        for cell in table["cells"]
    }
    wrong = {key: read.get(key) for key, printed in told["cells"].items() if read.get(key) not in (printed, "unread")}
    assert wrong == {}
    assert sum(read[key] == printed for key, printed in told["cells"].items()) >= told["least_right"]

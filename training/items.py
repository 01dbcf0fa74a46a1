"""Items to be coded, from results (``gongkai.report/1``) or from JSON Lines: what queue, drift and counts read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import LabelError
from extractor.vocabulary import SCHEMA


@dataclass(frozen=True, slots=True)
class Item:
    """A problem or improvement; ``group`` is its agency, or its report where no agency is known."""

    id: str
    text: str
    group: str
    year: int | None = None
    region: str | None = None


def read_items(path: Path) -> tuple[Item, ...]:
    """The items of a result (``.json``) or of JSON Lines with ``text`` and ``agency``. Errors: ``LabelError``."""
    try:
        if path.suffix == ".json":
            return items_of_result(json.loads(path.read_bytes()), path.name)
        rows = [json.loads(line) for line in path.read_bytes().split(b"\n") if line.strip()]
        return tuple(
            Item(
                str(row.get("id", f"{path.name}:{number}")),
                str(row["text"]),
                str(row["agency"]),
                row.get("year"),
                row.get("region"),
            )
            for number, row in enumerate(rows, 1)
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LabelError(
            "a file holds no items", where=path.name, found=type(error).__name__,
            allowed="a result of gongkai extract --format json, or JSON Lines with text and agency",
        ) from error  # fmt: skip


def items_of_result(result: Any, name: str) -> tuple[Item, ...]:
    """The problems and improvements of a result. Errors: ``LabelError`` for another schema."""
    if not isinstance(result, dict) or result.get("schema") != SCHEMA:
        raise LabelError(
            "a file is no result", where=name, allowed=SCHEMA, do="write it by gongkai extract --format json"
        )
    meta = result["meta"]
    group = meta.get("agency") or result["source"]["sha256"]
    region = "/".join(meta.get("region") or ()) or None
    found = [item for kind in ("problems", "improvements") for item in result["facts"][kind]]
    return tuple(Item(f"{name}:{item['id']}", item["span"]["quote"], group, meta.get("year"), region) for item in found)

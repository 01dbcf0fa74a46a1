"""A JSON body ``{"text": …, "tables": …}``: a text with official tables that were parsed elsewhere.

The tables, in the contract's shape, are taken as ``given`` instead of our own reading, so everything in them is checked
against the official form first; an error names the place (``tables.applications.cells[3].row``) and what is allowed
there, never the value.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
from pydantic import TypeAdapter, ValidationError

from extractor.document import Document, Source
from extractor.errors import DocumentError, LimitError
from extractor.form import EDITIONS
from extractor.report import Cell, Span, Table, Tables
from extractor.result import TABLE_NAMES
from extractor.vocabulary import CELL_STATUSES
from extractor.vocabulary import EDITIONS as EDITION_TERMS

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY_KEYS = ("text", "tables", "name")
TABLE_KEYS = ("edition", "origin", "cells")
CELL_KEYS = ("row", "column", "value", "status", "raw", "span", "note")
SPAN_KEYS = ("start", "end", "quote", "page")


def document_of_json(body: bytes, *, name: str | None, depth: int) -> tuple[Document, Tables | None]:
    """The document and its given tables. Errors: ``DocumentError`` with the place, ``LimitError`` for nesting."""
    _check_depth(body, depth)
    try:
        loaded = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        _refuse("body", f"no JSON (line {error.lineno}, column {error.colno})", "one JSON object in UTF-8")
    _object(loaded, "body", BODY_KEYS, needed=("text",))
    text, tables = loaded["text"], loaded.get("tables")
    if not isinstance(text, str):
        _refuse("text", _kind(text), "text")
    if not text.strip():
        raise DocumentError("the text is empty", where="text", do="give the report's text")
    named = loaded.get("name", name)
    if named is not None and not isinstance(named, str):
        _refuse("name", _kind(named), "text or null")
    data = text.encode()
    document = Document(Source(named, sha256(data).hexdigest(), "text/plain", len(data), None, "plain"), text)
    return document, None if tables is None else tables_of(tables, text)


def results_of_json(body: bytes) -> list[dict[str, Any]]:
    """Results to compare, of this service's store or a caller's own, with the members that comparing reads.

    Errors: ``DocumentError`` with the place.
    """
    from serving.shapes import Compared

    try:
        return [one.model_dump() for one in TypeAdapter(list[Compared]).validate_json(body)]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise DocumentError(
            "a result cannot be compared",
            where=f"results{place}"[:200],
            found=first["type"],
            allowed="results of the schema gongkai.report/1",
            do="send results as POST /v1/extract answers them, with their text",
        ) from None


def tables_of(given: Any, text: str) -> Tables:
    """The contract's ``tables`` member as ``Tables`` of origin ``given``; all that are left out are missing."""
    _object(given, "tables", TABLE_NAMES)
    read = {name: None if entry is None else _table(entry, name, text) for name, entry in given.items()}
    return Tables(
        proactive=read.get("proactive"),
        applications=read.get("applications"),
        review_litigation=read.get("review_litigation"),
        statistics=read.get("statistics"),
    )


def _table(entry: Any, name: str, text: str) -> Table:
    where = f"tables.{name}"
    _object(entry, where, TABLE_KEYS, needed=("edition", "cells"))
    edition = str(entry["edition"])
    if edition not in EDITION_TERMS:
        _refuse(f"{where}.edition", _kind(entry["edition"]), ", ".join(EDITION_TERMS))
    if not isinstance(entry["cells"], list):
        _refuse(f"{where}.cells", _kind(entry["cells"]), "a list of cells")
    printed = _printed(name)
    cells: dict[tuple[str, str], Cell] = {}
    for number, part in enumerate(entry["cells"]):
        cell = _cell(part, f"{where}.cells[{number}]", printed, text)
        if (cell.row, cell.column) in cells:
            _refuse(f"{where}.cells[{number}]", "a cell that was given before", "each row and column once")
        cells[cell.row, cell.column] = cell
    return Table(edition, "given", tuple(cells.values()))


def _printed(table: str) -> Mapping[str, frozenset[str]]:
    """Rows of a table in any edition of the form, each with its columns; empty for annexes with free labels."""
    rows: dict[str, frozenset[str]] = {}
    for edition in EDITIONS.values():
        for row in edition.tables[table].rows if table in edition.tables else ():
            rows[row.code] = rows.get(row.code, frozenset()) | frozenset(row.columns)
    return rows


def _cell(part: Any, where: str, printed: Mapping[str, frozenset[str]], text: str) -> Cell:
    _object(part, where, CELL_KEYS, needed=("row", "column"))
    row, column = part["row"], part["column"]
    for key, code in (("row", row), ("column", column)):
        if not isinstance(code, str):
            _refuse(f"{where}.{key}", _kind(code), "text")
    if printed and row not in printed:
        _refuse(f"{where}.row", "a row that the official form does not print", ", ".join(printed))
    if printed and column not in printed[row]:
        _refuse(f"{where}.column", "a column that this row does not print", ", ".join(sorted(printed[row])))
    value = part.get("value")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        _refuse(f"{where}.value", _kind(value), "a number or null")
    status = part.get("status", "blank" if value is None else "number")
    if not isinstance(status, str) or status not in CELL_STATUSES:
        _refuse(f"{where}.status", "an unknown status", ", ".join(CELL_STATUSES))
    if (status == "number") != (value is not None):
        _refuse(f"{where}.value", _kind(value), "a number where status is number, null elsewhere")
    raw = part.get("raw", "" if value is None else str(value))
    note = part.get("note")
    if not isinstance(raw, str) or not (note is None or isinstance(note, str)):
        _refuse(where, "raw or note that is no text", "text")
    return Cell(row, column, value, status, raw, _span(part.get("span"), f"{where}.span", text), note)


def _span(part: Any, where: str, text: str) -> Span | None:
    if part is None:
        return None
    _object(part, where, SPAN_KEYS, needed=("start", "end"))
    start, end, page = part["start"], part["end"], part.get("page")
    whole = all(isinstance(place, int) and not isinstance(place, bool) for place in (start, end, page or 0))
    if not whole or not 0 <= start <= end <= len(text):
        _refuse(where, "a place outside the text", "0 ≤ start ≤ end ≤ length of text, in code points")
    quote = text[start:end]
    if part.get("quote", quote) != quote:
        _refuse(where, "a quote that is not what stands there", "text[start:end] == quote")
    return Span(start, end, quote, page)


def _object(value: Any, where: str, keys: tuple[str, ...], needed: tuple[str, ...] = ()) -> None:
    """Refuse what is no object, has unknown keys, or lacks one."""
    if not isinstance(value, dict):
        _refuse(where, _kind(value), f"an object with {', '.join(keys)}")
    unknown = sum(key not in keys for key in value)
    if unknown:
        _refuse(where, f"{unknown} unknown members", f"only {', '.join(keys)}")
    for key in needed:
        if key not in value:
            _refuse(where, f"no {key}", f"an object with {', '.join(needed)}")


def _check_depth(body: bytes, depth: int) -> None:
    """A body's nesting before it is parsed, brackets inside strings left out."""
    level = deepest = 0
    quoted = escaped = False
    for byte in body if body.count(b"[") + body.count(b"{") > depth else b"":
        if quoted:
            quoted = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    if deepest > depth:
        raise LimitError("the JSON is nested too deeply", found=f"{deepest} levels", allowed=f"{depth} levels")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def _refuse(where: str, found: str, allowed: str) -> NoReturn:
    raise DocumentError(
        "the body cannot be taken",
        where=where,
        found=found,
        allowed=allowed,
        do='send {"text": …, "tables": …} in the shape of a result\'s tables',
    )

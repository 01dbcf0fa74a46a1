"""Word files (.docx): paragraphs one a line, tables as grids, list numbers written out.

Read from the XML itself, which alone tells of tracked changes (insertions stand, deletions do not), text boxes,
footnotes and numbers that exist as formatting only. Headers, footers, comments, fields' codes and tables of contents
are page furniture; macros are never looked at, links never followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extractor.characters import read_characters
from extractor.document import Document
from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.package import Package
from extractor.read.rows import Lines, Placed
from extractor.read.sources import source
from extractor.read.word_numbers import Numbering, W, value

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = "word/document.xml"
MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
GONE = frozenset(
    W + tag for tag in ("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr", "tblPr", "tblGrid")
)
WRAPPING = frozenset(W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
NOTES = {W + "footnoteReference": "word/footnotes.xml", W + "endnoteReference": "word/endnotes.xml"}
WHITE = re.compile(r"[ \t\r\n\f\v]+")
NAMED = re.compile(r"报告|年报")
LONG_CELL = 600


def read_word(data: bytes, name: str | None, limits: Limits = STANDARD, *, kind: str = "docx") -> Document:
    """The document of a .docx file. Errors: ``DocumentError`` where it is damaged or encrypted, ``LimitError``."""
    package = Package(data, limits)
    root = package.tree(_main_part(package))
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise DocumentError("the file is no Word document", found="no main part", allowed=".docx files")
    numbering = Numbering(package.tree("word/numbering.xml"), package.tree("word/styles.xml"))
    writer = Writer(numbering, _notes(package), limits)
    text = writer.whole(body, 0).text
    if not text.strip():
        raise DocumentError("the Word file holds no text", do="give the file that holds the report, not its pictures")
    return Document(
        source(data, name, "word", kind),
        text,
        grids=tuple(writer.out.grids),
        headline=_headline(package),
        paragraphs_are_lines=True,
    )


def _main_part(package: Package) -> str:
    """The name of the main part: usually ``word/document.xml``, else as the file's own list of parts says."""
    names = package.names()
    if MAIN in names:
        return MAIN
    relations = package.tree("_rels/.rels")
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return MAIN


def _notes(package: Package) -> dict[str, dict[str, Any]]:
    """Footnotes and endnotes by their part and id."""
    found: dict[str, dict[str, Any]] = {}
    for part in NOTES.values():
        root = package.tree(part)
        found[part] = (
            {str(note.get(W + "id")): note for note in root if note.get(W + "type") is None} if root is not None else {}
        )
    return found


def _headline(package: Package) -> str | None:
    """The file's own title, where it names a report."""
    root = package.tree("docProps/core.xml")
    title = (
        next((element.text or "" for element in root if str(element.tag).endswith("}title")), "")
        if root is not None
        else ""
    )
    return title.strip() if NAMED.search(title) and len(title) <= 120 else None


@dataclass(slots=True)
class Writer:
    """Writes a body's blocks; ``carried`` is the text of paragraphs whose end mark a tracked change deletes."""

    numbering: Numbering
    notes: dict[str, dict[str, Any]]
    limits: Limits
    out: Lines = field(default_factory=Lines)
    carried: str = ""

    def whole(self, parent: Any, depth: int) -> Lines:
        """All blocks of a body or a cell."""
        self.blocks(parent, depth)
        self.out.add(WHITE.sub(" ", self.carried).strip(" \u3000"))
        return self.out

    def blocks(self, parent: Any, depth: int) -> None:
        """Write what stands directly in a body, a cell, a text box or a note."""
        if depth > 40:
            raise refuse("the file's parts nest too deep", f"more than {depth} levels", "40 levels")
        for element in parent:
            if element.tag == W + "p":
                self.paragraph(element, depth)
            elif element.tag == W + "tbl":
                self.table(element, depth)
            elif element.tag in WRAPPING:
                self.blocks(element, depth + 1)

    def paragraph(self, paragraph: Any, depth: int) -> None:
        """Write one paragraph; its text boxes stand before it, its notes behind it."""
        properties = paragraph.find(W + "pPr")
        if self.numbering.style_name(properties).startswith("toc"):
            return
        boxes: list[Any] = []
        notes: list[Any] = []
        text = "".join(self._runs(paragraph, boxes, notes))
        for box in boxes:
            self.blocks(box, depth + 1)
        mark = self.numbering.mark(properties) if text.strip() else ""
        if mark and mark[-1].isalnum() and text[:1].isalnum():
            mark += " "
        text = self.carried + read_characters(mark + text)
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self.carried = text
            return
        self.carried = ""
        for line in text.split("\n"):
            self.out.add(WHITE.sub(" ", line).strip(" \u3000"))
        if self.out.length > self.limits.letters:
            raise refuse("the file holds too much text", f"{self.out.length} characters", str(self.limits.letters))
        for note in notes:
            self.blocks(note, depth + 1)

    def _runs(self, paragraph: Any, boxes: list[Any], notes: list[Any]) -> Iterator[str]:
        """The pieces of a paragraph's visible text; text boxes and notes met on the way are collected."""
        waiting = [paragraph]
        while waiting:
            element = waiting.pop()
            tag = element.tag
            if not isinstance(tag, str) or tag in GONE or (tag == W + "r" and _is_hidden(element)):
                continue
            if tag == W + "txbxContent":
                boxes.append(element)
            elif tag in NOTES:
                note = self.notes[NOTES[tag]].get(str(element.get(W + "id")))
                notes += [note] if note is not None else []
            elif (sign := _sign(element)) is not None:
                yield sign
            elif tag == MARKUP + "AlternateContent":
                waiting += list(element)[:1]
            else:
                waiting.extend(reversed(element))

    def table(self, table: Any, depth: int) -> None:
        """Write a table as rows, or its cells as blocks where it only arranges the page."""
        if _is_layout(table):
            for cell in table.iterfind(f"{W}tr/{W}tc"):
                self.blocks(cell, depth + 1)
            return
        placed: dict[int, Placed] = {}
        width = 0
        above: dict[int, int] = {}
        for row, element in enumerate(_rows(table)):
            column = _before(element)
            for cell in _cells(element):
                wide = _span(cell)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                key = above.get(column) if merge is not None and merge.get(W + "val") != "restart" else None
                if key is not None:
                    origin = placed[key]
                    placed[key] = Placed(origin.row, origin.column, row - origin.row + 1, origin.columns, origin.text)
                else:
                    above[column] = key = len(placed)
                    placed[key] = Placed(row, column, 1, wide, self._cell_text(cell, depth))
                column += wide
                width = max(width, column)
            if (row + 1) * width > self.limits.cells:
                raise refuse(
                    "a table is too large", f"{row + 1} rows of {width} columns", f"{self.limits.cells} places"
                )
        self.out.add_table(list(placed.values()), width)

    def _cell_text(self, cell: Any, depth: int) -> str:
        inner = Writer(self.numbering, self.notes, self.limits).whole(cell, depth + 1)
        return " ".join(inner.lines).replace("\t", " ")


def _sign(element: Any) -> str | None:
    """What an element of a run prints, None where it is no sign."""
    tag = element.tag
    if tag == W + "t":
        return element.text or ""
    if tag == W + "tab":
        return " "
    if tag in (W + "br", W + "cr"):
        return "\n"
    if tag in (W + "noBreakHyphen", W + "softHyphen"):
        return "-" if tag.endswith("noBreakHyphen") else ""
    if tag == W + "sym":
        code = element.get(W + "char") or ""
        return chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{4}", code) else ""
    return None


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(W + "val") not in ("0", "false")


def _rows(table: Any) -> Iterator[Any]:
    """A table's rows but those that a tracked change deletes."""
    for child in table:
        if child.tag == W + "tr":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
        elif child.tag in WRAPPING:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == W + "tc":
            yield child
        elif child.tag in WRAPPING:
            yield from _cells(child)


def _before(row: Any) -> int:
    text = value(row.find(W + "trPr"), "gridBefore") or "0"
    return min(int(text), 100) if text.isdecimal() else 0


def _span(cell: Any) -> int:
    text = value(cell.find(W + "tcPr"), "gridSpan") or "1"
    return max(1, min(int(text), 200)) if text.isdecimal() and len(text) < 5 else 1


def _is_layout(table: Any) -> bool:
    """Whether a table only arranges the page: another table in it, one cell a row, or a cell that holds passages."""
    rows = [list(_cells(row)) for row in _rows(table)]
    if max((len(row) for row in rows), default=0) <= 1:
        return True
    for cell in (cell for row in rows for cell in row):
        if cell.find(f".//{W}tbl") is not None:
            return True
        if sum(len(text.text or "") for text in cell.iter(W + "t")) > LONG_CELL:
            return True
    return False

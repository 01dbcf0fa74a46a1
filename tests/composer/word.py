"""The same truth as a Word file, and as a PDF that LibreOffice makes of it.

Merged cells are true merges; headings may carry their numbers only as list formatting; changed figures may stand as
tracked changes (the inserted text counts, the deleted does not); the title may stand in a text box.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt

from tests.composer.outline import Block, Wording, outline
from tests.composer.webpage import ComposedFile

if TYPE_CHECKING:
    from tests.composer.form import Sheet
    from tests.composer.truth import Truth

NUMBERINGS = ("typed", "list")
TITLES = ("paragraph", "text_box")
CHANGES = ("none", "tracked")
LAYOUTS = ("ruled", "unruled", "landscape", "narrow")
_NUMBERING = """<w:abstractNum {ns} w:abstractNumId="77"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">
<w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/></w:lvl>
</w:abstractNum>"""
_TEXT_BOX = """<w:p {ns} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict>
<v:shape style="width:400pt;height:40pt"><v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p>
</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"""
_CHANGE = """<w:p {ns}><w:del w:id="{id}" w:author="office"><w:r><w:delText>{old}</w:delText></w:r></w:del>
<w:ins w:id="{id}1" w:author="office"><w:r><w:t>{new}</w:t></w:r></w:ins></w:p>"""


@dataclass(frozen=True, slots=True)
class WordStyle:
    """How the file is built; each field is an option of the tuple of the same name (``layout``: of ``LAYOUTS``)."""

    numbering: str = "typed"
    title: str = "paragraph"
    changes: str = "none"
    layout: str = "ruled"


def draw_word_style(rng: random.Random) -> WordStyle:
    """A random way to build the file."""
    return WordStyle(rng.choice(NUMBERINGS), rng.choice(TITLES), rng.choice(CHANGES), rng.choice(LAYOUTS))


def compose_word(truth: Truth, style: WordStyle, wording: Wording | None = None, seed: int = 0) -> ComposedFile:
    """Print a truth as .docx."""
    rng = random.Random(seed)
    plan = outline(truth, wording or Wording(), rng)
    document = docx.Document()
    _lay_out(document, style)
    list_number = _list_number(document) if style.numbering == "list" else None
    for block in plan.blocks:
        if block.sheet is None:
            _paragraph(document, block, style, list_number)
        else:
            _table(document, block.sheet, style, rng)
    data = io.BytesIO()
    document.save(data)
    return ComposedFile(data.getvalue(), "report.docx", truth, plan.expected, frozenset())


def _lay_out(document: Any, style: WordStyle) -> None:
    section = document.sections[0]
    section.footer.paragraphs[0].text = "— 3 —"
    section.header.paragraphs[0].text = "政府信息公开工作年度报告"
    document.styles["Normal"].font.size = Pt(10.5)
    if style.layout == "landscape":
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    if style.layout == "narrow":
        section.left_margin = section.right_margin = Cm(4.5)


def _list_number(document: Any) -> int:
    """A numbering 一、 二、 … of the file's own; its id."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(_NUMBERING.format(ns=nsdecls("w"))))
    return int(numbering.add_num(77).numId)


def _paragraph(document: Any, block: Block, style: WordStyle, list_number: int | None) -> None:
    if block.kind == "title" and style.title == "text_box":
        document.element.body.insert(0, parse_xml(_TEXT_BOX.format(ns=nsdecls("w"), text=block.text)))
        return
    text = block.text
    is_listed = list_number is not None and block.kind == "heading" and text[1:2] == "、"
    paragraph = document.add_paragraph(text[2:] if is_listed else text)
    if is_listed:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = list_number
        properties.get_or_add_ilvl().val = 0


def _table(document: Any, sheet: Sheet, style: WordStyle, rng: random.Random) -> None:
    table = document.add_table(rows=len(sheet.rows), cols=sheet.width)
    if style.layout != "unruled":
        table.style = "Table Grid"
    grid = [list(row.cells) for row in table.rows]
    taken: set[tuple[int, int]] = set()
    for place, row in enumerate(sheet.rows):
        column = 0
        for box in row:
            while (place, column) in taken:
                column += 1
            cell = grid[place][column]
            if box.rows * box.columns > 1:
                cell = cell.merge(grid[place + box.rows - 1][column + box.columns - 1])
            taken |= {(place + r, column + c) for r in range(box.rows) for c in range(box.columns)}
            if style.changes == "tracked" and box.is_value and box.text and rng.random() < 0.1:
                _tracked(cell, box.text, rng)
            else:
                cell.text = box.text


def _tracked(cell: Any, text: str, rng: random.Random) -> None:
    change = _CHANGE.format(ns=nsdecls("w"), id=rng.randint(1000, 9999), old=rng.randint(10, 99), new=text)
    cell._tc.replace(cell._tc.p_lst[0], parse_xml(change))


def can_make_pdf() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def to_pdf(word: ComposedFile) -> ComposedFile:
    """The Word file as LibreOffice prints it. Errors: ``CalledProcessError`` where the conversion fails."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / word.name
        source.write_bytes(word.data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return ComposedFile(
            source.with_suffix(".pdf").read_bytes(), "report.pdf", word.truth, word.expected, word.doubtful
        )

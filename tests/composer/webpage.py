"""The same truth as a saved web page: three kinds of site frame, and tables as editors and converters leave them."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.composer.frames import cells_of, expand, has_blank
from tests.composer.outline import Block, Wording, outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from extractor.report import CellAddress
    from tests.composer.form import Box, Sheet
    from tests.composer.marks import Expected
    from tests.composer.truth import Truth

FRAMES = ("article", "layout_tables", "modern")
CELLS = ("plain", "no_break_spaces", "paragraphs", "word_styles", "line_breaks")
SPANS = ("spans", "flat", "one_table", "nested")
ENCODINGS = {
    "utf-8": ("utf-8", "utf-8"),
    "gb18030": ("gb18030", "gb2312"),
    "declared_wrongly": ("utf-8", "gb2312"),
    "undeclared": ("gb18030", ""),
}
SCRIPT = "<script>var pageCount = 12; document.write('<td>999</td>');</script>"
NAVIGATION = "".join(
    f'<li><a href="/{n}.html">{name}</a></li>' for n, name in enumerate(("首页", "政务公开", "互动交流"))
)
METADATA = (("索引号", "014000-2024-00012"), ("发布日期", "2025-01-20 09:30"), ("浏览次数", "318"), ("文号", "无"))


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """A file's bytes with what each official cell must come out as."""

    data: bytes
    name: str
    truth: Truth
    expected: Mapping[CellAddress, Expected]
    doubtful: frozenset[CellAddress]
    regions: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How the page is built; each field is an option of the tuple of the same name in this module."""

    frame: str = "article"
    cells: str = "plain"
    spans: str = "spans"
    encoding: str = "utf-8"


def draw_page_style(rng: random.Random) -> PageStyle:
    """A random way to build the page."""
    return PageStyle(rng.choice(FRAMES), rng.choice(CELLS), rng.choice(SPANS), rng.choice(tuple(ENCODINGS)))


def compose_page(truth: Truth, style: PageStyle, wording: Wording | None = None, seed: int = 0) -> ComposedFile:
    """Print a truth as a web page."""
    rng = random.Random(seed)
    plan = outline(truth, wording or Wording(), rng)
    body = "\n".join(_block(block, style) for block in plan.blocks)
    if style.spans == "one_table":
        body = body.replace("</table>\n<table", "</table><table")
    page = {"article": _article, "layout_tables": _layout_tables, "modern": _modern}[style.frame](body)
    encoding, declared = ENCODINGS[style.encoding]
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    document = f"<!DOCTYPE html><html><head>{meta}<title>{plan.blocks[0].text}_门户网站</title></head>{page}</html>"
    return ComposedFile(document.encode(encoding), "report.html", truth, plan.expected, _doubtful(plan.blocks, style))


def _doubtful(blocks: tuple[Block, ...], style: PageStyle) -> frozenset[CellAddress]:
    """Nothing but rows with blanks whose place a flattened grid has lost."""
    sheets = [b.sheet for b in blocks if b.sheet and style.spans == "flat"]
    return frozenset(cell for s in sheets for row in s.rows if has_blank(row) for cell in cells_of(row))


def _block(block: Block, style: PageStyle) -> str:
    if block.sheet is not None:
        return _table(block.sheet, style)
    text = html.escape(block.text)
    if block.kind == "title":
        return f'<h1 class="title" style="text-align:center">{text}</h1>'
    if style.cells == "word_styles":
        indent = '<span lang="EN-US">&nbsp;&nbsp;</span>'
        return f'<p class="MsoNormal" style="text-indent:32.0pt">{indent}<span>{text}</span></p>'
    tag = "strong" if block.kind == "heading" else "span"
    return f"<p>&emsp;&emsp;<{tag}>{text}</{tag}></p>"


def _table(sheet: Sheet, style: PageStyle) -> str:
    if style.spans == "flat":
        rows = ["".join(f"<td>{_content(text, style)}</td>" for text in texts) for texts in expand(sheet)]
    else:
        rows = ["".join(_cell(box, style) for box in row) for row in sheet.rows]
    inner = "".join(f"<tr>{row}</tr>\n" for row in rows)
    table = f'<table border="1" cellspacing="0" cellpadding="0"><tbody>{inner}</tbody></table>'
    if style.spans == "nested":
        return f'<table width="100%"><tr><td>&nbsp;</td><td><div>{table}</div></td><td></td></tr></table>'
    return table


def _cell(box: Box, style: PageStyle) -> str:
    spans = (f' rowspan="{box.rows}"' if box.rows > 1 else "") + (
        f' colspan="{box.columns}"' if box.columns > 1 else ""
    )
    return f"<td{spans}>{_content(box.text, style)}</td>"


def _content(text: str, style: PageStyle) -> str:
    escaped = html.escape(text)
    if style.cells == "no_break_spaces":
        return f"&nbsp;{escaped}&nbsp;" if text else "&nbsp;"
    if style.cells == "word_styles":
        inner = (
            f'<span style="font-family:仿宋_GB2312;mso-bidi-font-size:10.5pt">{escaped}</span>'
            if text
            else "<o:p></o:p>"
        )
        return f'<p class="MsoNormal" align="center" style="margin:0 0 .0001pt">{inner}</p>'
    has_parts = len(text) > 6 and not text[0].isdigit() and "（" not in text[1:]
    if style.cells == "paragraphs":
        half = len(text) // 2 if has_parts else len(text)
        return "".join(f"<p>{html.escape(part)}</p>" for part in (text[:half], text[half:]) if part or not text)
    if style.cells == "line_breaks" and has_parts:
        return f"{html.escape(text[:4])}<br/>{html.escape(text[4:])}"
    return escaped


def _article(body: str) -> str:
    return (
        f'<body><div class="header"><ul class="nav">{NAVIGATION}</ul></div>'
        '<div class="position">当前位置：首页 &gt; 年报</div>'
        f'<div class="info">来源：办公室　时间：2025-01-20　字号：[大 中 小]</div><div class="TRS_Editor">{body}</div>'
        '<div class="tools"><a href="#">打印</a><a href="#">关闭</a></div>'
        f'<div class="footer">网站标识码 9900000012 备案号 12345678</div>{SCRIPT}</body>'
    )


def _layout_tables(body: str) -> str:
    metadata = "".join(f"<tr><td>{name}：</td><td>{value}</td></tr>" for name, value in METADATA)
    return (
        f'<body><table width="1000"><tr><td colspan="2"><ul>{NAVIGATION}</ul></td></tr><tr><td width="180">'
        "<table><tr><td>公开指南</td></tr><tr><td>公开年报</td></tr></table></td>"
        f'<td><table class="meta">{metadata}</table>'
        f'<table><tr><td id="zoom">{body}</td></tr><tr><td>【打印】【关闭窗口】</td></tr></table></td></tr>'
        f"<tr><td>主办单位　电话：0999-5501234</td></tr></table>{SCRIPT}</body>"
    )


def _modern(body: str) -> str:
    links = "".join(
        f'<li><a href="{year}.html">{year}年政府信息公开工作年度报告</a></li>' for year in range(2018, 2025)
    )
    return (
        f"<body><header><nav><ul>{NAVIGATION}</ul></nav></header>{SCRIPT}<main><aside><ul>{links}</ul></aside>"
        f"<article><div class='meta'><span>发布时间：2025-01-20</span><span>阅读：1024</span></div>{body}</article>"
        "<section><h2>相关链接</h2><p>分享到：微信 微博</p></section></main>"
        "<footer><p>版权所有 联系我们</p></footer><style>td{padding:0}</style></body>"
    )

"""A saved web page: the report found inside the site's frame.

Paragraphs are lines, and tables are handed over as grids besides their rows in the text. A page that only lists
reports, links one or embeds it as a PDF is no report: the error names the link, and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urljoin

from extractor.document import Document, Grid
from extractor.errors import DocumentError
from extractor.read.encodings import decode_page
from extractor.read.html_article import (
    find_article,
    frame_edges,
    headings_of,
    headline_of,
    prune,
    speaks,
    title_above,
    title_beside,
)
from extractor.read.html_text import Writer, lines_of
from extractor.read.html_tree import Page, carried_page, parse
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.sources import source

LEAST = 200
FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|zip|rar|jpe?g|png)(?:$|[?#&])", re.IGNORECASE)
FRAME = re.compile(r"(?!about:|javascript:|data:|#)\S")
PDF = re.compile(r"\.pdf(?:$|[?#&])", re.IGNORECASE)
NAMED = re.compile(r"年度?(?:工作)?报告|年报|情况报告")
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{4,500})\s*-->")
DATE = re.compile(r"(20\d\d|19\d\d)[-年./]?(\d{1,2})[-月./]?(\d{1,2})")
STATED = re.compile(r"(?:发布|公开|成文|生成|发文)(?:日期|时间)[:：]?" + DATE.pattern)
REPORTED = re.compile(r"报告|年报")
WITHIN = re.compile(r"[^。！？；：!?;:.…”’」』）)》\]]$")
WRAPPED_FROM, LEAST_BROKEN, MOST_BROKEN = 20, 5, 0.4
DATED = ("pubdate", "publishdate", "firstpublishedtime", "publish_date", "article:published_time")


def read_html(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """The report of a saved web page. Errors: ``DocumentError`` where the page holds none, with the link to it if it
    has one; ``LimitError`` where it nests too deep or is too large."""
    text = decode_page(data)
    if len(text) > limits.letters:
        raise refuse("the page is too large", f"{len(text)} characters", f"{limits.letters}")
    page = _page(text, limits)
    frame, headings = lines_of(page.body), headings_of(page.body)
    writer, first, last = _article(page, limits)
    if not _has_speech(writer.lines[first:last]):
        shown = _article(_page(text, limits, hidden=True), limits)
        if _has_speech(more := shown[0].lines[shown[1] : shown[2]]) and _says_more(more, writer.lines[first:last]):
            writer, first, last = shown
        elif (carried := carried_page(text)) and len(carried) > LEAST:
            inner = _article(_page(carried, limits), limits)
            if _has_speech(inner[0].lines[inner[1] : inner[2]]):
                writer, first, last = inner
    _check_speech(page, writer.lines[first:last])
    lines = writer.lines[first:last]
    headline = _headline(page, frame, headings, lines)
    text, grids = _between(writer, first, last)
    if title := title_beside(lines, frame, headings, headline):
        text, grids = f"{title}\n{text}", tuple(_moved(grid, len(title) + 1) for grid in grids)
    return Document(
        source(data, name, "html", "html"),
        text,
        grids=grids,
        headline=headline,
        paragraphs_are_lines=not is_wrapped(text.splitlines()),
        published_on=_published(page, frame),
    )


def _headline(page: Page, frame: list[str], headings: list[str], lines: list[str]) -> str | None:
    """The page's title, or, where that names no report, the one that is printed above the article."""
    headline = headline_of(page.meta, page.title, frame, headings)
    if (headline and REPORTED.search(headline)) or not lines or lines[0] not in frame:
        return headline
    return title_above(frame[: frame.index(lines[0])]) or headline


def is_wrapped(lines: list[str]) -> bool:
    """Whether paragraphs were pasted as the lines they were set in, so that most long lines end within a sentence."""
    long = [line for line in lines if len(line) >= WRAPPED_FROM and "\t" not in line]
    broken = sum(WITHIN.search(line) is not None for line in long)
    return broken >= LEAST_BROKEN and broken > MOST_BROKEN * len(long)


def _page(text: str, limits: Limits, *, hidden: bool = False) -> Page:
    """The page's tree; ``hidden`` takes in what it hides until a script shows it."""
    page = parse(text, limits, hidden=hidden)
    page.base = page.base or next((match[1] for match in SAVED_FROM.finditer(text[:2000])), "")
    return page


def _article(page: Page, limits: Limits) -> tuple[Writer, int, int]:
    """The lines around the report, and which of them [first, last) are its own."""
    article = find_article(page.body)
    prune(article)
    writer = Writer(limits=limits)
    writer.write(article)
    return writer, *frame_edges(writer.lines)


def _has_speech(lines: list[str]) -> bool:
    return sum(len(line) for line in lines) >= LEAST and any(speaks(line) or "\t" in line for line in lines)


def _says_more(lines: list[str], others: list[str]) -> bool:
    """Whether lines hold at least twice as much as others."""
    return sum(map(len, lines)) >= 2 * sum(map(len, others))


def _between(writer: Writer, first: int, last: int) -> tuple[str, tuple[Grid, ...]]:
    """The text of lines [first, last) and the grids in it, moved to its start."""
    shift = sum(len(line) + 1 for line in writer.lines[:first])
    text = "\n".join(writer.lines[first:last]) + "\n"
    own = (grid for grid in writer.grids if grid.start >= shift and grid.end <= shift + len(text))
    return text, tuple(_moved(grid, -shift) for grid in own)


def _moved(grid: Grid, by: int) -> Grid:
    cells = tuple(replace(cell, start=cell.start + by, end=cell.end + by) for cell in grid.cells)
    return Grid(grid.start + by, grid.end + by, cells)


def _check_speech(page: Page, lines: list[str]) -> None:
    """Refuse a page without a report, naming what it has instead."""
    if _has_speech(lines):
        return
    letters = sum(len(line) for line in lines)
    embedded = [_address(page, address) for address in page.embedded if FILE.search(unquote(address))]
    if embedded:
        kind = "a PDF" if PDF.search(embedded[0]) else "a file"
        raise _elsewhere(f"the page embeds the report as {kind} and holds no text of it", embedded)
    files = [
        _address(page, href)
        for href, text in page.links
        if FILE.search(href) and (NAMED.search(text) or FILE.search(text))
    ]
    if files:
        raise _elsewhere("the page only links the report as a file", files)
    listed = [
        _address(page, href) for href, text in page.links if NAMED.search(text) and href and not href.startswith("#")
    ]
    if len(listed) >= 2 or (listed and letters < LEAST):
        raise _elsewhere("the page only lists reports", listed)
    if refresh := page.meta.get("refresh"):
        raise _elsewhere("the page only leads to another", [_address(page, refresh.rpartition("=")[2].strip("'\" "))])
    framed = [_address(page, address) for address in page.embedded if FRAME.match(address)]
    if framed and letters < LEAST:
        raise _elsewhere("the page shows the report in a frame of its own, which is another file", framed)
    if page.pictures and letters < LEAST and NAMED.search(page.title + "".join(page.meta.values()) + "".join(lines)):
        pictures = [_address(page, address) for address in page.pictures]
        raise _elsewhere("the page shows the report as images and holds no text of it", pictures, "the images")
    if not letters:
        raise DocumentError(
            "the page holds no text",
            found="a frame whose content a script loads",
            do="save the page as the browser shows it",
        )


def _elsewhere(what: str, links: list[str], gift: str = "the file behind the link") -> DocumentError:
    links = list(dict.fromkeys(links))
    more = f" and {len(links) - 1} more" if len(links) > 1 else ""
    return DocumentError(what, found=f"{links[0]}{more}", allowed="a page with the report's text", do=f"give {gift}")


def _address(page: Page, href: str) -> str:
    """A link as it can be opened, the file inside a viewer's address taken out."""
    viewer = re.search(r"[?&#](?:file|url|src)=([^&#]+)", href)
    if viewer and FILE.search(unquote(viewer[1])):
        href = unquote(viewer[1])
    try:
        return urljoin(page.base, href)[:500]
    except ValueError:
        return href[:500]


def _published(page: Page, lines: list[str]) -> str | None:
    """The day of publication that the page's head or its frame gives."""
    heads = [match for name in DATED if (match := DATE.match(page.meta.get(name, "")))]
    frame = STATED.search("".join("".join(lines).split()))
    for match in (*heads, *([frame] if frame else ())):
        month, day = int(match[2]), int(match[3])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return f"{match[1]}-{month:02d}-{day:02d}"
    return None

"""The report inside a site's frame, by a density rule of our own.

From the body down, step into the child that holds most of the unlinked text as long as nothing outside of it speaks
like a report: its headings, the official form's words, sentences on disclosure. What is left is the smallest block
that holds the report; lines of the frame before its first and behind its last such words are dropped.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from extractor.read.html_text import cells_of, is_layout, lines_of, rows_of, tidy
from extractor.read.html_tree import Block, Run
from extractor.rulebook import load_file

if TYPE_CHECKING:
    from extractor.rulebook import Rule

SHARE = 0.5
WHITE = re.compile(r"\s+")
NAMED = re.compile(r"报告|年报")
PRINTED = re.compile(
    r"[\u4e00-\u9fff]{2,40}(?:20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年?度?(?:政府信息|信息|政务)公开[^，。；：\s]{0,12}(?:报告|年报)"
)
LINES_ABOVE = 40
LINES_OF_TITLE = 6
SITE_NAME = re.compile(r"\s*[-_|—–]{1,2}\s*|\s{2,}")
PARTS = ("speech", "line", "metadata", "row")


@cache
def frame_rules(part: str) -> tuple[Rule, ...]:
    """The rows of ``rules/page_frame.toml`` of one part."""
    rules = load_file("page_frame.toml", {"part": PARTS})
    return tuple(rule for rule in rules if rule.fields["part"] == part)


def speaks(line: str) -> bool:
    """Whether a line is one that a report prints and a frame does not."""
    return _matches(line, "speech")


def is_frame_line(line: str) -> bool:
    """Whether a line is a site's: path, tools, data about the document, foot."""
    return _matches(line, "line")


def _matches(line: str, part: str) -> bool:
    text = WHITE.sub("", line)[:3000]
    return any(next(iter(rule.find(text)), None) is not None for rule in frame_rules(part))


def find_article(body: Block) -> Block:
    """The smallest block that holds all that speaks like a report."""
    block = body
    while True:
        children = [child for child in block.blocks if child.blocks]
        if not children:
            return block
        best = max(children, key=lambda child: child.plain)
        if best.plain < SHARE * block.plain or (best.tag == "table" and not is_layout(best)):
            return block
        if any(_child_speaks(child) for child in block.blocks if child is not best) or _own_words_speak(block):
            return block
        block = best


def _child_speaks(child: Block) -> bool:
    return child.plain >= 4 and not is_menu(child) and any(speaks(line) for line in lines_of(child))


def _own_words_speak(block: Block) -> bool:
    own = "".join(piece.text for piece in block.pieces if isinstance(piece, Run))
    return len(own) > 20 and any(speaks(line) for line in own.split("\n"))


def is_menu(block: Block) -> bool:
    """Whether a block is mostly links, and several."""
    return block.links >= 3 and block.linked > 1.5 * block.plain


def prune(block: Block) -> None:
    """Drop menus and the table of data about the document, wherever they stand in the article."""
    for inner in list(block.within()):
        inner.pieces = [p for p in inner.pieces if not (isinstance(p, Block) and (is_menu(p) or is_metadata(p)))]


def is_metadata(block: Block) -> bool:
    """Whether a table or list holds what the site knows of the document (索引号, 发布机构, 生成日期 …)."""
    if block.tag not in ("table", "ul", "dl") or block.plain > 800:
        return False
    if block.tag == "table":
        texts = [text for row in rows_of(block) for cell in cells_of(row) for text in lines_of(cell)[:1]]
    else:
        texts = lines_of(block)
    texts = [WHITE.sub("", text) for text in texts]
    labels = sum(_matches(text, "metadata") for text in texts)
    return labels >= 3 and not any(speaks(text) for text in texts)


def frame_edges(lines: list[str]) -> tuple[int, int]:
    """The lines [first, last) of an article between its frame's lines at either end.

    Only lines before the first and behind the last that speaks are looked at.
    """
    speaking = [place for place, line in enumerate(lines) if "\t" in line or speaks(line)]
    head, foot = (speaking[0], speaking[-1] + 1) if speaking else (len(lines), 0)
    first = max((place + 1 for place in range(head) if is_frame_line(lines[place])), default=0)
    last = min((place for place in range(foot, len(lines)) if is_frame_line(lines[place])), default=len(lines))
    return (first, max(first, last)) if speaking else (0, len(lines))


def headline_of(meta: dict[str, str], title: str, lines: list[str], headings: list[str]) -> str | None:
    """The page's title: its article title, its first great heading, a line of the page that its window's title repeats,
    or that title without the site's name."""
    for name in ("articletitle", "title", "og:title"):
        if len(meta.get(name, "")) >= 6:
            return meta[name]
    repeated = (line for line in lines if line in title)
    named = (
        line for line in (*headings, *repeated) if NAMED.search(line) and len(line) <= 120 and not is_frame_line(line)
    )
    parts = [part for part in SITE_NAME.split(title) if part]
    return next(named, None) or next((part for part in parts if NAMED.search(part)), title or None)


def title_above(lines: list[str]) -> str | None:
    """The title of a report that stands last among the lines above its article, on one line or broken over up to three."""
    for count in (1, 2, 3):
        for first in range(len(lines) - count, max(-1, len(lines) - LINES_ABOVE), -1):
            if PRINTED.fullmatch(title := "".join(lines[first : first + count])):
                return title
    return None


def title_beside(lines: list[str], frame: list[str], headings: list[str], headline: str | None) -> str | None:
    """The title that the page prints outside of the article's lines, None where these print one themselves."""
    own = "".join("".join(lines[:LINES_OF_TITLE]).split())
    if not lines or PRINTED.search(own):
        return None
    above = title_above(frame[: frame.index(lines[0])]) if lines[0] in frame else None
    printed = {"".join(line.split()) for line in (*frame, *headings, above or "")}
    for title in (headline, *headings, above):
        if title and PRINTED.fullmatch(plain := "".join(title.split())) and plain in printed:
            return title
    return None


def headings_of(body: Block) -> list[str]:
    """The page's great headings, the greatest first."""
    return [tidy("".join(lines_of(block))) for tag in ("h1", "h2") for block in body.within() if block.tag == tag]

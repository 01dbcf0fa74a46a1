"""A page's own tree: blocks and runs of text only, with how much of each is linked.

Parsed by selectolax; scripts, styles, comments, form fields and Word's islands of XML never enter. Inline elements
melt into runs, so that what follows deals with blocks alone. Everything here is a loop, never a recursion, since
saved pages nest without end.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from selectolax.lexbor import LexborHTMLParser

from extractor.characters import read_characters
from extractor.read.html_hidden import Hiding, hiding_of
from extractor.read.limits import Limits, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
     "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
     "h6", "header", "hr", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table",
     "tbody", "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
DROPPED = frozenset(
    ("script", "style", "noscript", "template", "xml", "head", "svg", "math", "iframe", "frame", "object",
     "embed", "applet", "select", "option", "optgroup", "button", "input", "textarea", "audio", "video",
     "canvas", "map", "area", "link", "meta", "base", "title", "datalist", "nav", "rp", "rt")
)  # fmt: skip
FIGURE = re.compile(r"\s*(?:[\d０-９][\d０-９.,，．]*|[-—/]{1,2}|无|不涉及)\s*")
SHOWING: dict[str, str | None] = {"input": "value", "img": "alt", "textarea": "", "button": "", "select": None}
CELLS = ("td", "th")
WHITE = re.compile(r"[ \t\r\n\f\v]+")
OPENED = re.compile(
    rb"<(/?)(?:div|span|font|table|center|blockquote|ul|ol|dl|section|article|form|fieldset|[biusa]|em|strong|big|small|tt)\b",
    re.IGNORECASE,
)
KEPT = ("rowspan", "colspan", "start")
QUOTE = re.compile(r'\\.|"', re.DOTALL)
LONG_STRING = 300
NO_CONTENT = re.compile(
    r"logo|icon|banner|qr|ewm|weixin|wx|share|btn|button|dot|line|bg|top|foot|blank|spacer|jiucuo|dzjg", re.IGNORECASE
)
PICTURES = ("data-original", "data-src", "src")
LINKING = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}


@dataclass(slots=True)
class Run:
    """Text within a block; a line break is the run ``\\n``."""

    text: str


@dataclass(slots=True)
class Block:
    """A block element. ``plain`` and ``linked`` count letters outside and inside of links, ``links`` the links; all of
    them with those of its inner blocks. ``shown`` is what the form fields and pictures of the
    cell that it is or stands in say, "" where that is no figure.
    """

    tag: str
    depth: int
    attributes: dict[str, str | None] = field(default_factory=dict)
    pieces: list[Block | Run] = field(default_factory=list)
    plain: int = 0
    linked: int = 0
    links: int = 0
    shown: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        """Its block children."""
        return [piece for piece in self.pieces if isinstance(piece, Block)]

    def within(self) -> Iterator[Block]:
        """It and all blocks inside, outer before inner, in the page's order."""
        waiting = [self]
        while waiting:
            block = waiting.pop()
            yield block
            waiting.extend(reversed(block.blocks))


@dataclass(slots=True)
class Page:
    """A parsed page: its body, what its head says, the links of its body (href, text), what it embeds, the pictures that may be pages, and whether
    what it hides is taken in."""

    body: Block
    meta: dict[str, str]
    title: str
    base: str
    links: list[tuple[str, str]]
    embedded: list[str]
    pictures: list[str] = field(default_factory=list)
    hidden: bool = False
    hiding: Hiding = field(default_factory=Hiding)


def parse(text: str, limits: Limits, *, hidden: bool = False) -> Page:
    """The page's tree, with ``hidden`` also of what it does not show. Errors: ``LimitError`` where elements nest too deep."""
    _check_nesting(text.encode("utf-8", "replace"), limits)
    parser = LexborHTMLParser(text)
    meta, title, base = _head(parser)
    page = Page(Block("body", 0), meta, title, base, [], [], [], hidden, Hiding() if hidden else hiding_of(parser))
    if parser.body is not None:
        _grow(parser.body, page, limits)
    page.embedded += [node.attributes.get("src") or "" for node in parser.css("frameset frame[src]")]
    return page


def carried_page(text: str) -> str:
    """The longest piece of a page that it carries as text for a script to show: in a form's field, a template, a frame's
    own source, a script that is none, or a string of a script; "" where there is none."""
    parser = LexborHTMLParser(text)
    carriers = parser.css("textarea, xmp, script[type*=html], script[type*=template], script[type='text/plain']")
    pieces = [node.text() or "" for node in carriers]
    pieces += [node.html or "" for node in parser.css("template")]
    pieces += [node.attributes.get("srcdoc") or "" for node in parser.css("iframe[srcdoc]")]
    pieces += [said for node in parser.css("script") for said in _long_strings(node.text() or "")]
    pieces = [piece.replace("<template", "<div", 1) for piece in pieces if "<" in piece]
    return max(pieces, key=len, default="")


def _long_strings(script: str) -> Iterator[str]:
    """The long strings of a script that may be a page's mark-up."""
    start: int | None = None
    for sign in QUOTE.finditer(script):
        if sign[0] != '"':
            continue
        if start is None:
            start = sign.start()
            continue
        if sign.end() - start >= LONG_STRING:
            with suppress(ValueError):
                yield str(json.loads(script[start : sign.end()], strict=False))
        start = None


def _check_nesting(data: bytes, limits: Limits) -> None:
    """Refuse depth before parsing, since the parser's time grows with its square."""
    depth = deepest = 0
    for match in OPENED.finditer(data):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest > 10 * limits.nesting:
        raise refuse("the page's elements nest too deep", f"{deepest} levels", f"{limits.nesting} levels")


def _head(parser: Any) -> tuple[dict[str, str], str, str]:
    meta: dict[str, str] = {}
    for node in parser.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv")
        if name and attributes.get("content"):
            meta.setdefault(name.lower(), read_characters(attributes["content"]).strip())
    found = parser.css_first("title")
    title = WHITE.sub(" ", read_characters(found.text() or "")).strip() if found is not None else ""
    base = parser.css_first("base[href]")
    canonical = parser.css_first("link[rel=canonical][href]")
    href = next((node.attributes.get("href") for node in (base, canonical) if node is not None), None)
    return meta, title, href or ""


def _grow(body: Any, page: Page, limits: Limits) -> None:
    """Fill the page's tree from the parser's nodes."""
    made: list[tuple[Block, Block | None]] = [(page.body, None)]
    waiting: list[tuple[Any, Block, int | None]] = [(body.child, page.body, None)]
    while waiting:
        node, parent, link = waiting.pop()
        while node is not None:
            tag = node.tag
            if tag == "-text":
                _add_text(node.text_content or "", parent, link, page)
            elif tag == "br":
                parent.pieces.append(Run("\n"))
            elif (entered := _enters(node, tag, page)) and node.child is not None:
                waiting.append((node.next, parent, link))
                if tag in BLOCKS:
                    parent = _add_block(node, tag, parent, made, limits)
                elif tag == "a":
                    link = len(page.links)
                    page.links.append((node.attributes.get("href") or "", ""))
                    parent.links += 1
                node = node.child
                continue
            elif entered and tag in CELLS:
                _add_block(node, tag, parent, made, limits)
            elif tag in SHOWING and not page.hiding.hides(node, tag, node.attributes):
                _add_shown(node, tag, parent)
                if tag == "img" and link is None:
                    _note_picture(node.attributes, page)
            node = node.next
    for block, above in reversed(made):
        if above is not None:
            above.plain += block.plain
            above.linked += block.linked
            above.links += block.links


def _enters(node: Any, tag: str, page: Page) -> bool:
    """Whether an element's content is the page's visible text."""
    if tag in LINKING:
        address = node.attributes.get(LINKING[tag])
        if address:
            page.embedded.append(address)
    if tag in DROPPED or tag.startswith(("-", "v:", "w:", "m:", "st1:")):
        return False
    if page.hidden:
        return True
    return not page.hiding.hides(node, tag, node.attributes)


def _add_shown(node: Any, tag: str, parent: Block) -> None:
    """Note what a form field or picture shows."""
    attributes = node.attributes
    is_unseen = (attributes.get("type") or "").lower() in ("hidden", "image", "submit", "button", "checkbox", "radio")
    is_spacer = tag == "img" and not {"0", "1"}.isdisjoint((attributes.get("width"), attributes.get("height")))
    if not is_unseen and not is_spacer:
        source = SHOWING[tag]
        says = (attributes.get(source) if source else node.text() if source is not None else "") or ""
        parent.shown.append(says.strip() if FIGURE.fullmatch(says) else "")


def _note_picture(attributes: dict[str, str | None], page: Page) -> None:
    address = next((said for name in PICTURES if (said := attributes.get(name)) and not said.startswith("data:")), None)
    if address and not NO_CONTENT.search(address.rpartition("/")[2]):
        page.pictures.append(address)


def _add_block(node: Any, tag: str, parent: Block, made: list[tuple[Block, Block | None]], limits: Limits) -> Block:
    if parent.depth >= limits.nesting:
        raise refuse(
            "the page's elements nest too deep", f"more than {limits.nesting} levels", f"{limits.nesting} levels"
        )
    attributes = node.attributes
    block = Block(tag, parent.depth + 1, {key: attributes[key] for key in KEPT if key in attributes})
    block.shown = [] if tag in CELLS else parent.shown
    parent.pieces.append(block)
    made.append((block, parent))
    return block


def _add_text(text: str, parent: Block, link: int | None, page: Page) -> None:
    run = WHITE.sub(" ", read_characters(text))
    if not run:
        return
    parent.pieces.append(Run(run))
    letters = len(run) - run.count(" ")
    if link is None or (parent.tag in CELLS and FIGURE.fullmatch(run)):
        parent.plain += letters
    else:
        parent.linked += letters
        href, before = page.links[link]
        page.links[link] = (href, before + run.strip())

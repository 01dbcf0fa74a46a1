"""Which elements a browser does not show, by what the page itself says: attributes, inline styles, its own style sheet.

Style sheets of other files are not there; of a page's own only plain selectors are understood (``td.gone``, ``#copy``),
and nothing within ``@media``. What is only faded in by a script (``opacity``) or laid out anew within (``font-size: 0``)
hides a piece of text, never a whole part of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

GONE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:left|top|right|bottom|text-indent)\s*:\s*-\d{4,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
NO_ROOM = re.compile(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*[01](?:px|pt)?\s*(?:;|$|!)", re.IGNORECASE)
CUT = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
FAINT = re.compile(
    r"(?:^|[;\s])(?:opacity\s*:\s*0(?:\.0+)?|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?)\s*(?:;|$|!)", re.IGNORECASE
)
WHITE = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:white|transparent|#f{3}|#f{6}|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:;|$|!)",
    re.IGNORECASE,
)
GROUND = re.compile(
    r"background(?:-color|-image)?\s*:\s*(?!\s*(?:white|none|transparent|#f{3}\b|#f{6}\b|rgb\(\s*255\s*,\s*255\s*,\s*255))",
    re.IGNORECASE,
)
STRUCK = frozenset(("del", "s", "strike"))
READ_ALOUD = frozenset(("sr-only", "visually-hidden", "screen-reader-text"))
SELECTOR = re.compile(r"([a-zA-Z][\w]*)?([.#])([\w-]+)")
MOST_STYLE, MOST_INLINE = 400_000, 2000


@dataclass(slots=True)
class Hiding:
    """The page's own selectors that hide: (tag or "", "." or "#", name)."""

    selectors: set[tuple[str, str, str]] = field(default_factory=set)

    def hides(self, node: Any, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element, with all that it holds, is not shown."""
        if tag in STRUCK or "hidden" in attributes:
            return True
        if (style := attributes.get("style")) and _is_gone(style, node):
            return True
        names = (attributes.get("class") or "").split()
        if not READ_ALOUD.isdisjoint(names):
            return True
        if not self.selectors:
            return False
        kinds = [(".", name) for name in names]
        if identity := attributes.get("id"):
            kinds.append(("#", identity))
        return any((of, *kind) in self.selectors for kind in kinds for of in ("", tag))


def hiding_of(parser: Any) -> Hiding:
    """What a page's own style sheets hide; the last rule of a selector counts."""
    hiding = Hiding()
    text = "\n".join(node.text() or "" for node in parser.css("style"))[:MOST_STYLE]
    if not (GONE.search(text) or CUT.search(text)):
        return hiding
    for rule in without_media(_without_comments(text)).split("}"):
        names, _, style = rule.rpartition("{")
        hides, shows = _hides(style), "display" in style
        for selector in names.split(",") if hides or shows else ():
            if plain := SELECTOR.fullmatch(selector.strip()):
                key = (plain[1] or "").lower(), plain[2], plain[3]
                if hides:
                    hiding.selectors.add(key)
                elif shows:
                    hiding.selectors.discard(key)
    return hiding


def _without_comments(text: str) -> str:
    """A style sheet without its comments and the marks that hide it from old browsers."""
    pieces = text.replace("<!--", "").replace("-->", "").split("/*")
    return pieces[0] + "".join(piece.partition("*/")[2] for piece in pieces[1:])


def without_media(text: str) -> str:
    """A style sheet without its blocks of blocks (``@media`` and the like)."""
    kept: list[str] = []
    depth, start, is_block = 0, 0, False
    for match in re.finditer(r"@[\w-]+|[{}]", text):
        sign = match[0]
        if sign.startswith("@"):
            if depth == 0 and not is_block and sign.lower() in ("@media", "@supports", "@layer", "@container"):
                kept.append(text[start : match.start()])
                is_block = True
        elif sign == "{":
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0 and is_block:
                start, is_block = match.end(), False
    return "".join(kept) + ("" if is_block else text[start:])


def _hides(style: str) -> bool:
    return GONE.search(style) is not None or (CUT.search(style) is not None and NO_ROOM.search(style) is not None)


@lru_cache(2048)
def _way(style: str) -> str:
    """How an inline style may hide: ``gone``, ``faint``, ``white``, or "" where it does not. Styles come again and again."""
    if _hides(style):
        return "gone"
    if FAINT.search(style):
        return "faint"
    return "white" if WHITE.search(style) else ""


def _is_gone(style: str, node: Any) -> bool:
    way = _way(style[:MOST_INLINE])
    if way in ("", "gone"):
        return way == "gone"
    return _is_bare(node) and (way == "faint" or not _has_ground(node))


def _is_bare(node: Any) -> bool:
    """Whether an element holds text alone."""
    child = node.child
    while child is not None:
        if child.tag != "-text":
            return False
        child = child.next
    return True


def _has_ground(node: Any) -> bool:
    """Whether it, or what holds it, says something of its background, on which white may be seen."""
    while node is not None and node.tag not in ("body", "html"):
        attributes = node.attributes
        if "bgcolor" in attributes or GROUND.search(attributes.get("style") or ""):
            return True
        node = node.parent
    return False

"""Page breaks, their numbers, spacing and line ends: what stands between the lines of a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.composer.frames import Line

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from extractor.report import CellAddress

NUMBERS: dict[str, Callable[[int], str]] = {
    "dashes": "- {} -".format,
    "close_dashes": "-{}-".format,
    "em_dashes": "— {} —".format,
    "bare": "{}".format,
    "chinese": "第{}页".format,
    "of_total": "第 {} 页 共 12 页".format,
    "slash": "{}/12".format,
    "dots": "·{}·".format,
    "form_feed": "{}\f".format,
    "unnumbered": lambda number: "",
}
PAGES = ("none", *NUMBERS)
COULD_BE_VALUES = ("bare", "slash", "close_dashes", "form_feed")
SPACINGS = ("tight", "blank_lines", "blank_now_and_then", "indented", "trailing")
LINE_ENDS = {"unix": "\n", "windows": "\r\n", "old_mac": "\r"}


def break_pages(
    lines: tuple[Line, ...], pages: str, rng: random.Random, *, cut_labels: bool, first_page: int
) -> tuple[list[Line], set[CellAddress]]:
    """Lines with page breaks between them, and the cells that a bare number beside their values makes doubtful."""
    if pages == "none" or len(lines) < 3:
        return list(lines), set()
    wanted = set(rng.sample(range(1, len(lines) - 1), k=min(len(lines) - 2, rng.choice((1, 2, 3)))))
    printed: list[Line] = []
    doubtful: set[CellAddress] = set()
    number, is_due = first_page, False
    for place, line in enumerate(lines):
        printed.append(line)
        is_due = is_due or place in wanted
        may_break = line.after == "nothing" or (cut_labels and line.after == "label")
        if not is_due or not may_break or place == len(lines) - 1:
            continue
        is_due = False
        number += 1
        printed.append(Line(NUMBERS[pages](number)))
        if pages in COULD_BE_VALUES:
            for neighbour in (line, lines[place + 1]):
                doubtful.update(neighbour.cells if neighbour.bare else ())
    return printed, doubtful


def space_lines(lines: list[Line], spacing: str, rng: random.Random) -> list[str]:
    """The lines' texts with blank lines or blanks around them."""
    if spacing == "blank_lines":
        return [text for line in lines for text in (line.text, "")]
    if spacing == "blank_now_and_then":
        return [text for line in lines for text in ((line.text, "") if rng.random() < 0.3 else (line.text,))]
    if spacing == "indented":
        return [rng.choice(("  ", "　　", "")) + line.text if "\t" not in line.text else line.text for line in lines]
    if spacing == "trailing":
        return [line.text + rng.choice(("", " ", "  ", "\u3000")) for line in lines]
    return [line.text for line in lines]

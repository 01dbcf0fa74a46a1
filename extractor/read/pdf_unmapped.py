"""Letters of a PDF whose font does not say which characters they are.

PDFium then hands over the font's own codes, which may look like letters, digits or line breaks. They stand in the text
as ``UNMAPPED``, so that a cell that holds one is neither empty nor a wrong number; a page with many is read as an
image. A map that lies is known by Chinese that does not read as Chinese.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractor.characters import PRIVATE, reading_map
from extractor.read.pdf_calls import character_count, has_no_character

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractor.read.pdf_calls import Pointer

UNMAPPED = "〓"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMON = re.compile(r"[的一是在不了有和人这中大为上个国公开信息政府工作情况年度报告行项第申请数量结果其他理]")
ENGLISH = re.compile(r"\b(?:the|of|and|to|in|for|is|on|by|with)\b", re.IGNORECASE)
LEAST_LETTERS, LEAST_PAGE, TRIED, MOST_ON_PAGE, MOST_OF_ALL = 20, 150, 500, 0.015, 0.1
SENSE, PAGE_SENSE, WORDS, COMMON_WORDS = 0.06, 0.03, 0.6, 0.05


def mark_unmapped(
    handle: Pointer, text: str, indices: Sequence[int], sampled: Iterable[int]
) -> tuple[str, Sequence[int]]:
    """A page's text with ``UNMAPPED`` for letters without a character, if a sample of its places holds any, and PDFium's
    index for each of its places; letters that PDFium leaves out of the text are among them."""
    count = character_count(handle)
    left_out = set(range(count)).difference(indices) if len(indices) != count else set()
    if not any(has_no_character(handle, indices[place]) for place in sampled) and not any(
        has_no_character(handle, index) for index in left_out
    ):
        return text, indices
    letters = dict(zip(indices, text, strict=True))
    marked = {index: UNMAPPED for index in range(count) if has_no_character(handle, index)}
    whole = sorted((letters | marked).items())
    return "".join(letter for _, letter in whole), [index for index, _ in whole]


def is_unmapped_page(text: str) -> bool:
    """Whether too many of a page's letters have no character, or its Chinese does not read as Chinese."""
    if _unmapped(text) > MOST_ON_PAGE * len(text):
        return True
    chinese = len(CHINESE.findall(text, 0, TRIED))
    return chinese >= LEAST_PAGE and len(COMMON.findall(text, 0, TRIED)) < PAGE_SENSE * chinese


def has_usable_text(text: str) -> bool:
    """Whether a text layer says something: enough letters, few without a meaning, Chinese that reads as Chinese or else
    English that reads as English."""
    letters = "".join(text.split())
    if len(letters) < LEAST_LETTERS or _unmapped(letters) > MOST_OF_ALL * len(letters):
        return False
    chinese = len(CHINESE.findall(letters))
    if chinese > 0.2 * len(letters):
        return len(COMMON.findall(letters)) >= SENSE * chinese
    signs = sum(letter.isascii() and letter.isalnum() for letter in letters)
    return signs > WORDS * len(letters) and len(ENGLISH.findall(text)) >= COMMON_WORDS * len(text.split())


def _unmapped(text: str) -> int:
    return text.count(UNMAPPED) + sum(ord(letter) not in reading_map() for letter in PRIVATE.findall(text))

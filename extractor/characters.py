"""Odd characters and the plain ones that they mean.

Two maps with two jobs: ``character_map`` replaces one for one, so that a text keeps its length and offsets;
``reading_map`` is for readers of PDF, HTML and Word, which write their text themselves and may drop marks that
have no width. Fonts map Chinese to radicals and private codes; web editors leave no-break and zero-width spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# U+2E80 … U+2EF3 by place; a dot where the radical is no character of its own
RADICAL_BLOCK = (
    ".厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄心扌攵.旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁"
    "网网羊羊羊耂肀聿肉臼艹艹艹虎衤西西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼"
    "鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
SIMPLIFIED = {0x2F3E: "户", 0x2FAD: "青", 0x2FC8: "黄"}
"""Radicals whose plain form in Unicode is the traditional one, while fonts of simplified Chinese mean the other."""
BULLETS = {
    0xF06C: "●", 0xF06E: "■", 0xF075: "◆", 0xF0A7: "■", 0xF0A8: "□", 0xF0B7: "•", 0xF0B2: "◆", 0xF0D8: "➢", 0xF0E0: "→",
    0xF0FC: "√", 0xF0FE: "☑", 0xF06F: "□", 0xF071: "□", 0xF09F: "•", 0xF0D7: "×", 0xF0B0: "°", 0xF0B1: "±", 0xF0B4: "×",
}  # fmt: skip
GB18030_PRIVATE = dict(zip(range(0xE78D, 0xE797), "，。、：；！？〖〗…", strict=True)) | {
    0xE7C7: "ḿ", 0xE7C8: "ǹ", 0xE81E: "龴", 0xE826: "龵", 0xE82B: "龶", 0xE82C: "龷", 0xE832: "龸", 0xE843: "龹",
    0xE854: "龺", 0xE864: "龻",
}  # fmt: skip
DASHES = "‐‑–−－﹣"
SPACES = (0xA0, 0x3000, 0x1680, 0x202F, 0x205F, *range(0x2000, 0x200B))
PRIVATE_SPACES = (0xE5E5, 0xE004)
INVISIBLE = (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD)
DIRECTIONS = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10))
UNUSUAL = re.compile("[^\u4e00-\u9fff\\x20-~\n\u3001-\u301f，：；（）“”]+")  # nothing of these is in ``character_map``
PRIVATE = re.compile(r"[\ue000-\uf8ff\ufffd]")


def _same_character_blocks() -> dict[int, str]:
    table = {0x2E80 + place: plain for place, plain in enumerate(RADICAL_BLOCK) if plain != "."}
    table |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | SIMPLIFIED
    for block in (range(0xF900, 0xFA6E), range(0x2F800, 0x2FA1E)):
        table |= {
            c: unicodedata.normalize("NFKC", chr(c)) for c in block if len(unicodedata.normalize("NFKC", chr(c))) == 1
        }
    return table


@cache
def character_map() -> dict[int, str]:
    """One plain character for one odd one: full-width letters and digits, radicals, spaces, dashes, invisible marks."""
    table = _same_character_blocks() | BULLETS | GB18030_PRIVATE
    table |= {
        code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
    }
    table |= {ord(wide): plain for wide, plain in zip("％．＠／＋＃＆＝＿～", "%.@/+#&=_~", strict=True)}
    table |= dict.fromkeys((*SPACES, *PRIVATE_SPACES, *INVISIBLE, *DIRECTIONS), " ")
    table |= {ord(dash): "-" for dash in DASHES}
    table |= {ord("○"): "〇", ord("Ｏ"): "O"}
    return table


@cache
def _plain_characters() -> dict[str, str]:
    return {chr(code): plain for code, plain in character_map().items()}


def plain_characters(text: str) -> str:
    """The text by ``character_map``: few odd characters occur in one text, so they are replaced one after another."""
    table = _plain_characters()
    for character in table.keys() & set("".join(UNUSUAL.findall(text))):
        text = text.replace(character, table[character])
    return text


@cache
def reading_map() -> dict[int, str | None]:
    """For readers: the character meant for radicals and private codes, a space for odd ones, nothing for widthless."""
    table: dict[int, str | None] = dict(_same_character_blocks() | BULLETS | GB18030_PRIVATE)
    table |= {code: " " for code in (*SPACES, *PRIVATE_SPACES) if code != 0x3000}
    table |= dict.fromkeys(
        (*INVISIBLE, *DIRECTIONS, *range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)
    )
    return table


def read_characters(text: str) -> str:
    """A reader's text with the characters meant."""
    return text if text.isascii() and text.isprintable() else text.translate(reading_map())

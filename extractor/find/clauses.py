"""Unmarked lists: what is only a frame falls away, the rest splits at 。, else ；, else between parallel clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import rjieba

from extractor.find.leads import patterns

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FRAMES = 30
SENTENCE = re.compile(r"[^。！\n]+[。！\n]?")
EXPLAINS = re.compile(
    r"^(?:导致|造成|致使|使得?|从而|以便|确保|并|且|而|其中|尤其|特别是|主要是|因此|影响|无法|难以|不能|但|没有|未)"
)
ACTION = re.compile(
    r"^(?:进一步|继续|不断|持续|着力|切实|全面|逐步|积极|及时|认真|大力|深入|扎实|更加|主动|定期|严格|加快)*"
    r"(?:加强|强化|完善|健全|规范|提升|提高|拓宽|拓展|丰富|优化|推进|推动|深化|加大|建立|落实|做好|抓好|压实|扩大|创新|开展|组织|细化|畅通|整合|充实|配强|增强|明确|梳理|改进|探索|严把|抓实|夯实|促进|确保|培训|督促|聚焦|坚持|严守|严抓|严管|严控|用好|用足|办好|管好|建好|建强|配齐|筑牢|守牢|盯紧|打造|编制|制定|修订|推出|推行|设立|开设|开通|增设|邀请|发布|公布|印制|制作|出台|升级|改版)"
)
LACK = re.compile(
    r"(?:不足|不够|不强|不高|不及时|不规范|不完善|不健全|不到位|不全|不深|不准|不严|不畅|不均|不平衡|不统一|不齐|滞后|缺乏|缺少|欠缺|薄弱|单一|偏少|偏低|较少|较低|较弱|较慢|较差|有待|亟待|亟需|尚需|仍需|还需|需要|需进一步|差距|参差|空间|问题|短板|不多|不广|不新|不丰富)"
)
SHORT = re.compile(
    rf"{LACK.pattern}|[不未无没难缺少弱差低慢窄]|过于|仅限|停留|流于|笼统|滞|较[长大多重]|偏[长大多重高]"
)
BESIDE = re.compile(
    rf"{SHORT.pattern}|频繁|身兼|兼职|新手|照搬|照抄|推[诿脱]|敷衍|脱节|老套|陈旧|老旧|晦涩|生硬|零散|散落|寥寥|冷清"
)
ACHIEVED = re.compile(
    r"取得|成效|成绩|进展|有序|平稳|扎实|稳步|圆满|顺利|全面完成|按照|认真贯彻|在[^，。]{2,20}(?:领导|指导|支持)下"
)
NAMED = re.compile(
    r"(?P<lead>[^。；\n]{0,80}?(?:工作|公开|方面|中|上)[^。；，、\n]{0,8}?(?:，[^。；，\n]{0,20}?)?)(?:，?但是?)?(?:还|仍|也|依然|仍然|主要)*(?:存在|面临)(?:着|了)?(?:的)?"
    r"(?:(?:主要)?问题(?:主要)?[是有])?(?P<body>[^。；\n]{4,}?)(?:等(?:方面)?的?|的)(?:问题|不足|情况|现象|短板|困难|差距)$"
)
EDGE = " \n。；;，,、：:—"
MOST_BEFORE = 8
MOST_CLAUSES = 400
SHORTEST_ACTION = 6
TAGGED_VERB = frozenset(["v", "vn", "vd"])
TAGGED_BEFORE_VERB = frozenset(["d", "ad", "a", "an", "p", "c", "t", "f"])


@dataclass(frozen=True, slots=True)
class Place:
    """An item's *narrative* extent and its printed marker, empty where it has none."""

    start: int
    end: int
    marker: str


def split_unmarked(text: str, start: int, end: int, kind: str, *, is_one: bool = False) -> list[Place]:
    """The items of a zone without markers; a zone of one item by the report's layout (``is_one``) splits at 。 only."""
    sentences = [_Piece(text, m.start(), m.end()).stripped() for m in SENTENCE.finditer(text, start, end)]
    bodies = [body for piece in sentences if (body := _without_frame(piece, kind)) is not None]
    if kind == "improvement" and len(bodies) > 1:
        bodies = [body for body in bodies if not patterns().purpose.search(str(body))] or bodies
    if len(bodies) == 1 and not is_one:
        bodies = _split_one(bodies[0], kind)
    return [Place(piece.start, piece.end, "") for piece in bodies if piece.end - piece.start >= 4]


class _Piece(NamedTuple):
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.text[self.start : self.end]

    def stripped(self) -> _Piece:
        words = str(self)
        rest = words.lstrip(EDGE)
        return _Piece(
            self.text, self.end - len(rest), self.start + len(words) - len(rest) + len(rest.rstrip(EDGE + "！"))
        )

    def split(self, marks: str) -> list[_Piece]:
        pieces = [_Piece(self.text, m.start(), m.end()) for m in re.finditer(f"[^{marks}]+", str(self))]
        shifted = [_Piece(self.text, self.start + p.start, self.start + p.end).stripped() for p in pieces]
        return [piece for piece in shifted if piece.start < piece.end]


def _without_frame(piece: _Piece, kind: str) -> _Piece | None:
    """A sentence without leads and frames, of which none has more than ``MOST_FRAMES``; None when nothing else is in it."""
    rows = patterns()
    whole, changed, rounds = piece, True, 0
    while changed and rounds < MOST_FRAMES:
        changed, rounds = False, rounds + 1
        if rows.whole.search(str(piece)):
            return None
        for row in rows.before:
            match = row.search(str(piece))
            if match and match.end() > 0:
                piece = _Piece(piece.text, piece.start + match.end(), piece.end).stripped()
                changed = True
    existence = rows.after_existence.search(str(piece))
    if existence and str(whole)[: piece.start - whole.start].rstrip("：:，").endswith("存在"):
        piece = _Piece(piece.text, piece.start, piece.start + existence.start())
    if piece.end - piece.start < 4:
        return None
    if rows.promise.search(str(piece)) or (kind == "problem" and rows.none.search(str(piece))):
        return None
    if kind == "problem" and ACHIEVED.search(str(piece)) and not SHORT.search(str(piece)):
        return None
    return _named(piece) if kind == "problem" else _without_taken_up(piece)


def _without_taken_up(piece: _Piece) -> _Piece:
    """A measure without the problem that it takes up (针对…的状况，)."""
    match = patterns().taken_up_frame.match(str(piece))
    return _Piece(piece.text, piece.start + match.end(), piece.end).stripped() if match else piece


def _named(piece: _Piece) -> _Piece:
    """A sentence that says of the work as a whole what is lacking in it: what stands behind 存在."""
    match = NAMED.match(str(piece))
    if match is None or LACK.search(match["lead"]):
        return piece
    return _Piece(piece.text, piece.start + match.start("body"), piece.start + match.end("body")).stripped()


def _split_one(piece: _Piece, kind: str) -> list[_Piece]:
    """One sentence: at ；, else at ，, else at 、 where each part is a clause of its own.

    More marks than ``MOST_CLAUSES`` are no list of clauses but a text made to do harm.
    """
    parts = piece.split("；;")
    if len(parts) > 1:
        parts = [_without_taken_up(part) for part in parts] if kind == "improvement" else parts
        return [part for part in parts if not patterns().purpose.search(str(part))] or parts
    tail = patterns().after.search(str(piece))
    if tail:
        piece = _Piece(piece.text, piece.start, piece.start + tail.start()).stripped()
    for marks in ("，,", "、"):
        if sum(map(str(piece).count, marks)) > MOST_CLAUSES:
            continue
        clauses = piece.split(marks)
        if marks == "、" and kind == "improvement" and not all(ACTION.match(str(clause)) for clause in clauses):
            continue
        if len(clauses) > 1 and (joined := _parallel(clauses, kind)):
            return joined
    return [piece]


def _parallel(clauses: list[_Piece], kind: str) -> list[_Piece]:
    """Clauses that stand beside one another, explaining ones joined to the one before; empty when they do not.

    Beside lacks told plainly a word that may as well explain one (人员变动频繁，衔接不畅) is a lack of its own.
    """
    is_full = SHORT.search if kind == "problem" else _is_action
    if kind == "improvement" and patterns().purpose.search(str(clauses[-1])) and len(clauses) > 2:
        clauses = clauses[:-1]
    joined = _joined(clauses, is_full)
    if len(joined) < 2 or (not is_full(str(joined[0])) and len(joined) < 3):
        return []
    return _joined(clauses, BESIDE.search) if kind == "problem" else joined


def _joined(clauses: list[_Piece], is_full: Callable[[str], object]) -> list[_Piece]:
    """Each clause that says something by itself, with those behind that explain it."""
    joined: list[_Piece] = []
    for clause in clauses:
        if joined and (EXPLAINS.match(str(clause)) or not is_full(str(clause))):
            joined[-1] = _Piece(clause.text, joined[-1].start, clause.end)
        else:
            joined.append(clause)
    return joined


def _is_action(clause: str) -> bool:
    """Whether a clause says by itself what will be done: it begins with a verb, adverbs and its means left aside."""
    if ACTION.match(clause):
        return True
    tags = [tag for _, tag in rjieba.tag(clause)[:MOST_BEFORE]]
    if not tags or len(clause) < SHORTEST_ACTION:
        return False
    if tags[0] == "p":
        return any(tag in TAGGED_VERB for tag in tags[1:])
    leading = next((tag for tag in tags if tag not in TAGGED_BEFORE_VERB), "")
    return leading in TAGGED_VERB

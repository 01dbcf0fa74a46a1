"""Damage that knows a file's build: what a parser meets behind the checks that random bytes never pass.

Each way takes a whole file and a source of chance and gives a file of the same kind: parts of a ZIP with their XML
changed, objects of a PDF, tags of a page, tables of an OLE file, sizes declared by an image, words of an RTF file.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

EXTREMES = (0, 1, -1, 2, 127, 255, 256, 32767, 65535, 65536, 2**31 - 1, -(2**31), 2**32 - 1, 2**63, 10**20)
TAG = re.compile(rb"<[^<>]{0,300}>")
NUMBER = re.compile(rb"-?\d+")
REFERENCE = re.compile(rb"\d+ 0 R")
OBJECT = re.compile(rb"\d+ 0 obj\b.*?endobj", re.DOTALL)
SOUP = (
    b"<table>", b"</table>", b"<tr>", b"<td rowspan=65535 colspan=1000>", b"<td colspan=-1>", b"</td>", b"<div>" * 300,
    b"<!--", b"-->", b"<script>", b"</script>", b"<![CDATA[", b"<svg><math>", b"<template>", b"<select><option>", b"<plaintext>",
    b"<textarea>", b"<iframe srcdoc='<table>'>", b"&#x110000;", b"&#0;", b"&nbsp" * 50, b"&lt" * 50, b"\0", b"\xff\xfe", b"\xed\xa0\x80",
    b"<meta charset=utf-16>", b"<meta charset=iso-2022-cn>", b"<base href='http://127.0.0.1:9/'>", b"<input type=hidden value='&lt;p&gt;'>",
    b"<a href='a.pdf'>" * 30, b"<embed src='x.pdf'>", b"<p>" * 900, b"<b><i><u>" * 100, b"<col span=99999999>",
)  # fmt: skip
XML_SOUP = (
    b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>", b"<w:p/>", b"<w:tc><w:tcPr><w:gridSpan w:val='1000000'/></w:tcPr><w:p/></w:tc>",
    b"<w:vMerge/>", b"<w:numPr><w:ilvl w:val='99'/><w:numId w:val='-1'/></w:numPr>", b"<w:del><w:r><w:delText>1</w:delText></w:r></w:del>",
    b"<w:txbxContent><w:p/></w:txbxContent>", b"<w:footnoteReference w:id='-5'/>", b"<w:sym w:char='F0FF'/>", b"<w:tab/>" * 200, b"<w:br/>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<?xml version='1.1'?>", b"<![CDATA[]]>", b"&#xD800;", b"&a;", b"<w:lvlOverride w:ilvl='2'/>",
)  # fmt: skip
PDF_SOUP = (
    b"/Type /Page ", b"/Type /Pages ", b"/Kids [1 0 R 2 0 R 3 0 R] ", b"/Parent 3 0 R ", b"/Count 99999999 ", b"/Filter [/FlateDecode /FlateDecode] ",
    b"/Filter /JBIG2Decode ", b"/Filter /LZWDecode ", b"/DecodeParms << /Predictor 15 /Columns 99999999 >> ", b"/Rotate 45 ", b"/Contents [4 0 R 4 0 R] ",
    b"/MediaBox [0 0 1e30 -1e30] ", b"/MediaBox [0 0 0 0] ", b"/Encoding /Identity-H ", b"/Subtype /Type0 ", b"/Subtype /Type3 ",
    b"/ToUnicode 4 0 R ", b"/Resources 3 0 R ", b" BT ET ", b" q " * 500, b" Q " * 500, b" 1e38 0 0 1e38 0 0 cm ", b" 0 0 0 0 0 0 Tm ",
    b" /F1 1e9 Tf ", b" <FFFF> Tj ", b" 0 0 1e9 1e9 re f ", b"[" * 600, b"<<" * 600, b"(" * 300, b"/Encrypt 4 0 R ", b"/Outlines 2 0 R ",
)  # fmt: skip
RTF_SOUP = (b"{" * 800, b"}" * 20, b"\\bin99999999 ", b"\\u-70000?", b"\\'ff", b"\\trowd\\cellx-1", b"\\cell\\row", b"\\object\\objdata ", b"\\field{\\*\\fldinst INCLUDETEXT http://127.0.0.1:9/}", b"\\uc999 ")  # fmt: skip


def damaged_file(kind: str, data: bytes, rng: random.Random, most: int = 6) -> bytes:
    """A file of a kind, damaged once or a few times."""
    way = WAYS.get(kind, flipped)
    for _ in range(rng.randint(1, most)):
        data = way(data, rng)
    return data


def flipped(data: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, cut out, repeated or put in."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, size = rng.randrange(len(out) + 1), rng.randrange(1, 64)
        kind = rng.randrange(4)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at : at + size]
        elif kind == 2:
            out[at:at] = out[at : at + size * rng.randint(1, 40)]
        else:
            out[at:at] = rng.randbytes(size)
    return bytes(out)


def _replaced(data: bytes, pattern: re.Pattern[bytes], rng: random.Random, new: Callable[[bytes], bytes]) -> bytes:
    """The file with one of a pattern's places written anew."""
    start = rng.randrange(len(data) + 1)
    found = pattern.search(data, start) or pattern.search(data)
    return data if found is None else data[: found.start()] + new(found.group()) + data[found.end() :]


def _tags(data: bytes, rng: random.Random, soup: tuple[bytes, ...]) -> bytes:
    """Tags dropped, doubled, swapped, put in, and numbers in them made extreme."""
    kind = rng.randrange(6)
    if kind == 0:
        return _replaced(data, TAG, rng, lambda _: b"")
    if kind == 1:
        return _replaced(data, TAG, rng, lambda tag: tag * rng.choice((2, 3, 50, 500)))
    if kind == 2:
        return _replaced(data, NUMBER, rng, lambda _: b"%d" % rng.choice(EXTREMES))
    if kind == 3:
        tags = TAG.findall(data[:200_000]) or [b"<p>"]
        return _replaced(data, TAG, rng, lambda _: rng.choice(tags))
    if kind == 4:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.choice(soup) + data[at:]
    return flipped(data, rng)


def page(data: bytes, rng: random.Random) -> bytes:
    """A web page as soup."""
    return _tags(data, rng, SOUP)


def packed(data: bytes, rng: random.Random) -> bytes:
    """A ZIP with a part changed, dropped, doubled or renamed, or with its directory changed."""
    if rng.random() < 0.2:
        return flipped(data, rng)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        struct.error,
    ):
        return flipped(data, rng)
    if not parts:
        return flipped(data, rng)
    at = rng.randrange(len(parts))
    name, content = parts[at]
    kind = rng.randrange(8)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts[at] = (
            rng.choice(("../x", "/x", "word/document.xml", "a" * 9000, "水\ufffd", "x\\..\\y", name + "/")),
            content,
        )
    elif kind == 2:
        parts.append((name, content[: rng.randrange(len(content) + 1)]))
    elif content.startswith(b"PK"):
        parts[at] = (name, packed(content, rng))
    else:
        parts[at] = (name, _tags(content, rng, XML_SOUP))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # doubled names are meant
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def portable(data: bytes, rng: random.Random) -> bytes:
    """A PDF with objects, references, numbers or keys changed; PDFium finds the objects again without their table."""
    kind = rng.randrange(7)
    if kind == 0:
        return _replaced(data, NUMBER, rng, lambda _: b"%d" % rng.choice(EXTREMES))
    if kind == 1:
        return _replaced(data, REFERENCE, rng, lambda _: b"%d 0 R" % rng.randrange(1, 12))
    if kind == 2:
        return _replaced(data, OBJECT, rng, lambda body: body + b"\n" + body)
    if kind == 3:
        return _replaced(data, OBJECT, rng, lambda _: b"")
    if kind == 4:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.choice(PDF_SOUP) + data[at:]
    if kind == 5:
        return _replaced(data, re.compile(rb"<<"), rng, lambda _: b"<< " + rng.choice(PDF_SOUP))
    return flipped(data, rng)


def compound(data: bytes, rng: random.Random) -> bytes:
    """An OLE file with its header's sizes, its table of sectors or the Word file's own table changed."""
    out = bytearray(data)
    places = (24, 26, 30, 32, 44, 48, 56, 60, 64, 68, 72, 76, 80)
    area = rng.randrange(3)
    at = (
        rng.choice(places)
        if area == 0
        else rng.randrange(512, 1536)
        if area == 1
        else rng.randrange(max(1, len(out) - 4))
    )
    if at + 4 <= len(out):
        struct.pack_into("<I", out, at, rng.choice(EXTREMES) % 2**32 if rng.random() < 0.5 else rng.randrange(2**12))
    return bytes(out)


def image(data: bytes, rng: random.Random) -> bytes:
    """A PNG with other sizes, colours or chunks, its checks right; a JPEG with other segments."""
    if not data.startswith(b"\x89PNG") or rng.random() < 0.2:
        places = [found.start() for found in re.finditer(rb"\xff[\xc0-\xfe]", data[:5000])]
        at = rng.choice(places) + rng.randrange(12) if places else rng.randrange(len(data) + 1)
        return data[:at] + rng.randbytes(rng.randrange(1, 4)) + data[at + rng.randrange(4) :]
    chunks, at = [], 8
    while at + 12 <= len(data) and len(chunks) < 100:
        (size,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return flipped(data, rng)
    place = rng.randrange(len(chunks))
    name, body = chunks[place]
    if name == b"IHDR" and rng.random() < 0.7 and len(body) >= 13:
        sizes = [rng.choice((0, 1, 63, 64, 5000, 50_000, 2**31 - 1)) for _ in range(2)]
        body = struct.pack(">II", *sizes) + bytes(
            [rng.choice((1, 2, 4, 8, 16, 3)), rng.choice((0, 2, 3, 4, 6, 7)), 0, 0, rng.randrange(3)]
        )
    else:
        body = flipped(body, rng)
    chunks[place] = (name, body)
    chunks += [chunks[place]] * rng.randrange(2)
    return data[:8] + b"".join(
        struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in chunks
    )


def rich(data: bytes, rng: random.Random) -> bytes:
    """An RTF file with groups, words and their numbers changed."""
    if rng.random() < 0.5:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.choice(RTF_SOUP) + data[at:]
    return _replaced(data, NUMBER, rng, lambda _: b"%d" % rng.choice(EXTREMES))


WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "html": page, "layout": page, "saved": page, "docx": packed, "odt": packed, "zip": packed, "pdf": portable, "ruled": portable,
    "doc": compound, "png": image, "jpeg": image, "rtf": rich,
}  # fmt: skip

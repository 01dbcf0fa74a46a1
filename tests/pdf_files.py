"""PDF files written by hand, a content stream a page, in a font that needs no file."""

from __future__ import annotations

from tests.hostile.files import pdf_file, stream

FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts ["
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 [500 500] 814 939 500]"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor"
    b" << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -120 1000 880] /ItalicAngle 0"
    b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >>"
)


def words(x: float, y: float, text: str, *, size: float = 12, state: str = "0 g 0 Tr") -> bytes:
    """A run of text at a place in points from the page's lower left, ``state`` set before it."""
    code = text.encode("utf-16-be").hex()
    return f"q {state} BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{code}> Tj ET Q\n".encode()


def coded(x: float, y: float, codes: bytes, *, size: float = 12) -> bytes:
    """A run of text in the font F2, by two bytes a letter."""
    return f"q 0 g BT /F2 {size} Tf 1 0 0 1 {x} {y} Tm <{codes.hex()}> Tj ET Q\n".encode()


def coded_font(characters: dict[int, str] | None, number: int) -> tuple[bytes, bytes]:
    """The font F2 as object ``number``, and behind it its map from codes to characters; None: it has none."""
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Coded /Encoding /Identity-H %s /DescendantFonts ["
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Coded /DW 1000 /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor"
        b" /FontName /Coded /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120"
        b" /CapHeight 880 /StemV 93 >> >> ] >>"
    ) % (b"" if characters is None else b"/ToUnicode %d 0 R" % (number + 1))
    rows = "".join(f"<{code:04x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in (characters or {}).items())
    words = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Coded def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(characters or {})} beginbfchar\n{rows}endbfchar\nendcmap end end"
    )
    return font, stream(words.encode())


def pages(
    *contents: bytes, resources: bytes = b"", box: bytes = b"", more: tuple[bytes, ...] = (), fonts: bytes = b""
) -> bytes:
    """A PDF of A4 pages; ``box`` goes into each page, ``more`` are objects from number 4 + 2 × pages on."""
    count = len(contents)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(count))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), FONT]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s /Contents %d 0 R /Resources"
            b" << /Font << /F1 3 0 R %s >> %s >> >>" % (box, 5 + 2 * number, fonts, resources)
        )
        objects.append(stream(content))
    return pdf_file([*objects, *more])

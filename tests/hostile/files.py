"""Files meant to do harm, made on the spot; each with a word of the error that must come of it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile file: how it is made, the error's kind ("read": none, "": any) and a word in its message or text."""

    name: str
    make: Callable[[], bytes]
    error: str
    word: str


def zipped(parts: dict[str, bytes | str], *, level: int = 9) -> bytes:
    """A ZIP of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def word_file(document: str, **parts: bytes | str) -> bytes:
    """A .docx of a main part's XML."""
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **parts})


def pdf_file(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first of them the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(data: bytes, *, packed: bool = True) -> bytes:
    """A stream object."""
    body = zlib.compress(data, 9) if packed else data
    filters = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filters, len(body), body)


def pages_pdf(count: int) -> bytes:
    """A PDF of empty pages."""
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(count))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * count
    return pdf_file(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), *pages]
    )


def drawing_pdf(content: bytes, resources: bytes = b"<< >>", *more: bytes, packed: bool = True) -> bytes:
    """A PDF of one page with a content stream."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources
    tree = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
    return pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", tree, page, stream(content, packed=packed), *more])


def form_loop_pdf() -> bytes:
    """Forms that draw one another, each many times: 30 to the power of 12 drawings."""
    levels = 12
    forms = []
    for level in range(levels):
        inner = b"/F Do " * 30 if level + 1 < levels else b"0 0 m 1 1 l S "
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F %d 0 R >> >> " % (
            6 + level
        )
        forms.append(head + b"/Length %d >>\nstream\n%s\nendstream" % (len(inner), inner))
    return drawing_pdf(b"/F Do", b"<< /XObject << /F 5 0 R >> >>", *forms)


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password."""
    keys = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <%s> /U <%s> >>" % (b"ab" * 32, b"cd" * 32)
    tree = b"<< /Type /Pages /Count 0 /Kids [] >>"
    return pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", tree, keys], b"/Encrypt 3 0 R /ID [<00> <00>]")


def billion_laughs() -> str:
    """Entities that grow ten billion times."""
    grown = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 34))
    head = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "ha">{grown}]>'
    return f"{head}<w:document {W}><w:body><w:p><w:r><w:t>&e33;</w:t></w:r></w:p></w:body></w:document>"


def outside_entity() -> str:
    """An entity that names a file of the machine."""
    return (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r>'
        "<w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )


def nested_tables(depth: int) -> str:
    """Tables in tables."""
    return (
        f'<?xml version="1.0"?><w:document {W}><w:body>' + "<w:tbl><w:tr><w:tc>" * depth + "<w:p><w:r><w:t>1</w:t></w:r></w:p>"
        + "</w:tc></w:tr></w:tbl>" * depth + "</w:body></w:document>"
    )  # fmt: skip


def damaged_word() -> bytes:
    """Half of a good file."""
    out = io.BytesIO()
    good = docx.Document()
    good.add_paragraph("一、总体情况")
    good.save(out)
    return out.getvalue()[: len(out.getvalue()) // 2]


def linked_word(link: str = "http://127.0.0.1:9/template.dotm") -> bytes:
    """A file with macros, and whose picture and template stand on a server."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{link}" TargetMode="External"/></Relationships>'
    )
    body = f'<?xml version="1.0"?><w:document {W}><w:body><w:p><w:r><w:t>一、总体情况</w:t></w:r></w:p></w:body></w:document>'
    return word_file(body, **{"word/_rels/document.xml.rels": relations, "word/vbaProject.bin": b"\0" * 100})


def deep_zip(depth: int) -> bytes:
    """Archives in archives."""
    data = zipped({"report.txt": "一、总体情况"})
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


def cyclic_pdf() -> bytes:
    """A page tree and an outline that hold themselves."""
    tree = b"<< /Type /Pages /Count 1 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    outline = b"<< /First 4 0 R /Last 4 0 R /Next 4 0 R /Parent 4 0 R /Title (a) >>"
    return pdf_file([b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>", tree, page, outline])


def object_stream_pdf() -> bytes:
    """Object streams that extend one another in a ring, and a cross-reference stream that names millions of objects."""
    ring = (
        b"<< /Type /ObjStm /N 1000000 /First 10 /Extends %d 0 R /Length 20 >>\nstream\n1 0 2 0 3 0 4 0 5 0 \nendstream"
    )
    return pdf_file([b"<< /Type /Catalog /Pages 4 0 R >>", ring % 3, ring % 2], b"/Prev 9 /XRefStm 9")


def broken_font_pdf() -> bytes:
    """Text in a font whose program and map of characters are noise."""
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 6 0 R >> >>] >> >> >>"  # fmt: skip
    noise = bytes(range(256)) * 40
    return drawing_pdf(
        b"BT /F1 12 Tf 72 700 Td <00010002FFFF0003> Tj ET", font, stream(b"beginbfrange <00>" * 900), stream(noise)
    )


def declared_png(width: int, height: int) -> bytes:
    """An image of a few bytes that says it is huge."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = ((part, len(part) - 4) for part in (head, body, b"IEND"))
    packed = (size.to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big") for part, size in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def many_cells() -> str:
    """A table of a million cells."""
    cell = "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>"
    return f'<?xml version="1.0"?><w:document {W}><w:body><w:tbl>{("<w:tr>" + cell * 100 + "</w:tr>") * 10_000}</w:tbl></w:body></w:document>'


def encrypted_zip() -> bytes:
    """An archive whose members are marked as encrypted."""
    data = bytearray(zipped({"a.txt": "一、总体情况"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def linking_zip() -> bytes:
    """An archive of a symbolic link out of it, a member without a name, and a good file."""
    out = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("nameless", "x")
        archive.writestr("a.txt", "一、总体情况")
    return out.getvalue().replace(b"nameless", b"\0ameless")


def linking_files(link: str) -> dict[str, bytes]:
    """Files of three kinds whose pictures, styles, frames and templates stand at an address."""
    page = f'<html><head><link rel=stylesheet href="{link}"><base href="{link}"></head><body><img src="{link}"><iframe src="{link}">'  # fmt: skip
    words = "<p>一、总体情况</p><script src='" + link + "'></script></body></html>"
    text = f'<text:p>一、总体情况<draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="{link}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"' for name, urn in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible")))  # fmt: skip
    content = f'<?xml version="1.0"?><office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"><office:body><office:text>{text}</office:text></office:body></office:document-content>'
    kind = "application/vnd.oasis.opendocument.text"
    listed = "".join(f'<m:file-entry m:full-path="{path}" m:media-type="{what}"/>' for path, what in (("/", kind), ("content.xml", "text/xml")))  # fmt: skip
    manifest = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{listed}</m:manifest>'
    return {
        "html": (page + words).encode(),
        "docx": linked_word(link),
        "odt": zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}),
    }


ZEROS = b"0" * 400_000_000
HOSTILE = (
    Hostile("empty", lambda: b"", "DocumentError", "empty"),
    Hostile("white", lambda: b" \r\n\t" * 9, "DocumentError", "empty"),
    Hostile("zeros", lambda: b"\0" * 5000, "DocumentError", "empty"),
    Hostile("noise", lambda: bytes(range(256)) * 40, "DocumentError", "no text"),
    Hostile("program", lambda: b"\x7fELF" + b"\0" * 500, "DocumentError", "no report"),
    Hostile("pdf cut at its head", lambda: pages_pdf(2)[:60], "DocumentError", "damaged"),
    Hostile("pdf of words alone", lambda: b"%PDF-1.4 hello", "DocumentError", "damaged"),
    Hostile("pdf encrypted", encrypted_pdf, "DocumentError", "encrypted"),
    Hostile("pdf of 10,000 pages", lambda: pages_pdf(10_000), "LimitError", "pages"),
    Hostile("pdf that unpacks to 300 MB", lambda: drawing_pdf(b"0 0 m 1 1 l S\n" * 22_000_000), "", "text"),
    Hostile("pdf of forms in forms", form_loop_pdf, "", "text"),
    Hostile("pdf of cyclic trees", cyclic_pdf, "", ""),
    Hostile("pdf of endless object streams", object_stream_pdf, "DocumentError", ""),
    Hostile("pdf of a broken font", broken_font_pdf, "", ""),
    Hostile("pdf of a page 20 km wide", lambda: pages_pdf(2).replace(b"[0 0 595 842]", b"[0 0 65535 65535]"), "", ""),
    Hostile("pdf cut in its middle", lambda: pages_pdf(9)[:700], "", ""),
    Hostile("image of 50,000 by 50,000", lambda: declared_png(50_000, 50_000), "LimitError", "large"),
    Hostile("image of 2 by 2 billion", lambda: declared_png(2**31 - 1, 2**31 - 1), "LimitError", "large"),
    Hostile("image of a page that is not there", lambda: declared_png(5000, 7000), "DocumentError", "damaged"),
    Hostile("docx of a million cells", lambda: word_file(many_cells()), "LimitError", ""),
    Hostile("docx encrypted", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "DocumentError", "encrypted"),
    Hostile("text of one long line", lambda: "公开".encode() * 4_000_000, "LimitError", "text"),
    Hostile("docx bomb", lambda: word_file(f"<w:document {W}>{' ' * 300_000_000}</w:document>"), "LimitError", "unpacks"),
    Hostile("docx entities", lambda: word_file(billion_laughs()), "DocumentError", "entities"),
    Hostile("docx outside entity", lambda: word_file(outside_entity()), "DocumentError", "entities"),
    Hostile("docx nested", lambda: word_file(nested_tables(45)), "LimitError", "nest"),
    Hostile("docx nested beyond XML", lambda: word_file(nested_tables(20_000)), "LimitError", "nest"),
    Hostile("docx cut", damaged_word, "DocumentError", "damaged"),
    Hostile("docx with links and macros", linked_word, "read", "总体情况"),
    Hostile("docx of many parts", lambda: zipped({f"word/{n}.xml": "" for n in range(3000)}), "LimitError", "parts"),
    Hostile("page nested", lambda: b"<html><body>" + b"<div>" * 200_000, "LimitError", "nest"),
    Hostile("page of endless spans", lambda: b"<table>" + b"<tr><td rowspan=65000 colspan=999>1<td>2" * 600, "LimitError", "table"),
    Hostile("page of open tags", lambda: b"<html>" + b"<" * 500_000, "read", "<"),
    Hostile("page of comments", lambda: b"<html><!--" + b"-" * 2_000_000, "DocumentError", "no text"),
    Hostile("old Word file of nothing", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000, "DocumentError", "no report"),
    Hostile("image cut", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "DocumentError", "damaged"),
    Hostile("archive", lambda: zipped({"a.txt": "一、总体情况"}), "DocumentError", "archive"),
)  # fmt: skip
ARCHIVES = (
    Hostile("climbs out", lambda: zipped({"../../etc/cron.d/x": "x"}), "DocumentError", "outside"),
    Hostile("absolute", lambda: zipped({"/etc/passwd": "x"}), "DocumentError", "outside"),
    Hostile("climbs by backslash", lambda: zipped({"..\\..\\x": "x"}), "DocumentError", "outside"),
    Hostile("bomb", lambda: zipped({"a.txt": ZEROS}), "LimitError", "unpacks"),
    Hostile("bomb in bomb", lambda: zipped({f"{n}.zip": zipped({"a": ZEROS[:99_000_000]}) for n in range(4)}), "LimitError", "unpacks"),
    Hostile("many", lambda: zipped({str(n): "" for n in range(5000)}, level=1), "LimitError", "too many"),
    Hostile("deep", lambda: deep_zip(9), "LimitError", "nest"),
    Hostile("cut", lambda: zipped({"a.txt": "x" * 9999})[:80], "DocumentError", "damaged"),
    Hostile("encrypted", encrypted_zip, "DocumentError", "encrypted"),
    Hostile("of 100,000 members", lambda: zipped({str(n): "" for n in range(100_000)}, level=0), "LimitError", "too many"),
)  # fmt: skip

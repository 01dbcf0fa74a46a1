"""Which reader a file needs, told by its content alone: names and declared types are often wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import islice
from typing import TYPE_CHECKING

from extractor.document import Document
from extractor.errors import DocumentError, MissingPartError
from extractor.read.encodings import decode
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.package import Package
from extractor.read.sources import source

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = "text, HTML, PDF, Word files and, with the extra [scan], PNG and JPEG images"
FOREIGN = (
    (b"GIF8", "a GIF image"), (b"BM", "a BMP image"), (b"II*\x00", "a TIFF image"), (b"MM\x00*", "a TIFF image"),
    (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"), (b"PAR1", "a Parquet file"), (b"OggS", "a sound file"),
    (b"ID3", "a sound file"), (b"RIFF", "a media file"), (b"%!PS", "a PostScript file"),
)  # fmt: skip
MARKUP = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|div|table|tbody|p|meta|span|h[1-6]|center|font|article|section|script|style)\b",
    re.IGNORECASE | re.DOTALL,
)
WITHIN = re.compile(rb"[\n>][ \t\r]*<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
CLOSED = re.compile(rb"</(?:html|head|body|title|div|p|td|a)>", re.IGNORECASE)
MESSAGE = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*MIME-Version:", re.IGNORECASE)
MOST_PARTS = 60
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", "\ufeff".encode("gb18030"))
PLAIN_MOST = 20_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("MatOST", "wps"),
    ("Workbook", "a spreadsheet"),
    ("PowerPoint", "slides"),
)


def read(data: bytes, *, name: str | None = None, media_type: str | None = None, limits: Limits = STANDARD) -> Document:
    """The document in a file's bytes, read in this process.

    ``media_type`` is what the sender says; the content decides. Errors: ``DocumentError`` says what was found and
    what is allowed, ``LimitError`` which bound the file passes, ``MissingPartError`` which part is not installed.
    """
    return READERS[kind_of(data, limits)](data, name, limits)


def kind_of(data: bytes, limits: Limits = STANDARD) -> str:
    """A key of ``READERS``, by content. Errors: ``DocumentError`` for a file of a kind that holds no report."""
    if not data.strip(b"\0 \t\r\n\f\v"):
        raise DocumentError("the file is empty", found=f"{len(data)} bytes", do="give a file with the report's text")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped_kind(data, limits)
    if data.startswith(OLE):
        return _compound_kind(data)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return "image"
    for mark, kind in FOREIGN:
        if data.startswith(mark) and b"\0" in data[:4096]:
            raise _foreign(kind)
    if b"<w:wordDocument" in data[:4096]:
        return "doc"
    if MESSAGE.match(data[:2048]) and (b"multipart/" in data[:4096] or b"text/html" in data[:4096]):
        return "archive_page"
    return "html" if is_markup(data) else "plain"


def is_surely_plain(data: bytes) -> bool:
    """Whether bytes are text that no parser needs to see: told by their first bytes, without opening anything."""
    return len(data) <= PLAIN_MOST and not data.startswith((b"PK", OLE)) and kind_of(data) == "plain"


def _zipped_kind(data: bytes, limits: Limits) -> str:
    names = Package(data, limits).names()
    if "mimetype" in names and Package(data, limits).part("mimetype").startswith(
        b"application/vnd.oasis.opendocument.text"
    ):
        return "odt"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise _foreign("a spreadsheet or slides")
    if "OFD.xml" in names:
        raise _foreign("an OFD file")
    raise DocumentError(
        "the file is an archive of files",
        found=f"{len(names)} members",
        do="give it to the command or the batch, or unpack it",
    )


def _compound_kind(data: bytes) -> str:
    for stream, kind in STREAMS:
        if stream.encode("utf-16-le") in data:
            if kind == "encrypted":
                raise DocumentError("the file is encrypted", found="a password is asked for", do="save it without one")
            if kind not in READERS:
                raise _foreign(kind)
            return kind
    raise _foreign("an office file without text")


def _foreign(kind: str) -> DocumentError:
    return DocumentError("the file is no report", found=kind, allowed=ALLOWED)


def is_markup(data: bytes) -> bool:
    """Whether a file is a web page, in any encoding of one or two bytes a letter: it begins as one does, or one begins
    behind what a server wrote before it."""
    head = data[:8192]
    while mark := next((mark for mark in MARKS if head.startswith(mark)), b""):
        head = head[len(mark) :]
    head = head.replace(b"\0", b"").lstrip()
    if MARKUP.match(head) is not None:
        return True
    return head.startswith(b"<") and WITHIN.search(head) is not None and CLOSED.search(head) is not None


def read_plain(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """Plain text: the decoded file is the text, line endings kept."""
    text = decode(data)
    if len(text) > limits.letters:
        raise refuse("the file holds too much text", f"{len(text)} characters", f"{limits.letters}")
    return Document(source(data, name, "plain", "plain"), text)


def read_page(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A saved web page."""
    from extractor.read.html import read_html

    return read_html(data, name, limits)


def read_archive_page(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A web page saved as one file (.mht): that of its pages and frames which says most."""
    found: list[Document] = []
    refused: DocumentError | None = None
    for part in islice(message_from_bytes(data, policy=policy.default).walk(), MOST_PARTS):
        page = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(page, bytes) and page.strip():
            try:
                found.append(read_page(page, name, limits))
            except DocumentError as error:
                refused = refused or error
    if not found:
        raise refused or DocumentError("the saved page holds no page", do="save it as a web page again")
    best = max(found, key=lambda document: (len(document.grids), len(document.text)))
    return replace(best, source=source(data, name, "html", "html"))


def read_portable(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A PDF: by its text layer, else, where the extra [scan] is installed, as a scan."""
    from extractor.read.pdf import NoTextError, read_pdf
    from extractor.read.scan import read_scanned_pdf

    try:
        return read_pdf(data, name, limits)
    except NoTextError as error:
        try:
            return read_scanned_pdf(data, name, limits)
        except MissingPartError:
            raise error from None


def read_docx(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A Word file."""
    from extractor.read.word import read_word

    return read_word(data, name, limits)


def _by_office(kind: str) -> Callable[[bytes, str | None, Limits], Document]:
    def read_older(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
        from extractor.read.office import read_office

        return read_office(data, name, limits, kind=kind)

    return read_older


def read_image(data: bytes, name: str | None, limits: Limits = STANDARD) -> Document:
    """A page's image."""
    from extractor.read.scan import read_scanned_image

    return read_scanned_image(data, name, limits)


READERS: dict[str, Callable[[bytes, str | None, Limits], Document]] = {
    "plain": read_plain,
    "html": read_page,
    "archive_page": read_archive_page,
    "pdf": read_portable,
    "docx": read_docx,
    "doc": _by_office("doc"),
    "wps": _by_office("wps"),
    "rtf": _by_office("rtf"),
    "odt": _by_office("odt"),
    "image": read_image,
}

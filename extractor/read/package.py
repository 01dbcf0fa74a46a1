"""An office file opened as what it is, a ZIP of XML, within limits: no part is unpacked that is not asked for.

Entities and outside references are never resolved: a part with a document type is refused.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import Any

from lxml import etree

from extractor.errors import DocumentError, LimitError
from extractor.read.limits import Limits, refuse

DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
RATIO = 400
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes before the first byte comes
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError, OSError,
)  # fmt: skip


class Package:
    """The parts of a zipped file. Errors: ``DocumentError`` where it is damaged or encrypted, ``LimitError``."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise _damaged() from error
        infos = self._zip.infolist()
        if len(infos) > limits.members:
            raise refuse("the file holds too many parts", str(len(infos)), str(limits.members))
        self._sizes = {info.filename: info for info in infos}

    def names(self) -> list[str]:
        """The names of its parts, in their order."""
        return list(self._sizes)

    def part(self, name: str) -> bytes:
        """The bytes of a part; b"" where there is none."""
        info = self._sizes.get(name)
        if info is None:
            return b""
        if info.flag_bits & 1:
            raise DocumentError("the file is encrypted", found="a password is asked for", do="save it without one")
        if info.compress_type not in UNPACKED:
            raise _damaged()
        most = self.limits.unpacked
        if info.file_size > most or info.file_size > RATIO * max(info.compress_size, 1) + 1_000_000:
            raise refuse("a part of the file unpacks to too much", f"{info.file_size} bytes", f"{most} bytes")
        try:
            with self._zip.open(info) as part:
                data = part.read(most + 1)
        except BROKEN as error:
            raise _damaged() from error
        if len(data) > most:
            raise refuse("a part of the file unpacks to too much", f"more than {most} bytes", f"{most} bytes")
        return data

    def tree(self, name: str) -> Any | None:
        """The root element of an XML part, None where there is none."""
        data = self.part(name)
        return parse_xml(data) if data else None


def parse_xml(data: bytes) -> Any:
    """The root element. Errors: ``DocumentError`` where the XML is damaged or declares entities."""
    if DOCTYPE.search(data):
        raise DocumentError(
            "the file declares XML entities", found="a document type inside a part", allowed="files as Word saves them"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise LimitError("the file's parts nest too deep", do="give the report alone") from error
        raise _damaged() from error


def _damaged() -> DocumentError:
    return DocumentError("the file is damaged", found="parts that cannot be unpacked or parsed", do="download it again")

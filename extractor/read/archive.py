"""Archives and folders of reports: their members one after another, within limits, nothing ever written.

A ZIP's members are read in memory and given by their own names, so a path that climbs out leads nowhere; it is refused
all the same, since an honest archive has none. Names without the UTF-8 mark are GB18030, as Chinese systems pack them.
"""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from extractor.errors import DocumentError
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.package import BROKEN, UNPACKED

if TYPE_CHECKING:
    from collections.abc import Iterator

UTF8_NAME = 0x800
ENCRYPTED = 0x1
MOST_RATIO = 1000
DEEPEST = 3
PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
OFFICE = ("word/", "xl/", "ppt/", "[Content_Types].xml", "META-INF/manifest.xml", "OFD.xml", "mimetype")


def is_archive(data: bytes) -> bool:
    """Whether bytes are a ZIP of files, and not an office file, which is one too. Errors: none; a damaged one is not."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not any(name.startswith(OFFICE) for name in archive.namelist())
    except BROKEN:
        return False


def members(data: bytes, limits: Limits = STANDARD) -> Iterator[tuple[str, bytes]]:
    """The files in a ZIP by their paths within it, in its order; those of archives within it too (``a.zip/b.pdf``).

    Errors: ``DocumentError`` where it is damaged, encrypted or names a path outside of itself; ``LimitError`` where it
    has too many members, unpacks to too much, or nests too deep.
    """
    yield from _members(data, limits, _Budget(limits), "", 0)


class _Budget:
    """What an archive with all archives in it may still unpack."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.bytes, self.members = limits, limits.unpacked, limits.members

    def take_members(self, count: int) -> None:
        self.members -= count
        if self.members < 0:
            raise refuse(
                "the archive holds too many files", f"more than {self.limits.members}", str(self.limits.members)
            )

    def take_bytes(self, count: int) -> None:
        self.bytes -= count
        if self.bytes < 0:
            raise refuse(
                "the archive unpacks to too much",
                f"more than {self.limits.unpacked} bytes",
                f"{self.limits.unpacked} bytes",
            )


def _members(data: bytes, limits: Limits, budget: _Budget, above: str, depth: int) -> Iterator[tuple[str, bytes]]:
    if depth > DEEPEST:
        raise refuse("archives nest too deep", f"{depth} levels", f"{DEEPEST} levels")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise DocumentError(
            "the archive is damaged", found=f"{len(data)} bytes", do="pack or download it again"
        ) from error
    with archive:
        budget.take_members(len(archive.infolist()))
        for info in archive.infolist():
            name = member_name(info)
            if name.endswith("/") or not name or _is_link(info) or any(part in name for part in PASSED_OVER):
                continue
            content = _unpack(archive, info, budget)
            if is_archive(content):
                yield from _members(content, limits, budget, f"{above}{name}/", depth + 1)
            else:
                yield above + name, content


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's path, decoded. Errors: ``DocumentError`` where it leads out of the archive."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME:
        raw = name.encode("cp437", errors="ignore")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or (path.parts and path.parts[0].endswith(":")):
        raise DocumentError(
            "the archive names a path outside of itself", do="do not trust it; give the files one by one"
        )
    return name


def _is_link(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link, whose content is only the path that it points to."""
    return stat.S_ISLNK(info.external_attr >> 16)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    if info.flag_bits & ENCRYPTED:
        raise DocumentError("the archive is encrypted", found="a password is asked for", do="pack it without one")
    if info.compress_type not in UNPACKED:
        raise DocumentError("a member of the archive is packed in a way that is not read", found=f"method {info.compress_type}", allowed="stored and deflated members", do="pack it again")  # fmt: skip
    if info.file_size > budget.bytes or info.file_size > MOST_RATIO * max(info.compress_size, 1) + 1_000_000:
        budget.take_bytes(budget.bytes + 1)
    try:
        with archive.open(info) as member:
            content = member.read(budget.bytes + 1)
    except BROKEN as error:
        raise DocumentError("a member of the archive is damaged", do="pack or download it again") from error
    budget.take_bytes(len(content))
    return content


def files_in(folder: Path, limits: Limits = STANDARD) -> Iterator[tuple[str, bytes]]:
    """The files of a folder and its sub-folders by their paths within it, in the order of names; ZIPs are opened.

    Links are not followed. Errors: those of ``members``; ``LimitError`` where a file is larger than ``unpacked``.
    """
    for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).parts):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.name in PASSED_OVER:
            continue
        if path.stat().st_size > limits.unpacked:
            raise refuse("a file is too large", f"{path.stat().st_size} bytes", f"{limits.unpacked} bytes")
        data = path.read_bytes()
        if is_archive(data):
            yield from ((f"{name}/{inner}", content) for inner, content in members(data, limits))
        else:
            yield name, data

"""The folder whose reports jobs may name (``GONGKAI_JOBS_FOLDER``): what is in it, and never a step out of it.

A path is resolved first and must then still lie below the root, so neither ``..`` nor a link leads out; it is resolved
again when its file is read, because a file may have become a link meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.errors import DocumentError, LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from serving.settings import Settings

SUFFIXES = frozenset((
    ".txt", ".md", ".html", ".htm", ".shtml", ".pdf", ".docx", ".doc", ".wps", ".rtf", ".odt", ".zip",
    ".png", ".jpg", ".jpeg",
))  # fmt: skip
"""Endings of files that may be reports, or archives of them."""
MOST_FILES = 100_000


class Folder:
    """Reports below a root."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.jobs_folder.resolve() if settings.jobs_folder else None
        self.most_bytes = settings.body_bytes

    def files(self, part: str) -> list[str]:
        """Paths, below the root, of the reports in one of its folders, in their order. Errors: ``DocumentError``."""
        folder = self._below(part)
        if folder is None or not folder.is_dir():
            raise DocumentError(
                "the folder cannot be used",
                where="query.folder",
                found="nothing there, or a path that leads out" if folder is None else "no folder",
                allowed="a folder in the service's own folder of reports, `.` for all of it",
                do="put the reports there, or send them as lines of JSON",
            )
        found = sorted(self._reports(folder))
        if not found or len(found) > MOST_FILES:
            raise DocumentError(
                "the folder cannot be a job",
                where="query.folder",
                found=f"{len(found)} reports",
                allowed=f"1 to {MOST_FILES} files with {', '.join(sorted(SUFFIXES))}",
            )
        return found

    def read(self, path: str) -> bytes:
        """A file's bytes. Errors: ``DocumentError`` where it is gone or leads out, ``LimitError`` for its size."""
        file = self._below(path)
        if file is None or not file.is_file():
            raise DocumentError("the file is not there any more", where="the service's folder of reports")
        try:
            size = file.stat().st_size
            if size > self.most_bytes:
                raise LimitError("the file is too large", found=f"{size} bytes", allowed=f"{self.most_bytes} bytes")
            return file.read_bytes()
        except OSError as error:
            raise DocumentError("the file cannot be read", found=type(error).__name__) from None

    def _below(self, part: str) -> Path | None:
        """What is there below the root, links followed; None where nothing is, or it leads out, or there is no root."""
        if self.root is None or "\x00" in part:
            return None
        try:
            place = (self.root / part).resolve()
            return place if place.is_relative_to(self.root) and place.exists() else None
        except (OSError, RuntimeError):  # a name that is too long, links in a circle
            return None

    def _reports(self, folder: Path) -> Iterator[str]:
        assert self.root is not None
        for path in folder.rglob("*"):
            if path.suffix.lower() in SUFFIXES and not path.name.lower().startswith("readme"):
                name = path.relative_to(self.root).as_posix()
                place = self._below(name)
                if place is not None and place.is_file():
                    yield name

"""What can go wrong, in few kinds; each message has five parts and never echoes the submitted text."""

from __future__ import annotations


class GongkaiError(Exception):
    """Root of all errors of this program.

    ``what`` failed, ``where``, what was ``found``, what is ``allowed``, and what to ``do`` about it.
    """

    def __init__(self, what: str, *, where: str = "", found: str = "", allowed: str = "", do: str = "") -> None:
        self.what, self.where, self.found, self.allowed, self.do = what, where, found, allowed, do
        parts = [what]
        parts += [f"{label}: {part}" for label, part in self.details().items()]
        super().__init__("; ".join(parts))

    def details(self) -> dict[str, str]:
        """The filled parts beside ``what``, in reading order."""
        parts = {"where": self.where, "found": self.found, "allowed": self.allowed, "do": self.do}
        return {label: part for label, part in parts.items() if part}

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild across a process boundary, with all parts."""
        return _rebuild, (type(self), self.what, self.details())


def _rebuild(kind: type[GongkaiError], what: str, details: dict[str, str]) -> GongkaiError:
    return kind(what, **details)


class DocumentError(GongkaiError, ValueError):
    """The file cannot be read as a report: empty, another kind, damaged, encrypted, over a limit."""


class LimitError(DocumentError):
    """A file passed a limit on time, memory, pages, size or nesting."""


class RuleError(GongkaiError, ValueError):
    """A rule row is wrong: unknown key, missing proof, or a proof that fails."""


class ModelError(GongkaiError, ValueError):
    """A model folder is missing, damaged or of another version."""


class LabelError(GongkaiError, ValueError):
    """A label line is wrong; the number of the line and the reason are told."""


class SettingError(GongkaiError, ValueError):
    """A setting has a value that is not allowed."""


class MissingPartError(GongkaiError, RuntimeError):
    """An optional part (a package or a program) is not installed."""

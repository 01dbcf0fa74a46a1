"""Older office files (.doc, .wps, .rtf, .odt) by LibreOffice, which turns them into .docx for ``word``.

An optional part: where it is not installed the error says which package to install. It runs alone in a folder of its
own, with a fresh profile that allows no macros, no links and no network, and is ended with all its children when its
time is up.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import DocumentError, MissingPartError
from extractor.read.limits import STANDARD, Limits, refuse
from extractor.read.sources import source
from extractor.read.word import read_word

if TYPE_CHECKING:
    from extractor.document import Document

PROGRAMS = ("soffice", "libreoffice")
ENDINGS = {"doc": ".doc", "wps": ".wps", "rtf": ".rtf", "odt": ".odt"}
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""


def find_office() -> str | None:
    """LibreOffice's program, None where it is not installed."""
    return next((found for program in PROGRAMS if (found := shutil.which(program))), None)


@cache
def _alone() -> tuple[str, ...]:
    """The command that takes the network away, () where this machine does not allow it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--net", "--map-current-user")
    try:
        done = subprocess.run((*command, "true"), capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if done.returncode == 0 else ()


def read_office(data: bytes, name: str | None, limits: Limits = STANDARD, *, kind: str = "doc") -> Document:
    """The document of an older office file. Errors: ``MissingPartError`` without LibreOffice, ``DocumentError`` where it
    cannot open the file, ``LimitError`` where it takes too long."""
    program = find_office()
    if program is None:
        raise MissingPartError(
            "older office files need LibreOffice",
            found=f"a {ENDINGS[kind]} file",
            do="apt-get install libreoffice-writer, or save the file as .docx",
        )
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        converted = _convert(program, data, Path(folder), ENDINGS[kind], limits)
    document = read_word(converted, name, limits)
    return replace(document, source=source(data, name, "word", kind))


def _convert(program: str, data: bytes, folder: Path, ending: str, limits: Limits) -> bytes:
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    given, made = folder / f"report{ending}", folder / "out" / "report.docx"
    given.write_bytes(data)
    options = (
        "--headless",
        "--norestore",
        "--nologo",
        "--nolockcheck",
        f"-env:UserInstallation=file://{folder}/profile",
    )
    command = (*_alone(), program, *options, "--convert-to", "docx", "--outdir", str(made.parent), str(given))
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    running = subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_unbounded,
    )
    try:
        running.wait(limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise refuse(
            "the file takes too long to convert", f"more than {limits.seconds:g} s", f"{limits.seconds:g} s"
        ) from error
    finally:
        _end(running)
    if not made.is_file():
        raise DocumentError(
            "LibreOffice cannot open the file", found=f"a {ending} file", do="save it as .docx, or without a password"
        )
    if made.stat().st_size > limits.unpacked:
        raise refuse("the converted file is too large", f"{made.stat().st_size} bytes", f"{limits.unpacked} bytes")
    return made.read_bytes()


def _unbounded() -> None:
    """Give the program back the address space that a reader's process has bounded; its memory is watched from outside."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()

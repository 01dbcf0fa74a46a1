"""The service's documentation holds what is so: every setting, every route, and files that their programs would read."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING

import pytest

from docs import generate
from serving.settings import Settings, setting_rows
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"


def test_the_documentation_lists_every_setting_as_it_is() -> None:
    page = (DOCS / "service.md").read_text("utf-8")
    assert page == generate.service(), "run: make docs"
    assert all(f"| `GONGKAI_{name.upper()}` |" in page for name in Settings.model_fields)


def test_a_setting_comes_from_argument_environment_file_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text("workers = 5\nqueue = 7\nport = 9\n")
    monkeypatch.setenv("GONGKAI_QUEUE", "8")
    settings = Settings(port=10)
    assert (settings.workers, settings.queue, settings.port, settings.pages) == (5, 8, 10, 500)


def test_a_password_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE", "postgresql://someone:secret@host/name")
    assert "secret" not in str(setting_rows(Settings()))


def test_the_systemd_unit_reads_as_one_and_names_real_settings() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    text = (DOCS / "deploy" / "gongkai.service").read_text("utf-8")
    unit.read_string(text)
    assert unit.sections() == ["Unit", "Service", "Install"]
    assert unit["Service"]["KillMode"] == "mixed"
    known = {f"GONGKAI_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"GONGKAI_[A-Z_]+", text)) <= known


def test_the_proxy_example_is_balanced_and_sends_batches_on() -> None:
    lines = [line.split("#")[0].strip() for line in (DOCS / "deploy" / "nginx.conf").read_text("utf-8").splitlines()]
    depth = 0
    for line in filter(None, lines):
        assert line[-1] in "{};", line
        depth += line.count("{") - line.count("}")
        assert depth >= 0
    assert depth == 0
    batches = "\n".join(lines).partition("location /v1/batches")[2].partition("}")[0]
    assert "proxy_request_buffering off;" in batches
    assert "proxy_buffering off;" in batches

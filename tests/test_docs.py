"""Documentation is executed: generated pages are fresh, README's commands and code run, settings and links exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\.venv/bin/(gongkai extract [^#\n]+?)\s*(?:#.*)?$", re.MULTILINE)


@pytest.mark.parametrize("name", generate.PAGES)
def test_generated_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == generate.PAGES[name](), "run: make docs"


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "docs/spacy.md"])
def test_the_pages_python_runs(page: str) -> None:
    code = "\n".join(CODE.findall((ROOT / page).read_text("utf-8")))
    assert code
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("command", COMMAND.findall(README))
def test_the_readmes_commands_run(command: str, tmp_path: Path) -> None:
    words = [word if word != "pages" else str(tmp_path) for word in command.split()]
    done = subprocess.run([sys.executable, "-m", "commands", *words[1:]], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or list(tmp_path.iterdir())

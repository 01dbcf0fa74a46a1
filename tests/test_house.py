"""The house rules that can be tested: import direction, sizes, one writer a field, vocabulary, names."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from extractor import vocabulary
from extractor.document import Document
from extractor.pipeline import Extractor
from extractor.report import Report

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("extractor", "serving", "training", "commands")
SOURCES = [*sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py")), ROOT / "service.py"]
STEPS = {"clean", "sections", "tables", "segment", "find", "classify", "merge", "show", "read"}
SHARED_PARTS = {"report", "vocabulary", "errors", "rulebook", "form", "result", "characters", "pipeline"}
MOST_LINES = 420
MOST_FUNCTION_LINES = 60


def modules_of(path: Path) -> set[str]:
    """Dotted names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def step_of(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "extractor" and parts[1] in STEPS else None


def step_home(path: Path) -> str | None:
    """The step that a source file belongs to, if any."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "extractor" and len(parts) > 1 and parts[1] in STEPS else None


@pytest.mark.parametrize("path", [p for p in SOURCES if step_home(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_steps_do_not_import_one_another(path: Path) -> None:
    others = {step for module in modules_of(path) if (step := step_of(module)) and step != step_home(path)}
    assert not others


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_extractor_knows_nothing_of_those_who_use_it(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    forbidden = {
        "extractor": {"serving", "training", "commands", "service"},
        "training": {"serving", "service", "commands"},
    }
    tops = {module.partition(".")[0] for module in modules_of(path)}
    assert not tops & forbidden.get(package, set())


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {
        n.name: n.end_lineno - n.lineno + 1
        for n in functions
        if n.end_lineno and n.end_lineno - n.lineno >= MOST_FUNCTION_LINES
    }
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_states_its_decision(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_pickled(path: Path) -> None:
    assert not modules_of(path) & {"pickle", "joblib", "cloudpickle", "dill", "shelve"}


def test_no_package_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "core", "manager", "misc"}
    assert not {p.stem for p in SOURCES} & drawers


@pytest.mark.parametrize("group", vocabulary.GROUPS, ids=str)
def test_every_code_has_its_chinese_term_and_its_meaning(group: str) -> None:
    for code, term in vocabulary.GROUPS[group].items():
        assert code == term.code
        assert term.chinese
        assert term.meaning


def test_every_field_of_a_report_has_one_writer(extractor: Extractor) -> None:
    written = [name for step in extractor.steps for name in step.writes]
    given = {"document", "given", "findings", "provenance"}
    assert sorted(written) == sorted(set(written))
    assert {f.name for f in fields(Report)} == set(written) | given


def test_steps_change_only_what_they_declare(extractor: Extractor, documents: list[Document]) -> None:
    for document in documents:
        report = Report(document, provenance=extractor.provenance)
        for step in extractor.steps:
            after = step.run(report)
            changed = {f.name for f in fields(Report) if getattr(after, f.name) is not getattr(report, f.name)}
            same = {name for name in changed if getattr(after, name) == getattr(report, name)}
            assert changed - same <= {*step.writes, "findings"}, step.name
            assert after.findings[: len(report.findings)] == report.findings, step.name
            report = after

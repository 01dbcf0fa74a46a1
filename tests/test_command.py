"""The command: formats, folders, names that clash, bad files among good ones, exit codes; the wheel outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "linhuai_health_2024.txt"
OTHER = ROOT / "examples" / "jichuan_tax_2022.txt"


def gongkai(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "commands", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(call, cwd=cwd, capture_output=True, text=True, check=False, env=environment)


def test_one_file_prints_its_result_as_json() -> None:
    done = gongkai("extract", EXAMPLE)
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert result["schema"] == "gongkai.report/1"
    assert result["source"]["name"] == EXAMPLE.name
    assert result["facts"]["counts"]


def test_several_files_print_one_line_each_without_text_when_asked() -> None:
    done = gongkai("extract", EXAMPLE, OTHER, "--format", "json", "--no-text")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["source"]["name"] for r in results] == [EXAMPLE.name, OTHER.name]
    assert all("text" not in r for r in results)


def test_a_table_is_for_people() -> None:
    done = gongkai("extract", EXAMPLE, "--format", "table")
    assert done.returncode == 0
    assert "渠道 channels" in done.stdout
    assert "findings" in done.stdout


def test_one_bad_file_is_told_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"")
    done = gongkai("extract", tmp_path / "bad.txt", EXAMPLE, "--format", "json")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "bad.txt" in done.stderr
    assert "empty" in done.stderr


@pytest.mark.parametrize(("arguments", "words"), [
    (("extract", "nowhere.txt"), "nowhere.txt"),
    (("extract", EXAMPLE, "--format", "xml"), "xml"),
    (("extract", EXAMPLE, OTHER, "--format", "html"), "--output"),
    (("extract", EXAMPLE, "--model", "nowhere"), "nowhere"),
    (("frobnicate",), "frobnicate"),
])  # fmt: skip
def test_a_wrong_call_ends_with_two_and_says_why(arguments: tuple[object, ...], words: str) -> None:
    done = gongkai(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_folders_archives_and_clashing_names(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    shutil.copy(EXAMPLE, tmp_path / "in" / "report.txt")
    shutil.copy(OTHER, tmp_path / "in" / "sub" / "report.txt")
    with zipfile.ZipFile(tmp_path / "in" / "more.zip", "w") as archive:
        archive.write(EXAMPLE, "inner.txt")
    done = gongkai("extract", tmp_path / "in", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["inner.json", "report-2.json", "report.json"]
    assert "report-2" in done.stderr


def test_the_evidence_page_escapes_what_the_document_says(tmp_path: Path) -> None:
    text = "甲县水务局2023年政府信息公开工作年度报告\n一、总体情况\n通过“<script>alert(1)</script>”微信公众号公开信息12条。\n"
    (tmp_path / "evil.txt").write_text(text, "utf-8")
    done = gongkai("extract", tmp_path / "evil.txt", "--format", "html")
    assert done.returncode == 0
    assert "<script" not in done.stdout
    assert "&lt;script&gt;" in done.stdout
    assert "http" not in done.stdout.split("</style>")[0]


def test_a_users_rule_is_proved_and_used(tmp_path: Path) -> None:
    row = '[[rule]]\nid = "loudspeaker_van"\nuse = "kind"\ntype = "broadcast"\npattern = "宣传大篷车"\nmatch = ["出动宣传大篷车"]\nreject = ["宣传栏"]\n'
    (tmp_path / "channels.toml").write_text(row, "utf-8")
    assert gongkai("rules", "check", tmp_path / "channels.toml").returncode == 0
    (tmp_path / "report.txt").write_text("一、总体情况\n全年出动宣传大篷车送政策下乡。\n", "utf-8")
    done = gongkai("extract", tmp_path / "report.txt", "--rules", tmp_path, "--format", "json")
    assert "broadcast" in {c["type"] for c in json.loads(done.stdout)["facts"]["channels"]}


@pytest.mark.parametrize(("row", "words"), [
    ('[[rule]]\nid = "a"\npattern = "x"\n', "match"),
    ('[[rule]]\nid = "a"\npattern = "x"\nmatch = ["y"]\nreject = ["z"]\n', "not found"),
    ('[[rule]]\nid = "a"\npattern = "x"\nmatch = ["x"]\nreject = ["ax"]\n', "reject 1"),
    ('[[rule]]\nid = "a"\npattern = "("\nmatch = ["x"]\nreject = ["y"]\n', "regular expression"),
    ('[[rule]]\nid = "a"\ncolour = "red"\npattern = "x"\nmatch = ["x"]\nreject = ["y"]\n', "colour"),
    ('[[rule]]\nid = "a"\ntype = "telepathy"\npattern = "x"\nmatch = ["x"]\nreject = ["y"]\n', "telepathy"),
    ("not toml", "TOML"),
])  # fmt: skip
def test_a_rule_without_its_proof_is_refused(row: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "channels.toml").write_text(row, "utf-8")
    done = gongkai("rules", "check", tmp_path / "channels.toml")
    assert done.returncode == 2
    assert words in done.stderr


def test_the_wheel_extracts_outside_the_checkout(tmp_path: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", tmp_path / "dist", ROOT], check=True)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env"], check=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, wheel], check=True)
    report = shutil.copy(EXAMPLE, tmp_path / "report.txt")
    command = tmp_path / "env" / "bin" / "gongkai"
    done = subprocess.run(
        [command, "extract", report, "--format", "json"], cwd=tmp_path, capture_output=True, check=True
    )
    assert json.loads(done.stdout)["facts"]["problems"]

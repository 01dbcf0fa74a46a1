"""Schemathesis over the whole interface: whatever is sent, the answers are those that the OpenAPI document names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import EXAMPLES, ROOT
from tests.serving_process import serving
from tests.test_service_access import command

LEFT_OUT = "positive_data_acceptance,not_a_server_error"
"""No schema says what a report is; and 503 is an answer, all other 5xx are refused by a check of our own."""
EXAMPLES_EACH = 4


def test_whatever_is_sent_is_answered_as_documented(tmp_path: Path) -> None:
    token = command(tmp_path, "add", "tester", "--scope", "admin").stdout.strip()
    with serving(tmp_path, "--take-in", str(EXAMPLES)) as served:
        words: list[str | Path] = [
            Path(sys.executable).with_name("schemathesis"), "run", f"{served.url}/openapi.json", "--seed", "1",
            "-H", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing", "--no-color",
            "--max-examples", str(EXAMPLES_EACH), "--exclude-checks", LEFT_OUT,
        ]  # fmt: skip
        environment = dict(
            os.environ,
            SCHEMATHESIS_HOOKS="tests.schemathesis_hooks",
            PYTHONPATH=f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
        )
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert served.client.get("/livez").status_code == 200
        assert not [
            line for line in served.logged if '"uvicorn.error"' in line and '"error"' in line.partition("level")[2]
        ]

"""The parts of the documentation that the code knows best: ``make docs`` writes them, a test fails when they are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from extractor.form import EDITIONS
from extractor.pipeline import Extractor
from extractor.rulekinds import KINDS
from extractor.vocabulary import GROUPS
from serving.settings import setting_rows

FOLDER = Path(__file__).resolve().parent
NOTICE = "<!-- written by `make docs`; do not edit -->\n"


def vocabulary() -> str:
    """Every code with its Chinese term and its meaning."""
    parts = [NOTICE, "# Vocabulary\n", "The same as `GET /v1/vocabulary` and `extractor.vocabulary`.\n"]
    for group, terms in GROUPS.items():
        parts.append(f"## {group}\n\n| code | term | meaning |\n|---|---|---|")
        parts += [f"| `{term.code}` | {term.chinese} | {term.meaning} |" for term in terms.values()]
        parts.append("")
    return "\n".join(parts)


def pipeline() -> str:
    """The steps in their order and the field that each one writes."""
    rows = [f"| {step.name} | {', '.join(f'`{name}`' for name in step.writes)} |" for step in Extractor().steps]
    head = [NOTICE, "# The pipeline\n", "A step takes a report and returns a new one; it alone writes its fields.\n"]
    rules = [
        "\n## Rule files that people may add to\n",
        "`gongkai rules check FILE` proves a file; `--rules DIR` adds its folder.\n",
    ]
    kinds = [
        f"- `{name}`: `id`, `pattern`, `match`, `reject`, `why`"
        + "".join(f", `{field}` ({', '.join(values) if values else 'any text'})" for field, values in fields.items())
        for name, fields in KINDS.items()
    ]
    editions = ["\n## Editions of the form\n", ", ".join(f"`{name}`" for name in EDITIONS), ""]
    return "\n".join([*head, "| step | writes |\n|---|---|", *rows, *rules, *kinds, *editions])


def service() -> str:
    """The page of the service as it is, with its table of settings between two marks as the settings are."""
    rows = (f"| `{variable}` | {value} | {meaning} |" for _, variable, value, meaning in setting_rows())
    head, mark, rest = (FOLDER / "service.md").read_text("utf-8").partition("<!-- settings -->\n")
    table = "\n".join(("| variable | default | meaning |", "|---|---|---|", *rows, ""))
    return head + mark + table + rest[rest.index("<!-- end of settings -->") :]


PAGES = {"vocabulary.md": vocabulary, "pipeline.md": pipeline, "service.md": service}


def main() -> int:
    """Write all pages; with ``--check`` only say which are stale."""
    stale = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    print(f"stale: {', '.join(stale)}" if stale else "all pages are fresh")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())

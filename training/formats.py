"""Labels to and from other tools: Label Studio, doccano, Prodigy, spaCy's DocBin.

Each format keeps id, kind, agency and year beside the text, so that a round trip loses nothing. A wrong entry is
refused with its number and reason, and nothing of its file is taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from extractor.errors import LabelError
from extractor.vocabulary import THEMES
from training.labels import SCHEMA, Label, dump_lines, parse_label, parse_lines

META = ("id", "kind", "agency", "agency_type", "level", "year")
CHOICE, TEXT_FIELD = "themes", "text"
Codings = Mapping[str, Sequence[tuple[str, float]]]


def _meta(label: Label) -> dict[str, Any]:
    return {key: value for key in META if (value := getattr(label, key)) is not None}


def _label(meta: Any, text: Any, themes: Any, coder: Any, where: str) -> Label:
    if not isinstance(meta, dict):
        raise LabelError(
            "an entry lacks its meta fields", where=where, allowed=", ".join(META), do="export with its meta data"
        )
    kept = {key: meta[key] for key in META if key in meta}
    return parse_label({"schema": SCHEMA, **kept, "text": text, "themes": themes, "coder": coder}, where)


def _load(data: bytes, name: str) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LabelError("a file is no JSON", where=name, do="export it again, in UTF-8") from error


def _lines(data: bytes, name: str) -> list[tuple[str, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            where = f"{name}, line {number}"
            row = _load(line, where)
            if not isinstance(row, dict):
                raise LabelError(
                    "a line is no object", where=where, found=type(row).__name__, do="write one JSON object a line"
                )
            rows.append((where, row))
    return rows


def _whole(labels: list[Label], name: str) -> tuple[Label, ...]:
    seen: set[tuple[str, str]] = set()
    for label in labels:
        if (label.id, label.coder) in seen:
            raise LabelError(
                "a coder labelled an id twice", where=f"{name}, id {label.id}", do="keep one entry for each"
            )
        seen.add((label.id, label.coder))
    if not labels:
        raise LabelError("a file holds no labels", where=name, do="give at least one entry")
    return tuple(labels)


def to_label_studio(labels: Sequence[Label], predictions: Codings | None = None) -> bytes:
    """Tasks with annotations, one result of choices an item in the codebook's order; predictions by item id."""
    tasks = []
    for label in labels:
        task: dict[str, Any] = {"data": {TEXT_FIELD: label.text, "meta": _meta(label)}}
        if label.themes:
            task["annotations"] = [{"completed_by": {"email": label.coder}, "result": [_choices(label.themes)]}]
        guesses = (predictions or {}).get(label.id)
        if guesses:
            result = _choices([code for code, _ in guesses])
            task["predictions"] = [{"model_version": "gongkai", "score": guesses[0][1], "result": [result]}]
        tasks.append(task)
    return json.dumps(tasks, ensure_ascii=False, indent=1).encode() + b"\n"


def _choices(themes: Sequence[str]) -> dict[str, Any]:
    return {"from_name": CHOICE, "to_name": TEXT_FIELD, "type": "choices", "value": {"choices": list(themes)}}


def from_label_studio(data: bytes, name: str) -> tuple[Label, ...]:
    """Labels of Label Studio's JSON export; each annotation is one coder's. Errors: ``LabelError``."""
    tasks = _load(data, name)
    if not isinstance(tasks, list):
        raise LabelError("an export is no list of tasks", where=name, found=type(tasks).__name__, do="export as JSON")
    labels = []
    for number, task in enumerate(tasks, 1):
        where = f"{name}, task {number}"
        try:
            content = task["data"]
            for annotation in task.get("annotations", ()):
                coder = annotation.get("completed_by") or {}
                coder = coder.get("email") if isinstance(coder, dict) else str(coder)
                themes = [code for part in annotation["result"] for code in part["value"]["choices"]]
                labels.append(_label(content["meta"], content[TEXT_FIELD], themes, coder or "unknown", where))
        except (KeyError, TypeError, AttributeError) as error:
            raise LabelError(
                "a task lacks a part", where=where, found=type(error).__name__, do="export as JSON with all fields"
            ) from error
    return _whole(labels, name)


def to_doccano(labels: Sequence[Label]) -> bytes:
    """JSON Lines of doccano's text classification."""
    rows = [{"text": x.text, "label": list(x.themes), "meta": {**_meta(x), "coder": x.coder}} for x in labels]
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def from_doccano(data: bytes, name: str) -> tuple[Label, ...]:
    """Labels of doccano's JSON Lines. Errors: ``LabelError``."""
    labels = []
    for where, row in _lines(data, name):
        meta = row.get("meta")
        coder = meta.get("coder", "unknown") if isinstance(meta, dict) else "unknown"
        labels.append(_label(meta, row.get("text"), row.get("label"), coder, where))
    return _whole(labels, name)


def to_prodigy(labels: Sequence[Label]) -> bytes:
    """JSON Lines of Prodigy's choice interface, accepted answers."""
    options = [{"id": code, "text": term.chinese} for code, term in THEMES.items()]
    rows = [
        {
            "text": x.text,
            "options": options,
            "accept": list(x.themes),
            "answer": "accept",
            "_annotator_id": x.coder,
            "meta": _meta(x),
        }
        for x in labels
    ]
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def from_prodigy(data: bytes, name: str) -> tuple[Label, ...]:
    """Labels of Prodigy's JSON Lines; answers that were not accepted are left out. Errors: ``LabelError``."""
    rows = [(where, row) for where, row in _lines(data, name) if row.get("answer", "accept") == "accept"]
    return _whole(
        [
            _label(row.get("meta"), row.get("text"), row.get("accept"), row.get("_annotator_id", "unknown"), where)
            for where, row in rows
        ],
        name,
    )


def to_docbin(labels: Sequence[Label]) -> bytes:
    """spaCy's DocBin: ``doc.cats`` holds every theme, 1 or 0; ``doc.user_data`` the label."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("zh")
    bin_ = DocBin(store_user_data=True)
    for label in labels:
        doc = nlp.make_doc(label.text)
        doc.cats = {code: float(code in label.themes) for code in THEMES}
        doc.user_data = {"label": json.dumps(label.to_dict(), ensure_ascii=False)}
        bin_.add(doc)
    data: bytes = bin_.to_bytes()
    return data


def from_docbin(data: bytes, name: str) -> tuple[Label, ...]:
    """Labels of a DocBin that ``to_docbin`` wrote. Errors: ``LabelError``."""
    import zlib

    import spacy
    import srsly
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin(store_user_data=True).from_bytes(data).get_docs(spacy.blank("zh").vocab))
        lines = [str(doc.user_data["label"]).encode() for doc in docs]
    except (ValueError, KeyError, TypeError, zlib.error, srsly.msgpack.exceptions.UnpackException) as error:
        raise LabelError(
            "a file is no DocBin of labels", where=name, found=type(error).__name__, do="export it again"
        ) from error
    return parse_lines(b"\n".join(lines), name)


WRITERS: Mapping[str, Callable[[Sequence[Label]], bytes]] = {
    "jsonl": dump_lines,
    "label-studio": to_label_studio,
    "doccano": to_doccano,
    "prodigy": to_prodigy,
    "docbin": to_docbin,
}
READERS: Mapping[str, Callable[[bytes, str], tuple[Label, ...]]] = {
    "jsonl": parse_lines,
    "label-studio": from_label_studio,
    "doccano": from_doccano,
    "prodigy": from_prodigy,
    "docbin": from_docbin,
}

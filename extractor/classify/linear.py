"""A linear classifier kept as plain numbers: an npz of arrays and a JSON file of words, no pickle, no scikit-learn.

scikit-learn fits it (``training``); applying it needs numpy only, because importing scikit-learn costs seconds and a
pickle runs code. The same machinery decides themes (``one_vs_rest``, several labels an item) and what a number counts
(``softmax``, one label): whoever makes the tokens decides what they mean, here they are strings. A text's features are
its tokens with weight (1 + ln n) · idf, scaled to length one; scores become probabilities by a sigmoid or a softmax
whose slope and offsets were fitted out of fold.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from extractor.errors import ModelError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

SCHEMA = "gongkai.linear/1"
DECISIONS = ("one_vs_rest", "softmax")
ARRAYS = ("idf", "weights", "bias", "slope", "offset")
LIVE = "live"
CARD = "card.json"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's folder; ``sha256`` covers all its files but the card, in the order of their names."""

    name: str
    root: Traversable
    sha256: str

    def joinpath(self, name: str) -> Traversable:
        """A file of the folder."""
        return self.root.joinpath(name)

    def card(self) -> dict[str, Any]:
        """The model's card: labels, figures, lineage. Errors: ``ModelError``."""
        card: dict[str, Any] = read_json(self.root, CARD)
        return card


def home() -> Path:
    """The user's data folder: ``GONGKAI_HOME``, else ``~/.local/share/gongkai``."""
    return Path(os.environ.get("GONGKAI_HOME") or Path.home() / ".local" / "share" / "gongkai")


def shipped_model() -> Traversable:
    """The folder of the model that comes with the program, in a wheel or in a checkout."""
    inside = files("extractor").joinpath("default_model")
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "models" / "default"


def live_model_name() -> str | None:
    """The name that the user's pointer file gives, None where no model was ever promoted."""
    pointer = home() / "models" / LIVE
    return pointer.read_text("utf-8").strip() or None if pointer.is_file() else None


def find_model(folder: Path | None = None) -> ModelFolder:
    """The given folder, else the user's live model, else the shipped one. Errors: ``ModelError``."""
    root: Traversable
    if folder is not None:
        root = folder
    else:
        name = live_model_name()
        root = shipped_model() if name is None else home() / "models" / name
    if not root.is_dir():
        raise ModelError("a model's folder is missing", where=str(root), do="name a folder that `gongkai models` lists")
    return ModelFolder(root.name if root != shipped_model() else "default", root, hash_of(root))


def hash_of(root: Traversable) -> str:
    """SHA-256 over the names and bytes of a model's files, the card left out. Errors: ``ModelError``."""
    digest = hashlib.sha256()
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".npz", ".json")) and entry.name != CARD:
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return digest.hexdigest()


def read_json(folder: Traversable | ModelFolder, name: str) -> Any:
    """The data of a JSON file of a model. Errors: ``ModelError``."""
    entry = folder.joinpath(name)
    if not entry.is_file():
        raise ModelError(
            "a file of a model is missing", where=name, do="train the model again, or copy its whole folder"
        )
    try:
        return json.loads(entry.read_bytes())
    except ValueError as error:
        raise ModelError("a file of a model is no JSON", where=name, do="copy the model's folder again") from error


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tokens of texts bring before it is scaled, texts by labels, and the squares of their lengths."""

    sums: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Labels, token weights (tokens by labels) and the calibration of their scores.

    ``novelty_limit`` is the share of unknown tokens above which a text is unlike what was seen in training.
    """

    labels: tuple[str, ...]
    decision: str
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    slope: Floats
    offset: Floats
    novelty_limit: float

    @classmethod
    def load(cls, folder: Traversable | ModelFolder, name: str) -> LinearModel:
        """Read ``name.npz`` and ``name.json``. Errors: ``ModelError`` where they are missing or of another version."""
        head = read_json(folder, f"{name}.json")
        if not isinstance(head, dict) or head.get("schema") != SCHEMA or head.get("decision") not in DECISIONS:
            raise ModelError("a model has another version", where=f"{name}.json", allowed=SCHEMA, do="train it again")
        entry = folder.joinpath(f"{name}.npz")
        try:
            with np.load(io.BytesIO(entry.read_bytes()), allow_pickle=False) as data:
                arrays = {key: data[key].astype(np.float64) for key in ARRAYS}
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError("a model's numbers cannot be read", where=f"{name}.npz", do="train it again") from error
        words, labels = head["vocabulary"], tuple(head["labels"])
        if arrays["weights"].shape != (len(words), len(labels)) or arrays["idf"].shape != (len(words),):
            raise ModelError("a model's numbers do not fit its words", where=name, do="copy both of its files again")
        vocabulary = dict(zip(words, range(len(words)), strict=True))
        return cls(labels, head["decision"], vocabulary, **arrays, novelty_limit=float(head["novelty_limit"]))

    def save(self, folder: Path, name: str) -> None:
        """Write ``name.npz`` and ``name.json``; the same model gives the same bytes."""
        words = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        head = {
            "schema": SCHEMA,
            "decision": self.decision,
            "labels": list(self.labels),
            "novelty_limit": round(self.novelty_limit, 6),
            "vocabulary": words,
        }
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
        folder.joinpath(f"{name}.json").write_bytes(text.encode() + b"\n")
        kinds = {"weights": np.float16, "idf": np.float32}
        with zipfile.ZipFile(folder / f"{name}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            for key in ARRAYS:
                buffer = io.BytesIO()
                np.save(
                    buffer,
                    np.ascontiguousarray(getattr(self, key), dtype=kinds.get(key, np.float64)),
                    allow_pickle=False,
                )
                archive.writestr(zipfile.ZipInfo(f"{key}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)

    def scores(self, tokens: Sequence[str]) -> Floats:
        """The uncalibrated score of each label."""
        tally = Counter(map(self.vocabulary.get, tokens))
        tally.pop(None, None)
        rows = np.fromiter(tally, np.int64, len(tally))
        values = (1.0 + np.log(np.fromiter(tally.values(), np.float64, len(tally)))) * self.idf.take(rows)
        length = math.sqrt(values @ values) or 1.0
        totals: Floats = self.bias + (values @ self.weights.take(rows, axis=0)) / length
        return totals

    def standing(self, texts: Sequence[Sequence[int | None]]) -> Standing:
        """What is known of each text before its last tokens are, all texts at once; a token is its row, None unknown."""
        size = len(self.idf)
        known = [[row for row in text if row is not None] for text in texts]
        lengths = list(map(len, known))
        keys = np.fromiter(chain.from_iterable(known), np.int64, sum(lengths))
        keys += np.repeat(np.arange(len(texts)) * size, lengths)
        keys.sort()
        is_bound = np.ones(len(keys) + 1, bool)
        np.not_equal(keys[1:], keys[:-1], out=is_bound[1:-1])
        bounds = np.flatnonzero(is_bound)
        firsts, counts = bounds[:-1], bounds[1:] - bounds[:-1]
        owners, words = np.divmod(keys[firsts], size)
        values = (1.0 + np.log(counts)) * self.idf[words]
        begins = np.searchsorted(owners, np.arange(len(texts) + 1)).tolist()
        sums = np.zeros((len(texts), len(self.labels)))
        for index, (start, end) in enumerate(pairwise(begins)):
            np.matmul(values[start:end], self.weights.take(words[start:end], axis=0), out=sums[index])
        squares: Floats = np.bincount(owners, values * values, len(texts)).astype(np.float64)
        return Standing(sums, squares)

    def completed(self, standing: Standing, index: int, tokens: Sequence[int | None]) -> Floats:
        """The uncalibrated scores of one of these texts with its last tokens, which stand nowhere else in it."""
        rows = np.array([row for row in tokens if row is not None], np.int64)
        values = self.idf.take(rows)
        length = math.sqrt(standing.squares[index] + values @ values) or 1.0
        totals: Floats = self.bias + (standing.sums[index] + values @ self.weights.take(rows, axis=0)) / length
        return totals

    def calibrate(self, scores: Floats) -> Floats:
        """Scores, labels last, as probabilities."""
        straight = scores * self.slope + self.offset
        if self.decision == "softmax":
            raised = np.exp(straight - straight.max(axis=-1, keepdims=True))
            softmax: Floats = raised / raised.sum(axis=-1, keepdims=True)
            return softmax
        return sigmoid(straight)

    def probabilities(self, tokens: Sequence[str]) -> dict[str, float]:
        """The calibrated probability of each label."""
        return dict(zip(self.labels, self.calibrate(self.scores(tokens)).tolist(), strict=True))

    def reasons(self, tokens: Sequence[str], label: str, most: int = 5) -> tuple[tuple[str, float], ...]:
        """The tokens that spoke most for a label, with what they added to its score, the strongest first."""
        tally = Counter(token for token in tokens if token in self.vocabulary)
        rows = np.array([self.vocabulary[token] for token in tally], np.int64)
        values = (1.0 + np.log(np.array(list(tally.values())))) * self.idf[rows]
        parts = values * self.weights[rows, self.labels.index(label)] / (math.sqrt(values @ values) or 1.0)
        strongest = sorted(zip(tally, parts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        return tuple((token, part) for token, part in strongest[:most] if part > 0)

    def novelty(self, tokens: Sequence[str]) -> float:
        """The share of the tokens that training never kept, 0 to 1; 1 for no tokens at all."""
        return 1.0 - sum(map(self.vocabulary.__contains__, tokens)) / len(tokens) if tokens else 1.0


def sigmoid(scores: Floats) -> Floats:
    """1 / (1 + e^-x), without overflow."""
    lifted: Floats = 1.0 / (1.0 + np.exp(np.minimum(np.maximum(-scores, -40.0), 40.0)))
    return lifted

"""The kept theme coder: what it codes, how it explains itself, what its file survives."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.classify.linear import LinearModel, find_model
from extractor.classify.themes import ThemeCoder
from extractor.classify.tokens import TokenFinder
from extractor.classify.words import ItemReader, cut_clauses
from extractor.errors import ModelError
from training import evaluate
from training.fit import Example, fit_model, vocabulary_of
from training.labels import Label, project_labels
from training.refit import SHIPPED

HELDOUT, GOLDEN = project_labels("heldout"), project_labels("golden")


@pytest.fixture(scope="module")
def coder() -> ThemeCoder:
    return ThemeCoder(find_model())


@pytest.fixture(scope="module")
def judged(coder: ThemeCoder) -> tuple[evaluate.Judged, ...]:
    return evaluate.judge(HELDOUT, coder.code([label.text for label in HELDOUT]))


@pytest.mark.parametrize("label", GOLDEN, ids=lambda label: label.id)
def test_golden_examples_are_coded_as_a_coder_would(coder: ThemeCoder, label: Label) -> None:
    assert tuple(theme.code for theme in coder.code([label.text])[0].themes) == label.themes


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("由于人员变动频繁，栏目归类不够规范", "standardisation"),  # 由于 only adds a cause: the defect first
        ("人员变动频繁，导致栏目归类不够规范", "staff"),  # 导致: the cause first
        ("政策解读质量不高：公开渠道单一，更新不及时", "interpretation"),  # a heading outranks what follows
    ],
)
def test_the_first_theme_follows_the_codebook(coder: ThemeCoder, text: str, first: str) -> None:
    assert coder.code([text])[0].themes[0].code == first


def test_the_holdout_reaches_the_targets(judged: tuple[evaluate.Judged, ...]) -> None:
    assert evaluate.kappa_of(judged) >= 0.80
    assert evaluate.micro_f1(judged) >= 0.88
    assert evaluate.macro_f1(judged) >= 0.85
    assert evaluate.calibration_error(judged) <= 0.05
    shares = evaluate.abstention(judged)
    assert shares["share"] <= 0.10
    assert shares["wrong_kept"] <= min(0.12, shares["wrong_all"])


def test_text_of_another_world_is_novel(coder: ThemeCoder) -> None:
    assert coder.code(["The quick brown fox jumps over the lazy dog and runs away"])[0].abstained == "novel"


@pytest.mark.parametrize("text", ["", "。", " \n ", "，，，", "好", "a" * 100_000, "不够" * 50_000])
def test_odd_texts_are_coded_without_an_error(coder: ThemeCoder, text: str) -> None:
    assert 1 <= len(coder.code([text])[0].themes) <= 3


ITEM_TEXTS = st.lists(st.text("公开不够及时更新，。：解读人员w: \n1a", max_size=40), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(ITEM_TEXTS)
def test_a_text_is_coded_the_same_alone_and_among_others(texts: list[str]) -> None:
    coder = CODERS.setdefault("one", ThemeCoder(find_model()))
    assert coder.code(texts) == tuple(coder.code([text])[0] for text in texts)


def test_items_read_at_once_have_the_rule_hits_of_each_alone(coder: ThemeCoder) -> None:
    texts = [label.text for label in HELDOUT]
    assert coder.reader.read(texts) == tuple(coder.reader(text) for text in texts)


@settings(max_examples=40, deadline=None)
@given(ITEM_TEXTS)
def test_the_tokens_found_are_those_that_a_reading_holds(texts: list[str]) -> None:
    coder = CODERS.setdefault("one", ThemeCoder(find_model()))
    readings = coder.reader.read([*texts, "由于人员少，w:是不够\U00020000及时"])
    known, rows = coder.finder(readings), coder.model.vocabulary
    for index, reading in enumerate(readings):
        own = known.rows[known.items[known.clauses] == index].tolist()
        assert sorted(own) == sorted(rows[token] for token in reading.tokens if token in rows)
        assert known.novelty[index] == pytest.approx(coder.model.novelty(reading.tokens) if reading.tokens else 1.0)


def test_an_address_in_the_training_text_is_no_pair_of_words() -> None:
    reader = ItemReader()
    readings = reader.read(["见http://a.cn更新", "网址http://a.cn不够"] * 2)
    vocabulary, _ = vocabulary_of([Example(reading.tokens, (), "") for reading in readings])
    known = TokenFinder(vocabulary)(readings)
    assert "p://" in vocabulary
    assert len(known.rows) == sum(token in vocabulary for reading in readings for token in reading.tokens)


CODERS: dict[str, ThemeCoder] = {}


def test_a_decision_explains_itself_by_words(coder: ThemeCoder) -> None:
    reasons = coder.explain("工作人员多为兼职，业务能力不足", "staff")
    assert reasons
    assert any(word in "工作人员多为兼职，业务能力不足" for word, _ in reasons)
    assert all(part > 0 for _, part in reasons)


def test_clauses_cover_all_but_their_marks() -> None:
    text = "标题：一句，两句。三句"
    assert "".join(text[c.start : c.end] + c.closer for c in cut_clauses(text)) == text


def test_loading_needs_no_scikit_learn() -> None:
    code = "import sys; from extractor.classify.themes import ThemeCoder; from extractor.classify.linear import find_model; ThemeCoder(find_model()).code(['公开不够']); print('sklearn' in sys.modules)"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "m")
    (tmp_path / "m" / "themes.npz").write_bytes(b"PK nonsense")
    with pytest.raises(ModelError):
        ThemeCoder(tmp_path / "m")


def test_numbers_survive_saving_and_loading(tmp_path: Path) -> None:
    examples = [Example(("a" if i % 2 else "b", "c"), ("odd" if i % 2 else "even",), str(i % 7)) for i in range(70)]
    model, _ = fit_model(examples, ("even", "odd"), decision="softmax")
    model.save(tmp_path, "toy")
    again = LinearModel.load(tmp_path, "toy")
    assert again.probabilities(["a", "c"]) == model.probabilities(["a", "c"])
    assert sum(again.probabilities(["b"]).values()) == pytest.approx(1)
    assert again.probabilities(["a"])["odd"] > 0.8
    assert again.novelty(["a", "z"]) == 0.5


@pytest.mark.parametrize("last", [(), ("d",), ("d", "unknown")])
def test_texts_weighed_at_once_score_as_each_alone(last: tuple[str, ...]) -> None:
    texts = [("a", "b", "a"), (), ("unknown",), ("c", "c", "c", "b")]
    rng = np.random.default_rng(7)
    numbers = {"idf": rng.random(4), "weights": rng.random((4, 2)), "bias": rng.random(2)}
    words = {word: row for row, word in enumerate("abcd")}
    model = LinearModel(
        ("x", "y"), "softmax", words, **numbers, slope=np.ones(2), offset=np.zeros(2), novelty_limit=1.0
    )
    standing = model.standing([[*map(words.get, text)] for text in texts])
    for index, text in enumerate(texts):
        assert model.completed(standing, index, [*map(words.get, last)]) == pytest.approx(model.scores((*text, *last)))

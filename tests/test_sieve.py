"""Rules tried only where their words stand find what they would find everywhere."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.needles import read_pattern
from extractor.rulebook import Rule, load_file, read_toml
from extractor.rulekinds import KINDS
from extractor.sieve import Sieve
from extractor.vocabulary import THEMES

if TYPE_CHECKING:
    from extractor.document import Document

FILES = {**KINDS, "themes.toml": {"theme": tuple(THEMES)}, "references.toml": {}}


@cache
def rules_of(name: str) -> tuple[Sieve, tuple[Rule, ...]]:
    rules = load_file(name, FILES[name])
    return Sieve(rules), rules


def agree(name: str, text: str) -> bool:
    sieve, rules = rules_of(name)
    found = [(rule.id, match.span(), match.groupdict()) for rule, match in sieve(text)]
    return found == [(rule.id, match.span(), match.groupdict()) for rule in rules for match in rule.find(text)]


@pytest.mark.parametrize("name", FILES)
def test_whole_reports_give_the_same_matches(name: str, documents: list[Document]) -> None:
    assert all(agree(name, document.text) for document in documents)


SENTENCES = tuple(
    sentence
    for name in FILES
    for row in read_toml(name).get("rule", ())
    for sentence in (*row["match"], *row["reject"])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12), st.sampled_from(["", "，", "。\n", "、"]))
def test_any_mixture_of_the_rules_own_sentences_gives_the_same_matches(sentences: list[str], mark: str) -> None:
    text = mark.join(sentences)
    assert [name for name in FILES if not agree(name, text)] == []


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("结转", {("结转", 0, 0)}),
        ("共?结转", {("结转", 0, 1)}),
        ("[件起]", {("件", 0, 0), ("起", 0, 0)}),
        ("(?:收到|受理了)申请", {("申请", 2, 3)}),
        (r"\d{1,3}(?:件|个?人)", {("件", 1, 3), ("人", 1, 4)}),
        ("(?:结转){1,2}年", {("年", 2, 4)}),
        ("[件起]{1,2}[多余]", {("件多", 0, 1), ("件余", 0, 1), ("起多", 0, 1), ("起余", 0, 1)}),
        ("共?(?:为“?零)", {("“零", 0, 2), ("为零", 0, 2)}),
    ],
)
def test_a_needle_is_what_every_match_holds(pattern: str, needles: set[tuple[str, int, int]]) -> None:
    assert needles in [set(needle.words) for needle in read_pattern(re.compile(pattern)).needles]


@pytest.mark.parametrize("pattern", [r"\d+", "(?:结转)?", "(?i)结转", "[^。]{2}", "结转|", "(?=结转).", r"(?i:结转)"])
def test_nothing_is_needed_where_nothing_is_certain(pattern: str) -> None:
    assert read_pattern(re.compile(pattern)).needles == ()


PATTERNS = st.recursive(
    st.sampled_from(
        ["件", "起", "结转", "[件起]", "[^件]", r"\d", ".", "^", r"\b", r"\u4ef6", "(?=件)", "(?<!起)", "[]件-企]"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+?", "{2}", "{1,2}", "{0,1}?"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
        inner.map(lambda pattern: f"(?P<head>{pattern})" if "?P<" not in pattern else pattern),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text("件起结转1，", max_size=30))
def test_any_pattern_gives_the_matches_of_finditer(pattern: str, text: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error:
        return
    text = "\n" * 60 + text + "\n" * 60  # long enough for a rule to be tried only where its words stand
    sieve = Sieve([Rule("any", pattern, {}, compiled.finditer, compiled)])
    assert [match.span() for _, match in sieve(text)] == [match.span() for match in compiled.finditer(text)]


def test_a_rare_word_opens_no_other_place() -> None:
    """Work grows with the places of the words, not with the text times the rules."""
    sieve, rules = rules_of("reasons.toml")
    places = sieve.index.places("政府信息公开工作" * 500)
    assert len(sieve.live(places)) < len(rules) / 10

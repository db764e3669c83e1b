"""Made examples: what keeps the meaning, what falsifies, and that both are repeatable."""

import random

import pytest

from training.hallucination import edits
from training.hallucination.sentence_words import Document, replaced, sentences_of
from training.hallucination.synthesis import synthesise
from training.hallucination.wordnet import WORDNET, read_wordnet

SOURCE = (
    "The Kelmore Museum in Dublin was founded by Anna Reyes in 1931 and is always open to all. "
    "Entry costs 12 euros for adults, which includes a guide, and children pay nothing at all."
)
OTHER = "Karl Brandt drives from Hamburg to Bremen with 30 crates of oranges every winter."

needs_wordnet = pytest.mark.skipif(not WORDNET.is_dir(), reason="Debian's wordnet-base is absent")


def document() -> Document:
    return Document(SOURCE, sentences_of(SOURCE), sentences_of(OTHER))


def test_a_replaced_word_keeps_punctuation_and_case() -> None:
    assert replaced(["By", '"Anna",'], 1, "karl") == ["By", '"Karl",']


@pytest.mark.parametrize(
    "edit",
    [edits.number_changed, edits.name_changed, edits.negated, edits.word_changed, edits.qualified],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_falsifying_edit_changes_the_sentence(edit: edits.Edit, seed: int) -> None:
    words = sentences_of(SOURCE)[0]
    changed = edit(words, random.Random(seed), document())
    assert changed is not None
    assert changed != words
    assert abs(len(changed) - len(words)) <= 1


def test_swapped_names_are_the_same_words_in_another_order() -> None:
    words = ["Anna", "Reyes", "met", "Karl", "Brandt", "in", "Dublin", "today"]
    changed = edits.names_swapped(words, random.Random(3), document())
    assert changed is not None
    assert sorted(changed) == sorted(words)
    assert changed != words


@needs_wordnet
def test_base_forms_and_opposites() -> None:
    wordnet = read_wordnet()
    forms = {"went": "go", "studies": "study", "employees": "employee", "increased": "increase"}
    assert {form: wordnet.base_form(form) for form in forms} == forms
    assert "decrease" in wordnet.antonyms["increase"]


@needs_wordnet
def test_examples_are_repeatable_and_of_both_labels() -> None:
    made = synthesise([SOURCE, OTHER], 60, seed=1)
    assert made == synthesise([SOURCE, OTHER], 60, seed=1)
    assert {example.label for example in made} == {0, 1}
    assert all(example.source in {SOURCE, OTHER} for example in made)

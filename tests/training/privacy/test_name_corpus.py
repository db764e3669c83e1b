"""Texts that the tagger of names learns from: it is known where their names are."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.privacy.name_corpus import Labelled, a_name, own_sentences, read_by_rules
from training.privacy.name_tagger import sample

WORDS = ("Rechnung", "Invoice", "Fenster")


def made(seed: int) -> list[Labelled]:
    return list(own_sentences(1, WORDS, seed))


def test_a_seed_gives_the_same_sentences_and_another_seed_others() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)


@pytest.mark.parametrize("seed", range(3))
def test_names_are_whole_words_of_their_sentence(seed: int) -> None:
    named = 0
    for text, names, unsure in made(seed):
        assert "{" not in text
        assert unsure == ()
        for start, end in names:
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert not text[start - 1 : start].isalnum() or start == 0
            ending = re.match(r"\w*", text[end:])
            assert ending is not None
            assert len(ending.group()) <= 3
        named += bool(names)
    assert named > 500


@given(st.sampled_from("NFG"), st.integers(0, 2**32))
@settings(max_examples=50)
def test_names_are_of_letters_and_full_ones_of_two_words(slot: str, seed: int) -> None:
    name = a_name(slot, Random(seed))
    assert name[0].isupper()
    assert not any(sign.isdigit() for sign in name)
    if slot == "G":
        assert " " in name


def test_rules_read_what_they_are_sure_of_and_doubt_the_rest() -> None:
    texts = ["My name is Anna Schmidt.", "No one is here.", "Maria and José said hello."]
    read = list(read_by_rules(texts))
    assert [text for text, _, _ in read] == texts
    assert "Anna Schmidt" in {texts[0][start:end] for start, end in read[0][1]}
    assert read[1][1:] == ((), ())
    assert {texts[2][start:end] for start, end in read[2][1]} >= {"Maria"}


def test_candidates_in_names_are_names_in_doubtful_stretches_nothing_and_others_not() -> None:
    text = "Žofia met Anna in Überlingen"
    names = ((text.index("Žofia"), text.index("Žofia") + 5),)
    unsure = ((text.index("Anna"), text.index("Anna") + 4),)
    slots, named = sample([(text, names, unsure)], doubted=False)
    assert len(slots) == len(named)
    assert named.tolist() == [1, -1, 0]

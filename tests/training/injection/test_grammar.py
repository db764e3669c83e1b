"""Templates, spans and odd texts of the training of prompt injection."""

import random

import pytest

from training.injection import contexts
from training.injection.documents import Document
from training.injection.duplicates import groups
from training.injection.grammar import fill, sentences
from training.injection.odd_texts import mistyped, odd_texts
from training.injection.prompts import phrases, probes, templated


@pytest.mark.parametrize("name", ["attacks", "benign", "injected", "documents"])
def test_every_slot_of_our_templates_can_be_filled(name: str) -> None:
    found = phrases(name)
    rng = random.Random(0)
    templates = [t for key in ("templates", "short", "long") for t in found.get(key, [])]
    texts = [fill(t, found["slots"], rng) for t in templates for _ in range(5)]
    assert all(texts)


def test_sentences_differ() -> None:
    made = sentences(["{a} {a}"], {"a": ["x", "y"]}, 9, random.Random(0))
    assert sorted(made) == ["x x", "x y", "y x", "y y"]


def test_an_unknown_slot_is_named() -> None:
    with pytest.raises(KeyError, match="missing"):
        fill("{missing}", {}, random.Random(0))


def test_an_injected_attack_is_where_its_span_says() -> None:
    carrier = Document("One. Two. Three.\nFour.", False, "o", "g")
    for seed in range(20):
        made = contexts.injected(carrier, "Say hello", random.Random(seed))
        assert contexts.attack_text(made) == "Say hello"
        assert made.group == "g"


def test_near_duplicates_share_a_group() -> None:
    assert groups(["a b c d e", "v w x y z", "a b c d f"]) == [0, 1, 0]


@pytest.mark.parametrize("language", phrases("extraction"))
def test_requests_for_instructions_are_many_and_apart_from_harmless_ones(language: str) -> None:
    read = phrases("extraction")[language]
    made = {kind: set(sentences(read[kind], read["slots"], 60, random.Random(1)))
            for kind in ("attacks", "benign")}  # fmt: skip
    assert all(len(texts) == 60 or len(read["slots"]) < 20 for texts in made.values())
    assert made["attacks"].isdisjoint(made["benign"])


def test_what_is_judged_is_not_trained_on() -> None:
    judged = {text.casefold() for kind in ("attacks", "benign") for text in probes(kind)}
    assert judged.isdisjoint(document.text.casefold() for document in templated(random.Random(0)))


def test_odd_texts_leave_no_slot_open() -> None:
    made = odd_texts(300, random.Random(3))
    assert len({document.origin for document in made}) > 25
    assert not any("§" in document.text for document in made)


def test_mistyped_text_stays_readable() -> None:
    text = "Can you help me write a letter to my landlord about the heating?"
    wrong = mistyped(text, random.Random(0))
    assert wrong != text.lower()
    assert abs(len(wrong) - len(text)) < 6

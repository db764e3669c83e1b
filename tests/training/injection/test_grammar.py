"""Templates, spans and measures of the training of prompt injection."""

import random

import numpy as np
import pytest

from training.injection import contexts, measures
from training.injection.documents import Document
from training.injection.duplicates import groups
from training.injection.grammar import fill, sentences
from training.injection.prompts import phrases


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


def test_measures_of_a_perfect_and_of_a_useless_score() -> None:
    labels = np.arange(200) >= 100
    perfect = labels.astype(np.float64)
    assert measures.auroc(labels, perfect) == 1
    assert measures.recall_at_few(labels, perfect) == 1
    assert measures.average_precision(labels, perfect) == 1
    assert measures.calibration_error(labels, perfect) == 0
    assert measures.auroc(labels, np.zeros(200)) == 0.5
    assert measures.recall_at_few(labels, np.zeros(200)) == 0

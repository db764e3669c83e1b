import numpy as np
import pytest

from training.toxicity.calibration import Unseen, calibrate
from training.toxicity.documents import Document, labels_of, own_sentences
from training.toxicity.fitting import prior_odds
from training.toxicity.fragments import FRAGMENT, fragments_of

CLEAN = labels_of(0)
PROMPT = "where do I find the keys of the old shed behind the house"


def test_fragments_are_a_few_neighbouring_words_of_short_harmless_prompts() -> None:
    prompts = [Document("clinc150", f"{PROMPT} {n}", CLEAN) for n in range(200)]
    others = [
        Document("davidson", PROMPT, labels_of(1)),
        Document("clinc150", "good night", CLEAN),
        Document("halueval", " ".join([PROMPT] * 8), CLEAN),
    ]
    found = list(fragments_of([*others, *prompts]))
    assert found == list(fragments_of([*others, *prompts]))
    assert len(found) == len(prompts)
    assert {len(fragment.text.split()) for fragment in found} == {1, 2, 3, 4}
    for fragment, prompt in zip(found, prompts, strict=True):
        assert f" {fragment.text} " in f" {prompt.text} "
        assert (fragment.source, fragment.labels, fragment.note) == ("clinc150", CLEAN, FRAGMENT)


def test_calibration_leaves_fragments_out() -> None:
    documents = list(own_sentences())
    rng = np.random.default_rng(0)
    labels = np.array([d.labels for d in documents])
    scores = (rng.normal(size=labels.shape) + 2 * (labels == 1)).astype(np.float32)
    words = rng.integers(1, 200, len(documents))
    fragments = [Document("clinc150", "good", CLEAN, FRAGMENT)] * 500
    some = np.concatenate([scores, np.full((500, scores.shape[1]), 9, np.float32)])
    lengths = np.concatenate([words, np.ones(500, np.int64)])
    alone = calibrate(documents, Unseen(scores, scores, scores, words))
    together = calibrate([*documents, *fragments], Unseen(some, some, some, lengths))
    assert np.array_equal(alone, together)


def test_prior_odds_are_those_of_the_weights() -> None:
    labels = np.array([[1, 0], [0, 0], [-1, 1]], np.int8)
    weights = np.array([[9.0, 19.0], [4.0, 30.0], [500.0, 9.0]], np.float32)
    assert np.exp(prior_odds(labels, weights)) == pytest.approx([10 / 5, 10 / 50])

import numpy as np
import pytest

from detectors.text.column import TextColumn
from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import word_vectors
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.model import ToxicityModel
from training.toxicity.artefact import parameters_of
from training.toxicity.documents import own_sentences
from training.toxicity.examples import disguises_of, examples_of
from training.toxicity.fitting import fit, window_scores
from training.toxicity.measures import calibration_rows, cells_of, plain_cells
from training.toxicity.probes import COUNTER_SPEECH, DISGUISED, NEUTRAL
from training.toxicity.words import disguisable, with_loose_labels

SAMPLE = with_loose_labels(list(own_sentences())[::12])


def test_training_is_deterministic_and_served_as_trained() -> None:
    rows = {word: row for row, word in enumerate(vocabulary().words)}
    disguises = disguises_of(disguisable({}), rows)
    examples = examples_of([document.text for document in SAMPLE], disguises, len(rows))
    vectors = word_vectors()
    chosen = np.ones(len(SAMPLE), np.bool_)
    one, other = (fit(SAMPLE, examples, chosen, vectors) for _ in range(2))
    assert np.array_equal(one.coefficients, other.coefficients)
    assert np.array_equal(one.network.projection, other.network.projection)

    windows = np.arange(len(examples.bounds) - 1)
    linear, network = window_scores(one, examples, windows, vectors)
    expected = np.full((len(SAMPLE), len(HEADS)), -np.inf, np.float32)
    np.maximum.at(expected, examples.documents, (linear + network) / 2)
    calibration = np.zeros((len(HEADS), 4), np.float32)
    model = ToxicityModel(parameters_of(one, disguises, calibration, len(rows)))
    served, words, _ = model.pooled(TextColumn([document.text for document in SAMPLE]))
    assert words.tolist() == np.diff(examples.bounds[examples.offsets]).tolist()
    # What is served is rounded to small integers.
    assert np.abs(served[:, : len(HEADS)] - expected).mean() < 0.05
    assert np.abs(served[:, : len(HEADS)] - expected).max() < 0.5

    toxic = np.array([document.labels[0] for document in SAMPLE])
    assert expected[toxic == 1, 0].mean() > expected[toxic == 0, 0].mean() + 1


def test_own_sentences_cover_all_heads_and_are_no_probes() -> None:
    labels = np.array([document.labels for document in SAMPLE])
    assert ((labels == 1).sum(axis=0) > 0).all()
    assert ((labels == 0).sum(axis=0) > 0).all()
    texts = {document.text.lower() for document in own_sentences()}
    assert texts.isdisjoint(text.lower() for text in (*COUNTER_SPEECH, *DISGUISED, *NEUTRAL))


def test_cells_and_bins() -> None:
    labels = np.array([0, 0, 1, 1], np.int8)
    chances = np.array([0.05, 0.55, 0.65, 0.95])
    assert plain_cells(labels, chances)[:3] == ["1.000", "1.000", "0.750"]
    assert cells_of(labels, chances, "score")[2] == ""
    assert calibration_rows(labels, chances)[1] == ("0.5–0.6", 1, pytest.approx(0.55), 0.0)

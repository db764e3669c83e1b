import numpy as np

from detectors.text.column import TextColumn
from detectors.text.vocabulary import UNKNOWN, vocabulary
from detectors.text.word_vectors import DIMENSIONS, embed, word_vectors


def test_every_word_has_its_own_row() -> None:
    known = vocabulary()
    column = TextColumn([" ".join(known.words)])
    assert column.rows.tolist() == list(range(len(known)))


def test_unknown_words_have_none() -> None:
    assert TextColumn(["xqzvwk THE"]).rows.tolist()[0] == UNKNOWN
    assert TextColumn(["xqzvwk THE"]).rows.tolist()[1] != UNKNOWN


def test_an_embedding_is_the_direction_of_the_words_mean() -> None:
    column = TextColumn(["red apples and xqzvwk", "", None])
    vectors = word_vectors()
    assert vectors.shape == (len(vocabulary()), DIMENSIONS)
    mean = vectors[column.rows[column.rows >= 0]].sum(axis=0)
    expected = mean / np.linalg.norm(mean)
    np.testing.assert_allclose(column.embeddings[0], expected, atol=1e-5)
    assert not column.embeddings[1:].any()


def test_what_is_alike_lies_close() -> None:
    texts = [
        "How do I get my money back?",
        "I want a refund of what I paid",
        "Will it rain in the mountains tomorrow?",
    ]
    refund, money, weather = TextColumn(texts).embeddings
    assert refund @ money > refund @ weather + 0.1


def test_a_prefix_is_a_smaller_embedding() -> None:
    column = TextColumn(["red apples"])
    small = embed(column.words.offsets, column.rows, 64)
    longer = column.embeddings[:, :64]
    np.testing.assert_allclose(small, longer / np.linalg.norm(longer), atol=1e-5)

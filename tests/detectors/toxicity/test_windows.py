from hypothesis import given
from hypothesis import strategies as st

from detectors.text.column import TextColumn
from detectors.toxicity.windows import WINDOW_WORDS, windows_of

sentences = st.integers(1, 80).map(lambda words: " ".join(["Word"] * words) + ".")
texts = st.lists(st.lists(sentences, max_size=5).map(" ".join), min_size=1, max_size=4)


@given(texts)
def test_windows_hold_every_word_once_and_are_short(texts: list[str]) -> None:
    column = TextColumn(texts)
    offsets, bounds = windows_of(column.sentences)
    lengths = bounds[1:] - bounds[:-1]
    assert (bounds[0], bounds[-1]) == (0, len(column.words.hashes))
    assert offsets[-1] == len(lengths)
    assert ((lengths >= 1) & (lengths <= WINDOW_WORDS)).all()
    assert bounds[offsets].tolist() == column.words.offsets.tolist()


def test_short_sentences_share_a_window_and_long_ones_are_cut() -> None:
    column = TextColumn(["One two. Three four.", "Word " * 70])
    offsets, bounds = windows_of(column.sentences)
    assert offsets.tolist() == [0, 1, 4]
    assert bounds.tolist() == [0, 4, 36, 68, 74]


def test_sentences_of_longer_texts_have_few_neighbours() -> None:
    column = TextColumn(["One two three four. " * 8, "One two three four. " * 9])
    offsets, bounds = windows_of(column.sentences)
    assert offsets.tolist() == [0, 1, 6]
    assert (bounds[1:] - bounds[:-1]).tolist() == [32, 8, 8, 8, 8, 4]


def test_a_sentence_of_a_longer_text_is_cut_only_beyond_a_window() -> None:
    thirty = " ".join(["Word"] * 30)
    column = TextColumn([f"One two. {thirty}. Three four."])
    _, bounds = windows_of(column.sentences)
    assert (bounds[1:] - bounds[:-1]).tolist() == [2, 30, 2]

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

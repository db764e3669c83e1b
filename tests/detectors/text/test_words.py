import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.text.buffer import buffer_of
from detectors.text.characters import Kind
from detectors.text.column import TextColumn
from detectors.text.words import hash_words, words_of


def words(text: str) -> list[str]:
    buffer = buffer_of([text])
    found = words_of(buffer)
    spans = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    return [buffer.text(start, end) for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, don't stop! it’s 'quoted'", ["Hello", "don't", "stop", "it’s", "quoted"]),
        ("日本語のtext混在", ["日", "本", "語", "の", "text", "混", "在"]),
        ("👍🏽👍 ok", ["👍", "👍", "ok"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("a_b c-d 3.14", ["a", "b", "c", "d", "3", "14"]),
        ("'", []),
        ("’ x’", ["x"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@settings(deadline=None)  # the first text beyond ASCII makes a table
@given(st.lists(st.text(max_size=30)))
def test_words_of_a_column_are_those_of_its_texts(texts: list[str]) -> None:
    column = TextColumn(texts).words
    apart = [TextColumn([text]).words.hashes for text in texts]
    assert column.counts.tolist() == [len(hashes) for hashes in apart]
    assert column.hashes.tolist() == [value for hashes in apart for value in hashes.tolist()]


@settings(deadline=None)  # the first text beyond ASCII makes a table
@given(st.text())
def test_words_are_runs_of_letters_digits_and_marks(text: str) -> None:
    found = words(text)
    assert not any(character.isspace() for word in found for character in word)
    alphanumeric = [c for c in text if c.isascii() and c.isalnum()]
    assert [c for word in found for c in word if c.isascii() and c != "'"] == alphanumeric


@settings(deadline=None)  # the first text beyond ASCII makes a table
@given(st.text(st.sampled_from("aZq09' .-\n\t_~"), max_size=200))
def test_ascii_is_read_as_the_same_text_with_other_characters_is(text: str) -> None:
    one = words_of(buffer_of([text]))
    *hashes, last = words_of(buffer_of([text + " é"])).hashes.tolist()
    assert one.hashes.tolist() == hashes
    assert last == hash_words(["é"])
    kinds = words_of(buffer_of([text + " é"])).kinds[0]
    kinds[[Kind.OTHER, Kind.LETTER]] -= 1
    assert one.kinds[0].tolist() == kinds.tolist()


def test_case_and_apostrophe_do_not_change_a_hash() -> None:
    one, other = hash_words(["DON’T", "don't"])
    assert one == other
    one, other = hash_words(["ÀÉÎȺ", "àéîⱥ"])
    assert one == other


def test_hashes_are_pinned() -> None:
    """Trained tables rest on them: another value needs another WORD_HASH_VERSION."""
    assert hash_words(["hello", "internationalisation", "日"]).tolist() == [
        8878187360043955270,
        15659925091470695354,
        8642426232901566042,
    ]


def test_hashes_of_many_words_do_not_collide() -> None:
    many = [f"{n}" for n in range(100_000)] + [f"prefix{n}suffix" for n in range(100_000)]
    hashes = hash_words(many)
    assert len(np.unique(hashes)) == len(many)
    # The highest 16 bits index tables: all values are in use, evenly.
    used = np.bincount((hashes >> np.uint64(48)).astype(np.int64), minlength=1 << 16)
    assert used.max() < 20


def test_only_a_word_has_a_hash() -> None:
    with pytest.raises(ValueError, match="'two words' is not one word"):
        hash_words(["one", "two words"])


def test_long_columns_are_read_in_stretches() -> None:
    texts = ["x" * size for size in (0, 5, 200_000, 3, 300_000, 0)] + ["a b c"] * 100_000
    found = words_of(buffer_of(texts))
    assert found.counts.tolist() == [0, 1, 1, 1, 1, 0] + [3] * 100_000
    assert (found.hashes[-3:] == hash_words(["a", "b", "c"])).all()
    assert found.kinds[2].sum() == 200_000
    assert len(words_of(buffer_of([])).hashes) == 0


@settings(deadline=None)  # the first text beyond ASCII makes a table
@given(st.text())
def test_capitals_are_those_of_unicode(text: str) -> None:
    capitals = sum(unicodedata.category(character) in {"Lu", "Lt"} for character in text)
    column = TextColumn([text])
    assert column.kinds[:, Kind.UPPER].tolist() == [capitals]
    assert column.characters.to_list() == [len(text)]
    assert column.words.non_ascii.tolist() == [sum(not c.isascii() for c in text)]


def test_absent_texts_have_no_words() -> None:
    column = TextColumn([None, "a b", None])
    assert column.words.counts.tolist() == [0, 2, 0]
    assert column.where_known(column.words.counts).to_list() == [None, 2.0, None]


def test_texts_of_short_words_have_room() -> None:
    # More words than one in four bytes, in many stretches.
    texts = ["a b " * 40_000, "12 3", "語" * 60_000, "x " * 90_000]
    found = words_of(buffer_of(texts))
    assert found.counts.tolist() == [80_000, 2, 60_000, 90_000]
    assert len(set(found.hashes[-90_000:].tolist())) == 1
    assert (found.starts[1:] >= found.ends[:-1]).all()

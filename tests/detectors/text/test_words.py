import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.text.characters import Kind
from detectors.text.chunk import CHUNK_BYTES, TextChunk, chunks_of
from detectors.text.column import TextColumn
from detectors.text.words import hash_words


def words(text: str) -> list[str]:
    chunk = TextChunk([text.encode()])
    starts, ends = chunk.word_spans
    return [chunk.data[a:b].decode() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


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


def test_chunks_hold_all_texts_in_order() -> None:
    texts = [b"x" * size for size in (0, 5, CHUNK_BYTES, 3, CHUNK_BYTES * 2, 0)]
    chunks = list(chunks_of(texts))
    assert len(chunks) > 1
    assert [length for chunk in chunks for length in chunk.lengths.tolist()] == list(
        map(len, texts)
    )
    assert list(chunks_of([])) == []


@settings(deadline=None)  # the first text beyond ASCII makes a table
@given(st.text())
def test_capitals_are_those_of_unicode(text: str) -> None:
    capitals = sum(unicodedata.category(character) in {"Lu", "Lt"} for character in text)
    assert TextChunk([text.encode()]).count_kind(Kind.UPPER).tolist() == [capitals]


def test_absent_texts_have_no_words() -> None:
    column = TextColumn([None, "a b", None])
    assert column.words.counts.tolist() == [0, 2, 0]
    assert column.where_known(column.words.counts).to_list() == [None, 2.0, None]

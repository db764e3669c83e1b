"""Words as keys, the index over them, and how much of long texts is read."""

import pytest

from detectors.grounding.columns import Tokens, as_columns, room_for_tokens
from detectors.grounding.index import NEGATED, fill_index, room_for_index, slot_of, table_size
from detectors.grounding.lexicon import Class
from detectors.grounding.model import shipped
from detectors.grounding.reading import MOST_ANSWER_WORDS, MOST_SOURCE_WORDS, read_answers
from detectors.grounding.sources import flattened
from detectors.grounding.tokens import read_tokens
from detectors.text.column import TextColumn


def tokens_of(text: str, answer: bool = False) -> tuple[Tokens, int]:
    _, lexicon = shipped()
    tokens, column = room_for_tokens(64), as_columns(TextColumn([text]))
    return tokens, read_tokens(column, 0, 64, lexicon.tables, tokens, 0, answer)


def keys_of(text: str, answer: bool = False) -> list[int]:
    tokens, count = tokens_of(text, answer)
    return [int(key) for key in tokens.keys[:count]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cats", "cat"),
        ("museum's", "museum"),
        ("Zorblatts", "zorblatt"),
        ("Zorblatt’s", "zorblatt"),
        ("1,500", "1500"),
        ("twelve", "12"),
        ("3rd", "3"),
        ("3.50", "3.5"),
        ("8,00,000", "800000"),
        ("15:30", "3:30"),
        ("Sept", "September"),
        ("km", "kilometres"),
    ],
)
def test_forms_of_a_word_have_one_key(one: str, other: str) -> None:
    assert keys_of(one) == keys_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5", "15"),
        ("bus", "bu"),
        ("12km", "12"),
        ("$5", "€5"),
        ("5%", "5"),
        ("10", "1"),
        ("9:30", "9:20"),
        ("1.2.3", "1.23"),
        ("3", "March"),
    ],
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert keys_of(one) != keys_of(other)


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("1. It is red.\n2. It opens.", "It is red.\nIt opens."),
        ("12) It is red.", "It is red."),
        ("**1.** It is red.", "It is red."),
        ("(1) It is red.", "It is red."),
        ("Step 2: It is red.", "Step: It is red."),
        ("It is red [1].", "It is red."),
        ("It is red [1, 2][^3].", "It is red."),
        ("| 1 | It is red |\n| 2 | It opens |", "It is red\nIt opens"),
    ],
)
def test_markers_of_an_answer_are_no_words(marked: str, plain: str) -> None:
    assert keys_of(marked, answer=True) == keys_of(plain, answer=True)
    assert len(keys_of(marked)) > len(keys_of(plain))


@pytest.mark.parametrize(
    "text",
    ["1.5 km of it", "12 euros are due.", "1931. A year.", "It has 2.", "| Red | 12 |", "(340)"],
)
def test_other_numbers_are(text: str) -> None:
    tokens, count = tokens_of(text, answer=True)
    assert [bool(found & Class.NUMBER) for found in tokens.classes[:count]].count(True) == 1


def test_classes_are_seen_in_the_text() -> None:
    tokens, count = tokens_of("The Kelmore Museum has 340 paintings")
    classes = tokens.classes[:count]
    assert [bool(found & Class.NAME) for found in classes] == [False, True, True, False] + [
        False
    ] * 2
    assert [bool(found & Class.NUMBER) for found in classes] == [False] * 4 + [True, False]


@pytest.mark.parametrize("count", [1, 31, 32, 33, 16_384])
def test_the_table_is_at_most_half_full_and_grows_with_the_source(count: int) -> None:
    assert 2 * count <= table_size(count) <= max(64, 4 * count)


def test_only_the_head_of_long_texts_is_read() -> None:
    _, lexicon = shipped()
    column = as_columns(TextColumn(["word " * 50_000]))
    tokens = room_for_tokens(60_000)
    count = read_tokens(column, 0, MOST_SOURCE_WORDS, lexicon.tables, tokens, 0, False)
    assert count == MOST_SOURCE_WORDS
    # Passages together fill no more than the room there is.
    few = room_for_tokens(5)
    assert read_tokens(column, 0, MOST_SOURCE_WORDS, lexicon.tables, few, 4, False) == 10


def test_sentences_beyond_the_head_of_an_answer_have_no_row() -> None:
    _, lexicon = shipped()
    answer = "Museums open early. " * (2 * MOST_ANSWER_WORDS)
    reading = read_answers(TextColumn([answer]), flattened([["Museums open."]]), lexicon.tables)
    assert reading.offsets[1] == -(-MOST_ANSWER_WORDS // 3)


def test_the_index_holds_every_word_and_what_is_negated() -> None:
    tokens, count = tokens_of("Cats do not chase mice. Dogs chase a cat.")
    index = room_for_index(count)
    size = fill_index(index, tokens, count)
    found = {slot_of(index.keys, size, key) for key in tokens.keys[:count]}
    assert len(found) == len(set(keys_of("cat do not chase mouse dog a")))
    assert all(index.keys[slot] for slot in found)
    mice, dogs, owls = (keys_of(word)[0] for word in ("mice", "dogs", "owls"))
    assert index.marks[slot_of(index.keys, size, mice)] & NEGATED
    assert not index.marks[slot_of(index.keys, size, dogs)] & NEGATED
    assert not index.keys[slot_of(index.keys, size, owls)]

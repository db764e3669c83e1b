"""The work grows with the words: counted in steps, not in seconds."""

import numpy as np
import pytest

from detectors.grounding import index
from detectors.grounding.alignment import Source, nearest_pair
from detectors.grounding.index import MOST_OCCURRENCES, fill_index, room_for_index, slots_for
from detectors.grounding.model import shipped
from detectors.grounding.reading import (
    MOST_ANSWER_WORDS,
    MOST_SOURCE_WORDS,
    as_columns,
    read_answers,
)
from detectors.grounding.sources import flattened
from detectors.grounding.tokens import read_tokens, room_for_tokens
from detectors.text.column import TextColumn


class CountedChain:
    """Positions chained to earlier ones, and how often they were asked for."""

    def __init__(self, earlier: list[int]) -> None:
        self.earlier = earlier
        self.steps = 0

    def __getitem__(self, place: int) -> int:
        self.steps += 1
        return self.earlier[place]


@pytest.mark.parametrize("words", [100, 1000, 10_000])
def test_a_word_repeated_without_end_is_followed_only_so_far(words: int) -> None:
    chain = CountedChain([place - 2 for place in range(words)])
    none = np.zeros(1)
    table = index.Index(none, none, none, chain)  # type: ignore[arg-type]
    source = Source(room_for_tokens(1), words, table, np.uint64(0), 1, 0, none)
    left, right = nearest_pair.py_func(source, words - 2, words - 1)  # type: ignore[attr-defined]
    assert right == left + 1
    assert chain.steps <= MOST_OCCURRENCES


def test_only_the_head_of_long_texts_is_read() -> None:
    _, lexicon = shipped()
    column = as_columns(TextColumn(["word " * 50_000]))
    tokens = room_for_tokens(60_000)
    assert read_tokens(column, 0, MOST_SOURCE_WORDS, lexicon.tables, tokens, 0) == MOST_SOURCE_WORDS
    # Passages together fill no more than the room there is.
    few = room_for_tokens(10)
    assert read_tokens(column, 0, MOST_SOURCE_WORDS, lexicon.tables, few, 4) == 10


def test_sentences_beyond_the_head_of_an_answer_have_no_row() -> None:
    _, lexicon = shipped()
    answer = "Museums open early. " * (2 * MOST_ANSWER_WORDS)
    reading = read_answers(
        TextColumn([answer]), flattened([["Museums open."]]), TextColumn([None]), lexicon.tables
    )
    assert reading.offsets[1] == -(-MOST_ANSWER_WORDS // 3)


def test_every_place_of_a_word_is_found_through_its_chain() -> None:
    _, lexicon = shipped()
    tokens = room_for_tokens(16)
    column = as_columns(TextColumn(["Cats chase mice and mice chase a cat."]))
    count = read_tokens(column, 0, 100, lexicon.tables, tokens, 0)
    table = room_for_index(16)
    mask = slots_for(count)
    fill_index(table, mask, 1, tokens, count, lexicon.tables)
    places = []
    place = index.find(table, mask, 1, tokens.keys[0])
    while place >= 0:
        places.append(place)
        place = int(table.earlier[place])
    assert places == [7, 0], "cat and cats are one word"
    assert index.find(table, mask, 2, tokens.keys[0]) == -1, "another source's stamp"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.text.column import TextColumn


def sentences(text: str) -> list[str]:
    column = TextColumn([text])
    found = column.sentences
    spans = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    return [column.buffer.text(start, end) for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met J. Doe at 3.50 p.m. today.", ["Dr. Smith met J. Doe at 3.50 p.m. today."]),
        ('He said "no." Then he left', ['He said "no."', "Then he left"]),
        ("- first item\n- Second item", ["first item", "Second item"]),
        ("a line that\ngoes on here", ["a line that\ngoes on here"]),
        ("今日は。元気", ["今日は。", "元気"]),
        ("Wait... What?!", ["Wait...", "What?!"]),
        ("...", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.lists(st.text("aA. \n!?1。é", max_size=40), max_size=4))
def test_sentences_hold_every_word_once_and_in_order(texts: list[str]) -> None:
    column = TextColumn(texts)
    found, words = column.sentences, column.words
    assert found.word_bounds[0] == 0
    assert found.word_bounds[-1] == len(words.hashes)
    assert found.word_bounds[found.offsets].tolist() == words.offsets.tolist()
    for place in range(len(found.starts)):
        first, last = found.word_bounds[place : place + 2]
        assert first < last
        assert found.starts[place] <= words.starts[first]
        assert found.ends[place] >= words.ends[last - 1]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_sentences_of_a_column_are_those_of_its_texts(texts: list[str]) -> None:
    column = TextColumn(texts).sentences
    counts = [len(TextColumn([text]).sentences.starts) for text in texts]
    assert (column.offsets[1:] - column.offsets[:-1]).tolist() == counts

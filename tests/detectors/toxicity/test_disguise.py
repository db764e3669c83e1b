import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.text.column import TextColumn
from detectors.toxicity.disguise import SKIPPED, undisguise
from detectors.toxicity.letter_keys import disguise_key
from training.toxicity.examples import disguises_of

WORD = "idiot"


def key(spelling: str) -> int:
    octets = np.frombuffer(spelling.encode(), np.uint8)
    return int(disguise_key(octets, 0, len(octets)))


def rows_of(text: str) -> list[int]:
    """The rows of the text's words where the dictionary knows one word, as row 7."""
    column = TextColumn([text])
    unknown = np.full(len(column.words.hashes), -1, np.int32)
    return [int(row) for row in undisguised(column, unknown)]


def undisguised(column: TextColumn, known: NDArray[np.int32]) -> NDArray[np.int32]:
    data, words = column.buffer.data, column.words
    disguises = disguises_of({WORD: WORD}, {WORD: 7})
    return undisguise(
        data, words.starts, words.ends, known,
        disguises.keys, disguises.rows, disguises.beginnings,
    )  # fmt: skip


@pytest.mark.parametrize(
    "spelling",
    [
        "IDIOT",
        "1d10t",
        "iddiiioot",
        "!d!ot",
        "id\u200biot",
        "іdіоt",
        "ｉｄｉｏｔ",
        "i.d.i.o.t",
        "ïdiöt",
    ],
)
def test_spellings_share_a_key(spelling: str) -> None:
    assert key(spelling) == key(WORD)


@pytest.mark.parametrize("spelling", ["idiom", "", "i", "i d", "日本", "i" + "do" * 30])
def test_other_words_do_not(spelling: str) -> None:
    assert key(spelling) != key(WORD)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("an idiot", [-1, 7]),
        ("an i d i o t here", [-1, 7, SKIPPED, SKIPPED, SKIPPED, SKIPPED, -1]),
        ("an i-d-i-o-t", [-1, 7, SKIPPED, SKIPPED, SKIPPED, SKIPPED]),
        ("an id!ot", [-1, 7, SKIPPED]),
        ("a b c", [-1, -1, -1]),
        ("id. iot", [-1, -1]),
    ],
)
def test_words_in_parts_become_one(text: str, rows: list[int]) -> None:
    assert rows_of(text) == rows


def test_known_words_stay_what_they_are() -> None:
    column = TextColumn(["the idiot said: *idiot* - 3 * 4"])
    assert undisguised(column, column.rows).tolist() == column.rows.tolist()


@pytest.mark.parametrize(
    ("text", "stands_for_it"),
    [
        *((text, False) for text in ("455 euros", "4.55", "-455-", "4 5 5", "4-5-5", "| 455 |")),
        *((text, True) for text in ("a55", "@55", "4$$", "4 s 5")),
    ],
)
def test_numbers_stand_for_no_word(text: str, stands_for_it: bool) -> None:
    column = TextColumn([text])
    data, words = column.buffer.data, column.words
    disguises = disguises_of({"ass": "ass"}, {"ass": 7})
    found = undisguise(
        data, words.starts, words.ends, np.full(len(words.hashes), -1, np.int32),
        disguises.keys, disguises.rows, disguises.beginnings,
    )  # fmt: skip
    assert (7 in found) == stands_for_it

import numpy as np
import pytest

from detectors.text.column import TextColumn
from detectors.toxicity.disguise import SKIPPED, disguise_key, undisguise

WORD = "idiot"


def key(spelling: str) -> int:
    octets = np.frombuffer(spelling.encode(), np.uint8)
    return int(disguise_key(octets, 0, len(octets)))


def rows_of(text: str) -> list[int]:
    """The rows of the text's words where the dictionary knows one word, as row 7."""
    keys, rows = np.zeros(4, np.uint64), np.zeros(4, np.int32)
    word = key(WORD)
    slot = (word ^ word >> 32) % 4
    keys[slot], rows[slot] = word, 7
    column = TextColumn([text])
    words = column.words
    unknown = np.full(len(words.hashes), -1, np.int32)
    found = undisguise(column.buffer.data, words.starts, words.ends, unknown, keys, rows)
    return [int(row) for row in found]


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
    words = column.words
    known = column.rows
    keys, rows = np.zeros(4, np.uint64), np.zeros(4, np.int32)
    found = undisguise(column.buffer.data, words.starts, words.ends, known, keys, rows)
    assert found.tolist() == known.tolist()

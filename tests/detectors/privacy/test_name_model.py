"""People's names by the trained weights, and how their words are read."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy.given_names import AMBIGUOUS_NAMES, GIVEN_NAMES, family_names
from detectors.privacy.name_features import (
    AMBIGUOUS,
    BUCKETS,
    CLEAR,
    FAMILY,
    FEATURES,
    features_of,
    known_of,
)
from detectors.privacy.name_model import name_model
from detectors.privacy.name_words import (
    CAPITAL,
    CAPITALS,
    INITIAL,
    MIXED,
    NUMBER,
    SMALL,
    next_word,
    read_word,
    word_before,
)
from detectors.text.buffer import buffer_of

SURE = 0.0
"""The logit of a probability of one half."""


def names_in(text: str) -> list[str]:
    buffer = buffer_of([text])
    found, sure = name_model().find(buffer, SURE)
    assert (sure >= 0.5).all()
    return [buffer.text(start, end) for _, start, end in found.T.tolist()]


def word(text: str) -> tuple[int, int]:
    buffer = buffer_of([text])
    key, shape = read_word(buffer.data, int(buffer.starts[0]), int(buffer.ends[0]))
    return int(key), int(shape)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mein Name ist Ørsted Quibbelfink.", ["Ørsted Quibbelfink"]),
        ("Name: Zofia Wolmarans\nCity: Oslo", ["Zofia Wolmarans"]),
        ("Dear Mr. Zebrowicz,", ["Zebrowicz"]),
        ("Attendees: Oduya Bramhall, Terrence Quist, Ilse Vantongeren", 3),
        ("i talked to steve about the invoice", ["steve"]),
        ("Patient J. K. Vandermolen was admitted.", ["J. K. Vandermolen"]),
        ("we met Jan van der Meulen today", ["Jan van der Meulen"]),
        ("The office of Contoso in Rotterdam opens on Monday.", []),
        ("Click Settings, then Security. Press Enter and select Windows.", []),
        ("see @maria_x, /home/Anna/x and Maria_Lopez", []),
        ("Der Hund läuft durch den Wald, die Katze schläft.", []),
        ("", []),
    ],
)
def test_names_are_found(text: str, names: list[str] | int) -> None:
    found = names_in(text)
    assert (len(found) if isinstance(names, int) else found) == names


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("anna", SMALL), ("Anna", CAPITAL), ("Élodie", CAPITAL), ("ŁUKASZ", CAPITALS),
        ("Ж", INITIAL), ("Ольга", CAPITAL), ("Ελένη", CAPITAL), ("McKay", MIXED),
        ("b2b", MIXED), ("1984", NUMBER), ("A", INITIAL), ("şule", SMALL), ("Žofie", CAPITAL),
    ],
)  # fmt: skip
def test_shapes(text: str, shape: int) -> None:
    assert word(text)[1] == shape


@given(st.text(alphabet="abcxyzàéñøþăćđęłőřśűźž", min_size=1, max_size=20))
def test_letters_of_either_size_have_one_hash(text: str) -> None:
    assert word(text)[0] == word(text.upper())[0] == word(text.capitalize())[0]


def test_lists_are_known() -> None:
    known = name_model().known
    for names, kind in (
        (GIVEN_NAMES, CLEAR),
        (AMBIGUOUS_NAMES, AMBIGUOUS),
        (family_names(), FAMILY),
    ):
        assert all(known_of(known, np.uint64(word(name)[0])) & kind for name in sorted(names)[:500])


texts = st.text(alphabet="abC ÉßЖ字1.,'-\n@_\u2019\u00a0😀", max_size=40)


@given(texts)
def test_words_are_those_of_a_plain_expression(text: str) -> None:
    """Forwards and backwards, as far as words are near each other."""
    buffer = buffer_of([text])
    begin, end = int(buffer.starts[0]), int(buffer.ends[0])
    words = [
        (begin + len(text[: m.start()].encode()), begin + len(text[: m.end()].encode()))
        for m in re.finditer(r"[^\W_]+", text)
    ]
    at = begin
    for start, stop in words:
        if start - at > 8:
            break
        assert next_word(buffer.data, at, end) == (start, stop)
        at = stop
    at = end
    for start, stop in reversed(words):
        if at - stop > 8:
            break
        assert word_before(buffer.data, at, begin) == (start, stop)
        at = start


@given(st.lists(texts | st.sampled_from(["Dear Mr. Zebrowicz,", "I met Jan van der Meulen"])))
def test_a_text_gives_the_same_in_any_batch(batch: list[str]) -> None:
    buffer = buffer_of(batch)
    found, sure = name_model().find(buffer, -2.0)
    together = [
        (row, buffer.text(start, end), probability)
        for (row, start, end), probability in zip(found.T.tolist(), sure.tolist(), strict=True)
    ]
    alone = []
    for row, text in enumerate(batch):
        one = buffer_of([text])
        spans, probabilities = name_model().find(one, -2.0)
        alone += [
            (row, one.text(start, end), probability)
            for (_, start, end), probability in zip(spans.T.tolist(), probabilities, strict=True)
        ]
    assert together == alone


def test_room_grows_with_the_names() -> None:
    text = "Dear Mr. Zebrowicz,\n\n" * 200
    assert len(names_in(text)) == 200


@given(texts, st.integers(0, 40), st.integers(1, 12), st.integers(0, 2**62))
def test_features_are_buckets(text: str, at: int, length: int, drop: int) -> None:
    buffer = buffer_of([text])
    begin, limit = int(buffer.starts[0]), int(buffer.ends[0])
    start = min(begin + at, limit)
    found = np.full(FEATURES, -2, np.int32)
    features_of(
        buffer.data, begin, limit, start, min(start + length, limit), 0, -1, name_model().known,
        np.uint64(drop), found,
    )  # fmt: skip
    assert ((found >= 0) & (found < BUCKETS))[:-1].all()
    assert -1 <= found[-1] < BUCKETS

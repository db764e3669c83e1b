"""What the scan rules out, a close look would not have found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.privacy import persons
from detectors.privacy.finder import LEAST_CONFIDENCE, find
from detectors.privacy.given_names import AMBIGUOUS_NAMES
from detectors.privacy.scan_names import is_apart, is_told
from detectors.privacy.vocabulary import GIVEN, vocabulary
from detectors.privacy.window import Window
from detectors.text.buffer import buffer_of

_BEFORE = (
    *persons._TELLING,
    *persons._LISTING,
    *("my name is", "on behalf of", "in the name of", "this is", "my old boss", "né", "I’m", "in"),
    *("Anna and", "Anna,", "Julia, Anna,", "the", "Anna &", "(mr", ""),
)
_AFTER = (
    *(" Smith", " de Souza", " van der Berg", " J. Lopez", "-Marie", "-", "_x", "@x", "/y", "'s"),
    *(
        " and Anna",
        ", Anna",
        ", or Anna",
        " & Anna",
        " e Anna",
        "\xa0Smith",
        "\u2010Marie",
        ".",
        "",
    ),
    *(" said", ". The", ", the", " 2. May", ""),
)


@given(
    before=st.sampled_from(_BEFORE),
    sign=st.sampled_from(("", ".", ":", ",")),
    gap=st.sampled_from((" ", "\n", " \n", "\xa0", "", "_", "'", "(", "-")),
    name=st.sampled_from(("April", "AUGUST", "Will", "Paris")),
    after=st.sampled_from(_AFTER),
)
def test_names_that_are_also_words_are_ruled_out_where_no_look_finds_them(
    before: str, sign: str, gap: str, name: str, after: str
) -> None:
    assert name.lower() in AMBIGUOUS_NAMES
    text = before + sign + gap + name + after
    place = len(before + sign + gap)
    looked = persons.persons_in(Window(text, place, place + len(name), GIVEN))
    if any(found.confidence >= LEAST_CONFIDENCE for found in looked):
        buffer = buffer_of([text])
        begin, limit = int(buffer.starts[0]), int(buffer.ends[0])
        start = begin + len((before + sign + gap).encode())
        end = start + len(name)
        tables = vocabulary()
        assert is_apart(buffer.data, start, end)
        assert is_told(buffer.data, start, end, begin, limit, tables.keys, tables.flags)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She is named April.", ["April"]),
        ("I spoke on behalf of April. Then", ["April"]),
        ("until April. The second", []),
        ("I am Anna Lopez.", ["Anna Lopez"]),
        ("the size is M. Larger ones", []),
        ("customer_name: Ana Lopez", ["Ana Lopez"]),
        ("find . -name '*.log' and customer_id ORDER BY", []),
    ],
)
def test_examples(text: str, names: list[str]) -> None:
    buffer = buffer_of([text])
    found = [buffer.text(item.start, item.end) for item in find(buffer).items]
    assert found == names


def test_flags_fit_their_table() -> None:
    assert vocabulary().flags.dtype == np.uint16

"""State records as they are stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.watching.journal import StateJournal
from detectors.watching.state_records import HEADER, PLAIN, RecordWriter, StateRecords

values = st.one_of(st.binary(max_size=300), st.binary(max_size=4).map(lambda each: each * 500))


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | values), max_size=5))
def test_what_was_put_is_read(steps: list[dict[str, bytes | None]]) -> None:
    journal, state = StateJournal(), dict[str, bytes]()
    expected: dict[str, bytes] = {}
    for offset, puts in enumerate(steps):
        for name, value in puts.items():
            if value is None:
                journal.delete(name)
                expected.pop(name, None)
            else:
                journal.put(name, value)
                expected[name] = value
        for key, stored in journal.commit(offset, b"meta").items():
            if stored is None:
                state.pop(key, None)
            else:
                state[key] = stored
    assert dict(StateJournal(state.items()).records) == expected


def test_long_values_are_compressed_and_plain_ones_read() -> None:
    records = StateRecords()
    long = RecordWriter().stored(7, b"latency" * 1000)
    assert len(long) < 200
    records.keep("long", long)
    records.keep("plain", HEADER.pack(7, PLAIN) + b"latency" * 1000)
    assert records["long"] == records.pop("plain") == b"latency" * 1000
    assert list(records) == ["long"]


def test_a_damaged_record_is_told_with_what_to_do() -> None:
    records = StateRecords()
    records.keep("past|60|0|0", RecordWriter().stored(1, bytes(5000))[:-3])
    with pytest.raises(ValueError, match=r"'past\|60\|0\|0' is damaged: rebuild the table"):
        records.pop("past|60|0|0")

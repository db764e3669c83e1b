import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from detectors.text.buffer import buffer_of, buffer_of_series

TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=8)


@given(TEXTS)
def test_texts_of_a_series_are_joined_as_those_of_a_list(texts: list[str | None]) -> None:
    one, other = buffer_of(texts), buffer_of_series(pl.Series("some", texts, dtype=pl.String))
    assert one.octets == other.octets == bytes(other.data)
    assert one.starts.tolist() == other.starts.tolist()
    assert one.ends.tolist() == other.ends.tolist()
    assert one.ascii == other.ascii

"""Numbers in words: nobody reads exponents, and every unit has its plural."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery import all_signals, discover_detectors
from schemas.quantity_words import percent, plain, quantity

READABLE = st.floats(1e-6, 1e15) | st.floats(-1e15, -1e-6)


@given(READABLE)
def test_a_number_that_can_be_read_has_no_exponent_and_three_digits(number: float) -> None:
    text = plain(number)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(number, rel=0.006, abs=0.5e-8)


@given(st.floats(1e-5, 1e12))
def test_a_share_beyond_one_is_a_percentage_all_the_same(share: float) -> None:
    number, _, sign = percent(share).partition(" ")
    assert (sign, "e" in number) == ("%", False)
    assert float(number.replace(",", "")) == pytest.approx(100 * share, rel=0.006)


def test_every_unit_there_is_has_words() -> None:
    units = {signal.unit for signal in all_signals(discover_detectors())}
    told = {quantity(12, unit) for unit in units}
    assert {"12 tokens", "12 tokens/s", "12 retries", "12 USD", "12 s", "12"} <= told
    assert not any(set(words) & set("{}[]") for words in told)

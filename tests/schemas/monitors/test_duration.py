import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.monitors.duration import (
    OPENSLO_UNITS,
    TIDEWATCH_UNITS,
    format_duration,
    parse_duration,
    parse_window,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0m", 0),
        ("10m", 600),
        ("5h", 18000),
        ("2d", 172800),
        ("1w", 604800),
        ("3M", 90 * 86400),
        ("1Q", 90 * 86400),
        ("1Y", 365 * 86400),
    ],
)
def test_shorthand_of_the_specification(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-1m", "+1m", "1.5h", "1 m", " 1m", "1m\n", "1W", "1min", "30s", "٣m"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


def test_seconds_are_tidewatchs_own() -> None:
    assert parse_duration("30s", units=TIDEWATCH_UNITS) == 30
    assert "s" not in OPENSLO_UNITS


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds), units=TIDEWATCH_UNITS) == seconds


def test_windows_have_a_longest_and_a_shortest_length() -> None:
    assert parse_window("31d") == 31 * 86400
    with pytest.raises(ValueError, match="32d is longer than 31d"):
        parse_window("32d")
    with pytest.raises(ValueError, match="1m is shorter than 2m"):
        parse_window("1m", shortest=120)

"""Personal data in texts."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.redaction import redact


def redacted(text: str) -> str:
    return redact(pl.Series([text], dtype=pl.String)).item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ann@example.org.", "write to <EMAIL>."),
        ("Ann.B+shop@Mail.Example.CO.UK!", "<EMAIL>!"),
        ("a@b.de,c@d.fr", "<EMAIL>,<EMAIL>"),
        ("card 4111 1111 1111 1111 please", "card <CARD> please"),
        ("card 4111-1111-1111-1111", "card <CARD>"),
        ("4111111111111111", "<CARD>"),
        ("call +49 30 1234567 today", "call <PHONE> today"),
        ("call +1 (212) 555-0199", "call <PHONE>"),
    ],
)
def test_what_is_personal_is_replaced(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a plain sentence",
        "order 123456 of 2026-03-01",
        "at 10:15 it cost 1,234,567.89 euros",
        "user@localhost",
        "SELECT a @> b",
        "commit 9b1f4c2d8e7a6b5c4d3e",
    ],
)
def test_what_is_not_stays(text: str) -> None:
    assert redacted(text) == text


def test_nulls_stay_null() -> None:
    assert redact(pl.Series([None, "x"], dtype=pl.String)).to_list() == [None, "x"]


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_rows_do_not_mix_and_twice_is_once(texts: list[str | None]) -> None:
    once = redact(pl.Series(texts, dtype=pl.String))
    assert once.to_list() == [None if text is None else redacted(text) for text in texts]
    assert redact(once).to_list() == once.to_list()


@given(
    st.from_regex(r"\A[a-z0-9][a-z0-9._%+\-]{0,18}[a-z0-9]@[a-z0-9]{1,10}\.[a-z]{2,5}\Z"),
    st.text("abc \n", max_size=20),
)
def test_no_address_is_left_wherever_it_stands(address: str, around: str) -> None:
    assert address not in redacted(f"{around} {address} {around}")


def test_a_long_text_made_to_backtrack_is_read_in_linear_time() -> None:
    text = "a@" * 200_000 + "1 " * 200_000
    assert redacted(text) == text.replace("1 " * 200_000, redacted("1 " * 200_000))

"""Personal data and secrets taken out of texts."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.privacy.kinds import Kind
from detectors.redaction import redact, redact_column
from detectors.text.column import TextColumn

PERSONAL = (
    "ann@example.org", "4111 1111 1111 1111", "+49 30 1234567", "(212) 555-0199", "123-45-6789",
    "DE89 3704 0044 0532 0130 00", "81.2.69.142", "2001:db8::ff00:42:8329", "00:1a:2b:3c:4d:5e",
    "password: hunter22!", "my name is Ann Miller", "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "12 Baker Street", "born on 3 May 1980", "passport number X1234567",
    "postgres://bob:s3cr3tpw@db.corp.example/x", "RSSMRA85T10A562S",
)  # fmt: skip
PLAIN = (
    "order 123",
    "hello",
    "the year 2024",
    "v1.2.3",
    "é漢字🙂",
    "<EMAIL>",
    "\n",
    "a@",
    "- ",
    "phone ",
)
mixed = st.lists(st.sampled_from(PERSONAL + PLAIN) | st.text(max_size=6), max_size=8).map(" ".join)


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
        ("IBAN DE89370400440532013000, thanks", "IBAN <IBAN>, thanks"),
        ("from 81.2.69.142 and 2001:db8::1:0:9", "from <IP> and <IP>"),
        ("my ssn is 123-45-6789", "my ssn is <NATIONAL_ID>"),
        ("password: hunter22!", "password: <SECRET>"),
        ("https://bob:s3cr3tpw@example.org/x", "https://<SECRET>@example.org/x"),
        ("My name is Ann Miller, hello", "My name is <PERSON>, hello"),
        ("I live at 12 Baker Street.", "I live at <ADDRESS>."),
        ("born on 3 May 1980", "born on <DATE_OF_BIRTH>"),
        ("Tel. ０３０ １２３４５６７ bitte", "Tel. <PHONE> bitte"),
        ("card 4111\u00a01111\u00a01111\u00a01111", "card <CARD>"),
        ("漢字ann@example.org", "<EMAIL>"),
    ],
)  # fmt: skip
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
        "std::vector<int> and image@2x.png",
        "<EMAIL> <PERSON> <ADDRESS> <SECRET> <NATIONAL_ID>",
    ],
)
def test_what_is_not_stays(text: str) -> None:
    assert redacted(text) == text


def test_nulls_stay_null_and_the_name_stays() -> None:
    texts = pl.Series("prompt", [None, "x", "ann@example.org", None], dtype=pl.String)
    assert redact(texts).to_list() == [None, "x", "<EMAIL>", None]
    assert redact(texts).name == "prompt"
    assert redact(texts.head(0)).to_list() == []


@given(st.lists(st.none() | mixed, max_size=5))
def test_rows_do_not_mix_and_twice_is_once(texts: list[str | None]) -> None:
    once = redact(pl.Series(texts, dtype=pl.String))
    assert once.to_list() == [None if text is None else redacted(text) for text in texts]
    assert redact(once).to_list() == once.to_list()
    assert redact_column(TextColumn(texts)).to_list() == once.to_list()


@given(mixed)
def test_the_rest_stays_byte_for_byte(text: str) -> None:
    placeholder = "|".join(re.escape(kind.placeholder) for kind in Kind)
    kept = re.split(f"(?:{placeholder})", redacted(text))
    position = 0
    for part in kept:
        position = text.index(part, position) + len(part)


@given(
    st.from_regex(r"\A[a-z0-9._%+\-]{1,20}@[a-z0-9]{1,10}\.(com|org|net|de|fr|info|io)\Z"),
    st.text("abc \n", max_size=20),
)
def test_no_address_is_left_wherever_it_stands(address: str, around: str) -> None:
    assert address not in redacted(f"{around} {address} {around}")


@settings(max_examples=30)
@given(st.sampled_from(list(Kind)), mixed)
def test_placeholders_are_not_found_again(kind: Kind, text: str) -> None:
    line = f"the {kind.placeholder} of {kind.placeholder}"
    assert redacted(f"{line}\n\n\n{text}").startswith(line)


def test_a_long_text_made_to_backtrack_is_left() -> None:
    text = "a@" * 100_000 + "1 " * 3
    assert redacted(text) == text

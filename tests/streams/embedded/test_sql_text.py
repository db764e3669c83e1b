"""Reading the text of statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.embedded.sql_text import first_word, insert_head, is_several, output_format


@pytest.mark.parametrize(
    ("text", "target", "rest", "data"),
    [
        (b"INSERT INTO t FORMAT CSV\n1,2", "INSERT INTO t ", "FORMAT CSV", b"1,2"),
        (b"insert into t(a,b) format TSV \r\n1", "insert into t(a,b) ", "format TSV", b"1"),
        (
            b"-- FORMAT x\nINSERT INTO t FORMAT CSV",
            "-- FORMAT x\nINSERT INTO t ",
            "FORMAT CSV",
            b"",
        ),
        (b"INSERT INTO format FORMAT CSV\n1", "INSERT INTO format ", "FORMAT CSV", b"1"),
        (b"INSERT INTO db.format FORMAT CSV\n1", "INSERT INTO db.format ", "FORMAT CSV", b"1"),
        (
            b"INSERT INTO `a FORMAT b` FORMAT CSV\n1",
            "INSERT INTO `a FORMAT b` ",
            "FORMAT CSV",
            b"1",
        ),
        (b"INSERT INTO t (format) FORMAT CSV\n1", "INSERT INTO t (format) ", "FORMAT CSV", b"1"),
        (
            b"INSERT INTO t SETTINGS a = 'FORMAT', b = 1 FORMAT Native\n\n\x00\xff",
            "INSERT INTO t ",
            "SETTINGS a = 'FORMAT', b = 1 FORMAT Native",
            b"\n\x00\xff",
        ),
        (
            "INSERT INTO `Größe` FORMAT CSV\nä".encode(),
            "INSERT INTO `Größe` ",
            "FORMAT CSV",
            b"\xc3\xa4",
        ),
    ],
)
def test_insert_is_split_before_its_rows(text: bytes, target: str, rest: str, data: bytes) -> None:
    head = insert_head(text)
    assert head is not None
    assert (head.target, head.rest, text[head.length :]) == (target, rest, data)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"SELECT 1 FORMAT CSV",
        b"INSERT INTO t VALUES (1) FORMAT CSV",
        b"INSERT INTO t SELECT 1 FORMAT CSV",
        b"INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x",
        b"INSERT INTO t FROM INFILE 'f' FORMAT CSV",
        b"CREATE TABLE t (format String)",
    ],
)
def test_other_statements_are_not_split(text: bytes) -> None:
    assert insert_head(text) is None


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT 1 FORMAT JSON", "JSON"),
        ("SELECT 1\nformat JSON ;", "JSON"),
        ("SELECT 1 FORMAT JSON SETTINGS max_threads = 1", "JSON"),
        ("SELECT 1 FORMAT JSON -- as text", "JSON"),
        ("SELECT 'FORMAT JSON'", None),
        ("SELECT (SELECT 1 FORMAT JSON)", None),
        ("SELECT format FROM t", None),
        ("SELECT a AS format", None),
        ("", None),
    ],
)
def test_format_of_the_result(statement: str, name: str | None) -> None:
    assert output_format(statement) == name


@pytest.mark.parametrize(
    ("statement", "several"),
    [
        ("SELECT 1", False),
        ("SELECT 1;;\n", False),
        ("SELECT 1; -- done", False),
        ("SELECT ';SELECT'; /* ; */", False),
        ("SELECT 1; SELECT 2", True),
        ("SELECT $x$;$x$; x", True),
    ],
)
def test_several_statements(statement: str, several: bool) -> None:
    assert is_several(statement) is several


def test_first_word() -> None:
    assert first_word(" -- x\n ((select 1))") == "SELECT"
    assert first_word("/* only a comment */") == ""


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_no_text_breaks_the_reader(text: bytes, more: bytes) -> None:
    decoded = text.decode("latin-1")
    assert first_word(decoded) == first_word(decoded).upper()
    assert isinstance(is_several(decoded), bool)
    output_format(decoded)
    head = insert_head(b"INSERT INTO t FORMAT RowBinary\n" + text + more)
    assert head is not None
    assert head.length == len(b"INSERT INTO t FORMAT RowBinary\n")

"""What ClickHouse's HTTP interface must know of a statement's text before the engine sees it."""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<blank> \s+ | --[^\n]* | \#[!\ ][^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<quoted> '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`\\]|\\.|``)*`
        | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<word> \w+ )
    | (?P<other> . )
    """,
    # Bytes are read as Latin-1, where a part of a character may look like a letter or a blank.
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# After one of these an INSERT brings its rows as text or computes them; no data follow.
_NO_FORMAT_AFTER = {"VALUES", "SELECT", "WITH", "INFILE", "WATCH"}


class InsertHead(NamedTuple):
    """The beginning of an ``INSERT ... FORMAT name`` whose rows follow in that format."""

    target: str
    """The text up to where a source of rows is named."""
    rest: str
    """What follows there: settings if any, and the format."""
    length: int
    """Bytes up to the first byte of data."""


def insert_head(text: bytes) -> InsertHead | None:
    r"""Split ``INSERT ... FORMAT name <data>``; None for every other statement.

    Examples
    --------
    >>> insert_head(b"INSERT INTO t (a) FORMAT CSV\n1")
    InsertHead(target='INSERT INTO t (a) ', rest='FORMAT CSV', length=29)
    >>> insert_head(b"INSERT INTO t VALUES (1)") is None
    True
    """
    depth = 0
    before = ""
    format_at = settings_at = None
    # Latin-1 keeps one character a byte, so positions are those of the bytes.
    decoded = text.decode("latin-1")
    for token in _TOKEN.finditer(decoded):
        kind, value = token.lastgroup, token.group()
        if kind == "blank":
            continue
        word = value.upper() if kind == "word" else ""
        if not before and word != "INSERT":
            return None
        if before == "FORMAT" and format_at is not None:
            if kind == "other":
                return None  # no name: the engine says what is wrong
            end = token.end()
            end += len(decoded[end:]) - len(decoded[end:].lstrip(" \t\f"))
            if decoded.startswith("\r", end):
                end += 1
            if decoded.startswith("\n", end):
                end += 1
            source_at = format_at if settings_at is None else settings_at
            target, rest = text[:source_at], text[source_at : token.end()]
            return InsertHead(target.decode(), rest.decode(), end)
        depth += {"(": 1, ")": -1}.get(value, 0)
        if depth == 0 and word in _NO_FORMAT_AFTER:
            return None
        # A table may be called "format": a clause follows a table's name, never INTO.
        if depth == 0 and before not in {"INTO", "TABLE", "."}:
            if word == "FORMAT":
                format_at = token.start()
            elif word == "SETTINGS":
                settings_at = token.start()
        before = word or value
    return None


def output_format(statement: str) -> str | None:
    """Name in the ``FORMAT`` clause that ends a statement, None without one.

    Examples
    --------
    >>> output_format("SELECT 'FORMAT x' FORMAT JSON SETTINGS max_threads = 1;")
    'JSON'
    >>> output_format("SELECT format FROM t") is None
    True
    """
    words = [t for t in _TOKEN.finditer(statement) if t.lastgroup != "blank" and t.group() != ";"]
    depth = 0
    found = None
    for index, token in enumerate(words[:-1]):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if (
            depth == 0
            and token.group().upper() == "FORMAT"
            and words[index + 1].lastgroup == "word"
        ):
            after = words[index + 2].group().upper() if index + 2 < len(words) else ""
            if after in {"", "SETTINGS", "INTO"}:
                found = words[index + 1].group()
    return found


def first_word(statement: str) -> str:
    """Word that a statement begins with, in capitals."""
    for token in _TOKEN.finditer(statement):
        if token.lastgroup != "blank" and token.group() != "(":
            return token.group().upper()
    return ""


def is_several(statement: str) -> bool:
    """Whether something follows the semicolon that ends the first statement.

    Examples
    --------
    >>> is_several("SELECT ';' ; -- the end"), is_several("SELECT 1; SELECT 2")
    (False, True)
    """
    ended = False
    for token in _TOKEN.finditer(statement):
        if token.lastgroup != "blank" and ended and token.group() != ";":
            return True
        ended = ended or token.group() == ";"
    return False

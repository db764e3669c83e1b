"""Redaction of personal data before anything is stored, logged or sent."""

import polars as pl

# Boundaries and digits of ASCII: those of Unicode make the regular expressions 20 times slower.
_PATTERNS = (
    (r"(?i)[a-z0-9._%+\-]{1,64}@[a-z0-9.\-]{1,253}\.[a-z]{2,24}", "<EMAIL>"),
    (r"(?-u:\b)[0-9](?:[ \-]?[0-9]){12,18}(?-u:\b)", "<NUMBER>"),
    (r"\+[0-9]{1,3}(?:[ ()./\-]{0,2}[0-9]){7,12}(?-u:\b)", "<PHONE>"),
)


def redact(texts: pl.Series) -> pl.Series:
    """Texts with e-mail addresses, long numbers (cards, accounts) and phone numbers replaced.

    Patterns run in linear time (no back-tracking). Nulls stay null.

    >>> redact(pl.Series(["write to ann@example.org", None])).to_list()
    ['write to <EMAIL>', None]
    """
    for pattern, placeholder in _PATTERNS:
        texts = texts.str.replace_all(pattern, placeholder)
    return texts

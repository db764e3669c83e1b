"""Redaction of personal data and secrets before anything is stored, logged or sent."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from detectors.privacy.finder import find
from detectors.privacy.findings import Finding, Findings
from detectors.privacy.reading import findings_of
from detectors.text.buffer import TextBuffer, buffer_of, buffer_of_series
from detectors.text.column import TextColumn

MOST_PASSES: Final = 8
_KEPT: Final = "redacted"


def redact(texts: pl.Series) -> pl.Series:
    """Texts with personal data and secrets replaced by placeholders such as ``<EMAIL>``.

    Everything else stays, byte for byte. Nulls stay null. Redacting twice changes nothing more.

    Parameters
    ----------
    texts
        Strings.

    Returns
    -------
    polars.Series
        The same name and length.

    See Also
    --------
    redact_column : The same for a column whose findings are known already.

    Examples
    --------
    >>> redact(pl.Series(["write to ann@example.org", None])).to_list()
    ['write to <EMAIL>', None]
    """
    buffer = buffer_of_series(texts)
    return _redacted(texts, buffer, find(buffer))


def redact_column(column: TextColumn) -> pl.Series:
    """The texts of a batch's column, redacted once for all who ask; shares the signals' findings.

    Examples
    --------
    >>> redact_column(TextColumn(["card 4111 1111 1111 1111", None])).to_list()
    ['card <CARD>', None]
    """
    kept = vars(column)
    if _KEPT not in kept:
        kept[_KEPT] = _redacted(column.values, column.buffer, findings_of(column))
    redacted: pl.Series = kept[_KEPT]
    return redacted


def _redacted(texts: pl.Series, buffer: TextBuffer, findings: Findings) -> pl.Series:
    if not len(findings):
        return texts
    rows, changed = replaced(buffer, findings)
    # A placeholder is shorter than what it replaces: words and numbers that were too far from each
    # other to be taken together may be near now. So it is repeated until nothing more is found.
    pending = list(range(len(rows)))
    for _ in range(MOST_PASSES):
        again = buffer_of([changed[number] for number in pending])
        more = find(again)
        if not len(more):
            break
        numbers, texts_again = replaced(again, more)
        pending = [pending[number] for number in numbers]
        for number, text in zip(pending, texts_again, strict=True):
            changed[number] = text
    return texts.scatter(np.array(rows, np.int64), changed)


def replaced(buffer: TextBuffer, findings: Findings) -> tuple[list[int], list[str]]:
    """The texts that have findings, these replaced by placeholders.

    Returns
    -------
    tuple
        Numbers of the texts, ascending, and the new texts.
    """
    rows: list[int] = []
    texts: list[str] = []
    edges = np.flatnonzero(np.diff(findings.rows, prepend=-1, append=-1)).tolist()
    for first, last in pairwise(edges):
        row = int(findings.rows[first])
        rows.append(row)
        texts.append(_replaced(buffer, row, findings.items[first:last]))
    return rows, texts


def _replaced(buffer: TextBuffer, row: int, items: Sequence[Finding]) -> str:
    position, parts = int(buffer.starts[row]), list[bytes]()
    for start, end, kind, _, _ in items:
        parts += (buffer.octets[position:start], kind.placeholder.encode())
        position = end
    parts.append(buffer.octets[position : int(buffer.ends[row])])
    return b"".join(parts).decode("utf-8", "replace")

"""A column of texts, and everything detectors share about it, computed at most once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.text.chunk import TextChunk, chunks_of
from detectors.text.language import languages_of
from detectors.text.words import Words, words_of

HEAD_CHARACTERS: Final = 20_000

_ABSENT: Final = pl.Series([None], dtype=pl.Float64)


def string_series(name: str, values: Sequence[str | None]) -> pl.Series:
    """A String series; lone surrogates, which are no Unicode text, become question marks."""
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:
        encodable = [v and v.encode("utf-8", "replace").decode() for v in values]
        return pl.Series(name, encodable, dtype=pl.String)


class TextColumn:
    """Texts of a batch, one an event, None where absent.

    Every property is computed when first asked for and kept: detectors that read the same column
    of a batch share the work.
    """

    def __init__(self, texts: Sequence[str | None]) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def values(self) -> pl.Series:
        """The texts as a String series."""
        return string_series("", self.texts)

    @cached_property
    def characters(self) -> pl.Series:
        """Length in Unicode code points, exact, as Float64; null where absent."""
        return self.values.str.len_chars().cast(pl.Float64)

    @cached_property
    def known(self) -> pl.Series:
        """Whether there is a text."""
        return self.values.is_not_null()

    @cached_property
    def head(self) -> pl.Series:
        """The first :data:`HEAD_CHARACTERS` of every text: what patterns are searched in."""
        # Most batches hold no text so long; then nothing is copied.
        long = (self.values.str.len_bytes() > HEAD_CHARACTERS).any()
        return self.values.str.slice(0, HEAD_CHARACTERS) if long else self.values

    @cached_property
    def chunks(self) -> list[TextChunk]:
        """The texts, joined and read; absent ones as empty."""
        encoded = [(text or "").encode("utf-8", "replace") for text in self.texts]
        return list(chunks_of(encoded))

    @cached_property
    def words(self) -> Words:
        """The words of every text, hashed; none where the text is absent."""
        return words_of(self.chunks)

    @cached_property
    def languages(self) -> pl.Series:
        """ISO 639 code of every text's language, see :mod:`detectors.text.language`."""
        return languages_of(self.values, self.words)

    def number(self, counted: Callable[[TextChunk], NDArray[np.number[Any]]]) -> pl.Series:
        """A number counted on every chunk, as a Float64 series; null where the text is absent."""
        counts = [counted(chunk) for chunk in self.chunks]
        return self.where_known(np.concatenate([np.empty(0), *counts]))

    def where_known(self, numbers: NDArray[np.number[Any]]) -> pl.Series:
        """The numbers as a Float64 series; null where they are not finite or the text is absent."""
        values = pl.Series(numbers.astype(np.float64))
        return values.zip_with(self.known & values.is_finite(), _ABSENT)

"""A column of texts, and everything detectors share about it, computed at most once."""

from collections.abc import Sequence
from functools import cached_property

import polars as pl


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
        """The texts as a String series; lone surrogates become question marks."""
        try:
            return pl.Series(self.texts, dtype=pl.String)
        except UnicodeEncodeError:
            encodable = [t and t.encode("utf-8", "replace").decode() for t in self.texts]
            return pl.Series(encodable, dtype=pl.String)

    @cached_property
    def characters(self) -> pl.Series:
        """Length in Unicode code points, exact, as Float64; null where absent."""
        return self.values.str.len_chars().cast(pl.Float64)

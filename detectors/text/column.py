"""A column of texts, and everything detectors share about it, computed at most once."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.text.buffer import TextBuffer, buffer_of_series
from detectors.text.language import languages_of
from detectors.text.marks import marks_of
from detectors.text.sentences import Sentences, sentences_of
from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import embed
from detectors.text.words import Words, words_of

HEAD_CHARACTERS: Final = 20_000
_NO_FLAG: Final = pl.Series([None], dtype=pl.Boolean)


def numbers_or_null(values: NDArray[np.float64]) -> pl.Series:
    """A Float64 series, null where the values are not numbers."""
    return pl.Series(values, nan_to_null=True)


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
    def present(self) -> NDArray[np.bool_]:
        """Whether there is a text."""
        return self.values.is_not_null().to_numpy()

    @cached_property
    def known(self) -> pl.Series:
        """:attr:`present` as a series."""
        return pl.Series(self.present)

    @cached_property
    def head(self) -> pl.Series:
        """The first :data:`HEAD_CHARACTERS` of every text: what patterns are searched in."""
        # Most batches hold no text so long; then nothing is copied.
        long = (self.values.str.len_bytes() > HEAD_CHARACTERS).any()
        return self.values.str.slice(0, HEAD_CHARACTERS) if long else self.values

    @cached_property
    def buffer(self) -> TextBuffer:
        """The texts in one buffer; absent ones as empty."""
        return buffer_of_series(self.values)

    @cached_property
    def words(self) -> Words:
        """The words of every text, hashed; none where the text is absent."""
        return words_of(self.buffer)

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Characters of every text by :class:`~detectors.text.characters.Kind`, a row a text."""
        return self.words.kinds

    @cached_property
    def characters(self) -> pl.Series:
        """Length in Unicode code points, exact, as Float64; null where absent."""
        return self.where_known(self.kinds.sum(axis=1))

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """The row of every word in the vocabulary; -1 for words it does not hold."""
        return vocabulary().rows_of(self.words.hashes)

    @cached_property
    def embeddings(self) -> NDArray[np.float32]:
        """The mean word vector of every text, of length 1; zeros where no word is known."""
        return embed(self.words.offsets, self.rows)

    @cached_property
    def sentences(self) -> Sentences:
        """The sentences of every text."""
        return sentences_of(self.buffer, self.words)

    @cached_property
    def marks(self) -> NDArray[np.uint8]:
        """What every text may hold, as bits, see :mod:`detectors.text.marks`."""
        return marks_of(self.buffer, self.words)

    @cached_property
    def languages(self) -> pl.Series:
        """ISO 639 code of every text's language, see :mod:`detectors.text.language`."""
        return languages_of(self.values, self.present, self.words)

    def in_languages(self, codes: Collection[str]) -> NDArray[np.bool_]:
        """Which texts are in one of these languages; absent ones are in none."""
        names, places = self._spoken
        return np.array([name in codes for name in names], np.bool_)[places]

    @cached_property
    def _spoken(self) -> tuple[list[str | None], NDArray[np.int32]]:
        """The different languages, none among them, and the place of each text's."""
        encoded = self.languages.to_arrow().dictionary_encode(null_encoding="encode")
        return encoded.dictionary.to_pylist(), pl.Series(encoded.indices).to_numpy()

    def flags_where_known(self, flags: NDArray[np.bool_]) -> pl.Series:
        """The flags as a Boolean series; null where the text is absent."""
        return pl.Series(flags).zip_with(self.known, _NO_FLAG)

    def where_known(self, numbers: NDArray[np.number[Any]]) -> pl.Series:
        """The numbers as a Float64 series; null where they are not finite or the text is absent."""
        values = numbers.astype(np.float64)
        values[~(self.present & np.isfinite(values))] = np.nan
        return numbers_or_null(values)

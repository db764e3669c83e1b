"""Columns of tokens and of texts, as kernels read and fill them."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.text.column import TextColumn

_TOKENS_A_WORD: Final = 2
"""Signs of money and percent are tokens as well."""


class Tokens(NamedTuple):
    """Room for the tokens of one text, a row a token.

    ``keys`` are equal for forms of one word; ``weights`` are rarities in 0..1; ``classes`` are bits
    of :class:`~detectors.grounding.lexicon.Class`; ``relations`` rows of the lexicon's relations,
    0 is none; ``sentences`` the place of the token's sentence in its column. Of numbers alone,
    ``digits`` and ``exponents`` are the value, and ``others`` the key of what else it may mean, as
    a month or an hour; 0 is none.
    """

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint16]
    relations: NDArray[np.uint16]
    sentences: NDArray[np.int32]
    digits: NDArray[np.uint64]
    exponents: NDArray[np.int32]
    others: NDArray[np.uint32]


class Column(NamedTuple):
    """A text column as kernels read it, see :class:`~detectors.text.column.TextColumn`."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    rows: NDArray[np.int32]
    sentence_offsets: NDArray[np.int64]
    word_bounds: NDArray[np.int64]


def as_columns(column: TextColumn) -> Column:
    """A text column as kernels read it."""
    words, sentences = column.words, column.sentences
    return Column(
        column.buffer.data, words.starts, words.ends, column.rows,
        sentences.offsets, sentences.word_bounds,
    )  # fmt: skip


def room_for_tokens(words: int) -> Tokens:
    """Room for the tokens of so many words."""
    most = _TOKENS_A_WORD * words
    return Tokens(
        np.empty(most, np.uint32),
        np.empty(most, np.float32),
        np.empty(most, np.uint16),
        np.empty(most, np.uint16),
        np.empty(most, np.int32),
        np.empty(most, np.uint64),
        np.empty(most, np.int32),
        np.empty(most, np.uint32),
    )

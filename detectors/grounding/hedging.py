"""Words by which an answer says that it is not sure."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn
from detectors.text.words import holds, sorted_hashes

HEDGES: Final = (
    *("maybe", "perhaps", "possibly", "probably", "presumably", "apparently", "seemingly"),
    *("supposedly", "arguably", "potentially", "conceivably", "might", "could", "seems", "seem"),
    *("appears", "likely", "unlikely", "unsure", "uncertain", "unclear", "believe", "guess"),
    *("suspect", "assume", "speculate", "roughly", "approximately"),
)
_OFFERING: Final = ("could", "might")
"""Beside "you" these ask or suggest: "Could you tell me …", "You could try …"."""
_LOW: Final = np.uint64(0xFFF)


def hedged_share(column: TextColumn) -> NDArray[np.float64]:
    """Share of every text's sentences that hold a hedging word; NaN where it has no sentence.

    Examples
    --------
    >>> hedged_share(TextColumn(["It could rain. You could take a bus. Could you wait?"])).round(2)
    array([0.33])
    """
    sentences = column.sentences
    shares = np.full(len(sentences.offsets) - 1, np.nan)
    _shares(
        column.words.hashes,
        sentences.offsets,
        sentences.word_bounds,
        sorted_hashes(HEDGES),
        _looks(),
        sorted_hashes(_OFFERING),
        sorted_hashes(("you",))[0],
        shares,
    )
    return shares


@cache
def _looks() -> NDArray[np.bool_]:
    """Whether a hedging word's hash ends so: most words are told apart by that, not searched."""
    looks = np.zeros(int(_LOW) + 1, np.bool_)
    looks[sorted_hashes(HEDGES) & _LOW] = True
    return looks


@compiled_in_place
def _shares(
    hashes: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    hedges: NDArray[np.uint64],
    looks: NDArray[np.bool_],
    offering: NDArray[np.uint64],
    you: np.uint64,
    shares: NDArray[np.float64],
) -> None:
    for text in range(len(shares)):
        count = offsets[text + 1] - offsets[text]
        hedged = 0
        for sentence in range(offsets[text], offsets[text + 1]):
            for word in range(bounds[sentence], bounds[sentence + 1]):
                if looks[hashes[word] & _LOW] and holds(hedges, hashes[word]):
                    first, last = bounds[sentence], bounds[sentence + 1]
                    beside = (word > first and hashes[word - 1] == you) or (
                        word + 1 < last and hashes[word + 1] == you
                    )
                    if beside and holds(offering, hashes[word]):
                        continue
                    hedged += 1
                    break
        if count:
            shares[text] = hedged / count

"""Words by which an answer says that it is not sure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.column import TextColumn
from detectors.text.words import sorted_hashes

HEDGES: Final = (
    *("maybe", "perhaps", "possibly", "probably", "presumably", "apparently", "seemingly"),
    *("supposedly", "arguably", "potentially", "conceivably", "might", "could", "seems", "seem"),
    *("appears", "likely", "unlikely", "unsure", "uncertain", "unclear", "believe", "guess"),
    *("suspect", "assume", "speculate", "roughly", "approximately"),
)


def hedged_share(column: TextColumn) -> NDArray[np.float64]:
    """Share of every text's sentences that hold a hedging word; NaN where it has no sentence."""
    sentences = column.sentences
    shares = np.full(len(sentences.offsets) - 1, np.nan)
    _shares(
        column.words.hashes,
        sentences.offsets,
        sentences.word_bounds,
        sorted_hashes(HEDGES),
        shares,
    )
    return shares


@compiled
def _shares(
    hashes: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    hedges: NDArray[np.uint64],
    shares: NDArray[np.float64],
) -> None:
    # Most words are told apart by six bits of their hash, without a search.
    known = np.uint64(0)
    low = np.uint64(63)
    for hedge in hedges:
        known |= np.uint64(1) << (hedge & low)
    for text in range(len(shares)):
        count = offsets[text + 1] - offsets[text]
        hedged = 0
        for sentence in range(offsets[text], offsets[text + 1]):
            for word in range(bounds[sentence], bounds[sentence + 1]):
                if known >> (hashes[word] & low) & np.uint64(1):
                    place = np.searchsorted(hedges, hashes[word])
                    if place < len(hedges) and hedges[place] == hashes[word]:
                        hedged += 1
                        break
        if count:
            shares[text] = hedged / count

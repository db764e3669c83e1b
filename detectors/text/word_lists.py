"""Lists of words that kernels look words up in."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.words import hash_words

_LOW: Final = np.uint64(0xFFF)


@cache
def sorted_hashes(words: tuple[str, ...]) -> NDArray[np.uint64]:
    """The hashes of words in ascending order, computed once; see :func:`hash_words`."""
    return np.sort(hash_words(words))


def endings_of(words: tuple[str, ...]) -> NDArray[np.bool_]:
    """How the hashes of these words end, for :func:`may_hold`; bool[4096]."""
    endings = np.zeros(int(_LOW) + 1, np.bool_)
    endings[sorted_hashes(words) & _LOW] = True
    return endings


@compiled_inline
def may_hold(endings: NDArray[np.bool_], word: np.uint64) -> bool:
    """Whether a word may be in the list: most are told apart by how their hash ends."""
    return bool(endings[word & _LOW])


@compiled_inline
def holds(hashes: NDArray[np.uint64], word: np.uint64) -> bool:
    """Whether a word's hash is among these, in ascending order."""
    place = np.searchsorted(hashes, word)
    return bool(place < len(hashes) and hashes[place] == word)


@compiled_in_place
def any_held(listed: NDArray[np.uint64], hashes: NDArray[np.uint64], first: int, last: int) -> bool:
    """Whether one of the words from ``first`` to ``last`` is in a list, in ascending order."""
    for at in range(first, last):  # noqa: SIM110 - compiled
        if holds(listed, hashes[at]):
            return True
    return False

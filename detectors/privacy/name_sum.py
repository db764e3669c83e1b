"""Words that may be part of a name: found, read and weighed."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline
from detectors.privacy.name_features import is_candidate, name_features, word_end
from detectors.privacy.scan_names import is_apart
from detectors.privacy.word_flags import hash_of, known_name

NO_CANDIDATE: Final = -(1 << 30)


@compiled_inline
def read_candidate(
    data: NDArray[np.uint8],
    start: int,
    begin: int,
    limit: int,
    caseless: bool,
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
    slots: NDArray[np.int64],
) -> tuple[int, bool]:
    """Where the word ends that begins at ``start``, and whether it may be part of a name.

    If so, its features are in ``slots``; see :func:`name_features`.
    """
    end = word_end(data, start, limit, classes)
    key = hash_of(data, start, end)
    known = known_name(data, looks, keys, flags, start, end, key)
    if not is_candidate(data, start, end, key, known, caseless, ordinary):
        return end, False
    if not is_apart(data, start, end):
        return end, False
    name_features(
        data, start, end, begin, limit, known, caseless, keys, flags, ordinary, classes, slots
    )
    return end, True


@compiled_inline
def name_sum(
    data: NDArray[np.uint8],
    start: int,
    begin: int,
    limit: int,
    caseless: bool,
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
    weights: NDArray[np.int8],
    slots: NDArray[np.int64],
) -> tuple[int, int]:
    """Where the word ends that begins at ``start``, and the sum of the weights of its features."""
    end, may_be = read_candidate(
        data, start, begin, limit, caseless, classes, looks, keys, flags, ordinary, slots
    )
    total = NO_CANDIDATE
    if may_be:
        total = 0
        for slot in slots:
            total += weights[slot]
    return end, total

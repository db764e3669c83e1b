"""Candidate words of texts with their features, read as the detector reads them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.privacy.byte_classes import CLASSES, LETTER
from detectors.privacy.name_features import (
    FEATURES,
    is_caseless,
    starts_candidate,
    word_end,
)
from detectors.privacy.name_sum import read_candidate
from detectors.privacy.vocabulary import vocabulary
from detectors.text.buffer import buffer_of


class Words(NamedTuple):
    """Candidates: text, first and last byte in it (exclusive), and features; int64."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    slots: NDArray[np.int32]


def candidates(texts: Sequence[str]) -> Words:
    """Every word of the texts that may be part of a name.

    >>> words = candidates(["hello from Ann"])
    >>> words.starts.tolist(), words.slots.shape
    ([11], (1, 18))
    """
    buffer = buffer_of(texts)
    tables = vocabulary()
    room = 64 + len(buffer.data) // 3
    found = np.empty((3, room), np.int64)
    slots = np.empty((room, FEATURES), np.int32)
    count = _candidates(
        buffer.data, buffer.starts, buffer.ends, CLASSES, tables.looks, tables.keys,
        tables.flags, tables.ordinary, np.empty(FEATURES, np.int64), found, slots,
    )  # fmt: skip
    rows, starts, ends = found[:, :count].copy()
    first = buffer.starts[rows]
    return Words(rows, starts - first, ends - first, slots[:count].copy())


@compiled_in_place
def _candidates(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
    scratch: NDArray[np.int64],
    found: NDArray[np.int64],
    slots: NDArray[np.int32],
) -> int:
    count = 0
    for row in range(len(starts)):
        begin, limit = starts[row], ends[row]
        caseless = is_caseless(data, begin, limit)
        i = begin
        while i < limit:
            if classes[data[i]] != LETTER:
                i += 1
                continue
            if not (caseless or starts_candidate(data, i)):
                i = word_end(data, i, limit, classes)
                continue
            j, may_be = read_candidate(
                data, i, begin, limit, caseless, classes, looks, keys, flags, ordinary, scratch
            )
            if may_be:
                found[0, count], found[1, count], found[2, count] = row, i, j
                for k in range(len(scratch)):
                    slots[count, k] = scratch[k]
                count += 1
            i = j
    return count

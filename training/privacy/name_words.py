"""Candidate words of texts with their features, as the detector's own scan comes upon them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.privacy import scan
from detectors.privacy.byte_classes import CLASSES
from detectors.privacy.name_features import FEATURES, SLOTS, is_caseless
from detectors.privacy.name_model import NameModel
from detectors.privacy.name_sum import read_candidate
from detectors.privacy.vocabulary import vocabulary
from detectors.text.buffer import buffer_of

_EVERY: Final = NameModel(np.zeros(SLOTS, np.int8), 0, 0, 0.0, 1.0)
"""By which every candidate is a name."""


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
    places = scan.scan(buffer.data, buffer.starts, buffer.ends, tables, _EVERY)
    named = places.triggers == scan.NAME
    rows, starts, ends = places.rows[named], places.starts[named], places.ends[named]
    slots = np.empty((len(rows), FEATURES), np.int32)
    _read(
        buffer.data, buffer.starts, buffer.ends, rows, starts, CLASSES, tables.looks, tables.keys,
        tables.flags, tables.ordinary, np.empty(FEATURES, np.int64), slots,
    )  # fmt: skip
    first = buffer.starts[rows]
    return Words(rows, starts - first, ends - first, slots)


@compiled_in_place
def _read(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
    scratch: NDArray[np.int64],
    slots: NDArray[np.int32],
) -> None:
    """Write the features of the candidates that begin at ``places``."""
    row, caseless = -1, False
    for word in range(len(places)):
        if rows[word] != row:
            row = rows[word]
            caseless = is_caseless(data, starts[row], ends[row])
        read_candidate(
            data, places[word], starts[row], ends[row], caseless, classes, looks, keys, flags,
            ordinary, scratch,
        )  # fmt: skip
        for k in range(len(scratch)):
            slots[word, k] = scratch[k]

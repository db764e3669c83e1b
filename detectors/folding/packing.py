"""Distributions of every signal and row, counted and encoded in one compiled loop.

What a batch comes to is thousands of small distributions. Made one by one as objects they cost
more than scoring does.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.summaries.log_buckets import ZERO_FLOOR

_LARGEST_HEAD = 96
"""Bytes of a distribution without its buckets, at most."""
_LARGEST_BUCKET = 12
_SORTED_BY_HAND = 24
_DENSE = 16
"""Counts looked at to find one key, at most, where that is faster than sorting."""
_LEAF = np.dtype(
    [
        *((name, np.float64) for name in ("total", "squares", "minimum", "maximum")),
        *((name, np.int64) for name in ("count", "zeros")),
        ("integral", np.bool_),
    ],
    align=True,
)


def pack_distributions(
    values: NDArray[np.float64],
    buckets: NDArray[np.int32],
    leaf_bounds: NDArray[np.int64],
    members: NDArray[np.int64],
    row_bounds: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Distributions of values by signal and row, as MessagePack.

    Parameters
    ----------
    values
        A row a signal, a column an event in leaf order; what is not finite is absent.
    buckets
        The bucket of every value's magnitude; anything where the value is absent or near zero.
    leaf_bounds
        Where the events of each leaf begin, and where the last one's end.
    members
        The leaves row by row.
    row_bounds
        Where in ``members`` each row begins, and where the last one ends.

    Returns
    -------
    tuple
        Bytes, and where each distribution ends in them after a leading 0: that of signal ``s`` and
        row ``r`` is number ``s * rows + r``. It is empty where no value is known.
    """
    signals, rows = len(values), len(row_bounds) - 1
    most = np.diff(leaf_bounds)[members].sum() * signals * _LARGEST_BUCKET
    out = np.empty(most + signals * rows * _LARGEST_HEAD, np.uint8)
    ends = np.zeros(signals * rows + 1, np.int64)
    _pack(values, buckets, leaf_bounds, members, row_bounds, out, ends)
    return out, ends


@compiled
def _pack(
    values: NDArray[np.float64],
    buckets: NDArray[np.int32],
    leaf_bounds: NDArray[np.int64],
    members: NDArray[np.int64],
    row_bounds: NDArray[np.int64],
    out: NDArray[np.uint8],
    ends: NDArray[np.int64],
) -> None:
    least, largest = 0, 0
    for signal in range(values.shape[0]):
        for event in range(values.shape[1]):
            if np.isfinite(values[signal, event]):
                least = min(least, buckets[signal, event])
                largest = max(largest, buckets[signal, event])
    width = largest - least + 1
    # Buckets of positive values, then those of negative ones.
    counts = np.zeros(2 * width, np.int32)
    keys = np.empty(2 * width, np.int32)
    codes = np.empty(values.shape[1], np.int32)
    leaves = np.empty(len(leaf_bounds) - 1, _LEAF)
    real = np.empty(1, np.float64)
    bits = real.view(np.uint64)
    rows = len(row_bounds) - 1
    at = 0
    for signal in range(values.shape[0]):
        for leaf in range(len(leaves)):
            begin, end = leaf_bounds[leaf], leaf_bounds[leaf + 1]
            _read_leaf(
                values[signal], buckets[signal], begin, end, least, width, codes, leaves[leaf]
            )
        for row in range(rows):
            count, zeros, total, squares = 0, 0, 0.0, 0.0
            minimum, maximum, integral, filled = np.inf, -np.inf, True, 0
            for member in range(row_bounds[row], row_bounds[row + 1]):
                leaf = members[member]
                part = leaves[leaf]
                if part.count == 0:
                    continue
                count += part.count
                zeros += part.zeros
                total += part.total
                squares += part.squares
                minimum = min(minimum, part.minimum)
                maximum = max(maximum, part.maximum)
                integral = integral and part.integral
                for event in range(leaf_bounds[leaf], leaf_bounds[leaf + 1]):
                    code = codes[event]
                    if code >= 0:
                        if counts[code] == 0:
                            keys[filled] = code
                            filled += 1
                        counts[code] += 1
            if count:
                out[at], out[at + 1], out[at + 2] = 0x9A, 0xA1, 0x64  # ten items, the first is "d"
                at = _whole(out, at + 3, count)
                for number in (total, squares, minimum, maximum):
                    real[0] = number
                    out[at] = 0xCB
                    for byte in range(8):
                        out[at + 1 + byte] = (bits[0] >> np.uint64(56 - 8 * byte)) & np.uint64(255)
                    at += 9
                out[at] = 0xC3 if integral else 0xC2
                at = _whole(out, at + 1, zeros)
                _ascending(keys[:filled], counts)
                above = np.searchsorted(keys[:filled], width)
                at = _counts(out, at, keys[:above], counts, least)
                at = _counts(out, at, keys[above:filled], counts, least - width)
            ends[signal * rows + row + 1] = at


@compiled
def _read_leaf(
    values: NDArray[np.float64],
    buckets: NDArray[np.int32],
    begin: int,
    end: int,
    least: int,
    width: int,
    codes: NDArray[np.int32],
    leaf: Any,
) -> None:
    """Sum up the events of a leaf, and note the place of each among all counts, -1 for none."""
    count, zeros, total, squares = 0, 0, 0.0, 0.0
    minimum, maximum, integral = np.inf, -np.inf, True
    for event in range(begin, end):
        x = values[event]
        codes[event] = -1
        if not np.isfinite(x):
            continue
        count += 1
        total += x
        squares += x * x
        minimum = min(minimum, x)
        maximum = max(maximum, x)
        integral = integral and x == np.rint(x)
        if abs(x) < ZERO_FLOOR:
            zeros += 1
        else:
            codes[event] = buckets[event] - least + (0 if x > 0 else width)
    leaf.count, leaf.zeros, leaf.total, leaf.squares = count, zeros, total, squares
    leaf.minimum, leaf.maximum, leaf.integral = minimum, maximum, integral


@compiled
def _ascending(keys: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
    """Sort the keys: all keys that have counts."""
    length = len(keys)
    if length > _SORTED_BY_HAND:
        least, largest = keys.min(), keys.max()
        if largest - least < _DENSE * length:
            place = 0
            for key in range(least, largest + 1):
                keys[place] = key
                place += counts[key] != 0
                if place == length:
                    break
        else:
            keys.sort()
        return
    for place in range(1, length):
        key, hole = keys[place], place
        while hole > 0 and keys[hole - 1] > key:
            keys[hole] = keys[hole - 1]
            hole -= 1
        keys[hole] = key


@compiled
def _counts(
    out: NDArray[np.uint8],
    at: int,
    keys: NDArray[np.int32],
    counts: NDArray[np.int32],
    least: int,
) -> int:
    """Write a map of counts by bucket, and set the counts to 0 again."""
    length = len(keys)
    if length < 16:
        out[at] = 0x80 + length
        at += 1
    else:
        out[at], out[at + 1], out[at + 2] = 0xDE, length >> 8, length & 255
        at += 3
    for key in keys:
        at = _whole(out, at, key + least)
        at = _whole(out, at, counts[key])
        counts[key] = 0
    return at


@compiled
def _whole(out: NDArray[np.uint8], at: int, number: int) -> int:
    """Write a whole number in the shortest form; where it ends."""
    if -32 <= number < 128:
        out[at] = number & 255
        return at + 1
    if number >= 0:
        size = 1 if number < 1 << 8 else 2 if number < 1 << 16 else 4
        out[at] = 0xCC if size == 1 else 0xCD if size == 2 else 0xCE
    else:
        size = 1 if number >= -(1 << 7) else 2 if number >= -(1 << 15) else 4
        out[at] = 0xD0 if size == 1 else 0xD1 if size == 2 else 0xD2
    for byte in range(size):
        out[at + 1 + byte] = (number >> (8 * (size - 1 - byte))) & 255
    return at + 1 + size

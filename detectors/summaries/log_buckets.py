"""Logarithmic buckets: those of OpenTelemetry's exponential histogram at scale 4.

With ``BASE = 2 ** (1 / 16)``, bucket ``i`` holds magnitudes in ``(BASE**i, BASE**(i+1)]``: sixteen
buckets a doubling, each 4.4 % wide. Its value stands within 2.2 % of all it holds. Magnitudes
below ``ZERO_FLOOR`` count as zero. In SQL a bucket's value is ``0.9783425 * exp2((i + 1) / 16)``,
its upper bound ``exp2((i + 1) / 16)``.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

SCALE: Final = 4
BUCKETS_PER_DOUBLING: Final = 2**SCALE
BASE: Final = 2.0 ** (1 / BUCKETS_PER_DOUBLING)

ZERO_FLOOR: Final = 2.0**-40
"""Magnitudes below this (9.1e-13) count as zero."""

RELATIVE_ERROR: Final = (BASE - 1) / (BASE + 1)
"""Largest relative distance of a bucket's value to what the bucket holds: 0.0217."""


def bucket_index(magnitudes: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """The bucket of every positive finite number.

    Splitting off the exponent first makes powers of two, which are bucket bounds, exact.

    >>> bucket_index(np.array([0.5, 1.0, 1.01, 2.0, 2.01])).tolist()
    [-17, -1, 0, 15, 16]
    """
    mantissa, exponent = np.frexp(magnitudes)
    within = np.ceil(np.log2(mantissa * 2) * BUCKETS_PER_DOUBLING).astype(np.int32)
    index: npt.NDArray[np.int32] = (exponent - 1) * BUCKETS_PER_DOUBLING + within - 1
    return index


def bucket_upper(index: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Upper bounds, inclusive; the lower bound of ``i`` is the upper one of ``i - 1``.

    The last bucket ends at infinity: its bound is beyond float64.
    """
    with np.errstate(over="ignore"):
        upper: npt.NDArray[np.float64] = np.exp2((index + 1) / BUCKETS_PER_DOUBLING)
    return upper


def bucket_value(index: int) -> float:
    """The number whose relative distance to both bounds is the same, ``RELATIVE_ERROR``.

    >>> round(bucket_value(15), 4)
    1.9567
    """
    return float(2.0 ** (index / BUCKETS_PER_DOUBLING)) * (BASE * (1 - RELATIVE_ERROR))

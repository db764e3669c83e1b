"""What summaries observe: series, arrays and lists of values, those not known dropped."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Values = pl.Series | npt.NDArray[Any] | Sequence[Any]
"""Observed values; ``None`` and null stand for "not known"."""

Key = TypeVar("Key", int, str)


def known(values: Values, dtype: type[pl.DataType]) -> pl.Series:
    """The known values as a series of ``dtype``."""
    if isinstance(values, pl.Series):
        return values.cast(dtype).drop_nulls()
    return pl.Series(values=values, dtype=dtype).drop_nulls()


def known_numbers(values: Values) -> npt.NDArray[np.float64]:
    """The known, finite numbers: null, NaN and infinities are no observations.

    >>> known_numbers([1, None, float("nan"), 2.5]).tolist()
    [1.0, 2.5]
    """
    numbers = known(values, pl.Float64).to_numpy()
    finite: npt.NDArray[np.float64] = numbers[np.isfinite(numbers)]
    return finite


def known_texts(values: Values) -> list[str]:
    """The known texts.

    >>> known_texts(["stop", None])
    ['stop']
    """
    return known(values, pl.String).to_list()


def add_counts(left: dict[Key, int], right: dict[Key, int]) -> dict[Key, int]:
    """Counts of both, key by key.

    >>> add_counts({"a": 1}, {"a": 2, "b": 3}) == {"a": 3, "b": 3}
    True
    """
    small, large = (left, right) if len(left) < len(right) else (right, left)
    total = large.copy()
    for key, count in small.items():
        total[key] = total.get(key, 0) + count
    return total

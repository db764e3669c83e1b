"""In how many directions blocks vary, and which: few slow ones, many of noise."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ALIKE: Final = 1.5
"""Differences of neighbours share blocks: so many tell as much as one would that shares none."""


def directions_of(series: Floats, fitted: int = 0, damped: float = 0.0) -> float:
    """In how many directions of equal variance blocks vary by themselves: at least 1.

    The squared trace of the covariance of what neighbours differ by, by the trace of its square,
    less what so few show by chance.

    Parameters
    ----------
    series
        ``blocks x features``, less what is expected.
    fitted
        How many expectations were made of the blocks themselves.
    damped
        By which part products of two blocks are too small, since features were made to fit both.
    """
    steps = np.diff(series, axis=0)
    by_chance = _ALIKE / len(steps) * len(series) / max(len(series) - fitted, 1)
    share = (_concentration(steps) - by_chance) / (1 - damped) ** 2
    return 1 / float(np.clip(share, 1 / series.shape[1], 1.0))


def evenness(series: Floats, directions: float) -> float:
    """The part of the degrees of freedom of normal blocks that squares of these blocks have.

    Squared lengths of normal blocks vary as those of so many directions do (Satterthwaite 1946);
    bursts make them vary more, and what they let know of a variance is less.
    """
    squares = np.square(series).sum(axis=1)
    variance = float(squares.var())
    if variance <= 0:
        return 1.0
    return min(2 * float(squares.mean()) ** 2 / variance / directions, 1.0)


def spread_beyond(series: Floats, directions: float) -> float:
    """How much of their variance to draw in all directions alike when blocks are drawn from these.

    So that there are as many directions as in truth: few blocks leave out what they happen not to
    show.
    """
    steps, even = np.diff(series, axis=0), 1 / series.shape[1]
    seen = _concentration(steps)
    if seen <= even:
        return 0.0
    return 1 - math.sqrt(min((1 / directions - even) / (seen - even), 1.0))


def _concentration(series: Floats) -> float:
    """The trace of the covariance's square by its squared trace: 1 for one direction."""
    covariance = series.T @ series
    square = float(np.square(covariance).sum())
    return square / float(np.trace(covariance)) ** 2 if square > 0 else 1.0


def wandering_of(series: Floats, together: int, most: float, *, few: bool) -> tuple[float, Floats]:
    """In how many directions blocks wander, and which.

    So many blocks ``together`` vary in the directions of noise and in those of what wanders: the
    covariance of neighbours' differences is taken from theirs. Its eigenvalues, of few sums, are
    too far apart, or hidden by noise of many directions: all are moved alike until there are as
    many directions as an estimate without that bias tells, and those below 0 are left out. There
    are as many as noise has at ``most``. In doubt there are ``few``: of as much, what goes one way
    makes the most alarms, and noise of hundreds of directions hides in how many it goes. That of
    the shares of some cells does not.

    Returns
    -------
    tuple of float and numpy.ndarray
        The number of directions of equal variance, at least 1, and ``directions x features``, whose
        squares sum to 1.
    """
    number = len(series) // together
    whole = series[: number * together].reshape(number, together, -1).sum(axis=1)
    steps = np.diff(series, axis=0)
    # One degree of freedom is the mean's.
    slow = whole.T @ whole / (max(number - 1, 1) * together)
    quick = steps.T @ steps / (2 * len(steps))
    moved = slow - quick
    by_chance = sum(
        float(np.trace(each) ** 2 + np.square(each).sum()) / size
        for each, size in ((slow, number), (quick, len(steps) / _ALIKE))
    )
    doubt = by_chance / 4 if few else 0.0
    square = max(float(np.square(moved).sum()) - by_chance, 0.0) + doubt
    total = max(float(np.trace(moved)), 0.0) ** 2 + doubt
    count = float(np.clip(total / max(square, 1e-300), 1.0, most))
    values, vectors = np.linalg.eigh(moved)
    spread = max(float(np.ptp(values)), 1e-300)
    low, high = values[-1] - 1e3 * spread, values[-1]
    for _ in range(40):
        middle = (low + high) / 2
        left = np.maximum(values - middle, 0.0)
        few = float(left.sum()) ** 2 <= count * float(np.square(left).sum())
        low, high = (low, middle) if few else (middle, high)
    left = np.maximum(values - low, 0.0)
    kept = left > 0
    return count, (vectors[:, kept] * np.sqrt(left[kept] / max(left.sum(), 1e-300))).T

"""How two signals go together, before and now."""

from dataclasses import dataclass
from math import atanh, erfc, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.monitors.resolve_drift import FEWEST_CORRELATED

Floats = NDArray[np.float64]

_RANKS: Final = 1.06
"""Variance of Fisher's z of rank correlations, in those of Pearson's (Fieller et al. 1957)."""


@dataclass(frozen=True, slots=True)
class CorrelationShift:
    """Spearman's correlation before and now, and the two-sided probability of such a change."""

    before: float
    now: float
    probability: float


def correlation_shift(
    before: tuple[Floats, Floats], now: tuple[Floats, Floats]
) -> CorrelationShift | None:
    """Compare the correlations of two pairs of series, in order of time.

    By Fisher's z. Series that resemble their own past say less than their length: they count as so
    many independent values as have a correlation known as well (Pyper and Peterman 1998).

    Returns
    -------
    CorrelationShift or None
        ``None`` where there are too few values, or one never varies.

    Examples
    --------
    >>> draw = np.random.default_rng(1).normal
    >>> x, y, z = draw(size=(3, 200))
    >>> found = correlation_shift((x, x + y / 2), (x[:60], z[:60]))
    >>> found.before > 0.8 > 0.3 > abs(found.now), found.probability < 1e-6
    (True, True)
    """
    # Only where it is needed: scipy.stats takes a second to import.
    from scipy.stats import rankdata  # noqa: PLC0415

    ranked = [[rankdata(series) for series in pair] for pair in (before, now)]
    if min(len(pair[0]) for pair in ranked) < FEWEST_CORRELATED:
        return None
    if any(np.ptp(series) == 0 for pair in ranked for series in pair):
        return None
    values = [float(np.corrcoef(*pair)[0, 1]) for pair in ranked]
    # How the longer series resemble their past goes for both.
    first, second = ranked[0]
    share = _independent(first, second)
    sizes = [max(share * len(pair[0]), 4.0) for pair in ranked]
    spread = sqrt(sum(_RANKS / (size - 3) for size in sizes))
    z = [atanh(min(max(value, -0.999), 0.999)) for value in values]
    probability = erfc(abs(z[1] - z[0]) / spread / sqrt(2))
    return CorrelationShift(values[0], values[1], probability)


def _independent(first: Floats, second: Floats) -> float:
    """How many independent values a value is worth, at most 1."""
    total = len(first)
    lags = range(1, total // 4)
    one, other = (
        (series - series.mean()) / max(float(series.std()), 1e-12) for series in (first, second)
    )
    likeness = [
        (1 - lag / total) * float(one[lag:] @ one[:-lag]) * float(other[lag:] @ other[:-lag])
        for lag in lags
    ]
    return 1 / max(1 + 2 * sum(likeness) / total**2, 1.0)

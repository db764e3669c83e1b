"""Beta-binomial mixtures: likelihoods averaged over what a rate may be.

By Ville's inequality, a mixture's ratio to the likelihood of the true rate exceeds ``1 / alpha``
at any time, ever, with a probability of at most ``alpha`` (Robbins 1970; Howard, Ramdas, McAuliffe
and Sekhon 2021, Time-uniform, nonparametric, nonasymptotic confidence sequences).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, xlog1py, xlogy

from detectors.comparing.interval import PLANNED_EVENTS, mixing

Numbers = NDArray[np.float64]


def log_mixture(true: Any, false: Any, a: float = 0.5, b: float = 0.5) -> Numbers:
    """Logarithm of the likelihood of counts, averaged over rates of a beta prior."""
    found: Numbers = betaln(a + np.asarray(true), b + np.asarray(false)) - betaln(a, b)
    return found


def log_likelihood(true: Any, false: Any, rate: Any) -> Numbers:
    """Logarithm of the likelihood of counts at a rate."""
    found: Numbers = xlogy(true, rate) + xlog1py(false, -np.asarray(rate))
    return found


def log_evidence_of_rank(below: Any, count: int, q: float, alpha: float) -> Numbers:
    """Evidence against a number being the quantile ``q``, with ``below`` of ``count`` below it.

    ``below`` may be between whole numbers. Howard and Ramdas (2022), Sequential estimation of
    quantiles with applications to A/B testing and best-arm identification, section 3: the events
    below a quantile are a binomial with a known rate.
    """
    strength = PLANNED_EVENTS / mixing(alpha)
    below = np.asarray(below, np.float64)
    mixture = log_mixture(below, count - below, strength * q, strength * (1 - q))
    return mixture - log_likelihood(below, count - below, q)


def rate_bounds(true: int, count: int, alpha: float) -> tuple[float, float]:
    """The confidence sequence of one rate, 0..1 while nothing is known.

    >>> low, high = rate_bounds(20, 1000, alpha=0.05)
    >>> round(low, 4), round(high, 4)
    (0.0078, 0.0406)
    """
    if count == 0:
        return 0.0, 1.0
    false, limit = count - true, -np.log(alpha)
    mixture = log_mixture(true, false)

    def bound(far: float) -> float:
        near = true / count
        if mixture - log_likelihood(true, false, far) < limit:
            return far
        for _ in range(60):
            middle = (near + far) / 2
            if mixture - log_likelihood(true, false, middle) < limit:
                near = middle
            else:
                far = middle
        return far

    return bound(0.0), bound(1.0)

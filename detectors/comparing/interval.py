"""What a comparison knows of a difference, and how much evidence a likelihood ratio is."""

from math import inf, log, log1p
from typing import Final, NamedTuple


class Interval(NamedTuple):
    """All values of a confidence sequence at one moment; unbounded while little is known."""

    low: float
    high: float


ANYTHING: Final = Interval(-inf, inf)

PLANNED_EVENTS: Final = 1000
"""Events of the smaller arm at which the sequences are tightest. They hold at any number."""


def mixing(alpha: float) -> float:
    """How wide the mixture is that is tightest at the planned number, in its variances there.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Time-uniform central limit theory and
    asymptotic confidence sequences, appendix B.2.

    >>> round(mixing(0.05), 2)
    7.94
    """
    most = -2 * log(alpha)
    return most + log1p(most)


def normal_mixture(log_ratio: float, events: float, alpha: float) -> float:
    """The logarithm of an e-value from the logarithm of a likelihood ratio.

    Robbins' normal mixture: for a normal estimate, half its squared distance in standard
    deviations is the logarithm of the ratio. It exceeds ``log(1 / alpha)`` at any time, ever, with
    a probability that tends to at most ``alpha`` as the first look comes late.

    Parameters
    ----------
    log_ratio
        Largest log likelihood less the largest one with the difference that is doubted.
    events
        Events of the smaller arm.
    alpha
        Error the mixture is tuned for.
    """
    width = mixing(alpha) * events / PLANNED_EVENTS
    return log_ratio * width / (1 + width) - log1p(width) / 2

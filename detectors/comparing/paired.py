"""The difference of two arms that answered the same requests, from pairs of their answers."""

from msgspec import Struct

from detectors.comparing.beta_binomial import rate_bounds
from detectors.comparing.interval import ANYTHING, Interval
from detectors.comparing.means import half_width


class Pairs(Struct, frozen=True):
    """Sums over pairs of values: of each arm, of their squares, and of their products.

    Flags count as 0 and 1. Adds up by parts.
    """

    count: int = 0
    baseline: float = 0.0
    candidate: float = 0.0
    baseline_squares: float = 0.0
    candidate_squares: float = 0.0
    products: float = 0.0

    @property
    def means(self) -> tuple[float | None, float | None]:
        """Both arms' means, or rates."""
        if not self.count:
            return None, None
        return self.baseline / self.count, self.candidate / self.count


def paired_rates(pairs: Pairs, alpha: float) -> Interval:
    """How much higher the candidate's rate is, with an error of ``alpha`` over all looks together.

    Only pairs that differ tell anything (McNemar 1947). The rates of both kinds of them have exact
    beta-binomial sequences at half the error each, so it holds at any number of pairs.

    >>> low, high = paired_rates(Pairs(2000, 1960, 1900, 1960, 1900, 1895), alpha=0.05)
    >>> round(low, 3), round(high, 3)
    (-0.05, -0.01)
    """
    n = pairs.count
    if not n:
        return ANYTHING
    lost = rate_bounds(round(pairs.baseline - pairs.products), n, alpha / 2)
    won = rate_bounds(round(pairs.candidate - pairs.products), n, alpha / 2)
    return Interval(won[0] - lost[1], won[1] - lost[0])


def paired_means(pairs: Pairs, alpha: float, *, factor: float = 1.0) -> Interval:
    """The candidate's mean less ``factor`` times the baseline's.

    The asymptotic confidence sequence of the mean of the pairs' differences (Waudby-Smith et al.
    2024): what both answers owe to the request takes no part in it. As there, the first look should
    come late, after a hundred pairs or more.
    """
    n = pairs.count
    if n < 2:
        return ANYTHING
    estimate = (pairs.candidate - factor * pairs.baseline) / n
    squares = (
        pairs.candidate_squares - 2 * factor * pairs.products + factor**2 * pairs.baseline_squares
    )
    variance = (squares - n * estimate**2) / (n - 1)
    # Rounding leaves crumbs of differences that never varied: they say nothing of how they may.
    if variance <= 1e-12 * pairs.candidate_squares / n:
        return ANYTHING
    half = half_width(variance / n, n, alpha)
    return Interval(estimate - half, estimate + half)

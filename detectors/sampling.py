"""Choosing a few events for something expensive, so that rates over all events stay unbiased.

Poisson sampling: every event is in or out by itself, by a hash of its id, with a probability that
a light signal decides. Where a budget allows fewer than are in, those of least *priority* (the
hash's uniform number over the probability) are kept, and the probabilities shrink by the least
priority left out: priority sampling (Duffield, Lund and Thorup 2007, "Priority sampling for
estimation of arbitrary subset sums"), under which weighting by the inverse stays unbiased.

Rates are estimated by Hájek's ratio of weighted sums, with its linearised variance under Poisson
sampling (Särndal, Swensson and Wretman 1992, "Model assisted survey sampling", 5.7 and 7.3), and
Wilson's interval at the sample size that this variance is worth (Korn and Graubard 1998).
"""

from collections.abc import Iterable
from statistics import NormalDist
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.summaries.hashing import stable_hash

Floats = NDArray[np.float64]

_UNIFORM_BITS: Final = 53
_NO_VARIANCE: Final = 1e-12  # what rounding leaves of values that are all the same


class SamplingDesign(Struct, frozen=True, kw_only=True):
    """How probable it is that an event is chosen.

    ``least`` is the probability where the light signal is sure (0 or 1), ``most`` that where it
    is at its most unsure (0.5), ``unknown`` that where there is none. All lie in (0, 1]: an event
    that could never be chosen could not be spoken for.

    Raises ``ValueError`` when they do not.
    """

    least: float
    most: float
    unknown: float

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} must be above 0 and at most 1, not {getattr(self, name)}")
        if self.least > self.most:
            raise ValueError(f"least ({self.least}) must not be above most ({self.most})")

    def probabilities(self, scores: Floats) -> Floats:
        """Inclusion probability of each event by its light score (0..1; NaN where unknown).

        In between it follows the score's standard deviation as a probability, ``sqrt(s(1-s))``,
        which makes the variance of the estimate least for a given number of events (Neyman).

        >>> design = SamplingDesign(least=0.01, most=0.21, unknown=0.05)
        >>> design.probabilities(np.array([0.0, 0.5, 0.9, np.nan])).round(2).tolist()
        [0.01, 0.21, 0.13, 0.05]
        """
        known = np.clip(scores, 0, 1)
        spread = 2 * np.sqrt(known * (1 - known))
        wanted = self.least + (self.most - self.least) * spread
        return np.where(np.isnan(scores), self.unknown, wanted)


def uniform(event_ids: Iterable[str], salt: str) -> Floats:
    """A number in (0, 1) for each event, always the same for the same id and salt.

    Salts give samples that do not depend on each other, nor on summaries' hashes.

    >>> bool((uniform(["a", "b"], "x") == uniform(["a", "b"], "x")).all())
    True
    """
    hashes = stable_hash(f"{salt}\0{event_id}" for event_id in event_ids)
    high = hashes >> np.uint64(64 - _UNIFORM_BITS)
    return (high.astype(np.float64) + 0.5) / 2.0**_UNIFORM_BITS


class Sample(Struct, frozen=True):
    """What was chosen: ``rows`` (int64, ascending) and their inclusion ``probabilities``."""

    rows: NDArray[np.int64]
    probabilities: Floats


def choose(probabilities: Floats, uniforms: Floats, most: int) -> Sample:
    """At most ``most`` events, with the probabilities that make their inverses right as weights.

    Parameters
    ----------
    probabilities, uniforms
        Of each event: how probable it was to be in (0..1], and its number in (0, 1).
    most
        The budget. It must not depend on the numbers.

    Examples
    --------
    >>> sample = choose(np.array([0.5, 0.5, 1.0]), np.array([0.4, 0.6, 0.9]), most=2)
    >>> sample.rows.tolist(), sample.probabilities.tolist()
    ([0, 2], [0.5, 1.0])
    """
    priorities = uniforms / probabilities
    inside = np.flatnonzero(priorities < 1)
    if len(inside) <= most:
        return Sample(inside, probabilities[inside])
    order = inside[np.argsort(priorities[inside], kind="stable")]
    kept = np.sort(order[:most])
    return Sample(kept, probabilities[kept] * priorities[order[most]])


class Estimate(Struct, frozen=True, kw_only=True):
    """A mean over all events by a sample, in the values' unit, with its interval.

    ``effective`` is how many events of a simple random sample tell as much.
    """

    value: float
    low: float
    high: float
    sampled: int
    effective: float


def horvitz_thompson_total(values: Floats, probabilities: Floats) -> float:
    """The sum over all events (Horvitz and Thompson 1952): unbiased whatever the probabilities.

    >>> horvitz_thompson_total(np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.5, 1.0]))
    3.0
    """
    return float((values / probabilities).sum())


def estimate_mean(
    values: Floats, probabilities: Floats, *, confidence: float = 0.95
) -> Estimate | None:
    """The mean of values in 0..1 over all events that could have been chosen; None of no sample.

    Parameters
    ----------
    values
        Of the chosen events, in 0..1: flags as 0 and 1, or scores.
    probabilities
        With which each of them was chosen.
    confidence
        Of the interval.

    Examples
    --------
    >>> found = estimate_mean(np.array([1.0, 0.0, 0.0, 0.0]), np.full(4, 0.01))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.25, 0.05, 0.7)
    """
    if not len(values):
        return None
    weights = 1 / probabilities
    total = float(weights.sum())
    value = float((weights * values).sum()) / total
    excess = weights * (weights - 1)  # (1 - p) / p**2: what is chosen for sure adds no variance
    variance = float((excess * (values - value) ** 2).sum()) / total**2
    by_weights = _ratio(total**2, float(excess.sum()))
    by_variance = _ratio(value * (1 - value), variance)
    # The second is the truth where the sample shows it; without a single value of the other kind
    # (variance 0), or with few, only the weights say how little was seen.
    effective = min(by_weights, by_variance) if variance > _NO_VARIANCE else by_weights
    low, high = _wilson(value, effective, NormalDist().inv_cdf((1 + confidence) / 2))
    return Estimate(value=value, low=low, high=high, sampled=len(values), effective=effective)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else float("inf")


def _wilson(value: float, count: float, z: float) -> tuple[float, float]:
    """Wilson's interval (1927) of a proportion."""
    if count == float("inf"):
        return value, value
    shrunk = z * z / count
    middle = (value + shrunk / 2) / (1 + shrunk)
    half = z / (1 + shrunk) * (value * (1 - value) / count + shrunk / (4 * count)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)

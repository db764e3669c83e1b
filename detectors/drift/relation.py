"""Concept drift: outcomes change though what goes in does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from detectors.summaries import CategoryCounts, FlagCounts
from detectors.summaries.flag_counts import Z_95

_SMALLEST: Final = 5
"""Events a stratum needs on each side."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The difference of a rate within strata, with its 95 % interval.

    ``z`` is the signed root of the Cochran-Mantel-Haenszel statistic; ``raw`` the difference of the
    rates without strata, of which ``difference`` is left when the mixture of strata is held fixed.
    """

    difference: float
    low: float
    high: float
    z: float
    raw: float


def within_strata(pairs: Sequence[tuple[FlagCounts, FlagCounts]]) -> Relation | None:
    """Compare rates before and now stratum by stratum.

    The Mantel-Haenszel risk difference (Greenland and Robins 1985) with Sato's variance (1989), and
    the Cochran-Mantel-Haenszel test. ``None`` where no stratum has events enough on both sides.

    >>> same = within_strata([(FlagCounts(100, 10), FlagCounts(900, 90)),
    ...                       (FlagCounts(900, 450), FlagCounts(100, 50))])
    >>> round(same.difference, 6), round(same.raw, 2)
    (0.0, -0.32)
    """
    strata = [(a, b) for a, b in pairs if min(a.count, b.count) >= _SMALLEST]
    if not strata:
        return None
    top = weights = surprise = variance = p_term = q_term = 0.0
    for before, now in strata:
        n0, n1 = before.count, now.count
        total, bad = n0 + n1, before.positive + now.positive
        weight = n0 * n1 / total
        top += weight * (now.positive / n1 - before.positive / n0)
        weights += weight
        surprise += now.positive - n1 * bad / total
        variance += n0 * n1 * bad * (total - bad) / (total**2 * max(total - 1, 1))
        good0, good1 = n0 - before.positive, n1 - now.positive
        p_term += (n1**2 * before.positive - n0**2 * now.positive + n0 * n1 * (n0 - n1) / 2) / (
            total**2
        )
        q_term += (now.positive * good0 + before.positive * good1) / (2 * total)
    difference = top / weights
    deviation = sqrt(max(difference * p_term + q_term, 0.0)) / weights
    return Relation(
        difference,
        difference - Z_95 * deviation,
        difference + Z_95 * deviation,
        surprise / sqrt(variance) if variance > 0 else 0.0,
        _pooled([now for _, now in strata]) - _pooled([before for before, _ in strata]),
    )


def _pooled(flags: Sequence[FlagCounts]) -> float:
    return sum(flag.positive for flag in flags) / max(sum(flag.count for flag in flags), 1)


def joined(all_of: CategoryCounts, bad_of: CategoryCounts) -> dict[str, FlagCounts]:
    """Events and bad ones by category, where both are counted by the same categories."""
    return {
        name: FlagCounts(count, min(bad_of.counts.get(name, 0), count))
        for name, count in all_of.counts.items()
    }

"""Concept drift: outcomes change though what goes in does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from scipy.special import stdtr

from detectors.summaries import CategoryCounts, FlagCounts
from detectors.summaries.flag_counts import Z_95

Strata = Mapping[str, FlagCounts]
"""Events and bad ones, by stratum."""

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


def chance_of(relation: Relation, parts: Sequence[Strata]) -> float:
    """The two-sided probability that chance alone makes so much.

    Events that share an hour are not independent: how far parts of the reference, each as long as
    the window, are from the others tells by how much ``z`` varies more than a normal value
    (overdispersion, McCullagh and Nelder 1989, section 4.5), with as many degrees of freedom as
    there are parts. 1 where there are none.

    >>> calm = {"a": FlagCounts(100, 10)}
    >>> wild = [{"a": FlagCounts(100, bad)} for bad in (0, 20, 2, 18, 10, 12)]
    >>> found = Relation(0.2, 0.1, 0.3, 4.5, 0.2)
    >>> chance_of(found, [calm] * 60) < 1e-4 < 0.05 < chance_of(found, wild)
    True
    """
    whole = together(parts)
    found = (
        within_strata(
            [
                (FlagCounts(all_of.count - n.count, all_of.positive - n.positive), n)
                for name, n in part.items()
                for all_of in (whole[name],)
            ]
        )
        for part in parts
    )
    squares = [each.z**2 for each in found if each is not None]
    if not squares:
        return 1.0
    spread = max(sum(squares) / len(squares), 1.0)
    return 2 * float(stdtr(len(squares), -abs(relation.z) / sqrt(spread)))


def together(parts: Sequence[Strata]) -> dict[str, FlagCounts]:
    """All parts, stratum by stratum."""
    found: dict[str, FlagCounts] = {}
    for part in parts:
        for name, flags in part.items():
            found[name] = found[name].merge(flags) if name in found else flags
    return found


def _pooled(flags: Sequence[FlagCounts]) -> float:
    return sum(flag.positive for flag in flags) / max(sum(flag.count for flag in flags), 1)


def joined(all_of: CategoryCounts, bad_of: CategoryCounts) -> dict[str, FlagCounts]:
    """Events and bad ones by category, where both are counted by the same categories."""
    return {
        name: FlagCounts(count, min(bad_of.counts.get(name, 0), count))
        for name, count in all_of.counts.items()
    }

"""Many comparisons at once: which of them are alarms."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np


class Others(NamedTuple):
    """Comparisons of the same family made elsewhere or earlier, and how many are alarms now."""

    comparisons: int
    alarms: int

    def share(self, own: int) -> float:
        """The part of the family's level that the first alarm among ``own`` comparisons has.

        >>> Others(0, 0).share(4), Others(96, 0).share(4), Others(96, 9).share(4)
        (0.25, 0.01, 0.1)
        """
        return (self.alarms + 1) / (self.comparisons + own)


ALONE: Final = Others(0, 0)


def benjamini_hochberg(
    log_rates: Sequence[float], log_level: float, others: Others = ALONE
) -> list[bool]:
    """Which comparisons stand out, by the step-up procedure of Benjamini and Hochberg (1995).

    A family's comparisons are not all made at one moment. With ``others`` the step goes on from the
    alarms that stand: the ``k``-th of ``n`` rates may be as large as the level's part ``(alarms +
    k) / (comparisons + n)``. What is an alarm then is so by its own rate and the number of all
    (self-consistency: Blanchard and Roquain 2008, Two simple sufficient conditions for FDR
    control).

    ``log_rates`` are logarithms of how often chance alone makes a comparison look so; ``log_level``
    is that of how often one alarm among all of them is borne. While nothing changes, alarms come
    at that rate at most; when something does, that share of the alarms is false.

    >>> benjamini_hochberg([-9.0, -1.0, -3.0], -3.0)
    [True, False, False]
    >>> benjamini_hochberg([-9.0, -1.0, -3.0], -3.0, Others(997, 0))
    [False, False, False]
    >>> benjamini_hochberg([-9.0, -1.0, -3.0], -3.0, Others(997, 49))
    [True, False, False]
    """
    rates = np.asarray(log_rates, np.float64)
    count = len(rates)
    if not count:
        return []
    order = np.argsort(rates, kind="stable")
    ranks = others.alarms + np.arange(1, count + 1)
    below = np.flatnonzero(rates[order] <= log_level + np.log(ranks / (others.comparisons + count)))
    chosen = np.zeros(count, bool)
    if len(below):
        chosen[order[: below[-1] + 1]] = True
    return [bool(each) for each in chosen]

"""Many comparisons at once: which of them are alarms."""

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(log_rates: Sequence[float], log_level: float) -> list[bool]:
    """Which comparisons stand out, by the step-up procedure of Benjamini and Hochberg (1995).

    ``log_rates`` are logarithms of how often chance alone makes a comparison look so; ``log_level``
    is that of how often one alarm among all of them is borne. While nothing changes, alarms come
    at that rate at most; when something does, that share of the alarms is false.

    >>> benjamini_hochberg([-9.0, -1.0, -3.0], -3.0)
    [True, False, False]
    """
    rates = np.asarray(log_rates, np.float64)
    if not len(rates):
        return []
    order = np.argsort(rates, kind="stable")
    allowed = log_level + np.log(np.arange(1, len(rates) + 1) / len(rates))
    below = np.flatnonzero(rates[order] <= allowed)
    chosen = np.zeros(len(rates), bool)
    if len(below):
        chosen[order[: below[-1] + 1]] = True
    return [bool(each) for each in chosen]

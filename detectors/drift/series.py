"""Changes of a series of numbers without a reference: river's detectors, and seasons."""

from collections.abc import Sequence
from math import erfc, log, sqrt
from typing import Any, Final, Literal

import numpy as np

ChangeMethod = Literal["adwin", "page_hinkley", "kswin"]

_WINDOW: Final = 60
_RECENT: Final = 15
_ALLOWANCE: Final = 0.5
"""Page-Hinkley's tolerance, in standard deviations."""

_DEPARTURE: Final = 4.0
"""Standard deviations that the largest departure from what was constant is taken for."""


def last_change(values: Sequence[float], method: ChangeMethod, expected_run: float) -> int | None:
    """Where the last change of a series was noticed, as an index; ``None`` where none was.

    Parameters
    ----------
    values
        The series, in order. Standardised by the median and the spread of its first half; where
        that is constant, so that a departure counts at any scale, and one value alone does not.
    method
        ``adwin`` (Bifet and Gavaldà 2007), ``page_hinkley`` (Page 1954) or ``kswin`` (Raab et al.
        2020), as river has them.
    expected_run
        Values between false alarms: the significance of ADWIN and KSWIN is its inverse; the
        threshold of Page-Hinkley follows from Siegmund's approximation for normal values.
    """
    numbers = np.asarray(values, np.float64)
    first = numbers[: max(len(numbers) // 2, 1)]
    middle = float(np.median(first))
    away = np.abs(numbers - middle)
    spread = float(np.median(away[: len(first)])) * 1.4826 or float(first.std())
    # What is constant at first says nothing of its scale; rounding leaves crumbs of it.
    if spread <= 1e-9 * abs(middle):
        spread = float(away.max(initial=0.0)) / _DEPARTURE or 1.0
    detector: Any = _detector(method, expected_run)
    found = None
    for place, value in enumerate(((numbers - middle) / spread).tolist()):
        detector.update(value)
        if detector.drift_detected:
            found = place
    return found


def _detector(method: ChangeMethod, run: float) -> Any:
    # Only where it is needed: river brings scikit-learn and pandas, two seconds of imports.
    from river import drift  # noqa: PLC0415

    river: Any = drift
    if method == "adwin":
        return river.ADWIN(delta=1 / run, clock=1, grace_period=10)
    if method == "page_hinkley":
        threshold = max(log(run) - 1.166, 2.0)
        return river.PageHinkley(min_instances=20, delta=_ALLOWANCE, threshold=threshold, alpha=1.0)
    return river.KSWIN(alpha=1 / run, window_size=_WINDOW, stat_size=_RECENT, seed=1)


def seasonal_surprise(
    values: Sequence[float], season: int, ahead: int
) -> tuple[float, float, float] | None:
    """The last ``ahead`` values' sum against what the earlier ones let expect.

    Holt-Winters with additive seasons (river) learns from all but the last values; its one-step
    errors after two seasons say how far off it usually is.

    Parameters
    ----------
    values
        The series, in order, in equal steps.
    season
        Steps of a season.
    ahead
        How many values are judged.

    Returns
    -------
    tuple or None
        Sum, expected sum, and the two-sided probability of so large a surprise under normal
        errors. ``None`` with fewer than three seasons to learn from.
    """
    from river import time_series  # noqa: PLC0415 - as above

    known = [float(value) for value in values[: len(values) - ahead]]
    if len(known) < 3 * season or ahead < 1:
        return None
    river: Any = time_series
    model = river.HoltWinters(alpha=0.2, beta=0.02, gamma=0.3, seasonality=season)
    errors = []
    for place, value in enumerate(known):
        if place >= 2 * season:
            errors.append(value - model.forecast(horizon=1)[0])
        model.learn_one(value)
    expected = float(sum(model.forecast(horizon=ahead)))
    total = float(sum(values[len(values) - ahead :]))
    deviation = float(np.sqrt(np.mean(np.square(errors)) * ahead))
    if deviation <= 0:
        return total, expected, float(total == expected)
    return total, expected, erfc(abs(total - expected) / deviation / sqrt(2))

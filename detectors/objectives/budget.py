"""An error budget: what was spent of it, what is left, and how long it lasts or takes to recover.

After Beyer et al., The Site Reliability Workbook (2018), chapter 5; from counts, never from a mean
of ratios.
"""

from collections.abc import Iterable

from msgspec import Struct

from schemas.monitors.resolved import MissingData


class Budget(Struct, frozen=True, kw_only=True):
    """The budget of one window.

    Parameters
    ----------
    target
        Share of good events that is asked for, in ``[0, 1)``.
    counted, bad
        Events (or slices) of the window so far, and the bad ones among them.
    window_seconds
        Length of the window, or of the calendar's period.
    seen_seconds
        How much of it the counts are of: all of it once a rolling window is full.
    calendar
        Whether the window starts anew at the end of a period, instead of rolling on.

    >>> budget = Budget(target=0.5, counted=8, bad=2, window_seconds=86400, seen_seconds=86400)
    >>> budget.burn_rate, budget.left
    (0.5, 0.5)
    """

    target: float
    counted: float
    bad: float
    window_seconds: float
    seen_seconds: float
    calendar: bool = False

    @property
    def burn_rate(self) -> float | None:
        """How many times faster than sustainable it was spent, ``None`` without events."""
        if self.counted == 0:
            return None
        return self.bad / (self.counted * (1 - self.target))

    @property
    def spent(self) -> float:
        """Share of the window's budget that is spent; above 1: overspent.

        Traffic not seen yet is taken to be like what was seen: with a part of a window, the share
        spent is in proportion.
        """
        return (self.burn_rate or 0.0) * self.seen_seconds / self.window_seconds

    @property
    def left(self) -> float:
        """Share of the window's budget that is left; below 0: overspent."""
        return 1 - self.spent

    def lasts_for(self, burn_rate: float) -> float | None:
        """Seconds until the budget is gone at this rate; ``None`` when it lasts.

        Of a rolling window, what was spent is returned as it falls out; to be safe, that is not
        counted on.

        >>> Budget(target=0.9, counted=10, bad=0, window_seconds=60, seen_seconds=60).lasts_for(2)
        30.0
        """
        if self.left <= 0:
            return 0.0
        if burn_rate <= 0:
            return None
        seconds = self.left * self.window_seconds / burn_rate
        if self.calendar:
            return seconds if seconds < self.window_seconds - self.seen_seconds else None
        return seconds if burn_rate > 1 else None

    def recovers_in(self, burn_rate: float) -> float | None:
        """Seconds until an overspent budget is in credit again at this rate; ``None`` for never.

        What fell in a rolling window evenly falls out evenly. A calendar's period has to end.

        >>> overspent = Budget(target=0.5, counted=9, bad=9, window_seconds=60, seen_seconds=60)
        >>> overspent.recovers_in(0.0), overspent.recovers_in(1.5)
        (30.0, None)
        """
        if self.left >= 0:
            return 0.0
        if self.calendar:
            return max(self.window_seconds - self.seen_seconds, 0.0)
        if burn_rate >= 1:
            return None
        return self.window_seconds * (self.spent - 1) / (self.spent - burn_rate)


def burn_rate_of_all(
    parts: Iterable[tuple[float, float, float | None]], missing: MissingData
) -> float | None:
    """The burn rate of a budget that several objectives have together.

    Parameters
    ----------
    parts
        Weight, target and share of bad events of each; no share without events.
    missing
        What a part without events counts for: it is left out, or all good or all bad.

    Returns
    -------
    float or None
        The weighted mean of the parts' burn rates; ``None`` where nothing is known.

    Examples
    --------
    >>> parts = [(1.0, 0.9, 0.2), (1.0, 0.9, None)]
    >>> [round(burn_rate_of_all(parts, each), 1) for each in ("ignore", "good", "bad")]
    [2.0, 1.0, 6.0]
    """
    weights = burning = 0.0
    known = False
    for weight, target, share in parts:
        if share is None and missing == "ignore":
            continue
        known = known or share is not None or missing == "bad"
        bad = float(missing == "bad") if share is None else share
        burning += weight * bad / (1 - target)
        weights += weight
    return burning / weights if known else None

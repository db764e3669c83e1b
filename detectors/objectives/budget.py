"""An error budget: what was spent of it, what is left, and how long it lasts or takes to recover.

After Beyer et al., The Site Reliability Workbook (2018), chapter 5; from counts, never from a mean
of ratios.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

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
    ends_in
        Seconds until the calendar's period ends and the budget starts anew; ``None`` where the
        window rolls on.

    >>> budget = Budget(target=0.5, counted=8, bad=2, window_seconds=86400, seen_seconds=86400)
    >>> budget.burn_rate, budget.left
    (0.5, 0.5)
    """

    target: float
    counted: float
    bad: float
    window_seconds: float
    seen_seconds: float
    ends_in: float | None = None

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
        counted on. A rate that is sustainable lasts from when the window is full.

        >>> Budget(target=0.9, counted=10, bad=0, window_seconds=60, seen_seconds=60).lasts_for(2)
        30.0
        """
        if self.left <= 0:
            return 0.0
        if burn_rate <= 0:
            return None
        seconds = self.left * self.window_seconds / burn_rate
        if self.ends_in is not None:
            return seconds if seconds < self.ends_in else None
        return seconds if burn_rate > 1 or seconds < self._unseen else None

    def recovers_in(self, burn_rate: float) -> float | None:
        """Seconds until an overspent budget is in credit again at this rate; ``None`` for never.

        What fell in a rolling window evenly falls out evenly, from when the window is full. A
        calendar's period has to end.

        >>> overspent = Budget(target=0.5, counted=9, bad=9, window_seconds=60, seen_seconds=60)
        >>> overspent.recovers_in(0.0), overspent.recovers_in(1.5)
        (30.0, None)
        >>> young = Budget(target=0.5, counted=9, bad=9, window_seconds=60, seen_seconds=40)
        >>> young.recovers_in(0.0)
        30.0
        """
        if self.left >= 0:
            return 0.0
        if self.ends_in is not None:
            return self.ends_in
        if burn_rate >= 1:
            return None
        until_full = self._unseen
        spent = self.spent + burn_rate * until_full / self.window_seconds
        falling = self.spent / self.seen_seconds - burn_rate / self.window_seconds
        return until_full + (spent - 1) / falling

    @property
    def _unseen(self) -> float:
        """Seconds in which nothing falls out of a rolling window."""
        return max(self.window_seconds - self.seen_seconds, 0.0)


def burn_rate_of_all(
    parts: Iterable[tuple[float, float, float | None]], missing: MissingData, seen: float = 1.0
) -> float | None:
    """The burn rate of a budget that several objectives have together.

    Parameters
    ----------
    parts
        Weight, target and share of bad events of each; no share without events.
    missing
        What a part without events counts for: it is left out, or all good or all bad.
    seen
        How much of the time, 0..1, was watched at all: silence before that is not bad.

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
        bad = (seen if missing == "bad" else 0.0) if share is None else share
        burning += weight * bad / (1 - target)
        weights += weight
    return burning / weights if known else None


def budget_of_all(parts: Sequence[tuple[float, Budget]], missing: MissingData) -> Budget | None:
    """The budget that several objectives have together, of one window.

    Parameters
    ----------
    parts
        Weight and budget of each, at least one.
    missing
        What a part without events counts for, as in :func:`burn_rate_of_all`.

    Returns
    -------
    Budget or None
        Of one event, and as much of it bad as is spent; ``None`` where nothing is known.

    Examples
    --------
    >>> full = {"target": 0.9, "window_seconds": 60, "seen_seconds": 60}
    >>> parts = [(1.0, Budget(counted=100, bad=5, **full)), (1.0, Budget(counted=0, bad=0, **full))]
    >>> [round(budget_of_all(parts, each).left, 2) for each in ("ignore", "good", "bad")]
    [0.5, 0.75, -4.25]
    """
    burning = burn_rate_of_all(
        [
            (weight, each.target, each.bad / each.counted if each.counted else None)
            for weight, each in parts
        ],
        missing,
    )
    if burning is None:
        return None
    longest = max((each for _, each in parts), key=lambda each: each.seen_seconds)
    return structs.replace(longest, target=0.0, counted=1.0, bad=burning)

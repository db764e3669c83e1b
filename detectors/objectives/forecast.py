"""When an error budget will be gone, with an interval, if the near past goes on.

Many futures are put together from blocks of the near past (Künsch 1989: blocks, as errors come in
bursts), each future with weights of its own for the blocks (Rubin 1981, the Bayesian bootstrap:
how the near past itself may have come out otherwise) and a level of its own (what bursts the near
past has not shown). The budget is followed through every one.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Hours = NDArray[np.float64]
RECENT_HOURS: Final = 72
"""How much of the near past goes on."""

_CONCENTRATION = 0.25
"""Below 1, weights differ more: hours in one block are like each other, and so are blocks."""


class Forecast(Struct, frozen=True, kw_only=True):
    """Hours until the budget is gone; ``None``: not within ``horizon_hours``.

    ``low..high`` holds it with a probability of ``confidence``; ``probability`` is that of its
    being gone within the horizon at all. Of an overspent budget (``overspent``) all of this is of
    its being in credit again.
    """

    overspent: bool
    low: float | None
    median: float | None
    high: float | None
    probability: float
    confidence: float
    horizon_hours: int


def forecast(
    counted: Hours,
    bad: Hours,
    *,
    target: float,
    window_hours: int,
    random: np.random.Generator,
    period_ends_in: int | None = None,
    before: int = 0,
    recent_hours: int = RECENT_HOURS,
    block_hours: int = 12,
    futures: int = 2000,
    confidence: float = 0.9,
) -> Forecast | None:
    """Forecast a budget from hourly counts, oldest first, the last hour being the present one.

    Parameters
    ----------
    counted, bad
        Events (or slices) and bad ones, of the whole window where there are so many hours; with
        ``period_ends_in``, of the calendar's period so far.
    target
        Share of good events that is asked for.
    window_hours
        Length of the window or of the period.
    random
        Where the futures are drawn from.
    period_ends_in
        Hours until the calendar's period ends; ``None`` for a rolling window.
    before
        How many of the hours lie before the window or the period: of the near past, not of the
        budget.
    recent_hours, block_hours
        How much of the near past goes on, and in which blocks.

    In simulations (800 each), 90 % intervals held the truth in 98 % of cases of steady errors, 97 %
    of rare ones, 93, 89 and 85 % with hours-long bursts of half the mean, the mean and half as much
    again.

    Returns ``None`` with fewer than two blocks, or without events in the near past.
    """
    recent = min(recent_hours, len(counted)) // block_hours
    if recent < 2:
        return None
    tail = recent * block_hours
    total_blocks = counted[-tail:].reshape(recent, block_hours)
    bad_blocks = bad[-tail:].reshape(recent, block_hours)
    traffic = float(total_blocks.mean())
    if traffic == 0:
        return None
    horizon = window_hours if period_ends_in is None else period_ends_in
    if horizon <= 0:
        return None
    counted, bad = counted[before:], bad[before:]
    levels = _levels(bad_blocks, random, futures)
    # One block more, like their mean with a bad event added: none so far is no proof of none.
    usual = min(float(bad_blocks.mean()) + 1 / block_hours, traffic)
    total_blocks = np.vstack([total_blocks, np.full((1, block_hours), traffic)])
    bad_blocks = np.vstack([bad_blocks, np.full((1, block_hours), usual)])
    picks = _picks(random, recent + 1, futures, -(-horizon // block_hours))
    future_total = total_blocks[picks].reshape(futures, -1)[:, :horizon]
    future_bad = bad_blocks[picks].reshape(futures, -1)[:, :horizon]
    future_bad = np.minimum(future_bad * levels[:, None], traffic)
    known_total, known_bad, missing = _kept(counted, bad, window_hours, horizon, period_ends_in)
    bad_by_then = known_bad + np.cumsum(future_bad, axis=1)
    if period_ends_in is None:
        total_by_then = known_total + np.cumsum(future_total, axis=1) + missing * traffic
    else:
        total_by_then = known_total + future_total.sum(axis=1, keepdims=True) + missing * traffic
    spent = bad_by_then / (total_by_then * (1 - target))
    now = _spent_now(counted, bad, target, window_hours)
    overspent = now >= 1
    reached = spent < 1 if overspent else spent >= 1
    hours = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
    tails = (1 - confidence) / 2
    return Forecast(
        overspent=overspent,
        low=_finite(np.quantile(hours, tails, method="lower")),
        median=_finite(np.quantile(hours, 0.5, method="nearest")),
        high=_finite(np.quantile(hours, 1 - tails, method="higher")),
        probability=float(np.isfinite(hours).mean()),
        confidence=confidence,
        horizon_hours=horizon,
    )


def _levels(bad_blocks: Hours, random: np.random.Generator, futures: int) -> Hours:
    """What the errors of every future are multiplied with, 1 on average.

    A few days of bursts tell little of the bursts of the next: futures differ from them, all in
    all, as much as their blocks from each other (log-normally).
    """
    means = bad_blocks.mean(axis=1)
    variation = float(means.std(ddof=1) / max(means.mean(), 1e-12))
    spread = np.sqrt(np.log1p(variation**2))
    levels: Hours = np.exp(random.normal(-(spread**2) / 2, spread, futures))
    return levels


def _picks(
    random: np.random.Generator, blocks: int, futures: int, length: int
) -> NDArray[np.int64]:
    """Blocks of every future, drawn by the future's own weights."""
    weights = random.gamma(_CONCENTRATION, size=(futures, blocks))
    reached = np.cumsum(weights, axis=1)
    drawn = random.random((futures, length)) * reached[:, -1:]
    picks: NDArray[np.int64] = (drawn[:, :, None] > reached[:, None, :]).sum(axis=2)
    return picks


def _kept(
    counted: Hours, bad: Hours, window_hours: int, horizon: int, period_ends_in: int | None
) -> tuple[Hours, Hours, Hours]:
    """What of the past is still in the window in each hour to come, and hours of it not known."""
    if period_ends_in is not None:
        missing = max(window_hours - period_ends_in - len(counted), 0)
        return np.array([[counted.sum()]]), np.array([[bad.sum()]]), np.array([[float(missing)]])
    ahead = np.arange(1, horizon + 1)
    stay = np.maximum(window_hours - ahead, 0)
    known = np.minimum(stay, len(counted))

    def last(values: Hours) -> Hours:
        sums = np.concatenate([[0.0], np.cumsum(values[::-1])])
        return sums[known][None, :]

    return last(counted), last(bad), (stay - known)[None, :].astype(np.float64)


def _spent_now(counted: Hours, bad: Hours, target: float, window_hours: int) -> float:
    counted, bad = counted[-window_hours:], bad[-window_hours:]
    if counted.sum() == 0:
        return 0.0
    share = len(counted) / window_hours
    return float(bad.sum() / counted.sum() / (1 - target) * share)


def _finite(hours: np.floating) -> float | None:
    return float(hours) if np.isfinite(hours) else None

"""A simulated month of workers that fail and come back: what a plan's headroom is worth."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.capacity_arithmetic import DAY, Figures, Plan

STEP: Final = 5
"""Seconds of a step of the simulation."""


@dataclass(frozen=True, slots=True)
class Month:
    """A simulated month: seconds of lag of the worst partition, and how soon it was gone."""

    median_lag: float
    p99_lag: float
    worst_lag: float
    worst_recovery: float
    incidents: int


def simulate_month(f: Figures, made: Plan, rng: np.random.Generator, *, days: int = 30) -> Month:
    """Partitions filled with a daily rhythm and emptied by workers that fail and come back.

    Each worker dies about once in thirty days on its own, a zone (a third of all) once, at the
    busiest minute of a day; workers are rolled every week, a twentieth at a time. What a dead
    worker had moves to others after ten seconds (Kafka's session), which then share a core among
    more partitions. A new process is warm after 30 s. Events go to partitions by the hash of their
    id: a partition's share varies by Poisson's law only.
    """
    share = np.full(made.partitions, 1 / made.partitions)
    capacity = 1e6 / f.score_us
    lag = np.zeros(made.partitions)
    alive_at = np.zeros(made.workers)
    owner = np.arange(made.partitions) % made.workers
    original = owner.copy()
    steps = days * DAY // STEP
    worst = np.zeros(steps)
    rhythm = _rhythm(f, steps, rng)
    zone = np.arange(made.workers) % 3
    zone_step = int((days // 2 + 0.5) * DAY) // STEP
    moved_at = -1
    incidents = 0
    for step in range(steps):
        now = step * STEP
        dead = np.flatnonzero(rng.random(made.workers) < STEP / (30 * DAY))
        back = np.full(len(dead), now + 40.0)
        if step == zone_step:
            dead, back = np.flatnonzero(zone == 0), np.full((zone == 0).sum(), now + 900.0)
        elif now % (7 * DAY) < 20 * 60 and now % 60 == 0 and now >= DAY:
            part = int(now % (7 * DAY) // 60)
            dead = np.arange(part, made.workers, 20)
            back = np.full(len(dead), now + 40.0)
        if len(dead):
            incidents += 1
            alive_at[dead] = np.maximum(alive_at[dead], back)
            moved_at = now + 10
        alive = alive_at <= now
        if now == moved_at or (moved_at < now and not np.array_equal(owner, original)):
            up = np.flatnonzero(alive)
            if len(up) == made.workers:
                owner = original.copy()
            else:
                gone = ~alive[owner]
                owner[gone] = up[np.arange(int(gone.sum())) % len(up)]
        arrived = rng.poisson(rhythm[step] * STEP * share)
        lag += arrived
        busy = np.bincount(owner, weights=lag, minlength=made.workers)
        done = np.minimum(busy, np.where(alive, capacity * STEP, 0.0))
        lag *= 1 - np.divide(done, busy, out=np.zeros_like(busy), where=busy > 0)[owner]
        worst[step] = lag.max() / max(rhythm[step] / made.partitions, 1e-9)
    return Month(
        median_lag=float(np.median(worst)),
        p99_lag=float(np.quantile(worst, 0.99)),
        worst_lag=float(worst.max()),
        worst_recovery=_longest_above(worst, 2 * STEP),
        incidents=incidents,
    )


def _rhythm(f: Figures, steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Events a second: a daily wave up to the planned rate, with noise of minutes."""
    at = np.arange(steps) * STEP
    low = 2 * f.mean_share - 1
    wave = low + (1 - low) * (1 - np.cos(2 * np.pi * at / DAY)) / 2
    minutes = rng.normal(1, 0.03, steps * STEP // 60 + 1).clip(0.8, 1.2)
    return f.rate * np.minimum(wave * minutes[at // 60], 1.0)


def _longest_above(lag: NDArray[np.float64], limit: float) -> float:
    """Seconds of the longest time above a lag."""
    above = np.concatenate([[0], (lag > limit).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(above))
    return float((edges[1::2] - edges[::2]).max(initial=0) * STEP)

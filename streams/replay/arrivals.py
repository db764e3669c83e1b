"""When requests come: a Poisson process whose rate breathes with the day and in bursts."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

DAY_SECONDS = 86400.0


class Arrivals:
    """Arrival times of a Poisson process with a log-normal, autocorrelated rate (Cox process).

    Parameters
    ----------
    rate
        Requests per second, mean over a day.
    daily_amplitude
        0 for a flat day; 0.6 makes the busiest hour (15:00 UTC) 1.6 times the mean.
    burstiness
        Standard deviation of the logarithm of the rate around its daily course.
    correlation_seconds
        After so long a burst has decayed to 1/e.
    """

    def __init__(
        self,
        rate: float,
        *,
        daily_amplitude: float = 0.5,
        burstiness: float = 0.15,
        correlation_seconds: float = 120.0,
    ) -> None:
        if not rate > 0:
            raise ValueError(f"rate must be above 0 requests per second, not {rate}")
        if not 0 <= daily_amplitude <= 1:
            raise ValueError(f"daily_amplitude must lie in 0..1, not {daily_amplitude}")
        self.rate = rate
        self.daily_amplitude = daily_amplitude
        self.burstiness = burstiness
        self.correlation_seconds = correlation_seconds

    def times(
        self, start: float, rng: np.random.Generator, chunk: int = 1024
    ) -> Iterator[NDArray[np.float64]]:
        """Sorted arrival times in seconds since the epoch, endlessly, about ``chunk`` at a time."""
        step = min(1.0, chunk / self.rate / 8)
        bins = max(1, round(chunk / self.rate / step))
        decay = math.exp(-step / self.correlation_seconds)
        shock = self.burstiness * math.sqrt(1 - decay * decay)
        level = self.burstiness * rng.standard_normal()
        done = 0
        while True:
            edges = start + step * np.arange(done, done + bins)
            done += bins
            levels = np.empty(bins)
            for i, noise in enumerate(rng.standard_normal(bins).tolist()):
                level = decay * level + shock * noise
                levels[i] = level
            daily = 1 + self.daily_amplitude * np.sin(2 * np.pi * (edges / DAY_SECONDS - 9 / 24))
            # exp(N(0, s²)) has mean exp(s²/2): divided out, so that the mean rate is the rate.
            wobble = np.exp(levels - self.burstiness**2 / 2)
            counts = rng.poisson(self.rate * step * daily * wobble)
            times = np.repeat(edges, counts) + step * rng.random(int(counts.sum()))
            times.sort()
            yield times

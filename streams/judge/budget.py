"""How many calls may be made: a token bucket."""


class Budget:
    """Fills evenly with time. Holds at most a sixth of an hour's calls, and at least the fewest.

    Parameters
    ----------
    per_hour
        Calls that may be made in an hour.
    now
        Seconds of a monotonic clock.
    """

    FEWEST = 4
    """Of fewer events no interval could be given: see :func:`detectors.sampling.choose`."""

    def __init__(self, per_hour: int, now: float) -> None:
        self._a_second = per_hour / 3600
        self._capacity = max(self.FEWEST, per_hour / 6)
        self._calls = min(float(self.FEWEST), per_hour / 60)
        self._at = now

    def available(self, now: float) -> int:
        """How many calls may be made now; 0 until there are enough for a sample."""
        grown = self._calls + (now - self._at) * self._a_second
        self._calls, self._at = min(self._capacity, grown), now
        return int(self._calls) if self._calls >= self.FEWEST else 0

    @property
    def capacity(self) -> int:
        """The most there can be."""
        return int(self._capacity)

    def spend(self, calls: int) -> None:
        """Calls were made. Those made again after a failure may leave a debt."""
        self._calls -= calls

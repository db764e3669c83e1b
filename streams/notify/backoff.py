"""When to try again."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Exponential, capped, with jitter.

    The n-th failure in a row waits ``first_seconds * 2**(n - 1)``, at most ``longest_seconds``,
    times a random factor in 0.5..1: alerts that failed together do not come back together.
    A wait that the receiver asks for is respected up to ``longest_asked_seconds``.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 60.0
    longest_asked_seconds: float = 600.0

    def wait_seconds(self, failures: int, random: Random) -> float:
        """How long to wait after ``failures`` (1 or more) in a row.

        >>> Backoff().wait_seconds(3, Random(1)) <= 4.0
        True
        """
        ceiling = min(self.first_seconds * 2.0 ** min(failures - 1, 63), self.longest_seconds)
        return ceiling * random.uniform(0.5, 1)

"""Budgets counted in slices of time: every slice becomes a count of its own when it ends.

A slice's count is kept beside the events' own, so that windows over slices add up, expire and are
restored like any other. Late events of a slice that has ended change nothing: its verdict stands.
"""

from dataclasses import dataclass
from typing import Final

from detectors.summaries import FlagCounts
from schemas.monitors.resolved import Slices

SHARES: Final = 1_000_000
"""A slice that counts by its share of good events counts for so many, in whole numbers."""


@dataclass(frozen=True, slots=True)
class SliceSource:
    """Slices of the flag ``source``, told as the flag ``signal``."""

    signal: str
    source: str
    slices: Slices

    @property
    def seconds(self) -> int:
        """Length of a slice."""
        return self.slices.seconds

    @property
    def per_slice(self) -> int:
        """What a slice counts for."""
        return 1 if self.slices.target is not None else SHARES

    def judge(self, known: int, good: int) -> FlagCounts | None:
        """What a slice with these events counts for; ``None`` for nothing.

        >>> half = SliceSource("s", "sli.fast", Slices(seconds=60, target=0.5))
        >>> half.judge(10, 5), half.judge(10, 4), half.judge(0, 0)
        (FlagCounts(count=1, positive=1), FlagCounts(count=1, positive=0), None)
        """
        whole = self.per_slice
        if known == 0:
            if self.slices.missing == "ignore":
                return None
            return FlagCounts(whole, whole if self.slices.missing == "good" else 0)
        if self.slices.target is None:
            return FlagCounts(whole, round(whole * good / known))
        # As a quotient: 0.55 * 100 is above 55.
        return FlagCounts(whole, whole if good / known >= self.slices.target else 0)


def slice_source(name: str, source: str, slices: Slices | None) -> SliceSource | None:
    """The slices of the flag ``source`` for the objective of this name, where it has any."""
    return None if slices is None else SliceSource(f"slices.{name}", source, slices)

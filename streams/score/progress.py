"""How far each source partition is complete, in event time."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low

LAST_EVENTS = 15
"""A backlog's progress is the median time of so many events: some clocks may be ahead."""


class Progress:
    """The event time up to which all events of a partition have been seen.

    A partition that has been read to its end is complete up to the clock, less the lateness that
    events are granted on their way; one with a backlog up to its newest events, less the same. It
    never goes back.

    Parameters
    ----------
    lateness_seconds
        How late an event may reach Kafka.
    """

    def __init__(self, lateness_seconds: float) -> None:
        self._lateness = lateness_seconds
        self._newest: dict[int, float] = {}
        self._complete: dict[int, float] = {}

    def observe(self, partition: int, event_times: Sequence[float]) -> None:
        """Note the times of a batch's events (epoch seconds), in the order of the partition."""
        if event_times:
            # Not the largest: one client whose clock is ahead would end the wait for all others.
            newest = median_low(event_times[-LAST_EVENTS:])
            self._newest[partition] = max(self._newest.get(partition, newest), newest)

    def forget(self, partitions: Iterable[int]) -> None:
        """Drop partitions that have moved to another worker, or are read again."""
        for partition in partitions:
            self._newest.pop(partition, None)
            self._complete.pop(partition, None)

    def complete_until(self, at_end: Mapping[int, bool], now: float) -> dict[int, float]:
        """Complete event time (epoch seconds) of each partition; 0 where nothing is known.

        ``at_end`` says of every assigned partition whether all its messages have been taken at
        time ``now``.
        """
        for partition, ended in at_end.items():
            newest = now if ended else min(now, self._newest.get(partition, -1.0))
            if newest >= 0:
                known = self._complete.get(partition, 0.0)
                self._complete[partition] = max(known, newest - self._lateness)
        return {partition: self._complete.get(partition, 0.0) for partition in at_end}

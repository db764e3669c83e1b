"""How far each source partition is complete, in event time."""

from collections.abc import Iterable, Mapping


class Progress:
    """The event time up to which all events of a partition have been seen.

    A partition that has been read to its end is complete up to the clock, less the lateness that
    events are granted on their way; one with a backlog up to its newest event, less the same. It
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

    def observe(self, partition: int, event_time: float) -> None:
        """Note the time of an event (epoch seconds)."""
        self._newest[partition] = max(self._newest.get(partition, event_time), event_time)

    def forget(self, partitions: Iterable[int]) -> None:
        """Drop partitions that have moved to another worker."""
        for partition in partitions:
            self._newest.pop(partition, None)
            self._complete.pop(partition, None)

    def complete_until(self, at_end: Mapping[int, bool], now: float) -> dict[int, float]:
        """Complete event time (epoch seconds) of each partition that has any.

        ``at_end`` says of every assigned partition whether all its messages have been taken at
        time ``now``.
        """
        for partition, ended in at_end.items():
            newest = now if ended else min(now, self._newest.get(partition, -1.0))
            if newest >= 0:
                known = self._complete.get(partition, 0.0)
                self._complete[partition] = max(known, newest - self._lateness)
        return {p: self._complete[p] for p in at_end if p in self._complete}

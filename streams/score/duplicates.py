"""Copies of events, told apart by their ids and partitions."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from streams.score.intake import Arrival
from streams.score.recent_ids import Hashes, RecentIds, hash_ids

Read = Callable[[Sequence[int]], dict[int, RecentIds]]


class Duplicates:
    """Knows the recent ids of the partitions that are ours.

    Parameters
    ----------
    read
        Gives the recent ids of partitions, as Kafka has them.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._recent: dict[int, RecentIds] = {}

    @property
    def partitions(self) -> list[int]:
        """The partitions that are ours."""
        return sorted(self._recent)

    def come(self, partitions: Sequence[int]) -> None:
        """Partitions are ours from now on."""
        self._recent |= self._read(partitions)

    def gone(self, partitions: Iterable[int]) -> None:
        """Partitions are ours no more."""
        for partition in partitions:
            self._recent.pop(partition, None)

    def read_again(self) -> None:
        """Take Kafka's word for what was committed."""
        self.come(self.partitions)

    def first_seen(
        self, arrivals: Sequence[Arrival], under_way: Sequence[Mapping[int, Hashes]]
    ) -> tuple[list[Arrival], dict[int, Hashes]]:
        """Arrivals without copies of recent events, and the new ids by partition.

        ``under_way`` are the new ids of batches that are not committed yet.
        """
        by_partition: dict[int, list[Arrival]] = {}
        for arrival in arrivals:
            by_partition.setdefault(arrival.partition, []).append(arrival)
        first: list[Arrival] = []
        new: dict[int, Hashes] = {}
        for partition, group in by_partition.items():
            hashes = hash_ids(arrival.event.event_id for arrival in group)
            unseen = self._recent[partition].unseen(hashes)
            for batch in under_way:
                if partition in batch:
                    unseen &= ~np.isin(hashes, batch[partition])
            new[partition] = hashes[unseen]
            first += [arrival for arrival, is_new in zip(group, unseen, strict=True) if is_new]
        return first, new

    def remember(self, new: Mapping[int, Hashes], now: float) -> None:
        """Ids have been committed."""
        for partition, hashes in new.items():
            self._recent[partition].add(hashes, now)

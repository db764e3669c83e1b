"""A batch that has been scored: what is left of it to store and to publish."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from streams.score.metrics import ScoreMetrics
from streams.score.publisher import Commit


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything a checkpoint needs, and nothing of the messages themselves.

    ``rows`` go to ClickHouse (an Arrow table; ``None`` without events), ``commit`` to Kafka.
    ``now`` is when the batch was taken, in seconds since the epoch.
    """

    rows: Any
    commit: Commit
    now: float
    messages: int
    bytes: int
    events: int

    def of(self, partitions: Iterable[int]) -> bool:
        """Whether it holds messages of any of the partitions."""
        return not self.commit.offsets.keys().isdisjoint(partitions)

    def count(self, metrics: ScoreMetrics) -> None:
        """Count it as done."""
        letters = self.commit.letters
        metrics.events.inc(self.events)
        metrics.bytes.inc(self.bytes)
        metrics.duplicates.inc(self.messages - len(letters) - self.events)
        metrics.last_commit.set(self.now)
        for letter in letters:
            metrics.dead_letters.labels(letter.reason).inc()
        if self.commit.newest_event is not None:
            metrics.clock_skew.set(self.commit.newest_event - self.now)

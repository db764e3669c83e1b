"""Feedback on its way from Kafka: in order, each waiting for its event."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.feedback import Feedback
from streams.feedback.events import FoundEvent


@dataclass(slots=True)
class Waiting:
    """A message: Kafka took it at ``received_at``. ``feedback`` is ``None`` where it is none."""

    offset: int
    received_at: datetime
    taken_at: datetime
    feedback: Feedback | None
    event: FoundEvent | None = None
    given_up: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be learned of it."""
        return self.feedback is None or self.event is not None or self.given_up


class Queues:
    """Messages by partition. What is settled leaves in order, so that offsets tell what is done."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[Waiting]] = {}

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def __iter__(self) -> Iterator[Waiting]:
        for queue in self._queues.values():
            yield from queue

    def put(self, partition: int, message: Waiting) -> None:
        """A message was taken."""
        self._queues.setdefault(partition, deque()).append(message)

    def forget(self, partitions: Iterable[int]) -> None:
        """Partitions are ours no more."""
        for partition in partitions:
            self._queues.pop(partition, None)

    def settled(self) -> dict[int, list[Waiting]]:
        """The messages at the head of each partition of which all is known; they stay."""
        found: dict[int, list[Waiting]] = {}
        for partition, queue in self._queues.items():
            for message in queue:
                if not message.settled:
                    break
                found.setdefault(partition, []).append(message)
        return found

    def pop(self, done: dict[int, list[Waiting]]) -> None:
        """These are done with."""
        for partition, messages in done.items():
            for _ in messages:
                self._queues[partition].popleft()

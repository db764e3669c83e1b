"""Where partitions end, asked in one request while something else is done."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

_ANSWER_SECONDS = 2.0
_METADATA_MS = 5_000
"""Kafka's client asks by the leader's epoch it knows, and goes on so when that is refused."""

Answer = Callable[[], dict[tuple[str, int], int]]
"""Gives the end offset by topic and partition, as far as Kafka told; waits for that."""


class EndOffsets:
    """Asks where partitions end.

    By a client of its own: a broker answers the requests of a connection one after the other, so a
    consumer's question would wait behind its own long poll.
    """

    def __init__(self, client_config: Mapping[str, Any]) -> None:
        self._admin = AdminClient({**client_config, "metadata.max.age.ms": _METADATA_MS})

    def ask(self, partitions: Iterable[TopicPartition]) -> Answer:
        """Ask now; the answer holds for this moment or a later one."""
        wanted = {tp: OffsetSpec.latest() for tp in partitions}
        if not wanted:
            return dict
        # Messages of an open transaction are not seen yet, but they are there.
        told = self._admin.list_offsets(
            wanted,
            isolation_level=IsolationLevel.READ_UNCOMMITTED,
            request_timeout=_ANSWER_SECONDS,
        )

        def answer() -> dict[tuple[str, int], int]:
            ends = {}
            for tp, future in told.items():
                try:
                    ends[tp.topic, tp.partition] = future.result(_ANSWER_SECONDS).offset
                except (KafkaException, TimeoutError):
                    continue
            return ends

        return answer

"""Which ids were recent, read back when a partition comes to this worker: the log is the state."""

import threading
from collections.abc import Callable, Sequence
from time import monotonic

import numpy as np
import structlog
from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from schemas.topics import RECENT_IDS
from streams.kafka import TRANSACTION_TIMEOUT_MS, answered, client_config, may_pass, topic_name
from streams.notify.log_reader import READER_GROUP
from streams.score.recent_ids import RecentIds
from streams.service import Stopped
from streams.settings import KafkaSettings

log = structlog.get_logger(__name__)

_ANSWER_SECONDS = 5.0
_RETRY_SECONDS = 1.0


def read_recent_ids_patiently(
    settings: KafkaSettings,
    partitions: Sequence[int],
    horizon_seconds: float,
    clock: Callable[[], float],
    *,
    stop: threading.Event,
    trouble: Callable[[str], None],
) -> dict[int, RecentIds]:
    """:func:`read_recent_ids`, waiting for Kafka where it does not answer; ``trouble`` is told.

    Raises :class:`streams.service.Stopped` when told to stop, ``KafkaException`` for what does not
    pass by itself.
    """
    while True:
        try:
            return read_recent_ids(settings, partitions, horizon_seconds, clock(), stop)
        except KafkaException as error:
            if not may_pass(error.args[0]):
                raise
            trouble(f"recent ids cannot be read: {error.args[0].str()}")
            stop.wait(_RETRY_SECONDS)


def read_recent_ids(
    settings: KafkaSettings,
    partitions: Sequence[int],
    horizon_seconds: float,
    now: float,
    stop: threading.Event,
) -> dict[int, RecentIds]:
    """The ids of the last ``horizon_seconds`` of each partition, as committed.

    Waits until a dead predecessor's open transaction has ended: what it committed must be seen.
    Raises ``KafkaException`` when Kafka does not answer in time,
    :class:`streams.service.Stopped` when told to stop.
    """
    recent = {partition: RecentIds(horizon_seconds) for partition in partitions}
    name = topic_name(settings, RECENT_IDS)
    admin = AdminClient(client_config(settings))
    latest = admin.list_offsets(
        {TopicPartition(name, p): OffsetSpec.latest() for p in partitions},
        isolation_level=IsolationLevel.READ_UNCOMMITTED,
        request_timeout=_ANSWER_SECONDS,
    )
    ends = {tp.partition: future.result().offset for tp, future in latest.items()}
    consumer = Consumer(
        client_config(
            settings,
            **{
                "group.id": READER_GROUP,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                # The end is told after a fetch that found nothing: half a second, else.
                "fetch.wait.max.ms": 10,
                "isolation.level": "read_committed",
            },
        )
    )
    try:
        since = int((now - horizon_seconds) * 1000)
        found = consumer.offsets_for_times(
            [TopicPartition(name, p, since) for p in partitions], _ANSWER_SECONDS
        )
        starts = [tp for tp in answered(found) if 0 <= tp.offset < ends[tp.partition]]
        consumer.assign(starts)
        waiting = {tp.partition for tp in starts}
        deadline = monotonic() + 30 + 2 * TRANSACTION_TIMEOUT_MS / 1000
        while waiting:
            message = consumer.poll(0.5)
            if stop.is_set():
                raise Stopped
            if monotonic() > deadline:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            if message is None:
                continue
            partition = message.partition() or 0
            if error := message.error():
                if error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                if (message.offset() or 0) >= ends[partition]:
                    waiting.discard(partition)
                continue
            hashes = np.frombuffer(message.value() or b"", dtype="<u8")
            recent[partition].add(hashes, message.timestamp()[1] / 1000)
    finally:
        consumer.close()
    log.info("recent_ids_read", ids={partition: len(ids) for partition, ids in recent.items()})
    return recent

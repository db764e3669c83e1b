"""Whether clocks agree: events, panes and alerts carry times of several machines."""

import time
from contextlib import suppress
from typing import Any

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.doctor.check import Check, ok, skipped, warning
from streams.kafka import client_config
from streams.settings import KafkaSettings

SKEW_SECONDS = 2.0
TIMEOUT_SECONDS = 8.0


def judge_skew(part: str, theirs: float, before: float, after: float) -> Check:
    """A clock read between ``before`` and ``after`` of this one; all in seconds since the epoch."""
    ahead = max(theirs - after, 0.0) or min(theirs - before, 0.0)
    if abs(ahead) > SKEW_SECONDS:
        way = "ahead of" if ahead > 0 else "behind"
        told = f"{abs(ahead):.1f} s {way} this machine's"
        return warning(part, "clock", told, "synchronise clocks (NTP) on all machines")
    return ok(part, "clock", f"agrees with this machine's within {SKEW_SECONDS:g} s")


def check_broker_clock(settings: KafkaSettings) -> Check:
    """Compare with the broker's clock, which stamps a message on a topic made for that.

    The topic is deleted afterwards. Skipped where this user may not create topics.
    """
    topic = f"{settings.topic_prefix}tidewatch-doctor-{time.time_ns()}"
    admin = AdminClient(client_config(settings))
    config = {"message.timestamp.type": "LogAppendTime"}
    new = NewTopic(topic, num_partitions=1, replication_factor=1, config=config)
    try:
        admin.create_topics([new])[topic].result(TIMEOUT_SECONDS)
    except KafkaException as error:
        told = f"not compared: no topic can be created for it ({error.args[0].str()})"
        return skipped("Kafka", "clock", told)
    try:
        return _stamp(settings, topic)
    finally:
        with suppress(KafkaException):
            admin.delete_topics([topic])[topic].result(TIMEOUT_SECONDS)


def _stamp(settings: KafkaSettings, topic: str) -> Check:
    stamps: list[float] = []

    def delivered(error: Any, message: Any) -> None:
        kind, milliseconds = message.timestamp()
        if error is None and kind == TIMESTAMP_LOG_APPEND_TIME:
            stamps.append(milliseconds / 1000)

    producer = Producer(client_config(settings, **{"linger.ms": 0}))
    # The first message waits for the connection; the second is stamped at once.
    for _ in range(2):
        before = time.time()
        producer.produce(topic, b"", on_delivery=delivered)
        producer.flush(TIMEOUT_SECONDS)
    if not stamps:
        return skipped("Kafka", "clock", "not compared: the broker did not stamp a message")
    return judge_skew("Kafka", stamps[-1], before, time.time())

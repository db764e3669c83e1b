"""Kafka clients and topics, as the settings say."""

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from operator import methodcaller
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas.topics import (
    ALERTS,
    ALL_TOPICS,
    AUDIT,
    DAY_MS,
    DEAD_LETTERS,
    INFERENCE,
    PANES,
    WINDOWS,
    Topic,
)
from streams.service import Status, when_available
from streams.settings import KafkaSettings

log = structlog.get_logger(__name__)

MESSAGE_MAX_BYTES = 32 * 1024**2
"""Largest message on the inference topic; dead letters may be a little larger (headers)."""

COMPUTED_MAX_BYTES = 8 * 1024**2
"""Largest message of panes, windows, alerts and state. Names that applications chose are in them:
a pane of the longest ones comes to a megabyte, which is Kafka's default limit."""

TRANSACTION_TIMEOUT_MS = 10_000
"""How long a dead worker's open transaction can hold readers up."""


_PASSING = (
    # The client's own: nobody there, nobody found, nothing known yet.
    KafkaError._TRANSPORT,
    KafkaError._RESOLVE,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._DESTROY_BROKER,
    KafkaError._NODE_UPDATE,
    KafkaError._UNKNOWN_BROKER,
    KafkaError._TIMED_OUT,
    KafkaError._TIMED_OUT_QUEUE,
    KafkaError._WAIT_COORD,
    KafkaError._WAIT_CACHE,
    KafkaError._NOENT,
    # Those of a broker that the protocol calls retriable (Kafka protocol guide, error codes).
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError.NETWORK_EXCEPTION,
    KafkaError.BROKER_NOT_AVAILABLE,
    KafkaError.LISTENER_NOT_FOUND,
    KafkaError.KAFKA_STORAGE_ERROR,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.REPLICA_NOT_AVAILABLE,
    KafkaError.NOT_ENOUGH_REPLICAS,
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.UNKNOWN_TOPIC_ID,
    KafkaError.INCONSISTENT_TOPIC_ID,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.FETCH_SESSION_ID_NOT_FOUND,
    KafkaError.INVALID_FETCH_SESSION_EPOCH,
    KafkaError.NOT_CONTROLLER,
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.CONCURRENT_TRANSACTIONS,
    KafkaError.UNSTABLE_OFFSET_COMMIT,
    KafkaError.THROTTLING_QUOTA_EXCEEDED,
)


class KafkaUnavailable(ConnectionError):
    """Kafka cannot be used; the message says where and what to do."""


class KafkaAway(KafkaUnavailable):
    """Kafka did not answer: it may later."""


def client_config(settings: KafkaSettings, **extra: Any) -> dict[str, Any]:
    """Configuration shared by all librdkafka clients."""
    config: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "security.protocol": settings.security_protocol,
        # A broker away is told once, by whoever needs it, and not at every attempt to connect.
        "log_level": 2,
        "reconnect.backoff.ms": 250,
        "reconnect.backoff.max.ms": 5_000,
    }
    if settings.security_protocol.startswith("SASL"):
        config |= {
            "sasl.mechanism": settings.sasl_mechanism,
            "sasl.username": settings.sasl_username,
            "sasl.password": settings.sasl_password.get_secret_value(),
        }
    if settings.ssl_ca_location:
        config["ssl.ca.location"] = settings.ssl_ca_location
    return config | extra


# Python's faster call of a method that it has met often does not look whether the method failed
# while it gave a result, as this one does for a name that is no UTF-8: it would go on with a list
# that holds null pointers. This slower way of calling looks every time.
_headers = methodcaller("headers")


def headers_of(message: Message) -> tuple[tuple[str, bytes | None], ...]:
    """A message's headers; none where a name is no UTF-8.

    Kafka takes any bytes for a name, and the client fails on them: whoever writes such a message
    could end every process that reads it, again and again. Ask once a message: asked again, the
    client (confluent-kafka 2.16) hands over a broken object.
    """
    try:
        return tuple(_headers(message) or ())
    except (SystemError, UnicodeDecodeError):
        return ()


def topic_name(settings: KafkaSettings, topic: Topic) -> str:
    """The topic's name with the configured prefix."""
    return settings.topic_prefix + topic.name


def may_pass(error: KafkaError) -> bool:
    """Whether an error may pass by itself: a broker is away, or leaders move."""
    # librdkafka itself calls nothing retriable but errors of transactions.
    return not error.fatal() and (error.retriable() or error.code() in _PASSING)


def answered(found: Sequence[TopicPartition]) -> Sequence[TopicPartition]:
    """What Kafka told of partitions, if it told something of each.

    The client hands errors over partition by partition, with an offset that looks like none.
    Raises ``KafkaException`` with the first of them.
    """
    for partition in found:
        if partition.error is not None:
            raise KafkaException(partition.error)
    return found


Rebalanced = Callable[[Consumer, list[TopicPartition]], None]


def subscribe(consumer: Consumer, topics: Sequence[str], **callbacks: Rebalanced) -> None:
    """Subscribe with ``on_assign``, ``on_revoke`` and ``on_lost``, which may ask Kafka.

    What they raise, ``consume`` and ``poll`` raise.
    """
    consumer.subscribe(
        list(topics), **{name: _catchable(callback) for name, callback in callbacks.items()}
    )


def _catchable(callback: Rebalanced) -> Rebalanced:
    # Before Python 3.12 the client hands an error of its own on as a bare KafkaError, which is no
    # exception and ends the thread, unless it was caught on its way.
    @wraps(callback)
    def call(consumer: Consumer, partitions: list[TopicPartition]) -> None:
        try:
            callback(consumer, partitions)
        except KafkaException:  # noqa: TRY203
            raise

    return call


def ensure_topics(
    settings: KafkaSettings, topics: Sequence[Topic] = ALL_TOPICS, timeout: float = 30
) -> list[str]:
    """Create the topics that are missing; give the names of those created.

    Raises :class:`KafkaAway` when Kafka does not answer in ``timeout`` seconds,
    :class:`KafkaUnavailable` when it refuses.
    """
    admin = AdminClient(client_config(settings))
    try:
        existing = admin.list_topics(timeout=timeout).topics
    except KafkaException as error:
        raise _away(settings, error) from None
    new = [
        NewTopic(
            topic_name(settings, topic),
            num_partitions=topic.partitions or settings.partitions,
            replication_factor=settings.replication_factor,
            config=_topic_config(topic),
        )
        for topic in topics
        if topic_name(settings, topic) not in existing
    ]
    created = []
    for name, future in admin.create_topics(new, request_timeout=timeout).items() if new else ():
        try:
            future.result()
            created.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise KafkaUnavailable(
                    f"topic {name} cannot be created ({error.args[0].str()}): create it by hand "
                    "or give this user the right to create topics"
                ) from None
    if created:
        log.info("topics_created", topics=created)
    return created


def await_kafka(settings: KafkaSettings, stop: threading.Event, status: Status) -> None:
    """Wait until Kafka answers, then create the topics that are missing.

    Raises :class:`streams.service.Stopped` when told to stop, :class:`KafkaUnavailable` when Kafka
    refuses.
    """

    def prepare() -> None:
        # A client anew each time: one that has met a closed port makes ever longer pauses.
        answers(settings)
        ensure_topics(settings)

    when_available(prepare, stop, status, away=(KafkaAway,))


def answers(settings: KafkaSettings, timeout: float = 2) -> None:
    """Raise :class:`KafkaAway` unless Kafka answers in ``timeout`` seconds."""
    try:
        AdminClient(client_config(settings)).list_topics(timeout=timeout)
    except KafkaException as error:
        raise _away(settings, error) from None


def partition_count(settings: KafkaSettings, topic: Topic, timeout: float = 30) -> int:
    """How many partitions a topic has. Raises :class:`KafkaUnavailable`."""
    name = topic_name(settings, topic)
    try:
        found = AdminClient(client_config(settings)).list_topics(name, timeout=timeout)
    except KafkaException as error:
        raise _away(settings, error) from None
    return len(found.topics[name].partitions)


def _away(settings: KafkaSettings, error: KafkaException) -> KafkaAway:
    return KafkaAway(
        f"kafka.bootstrap_servers: {settings.bootstrap_servers} does not answer "
        f"({error.args[0].str()}): is Kafka running there?"
    )


def _topic_config(topic: Topic) -> dict[str, str]:
    config = {"cleanup.policy": topic.cleanup, "compression.type": "producer"}
    if topic.retention_ms is not None:
        config["retention.ms"] = str(topic.retention_ms)
    if topic in (INFERENCE, DEAD_LETTERS):
        headroom = 1024**2 if topic is DEAD_LETTERS else 0
        config["max.message.bytes"] = str(MESSAGE_MAX_BYTES + headroom)
    elif topic in (PANES, WINDOWS, ALERTS):
        config["max.message.bytes"] = str(COMPUTED_MAX_BYTES)
    if topic is AUDIT:
        # The table is the archive: the sink may be away this long before an entry is compacted.
        config["min.compaction.lag.ms"] = str(30 * DAY_MS)
    if "compact" in topic.cleanup:
        config |= {"segment.ms": str(3600 * 1000), "min.cleanable.dirty.ratio": "0.1"}
    return config

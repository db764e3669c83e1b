"""The audit topic: what it says last of each subject, and saying more."""

from collections.abc import Iterable
from time import monotonic

import structlog
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.audit import AuditEntry, decode_audit_entry, encode_audit_entry
from schemas.topics import AUDIT
from streams.kafka import KafkaUnavailable, client_config, topic_name
from streams.notify.log_reader import read_to_end
from streams.settings import KafkaSettings

log = structlog.get_logger(__name__)

_FLUSH_SECONDS = 10.0
_READ_SECONDS = 60.0


class AuditLog:
    """Reads and appends entries. Kafka is asked when a method is called, not before."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._client = client_config(settings)
        self._topic = topic_name(settings, AUDIT)

    def last(self, process: str) -> dict[str, AuditEntry]:
        """The last entry on each subject that a process noted, by its key.

        Raises :class:`streams.kafka.KafkaUnavailable`.
        """
        found: dict[str, AuditEntry] = {}
        deadline = monotonic() + _READ_SECONDS
        try:
            for message in read_to_end(
                self._client, self._topic, cancelled=lambda: monotonic() > deadline
            ):
                try:
                    entry = decode_audit_entry(message.value() or b"")
                except ValueError:
                    continue  # the sink puts it among the dead letters
                if entry.process == process:
                    found[entry.key] = entry
        except KafkaException as error:
            raise self._unavailable(error.args[0]) from None
        if monotonic() > deadline:
            raise self._unavailable(KafkaError(KafkaError._TIMED_OUT))
        return found

    def append(self, entries: Iterable[AuditEntry]) -> None:
        """Add entries; when this returns Kafka has them.

        Raises :class:`streams.kafka.KafkaUnavailable`.
        """
        refused: list[KafkaError] = []

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                refused.append(error)

        producer = Producer(
            self._client
            | {"enable.idempotence": True, "delivery.timeout.ms": int(_FLUSH_SECONDS * 1000)}
        )
        for entry in entries:
            producer.produce(
                self._topic, encode_audit_entry(entry), entry.key.encode(), on_delivery=delivered
            )
        if producer.flush(_FLUSH_SECONDS + 1) or refused:
            raise self._unavailable(refused[0] if refused else KafkaError(KafkaError._TIMED_OUT))

    def _unavailable(self, error: KafkaError) -> KafkaUnavailable:
        return KafkaUnavailable(
            f"topic {self._topic} cannot be used ({error.str()}): is it there (`tidewatch "
            "migrate`), and may this user read and write it?"
        )

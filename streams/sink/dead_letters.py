"""Sending what was refused to the dead-letter topic."""

from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaError, Producer
from confluent_kafka import Message as KafkaMessage

from schemas.dead_letters import DeadLetter
from streams.dead_letters.fitting import fitting
from streams.kafka import MESSAGE_MAX_BYTES

_FLUSH_SECONDS = 5.0
_HEADROOM_BYTES = 1024**2


class DeadLettersHeld(ConnectionError):
    """Kafka has not taken all dead letters; those it has not taken are kept for the next try."""


class DeadLetterProducer:
    """Sends dead letters to ``topic``."""

    def __init__(self, client_config: Mapping[str, Any], topic: str) -> None:
        self._topic = topic
        self._producer = Producer(
            dict(client_config)
            | {
                "enable.idempotence": True,
                "message.max.bytes": MESSAGE_MAX_BYTES + _HEADROOM_BYTES,
            }
        )

    def send(self, letters: list[DeadLetter]) -> None:
        """Send the letters, taking out of the list those that are on their way or there.

        Raises
        ------
        DeadLettersHeld
            Kafka has not taken all of them yet; call again with the same list.
        """
        errors: list[str] = []
        trying = letters[:]
        letters.clear()
        for index, letter in enumerate(trying):
            sent = fitting(letter)
            try:
                self._producer.produce(
                    self._topic,
                    value=sent.value,
                    key=sent.key,
                    headers=sent.all_headers(),  # type: ignore[arg-type]
                    on_delivery=_on_failure(letter, letters, errors),
                )
            except BufferError:
                letters += trying[index:]
                break
        waiting = self._producer.flush(_FLUSH_SECONDS)
        if waiting or letters:
            raise DeadLettersHeld(
                f"topic {self._topic}: {waiting + len(letters)} dead letters are not taken yet "
                f"({'; '.join(sorted(set(errors))) or 'no answer'}): is Kafka well?"
            )


def _on_failure(
    letter: DeadLetter, letters: list[DeadLetter], errors: list[str]
) -> Callable[[KafkaError | None, KafkaMessage], None]:
    def delivered(error: KafkaError | None, _: KafkaMessage) -> None:
        if error is not None:
            letters.append(letter)
            errors.append(error.str())

    return delivered

"""Sending dead letters to where they came from, after what was wrong has been put right."""

from collections import Counter
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from msgspec import Struct

from streams.dead_letters.letter import Letter, read_letters
from streams.dead_letters.replayed import Replayed
from streams.kafka import MESSAGE_MAX_BYTES, KafkaUnavailable, client_config
from streams.settings import KafkaSettings

_FLUSH_SECONDS = 60.0
_CHUNK = 500


class Replay(Struct, kw_only=True):
    """What a replay did: letters sent and skipped by reason.

    ``already`` were replayed before; ``homeless`` do not say where they came from; ``cut`` were too
    large to be kept whole: only their sender has them.
    """

    sent: dict[str, int] = {}
    already: dict[str, int] = {}
    homeless: dict[str, int] = {}
    cut: dict[str, int] = {}


def replay_letters(
    settings: KafkaSettings,
    *,
    reason: str | None = None,
    limit: int | None = None,
    dry_run: bool = False,
) -> Replay:
    """Send dead letters to their topics: key, value and headers as they were, the same partition.

    What was sent is remembered (:mod:`streams.dead_letters.replayed`) once Kafka has acknowledged
    it, so that the next replay leaves it out. A crash in between sends it again: harmless, as the
    same event id is the same event.

    Parameters
    ----------
    settings
        How to reach Kafka.
    reason
        Only letters refused for this reason.
    limit
        At most so many letters.
    dry_run
        Count what would be sent, and send nothing.

    Raises
    ------
    KafkaUnavailable, KafkaException
        Kafka cannot be asked, or does not take the letters; those it took are remembered.
    """
    due, result = _due(settings, reason, limit)
    result.sent = dict(Counter(letter.reason for letter in due))
    if due and not dry_run:
        sender = _Sender(settings)
        for start in range(0, len(due), _CHUNK):
            sender.send(due[start : start + _CHUNK])
    return result


def _due(
    settings: KafkaSettings, reason: str | None, limit: int | None
) -> tuple[list[Letter], Replay]:
    replayed = Replayed(settings)
    until: dict[str, dict[int, int]] = {}
    already: Counter[str] = Counter()
    homeless: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    due: list[Letter] = []
    for letter in read_letters(settings):
        if reason is not None and letter.reason != reason:
            continue
        if letter.reason not in until:
            until[letter.reason] = replayed.until(letter.reason)
        partition, offset = letter.position
        if offset < until[letter.reason].get(partition, 0):
            already[letter.reason] += 1
        elif not letter.topic:
            homeless[letter.reason] += 1
        elif letter.cut:
            cut[letter.reason] += 1
        elif limit is None or len(due) < limit:
            due.append(letter)
    return due, Replay(already=dict(already), homeless=dict(homeless), cut=dict(cut))


class _Sender:
    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._replayed = Replayed(settings)
        self._errors: Counter[str] = Counter()
        self._partitions: dict[str, int] = {}
        self._admin = AdminClient(client_config(settings))
        self._producer = Producer(
            client_config(settings)
            | {"enable.idempotence": True, "message.max.bytes": MESSAGE_MAX_BYTES}
        )

    def send(self, letters: list[Letter]) -> None:
        for letter in letters:
            self._produce(letter)
        waiting = self._producer.flush(_FLUSH_SECONDS)
        if waiting or self._errors:
            told = ", ".join(f"{count} x {error}" for error, count in self._errors.items())
            raise KafkaUnavailable(
                f"dead letters were not all taken ({told or f'{waiting} without an answer'}): "
                "is Kafka well? What was not remembered is sent again by the next replay"
            )
        self._remember(letters)

    def _produce(self, letter: Letter) -> None:
        try:
            self._producer.produce(
                letter.topic,
                value=letter.value,
                key=letter.key,
                headers=list(letter.headers),
                # Where it was: copies of an event count once only if they share a partition.
                partition=letter.partition if self._has(letter) else -1,
                on_delivery=self._delivered,
            )
        except BufferError:
            self._producer.poll(0.1)
            self._produce(letter)
        except KafkaException as error:
            raise KafkaUnavailable(
                f"topic {letter.topic}: dead letter not taken ({error.args[0].str()})"
            ) from None

    def _has(self, letter: Letter) -> bool:
        if letter.topic not in self._partitions:
            found = self._admin.list_topics(letter.topic, timeout=_FLUSH_SECONDS)
            self._partitions[letter.topic] = len(found.topics[letter.topic].partitions)
        return 0 <= letter.partition < self._partitions[letter.topic]

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._errors[error.str()] += 1

    def _remember(self, letters: Iterable[Letter]) -> None:
        until: dict[str, dict[int, int]] = {}
        for letter in letters:
            partition, offset = letter.position
            reached = until.setdefault(letter.reason, {})
            reached[partition] = max(offset + 1, reached.get(partition, 0))
        for reason, offsets in until.items():
            self._replayed.remember(reason, offsets)

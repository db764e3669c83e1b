"""What watch publishes, as it comes: alerts, and how soon windows are there."""

import threading
import time
from typing import NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from schemas.alerts import Alert, decode_alert
from schemas.topics import ALERTS, WINDOWS
from streams.kafka import client_config, topic_name
from streams.settings import KafkaSettings

RESOLUTION_SECONDS = 10


class Told(NamedTuple):
    """An alert's transition, and when it was on Kafka (seconds since the epoch)."""

    alert: Alert
    at: float


class Feed:
    """Reads the alerts topic and the windows topic in a thread of its own."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._alerts_topic = topic_name(settings, ALERTS)
        self._windows_topic = topic_name(settings, WINDOWS)
        self._consumer = Consumer(
            client_config(
                settings,
                **{
                    "group.id": "tidewatch-demo",
                    "enable.auto.commit": False,
                    "isolation.level": "read_committed",
                },
            )
        )
        self._lock = threading.Lock()
        self._alerts: list[Told] = []
        self._delays: list[tuple[float, float]] = []
        self._seen: set[int] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="feed", daemon=True)

    def start(self) -> None:
        """Begin to read, from the beginning."""
        found = self._consumer.list_topics(timeout=15).topics
        self._consumer.assign(
            [
                TopicPartition(topic, number, OFFSET_BEGINNING)
                for topic in (self._alerts_topic, self._windows_topic)
                for number in found[topic].partitions
            ]
        )
        self._thread.start()

    def stop(self) -> None:
        """End the reading."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._consumer.close()

    @property
    def alerts(self) -> list[Told]:
        """All transitions so far, in their order."""
        with self._lock:
            return list(self._alerts)

    def window_delay(self, within: float = 60.0) -> float | None:
        """Median seconds from a window's end until it was published, of the last ``within``."""
        since = time.time() - within
        with self._lock:
            recent = sorted(delay for at, delay in self._delays if at >= since)
        return recent[len(recent) // 2] if recent else None

    def _read(self) -> None:
        while not self._stop.is_set():
            for message in self._consumer.consume(500, 0.2):
                if message.error() is None:
                    self._take(message)

    def _take(self, message: Message) -> None:
        _, milliseconds = message.timestamp()
        at = milliseconds / 1000
        with self._lock:
            if message.topic() == self._alerts_topic:
                if value := message.value():
                    self._alerts.append(Told(decode_alert(value), at))
                return
            resolution, start, segment = (message.key() or b"||").decode().split("|", 2)
            # The first version of a window of all traffic: later ones are for late events.
            everything = resolution == str(RESOLUTION_SECONDS) and segment == "{}"
            if everything and int(start) not in self._seen:
                self._seen.add(int(start))
                self._delays.append((at, at - int(start) - RESOLUTION_SECONDS))

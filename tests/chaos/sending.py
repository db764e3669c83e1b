"""Sending traffic at a rate, with every message told to the oracle."""

import threading
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, Producer

from streams.kafka import client_config, topic_name
from streams.settings import KafkaSettings
from tests.chaos.oracle import Oracle
from tests.chaos.traffic import ASTRAY, Item, Traffic

_TICK_SECONDS = 0.02


class Sender:
    """Sends ``events`` at ``rate`` a second in a thread of its own; ``rate`` may be changed.

    It can be held: then what is on its way arrives, and traffic stops. So no event is under way
    when the broker goes, and every event reaches Kafka soon after its time: what happens to later
    ones is not the same in every run.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        traffic: Traffic,
        oracle: Oracle,
        events: int,
        rate: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._kafka = kafka
        self._traffic = traffic
        self._oracle = oracle
        self._events = events
        self._clock = clock
        self.rate = rate
        self._wanted = threading.Event()
        self._wanted.set()
        self._held = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self.sent = 0
        self.began = 0.0
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether all is sent, or cannot be."""
        return not self._thread.is_alive()

    def hold(self) -> None:
        """Stop traffic; returns when all that was sent has arrived."""
        self._held.clear()
        self._wanted.clear()
        while not self._held.wait(0.1) and not self.done:
            pass

    def release(self) -> None:
        """Go on."""
        self._wanted.set()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        self.release()
        self._thread.join(90)

    def _run(self) -> None:
        try:
            self._send_all()
        except BaseException as error:
            self.failure = error

    def _send_all(self) -> None:
        config = {"enable.idempotence": True, "linger.ms": 5, "delivery.timeout.ms": 180_000}
        self._producer = Producer(client_config(self._kafka, **config))
        self.began = self._clock()
        owed, last = 0.0, time.monotonic()
        while self.sent < self._events and not self._stop.is_set():
            if not self._wanted.is_set():
                self._flush()
                self._held.set()
                self._wanted.wait()
                last = time.monotonic()
            now = time.monotonic()
            owed = min(owed + (now - last) * self.rate, self.rate)
            last = now
            events = min(int(owed), self._events - self.sent)
            owed -= events
            self.sent += events
            moment = self._clock()
            for item in self._traffic.items(events, moment):
                self._send(item, moment)
            self._producer.poll(0)
            time.sleep(_TICK_SECONDS)
        for item in self._traffic.rest():
            self._send(item, self._clock())
        self._flush()

    def _send(self, item: Item, now: float) -> None:
        message = item.message
        self._oracle.sent(item, now)
        timely = item.liked is None and item.service not in ("", ASTRAY)

        def delivered(error: KafkaError | None, _: Any) -> None:
            if error is not None:
                self._oracle.lost[error.name()] += 1
            elif timely:
                self._oracle.arrived(message.time, self._clock())

        while True:
            try:
                self._producer.produce(
                    topic_name(self._kafka, message.topic),
                    message.value,
                    message.key,
                    on_delivery=delivered,
                )
            except BufferError:
                self._producer.poll(0.1)
            else:
                return

    def _flush(self) -> None:
        if self._producer.flush(180):
            raise RuntimeError("Kafka has not taken all events within 180 s")

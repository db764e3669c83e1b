"""Alerts in any state, and notifiers on topics of their own."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from prometheus_client import CollectorRegistry

from schemas.alerts import Alert, AlertState, encode_alert, fingerprint
from schemas.deliveries import Delivery, decode_delivery
from schemas.monitors.resolved import Receiver
from streams.embedded.kafka import EmbeddedKafka
from streams.notify.backoff import Backoff
from streams.notify.log_reader import read_to_end
from streams.notify.notifier import Notifier
from streams.outbound import Networks
from tests.streams.conftest import wait_until

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def make_alert(
    state: AlertState = "firing", *, monitor: str = "m", episode: int = 0, **fields: Any
) -> Alert:
    """An alert of a monitor's ``episode``."""
    started = START + timedelta(hours=episode)
    values: dict[str, Any] = {
        "fingerprint": fingerprint(monitor, {}),
        "monitor": monitor,
        "kind": "threshold",
        "severity": "page",
        "segment": {},
        "state": state,
        "started_at": started,
        "fired_at": None if state == "pending" else started,
        "resolved_at": started + timedelta(minutes=5) if state == "resolved" else None,
        "changed_at": started + timedelta(minutes={"resolved": 5}.get(state, 0)),
        "summary": f"{monitor} is {state}",
    }
    return Alert(**(values | fields))


@dataclass
class Bench:
    """Two topics of one's own, and what is needed to see what becomes of alerts."""

    servers: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    @property
    def kafka(self) -> dict[str, str]:
        return {"bootstrap.servers": self.servers}

    @property
    def alerts_topic(self) -> str:
        return f"{self.name}-alerts"

    @property
    def deliveries_topic(self) -> str:
        return f"{self.name}-deliveries"

    def create(self, *topics: str) -> None:
        admin = AdminClient(self.kafka)
        new = [NewTopic(topic, 1, 1, config={"cleanup.policy": "compact"}) for topic in topics]
        for created in admin.create_topics(new).values():
            created.result()

    def publish(self, *alerts: Alert) -> None:
        producer = Producer(self.kafka)
        for alert in alerts:
            producer.produce(self.alerts_topic, key=alert.fingerprint, value=encode_alert(alert))
        assert producer.flush(10) == 0

    def publish_raw(self, key: str, value: bytes | None) -> None:
        producer = Producer(self.kafka)
        producer.produce(self.alerts_topic, key=key, value=value)
        assert producer.flush(10) == 0

    def deliveries(self) -> list[Delivery]:
        messages = read_to_end(self.kafka, self.deliveries_topic, cancelled=lambda: False)
        return [decode_delivery(message.value() or b"") for message in messages]

    def metric(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"tidewatch_notify_{name}", labels)

    def notifier(self, *receivers: Receiver, resend_seconds: float = 30) -> Notifier:
        return Notifier(
            self.kafka,
            receivers,
            group=self.name,
            alerts_topic=self.alerts_topic,
            deliveries_topic=self.deliveries_topic,
            resend_seconds=resend_seconds,
            timeout_seconds=2,
            session_timeout_seconds=6,
            networks=Networks.parse("127.0.0.1"),
            backoff=Backoff(first_seconds=0.05, longest_seconds=0.2),
            registry=self.registry,
        )

    @contextmanager
    def running(
        self, *receivers: Receiver, resend_seconds: float = 30, ready: bool = True
    ) -> Iterator[Notifier]:
        """A notifier in a thread; what it raises is raised here."""
        # A registry a process.
        self.registry = CollectorRegistry()
        notifier = self.notifier(*receivers, resend_seconds=resend_seconds)
        stop, failures = threading.Event(), []

        def run() -> None:
            try:
                notifier.run(stop)
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            if ready:
                wait_until(lambda: failures or not notifier.ready())
            yield notifier
        finally:
            stop.set()
            thread.join(30)
        assert not thread.is_alive()
        if failures:
            raise failures[0]


@pytest.fixture
def bench(kafka: EmbeddedKafka) -> Bench:
    bench = Bench(kafka.bootstrap_servers)
    bench.create(bench.alerts_topic, bench.deliveries_topic)
    return bench

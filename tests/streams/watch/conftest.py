"""Topics of one's own, a transactional producer of panes, and watch as a process."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import (
    Consumer,
    KafkaError,
    Message,
    Producer,
    TopicPartition,
)
from msgspec import Raw

from detectors.discovery import all_signals, discover_detectors
from detectors.summaries import FlagCounts, encode_summary
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, decode_alert
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch, decode_pane_batch, encode_pane_batch
from schemas.topics import ALERTS, PANES, WINDOWS, Topic
from schemas.windows import Window, decode_window
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, ensure_topics, topic_name
from streams.monitors import usable_monitors
from streams.service import new_registry
from streams.settings import KafkaSettings, load_settings
from streams.watch.app import Watch
from streams.watch.metrics import WatchMetrics
from tests.committed import committed_offsets

ROOT = Path(__file__).resolve().parents[3]
PARTITIONS = 2

MONITORS = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata:
  name: errors
spec:
  description: Too many calls fail.
  signal: error
  statistic: rate
  window: 30s
  by: [service_name]
  upper: 20%
  severity: page
"""


def pane(start: int, service: str, events: int, bad: int) -> Pane:
    flags = Raw(encode_summary(FlagCounts(events, bad)))
    segment = {"service_name": service}
    return Pane(start=start, segment=segment, events=events, signals={"error": flags})


@dataclass
class Outcome:
    """Newest version of every window, and every transition once."""

    windows: dict[str, Window] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)

    def take(self, windows: Sequence[Window], alerts: Sequence[Alert]) -> None:
        for window in windows:
            known = self.windows.get(window.key)
            if known is None or known.version < window.version:
                self.windows[window.key] = window
            elif known.version == window.version:
                assert known == window, "one version, two contents"
        for alert in alerts:
            known_alert = self.alerts.setdefault(alert.transition_id, alert)
            assert known_alert == alert, "one transition, two messages"


@dataclass
class Place:
    """Topics with a prefix and a Faust application of their own."""

    kafka: KafkaSettings
    application: str
    folder: Path
    stall_seconds: float = 10**9

    def __post_init__(self) -> None:
        self._producer = Producer(
            client_config(self.kafka, **{"transactional.id": self.application})
        )
        self._producer.init_transactions(30)

    def name(self, topic: Topic) -> str:
        return topic_name(self.kafka, topic)

    def send(
        self,
        partition: int,
        *values: PaneBatch | bytes,
        abort: bool = False,
    ) -> None:
        """One transaction."""
        self._producer.begin_transaction()
        for value in values:
            data = value if isinstance(value, bytes) else encode_pane_batch(value)
            self._producer.produce(self.name(PANES), data, partition=partition)
        if abort:
            # On the topic before it is aborted.
            assert self._producer.flush(20) == 0
            self._producer.abort_transaction(30)
        else:
            self._producer.commit_transaction(30)

    def read(self, topic: str) -> list[Message]:
        """Everything committed on a topic, each partition in order."""
        consumer = Consumer(
            client_config(
                self.kafka,
                **{
                    "group.id": "none",
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    # How long the broker waits for more before it says that there is none.
                    "fetch.wait.max.ms": 10,
                    "isolation.level": "read_committed",
                },
            )
        )
        try:
            waiting = set(consumer.list_topics(topic, 20).topics[topic].partitions)
            consumer.assign([TopicPartition(topic, p, 0) for p in waiting])
            found = []
            while waiting:
                message = consumer.poll(20)
                assert message is not None, f"{topic} cannot be read"
                error = message.error()
                if error is None:
                    found.append(message)
                else:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    waiting.discard(message.partition())
            return found
        finally:
            consumer.close()

    def outcome(self) -> Outcome:
        """What watch has published."""
        found = Outcome()
        found.take(
            [decode_window(m.value()) for m in self.read(self.name(WINDOWS))],
            [decode_alert(m.value()) for m in self.read(self.name(ALERTS))],
        )
        return found

    def expected(self) -> Outcome:
        """What a watcher without crashes makes of the committed panes."""
        signals = all_signals(discover_detectors())
        monitors = usable_monitors(self.folder / "monitors", signals)
        settings = WatchSettings(units={signal.name: signal.unit for signal in signals})
        found = Outcome()
        watchers = [Watcher(monitors, settings) for _ in range(PARTITIONS)]
        for message in self.read(self.name(PANES)):
            try:
                batch = decode_pane_batch(message.value())
            except ValueError:
                continue
            step = watchers[message.partition()].apply(
                batch, message.offset(), told_at=message.timestamp()[1] / 1000
            )
            found.take(step.windows, step.alerts)
        return found

    def committed(self) -> dict[int, int]:
        """The next offset the group would read, by partition of the panes topic."""
        return committed_offsets(self.kafka, self.application, self.name(PANES))

    def due(self) -> dict[int, int]:
        """The offset behind the last committed pane batch, by partition."""
        return {m.partition(): m.offset() + 1 for m in self.read(self.name(PANES))}

    def done(self) -> bool:
        """Whether everything has been acknowledged."""
        return self.committed() == self.due()

    def watch(self, worker: str = "watch-0", *, servers: str = "", **watch: Any) -> Watch:
        """A worker in this process, without monitors; not started."""
        kafka = self.kafka.model_dump() | ({"bootstrap_servers": servers} if servers else {})
        settings = load_settings(
            kafka=kafka,
            watch={"application": self.application, "worker": worker, **watch},
            data_dir=self.folder / worker,
        )
        return Watch(
            settings,
            MonitorSet(),
            units={},
            pane_partitions=PARTITIONS,
            metrics=WatchMetrics(new_registry()),
        )

    @contextmanager
    def process(self, worker: str = "watch-0") -> Iterator[subprocess.Popen[bytes]]:
        """A watch worker; killed at the end."""
        settings = {
            "KAFKA__BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "KAFKA__TOPIC_PREFIX": self.kafka.topic_prefix,
            "KAFKA__PARTITIONS": self.kafka.partitions,
            "WATCH__APPLICATION": self.application,
            "WATCH__WORKER": worker,
            "WATCH__STALL_SECONDS": self.stall_seconds,
            "HTTP__WATCH_PORT": 0,
            "DATA_DIR": self.folder / worker,
            "MONITORS": self.folder / "monitors",
        }
        environment = {f"TIDEWATCH_{name}": str(value) for name, value in settings.items()}
        with (self.folder / f"{worker}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli.main", "watch"],
                env=dict(os.environ) | environment,
                cwd=ROOT,
                stderr=log,
                stdout=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self, worker: str = "watch-0") -> str:
        """What a worker wrote."""
        return (self.folder / f"{worker}.log").read_text()


@pytest.fixture
def make_place(kafka: EmbeddedKafka, tmp_path: Path) -> Callable[..., Place]:
    def make(**options: Any) -> Place:
        name = f"test-{uuid.uuid4().hex[:12]}"
        settings = KafkaSettings(
            bootstrap_servers=kafka.bootstrap_servers,
            topic_prefix=f"{name}.",
            partitions=PARTITIONS,
        )
        ensure_topics(settings)
        (tmp_path / "monitors").mkdir()
        (tmp_path / "monitors" / "errors.yaml").write_text(MONITORS)
        return Place(settings, name, tmp_path, **options)

    return make


@pytest.fixture(name="pane")
def _pane() -> Callable[..., Pane]:
    return pane

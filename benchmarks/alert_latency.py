"""From an event to the alert it causes: seconds, under steady traffic."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.alert_receiver import AlertsTopic, Seen, WebhookServer
from benchmarks.kafka_io import outgoing, wait_for
from benchmarks.metrics import read_metrics, total
from benchmarks.processes import BenchmarkFailed, Sampler
from benchmarks.traffic import Pool, message_of
from streams.replay.kafka_target import KafkaTarget
from streams.settings import load_settings
from streams.stack import PROCESSES, Stack
from streams.store.setup import connect_by

RATE: Final = 2_000
"""Events a second."""
BURST_EVENTS: Final = 20
"""Failures of a burst: with the last one the monitor's condition is true, with the others not."""
BURST_EVERY: Final = 1.37
"""Seconds between bursts: no simple part of a pane's second, so that all phases come up."""
WARM_UP_SECONDS: Final = 10.0
_MONITOR: Final = "burst-of-failures"
_DOCUMENTS: Final = """\
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata:
  name: {monitor}
spec:
  signal: error
  statistic: rate
  window: 1m
  segment: {{use_case: burst}}
  by: [service_name]
  upper: 50%
  minimumEvents: {events}
  severity: page
  receivers: [benchmark]
---
apiVersion: tidewatch/v1
kind: Receiver
metadata:
  name: benchmark
spec:
  type: webhook
  url: {url}
"""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds."""

    p50: float
    p99: float
    max: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Percentiles":
        """Of at least one value."""
        p50, p99 = np.quantile(seconds, (0.5, 0.99))
        return cls(float(p50), float(p99), max(seconds))


@dataclass(frozen=True, slots=True)
class AlertLatency:
    """Seconds from the event that made the condition true to its alert, at two places.

    ``sender_late_seconds`` is the most that the load generator was behind its schedule;
    ``cpu_share`` is what each process used of one core.
    """

    bytes: float
    per_second: float
    alerts: int
    on_topic: Percentiles
    at_receiver: Percentiles
    sender_late_seconds: float
    cpu_share: dict[str, float]
    peak_bytes: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measure_alert_latency(
    folder: Path, monitors: Path, pool: Pool, *, bursts: int, rate: int = RATE
) -> AlertLatency:
    """Run everything under steady traffic, and fail ``bursts`` services one after the other."""
    own = folder / "monitors"
    shutil.copytree(monitors, own)
    with WebhookServer(_MONITOR) as webhook:
        documents = _DOCUMENTS.format(monitor=_MONITOR, events=BURST_EVENTS, url=webhook.url)
        (own / "benchmark.yaml").write_text(documents)
        os.environ["TIDEWATCH_NOTIFY__ALLOW_NETWORKS"] = "127.0.0.1"
        with Stack(load_settings(data_dir=folder / "data", monitors=own)) as stack:
            stack.wait_ready(90)
            with AlertsTopic(stack.settings.kafka, _MONITOR) as topic, Sampler() as sampler:
                traffic = _Traffic(pool, bursts, rate)
                traffic.send(stack)
                wait_for(
                    lambda: len(webhook.seen) == bursts and len(topic.seen) == bursts,
                    20,
                    lambda: (
                        f"{bursts} alerts; on the topic were {len(topic.seen)}, at the receiver "
                        f"{len(webhook.seen)} (logs: {stack.data_dir / 'logs'})"
                    ),
                )
                wait_for(
                    lambda: _scored(stack) >= traffic.sent, 20, lambda: "score takes every event"
                )
                return _summary(stack, traffic, sampler, topic.seen, webhook.seen)


class _Traffic:
    """The schedule of steady traffic with bursts, and how it went.

    ``true_at`` tells for each failing service the time of the event that makes the monitor's
    condition true: its ``BURST_EVENTS``-th failure.
    """

    def __init__(self, pool: Pool, bursts: int, rate: int) -> None:
        self.pool = pool
        self.rate = rate
        self.bursts = bursts
        self.start = time.time() + 1.0
        self.end = self.start + WARM_UP_SECONDS + bursts * BURST_EVERY
        self.sent = 0
        self.late = 0.0
        self.true_at: Seen = {}

    def send(self, stack: Stack) -> None:
        """Send everything at its time."""
        target = KafkaTarget(stack.settings.kafka)
        for event_id, value, due in self._messages():
            now = time.time()
            if due > now:
                # A few events at once, as they come from many applications: not a nap for each.
                time.sleep(max(0.005, due - now))
            self.late = max(self.late, time.time() - due - 0.005)
            target.send(outgoing(event_id, value, due))
            self.sent += 1
        lost = target.close()
        if lost:
            raise BenchmarkFailed(f"messages were lost on the way to Kafka: {lost}")

    def _messages(self) -> Iterator[tuple[str, bytes, float]]:
        """Id, JSON and time of every event, by time."""
        bursts = self._failures()
        next_failure = next(bursts, None)
        for number in range(int((self.end - self.start) * self.rate)):
            due = self.start + number / self.rate
            while next_failure is not None and next_failure[2] <= due:
                yield next_failure
                next_failure = next(bursts, None)
            yield (*self.pool.message("steady", number, due), due)

    def _failures(self) -> Iterator[tuple[str, bytes, float]]:
        rng = random.Random(11)
        for burst in range(self.bursts):
            service = f"service-{burst:03d}"
            began = self.start + WARM_UP_SECONDS + burst * BURST_EVERY
            for number in range(BURST_EVENTS):
                at = began + number / 1000
                body = rng.choice(self.pool.bodies) | {
                    "service_name": service,
                    "use_case": "burst",
                    "status": "error",
                    "error_type": "timeout",
                }
                yield (*message_of(body, f"{service}-{number}", at), at)
            self.true_at[service] = at


def _scored(stack: Stack) -> float:
    return total(read_metrics(stack.settings.http, "score"), "tidewatch_score_events_total")


def _summary(
    stack: Stack, traffic: _Traffic, sampler: Sampler, topic: Seen, receiver: Seen
) -> AlertLatency:
    query = "SELECT count(), uniqExact(event_id) FROM raw_events"
    client = connect_by(stack.settings.clickhouse)
    rows, ids = client.query(query).result_rows[0]
    if (rows, ids) != (traffic.sent, traffic.sent):
        raise BenchmarkFailed(f"{traffic.sent} events became {rows} rows of {ids} events")
    begin, end = traffic.start + WARM_UP_SECONDS / 2, traffic.end
    return AlertLatency(
        bytes=traffic.pool.mean_bytes,
        per_second=traffic.sent / (traffic.end - traffic.start),
        alerts=len(receiver),
        on_topic=Percentiles.of([topic[s] - at for s, at in traffic.true_at.items()]),
        at_receiver=Percentiles.of([receiver[s] - at for s, at in traffic.true_at.items()]),
        sender_late_seconds=traffic.late,
        cpu_share={
            name: sampler.cpu_seconds(name, begin, end) / (end - begin)
            for name in (*PROCESSES, "kafka", "clickhouse")
        },
        peak_bytes=sampler.peak_bytes(),
    )

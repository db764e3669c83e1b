"""What people say of answers turns, in one service: score joins it, watch tells it."""

import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from confluent_kafka import Producer

from schemas.alerts import Alert, decode_alert
from schemas.topics import ALERTS, FEEDBACK, INFERENCE, Topic
from streams.kafka import client_config, topic_name
from tests.chaos.topics import end_offsets, read_topic
from tests.committed import committed_offsets
from tests.e2e.conftest import Site
from tests.e2e.processes import running, wait_for
from tests.events import encoded

SERVICES = ("shop", "search")
PAST, TURNED = timedelta(hours=2), timedelta(minutes=11)
EVERY = timedelta(seconds=10)
PROMPTS = (
    "When does my flight to Rome leave, and can I change the booking?",
    "What is the exchange rate of the euro, and what is left on my credit card?",
)

MONITOR = """
apiVersion: tidewatch/v1
kind: DriftMonitor
metadata: {name: liking}
spec:
  description: Answers are liked less than they were.
  signals: [feedback.bad_topic]
  strata: feedback.topic
  method: relation
  reference: {trailing: 90m}
  windows: [10m]
  interval: 1m
  falseAlarms: 1 per 30d
  minimumEffect: 20%
  minimumEvents: 50
  by: [service_name]
  severity: ticket
"""


def test_a_turn_of_feedback_in_one_service_is_told_of_that_service_alone(site: Site) -> None:
    (site.folder / "monitors" / "liking.yaml").write_text(MONITOR)
    now = datetime.now(UTC)
    moments = [now - PAST + n * EVERY for n in range(PAST // EVERY)]
    draw = random.Random(3)
    events, feedback = list[bytes](), list[tuple[str, bytes]]()
    for number, (at, service) in enumerate((at, service) for at in moments for service in SERVICES):
        turned = service == "shop" and at >= now - TURNED
        liked = draw.random() < (0.3 if turned else 0.85)
        prompt = draw.choice(PROMPTS)
        events.append(encoded(number, time=at, service_name=service, prompt=prompt))
        feedback.append(thumb(number, at + timedelta(seconds=1), liked=liked))
    # What is said comes after everything has been scored and watched, and its windows have passed.
    with running(site.process("score"), site.process("watch")):
        send(site, INFERENCE, [(None, value) for value in events])
        wait_for(lambda: taken(site, INFERENCE), "events are not scored")
        send(site, FEEDBACK, feedback)
        wait_for(lambda: taken(site, FEEDBACK), "feedback is not joined")
        wait_for(lambda: bool(told(site)), "no alert of drift")
        time.sleep(1)
    alerts = told(site)
    assert {alert.segment["service_name"] for alert in alerts} == {"shop"}
    first = alerts[0]
    assert first.monitor == "liking"
    assert first.summary.startswith("shop: feedback.bad_topic")
    assert first.value is not None
    assert "FROM feedback" in first.evidence_sql


def thumb(number: int, at: datetime, *, liked: bool) -> tuple[str, bytes]:
    event_id = f"event-{number}"
    said: dict[str, Any] = {
        "feedback_id": f"thumb-{number}",
        "event_id": event_id,
        "time": at.isoformat(),
        "kind": "thumb",
        "value": float(liked),
    }
    return event_id, json.dumps(said).encode()


def send(site: Site, topic: Topic, messages: Sequence[tuple[str | None, bytes]]) -> None:
    producer = Producer(client_config(site.settings.kafka))
    for key, value in messages:
        producer.produce(topic_name(site.settings.kafka, topic), value, key=key)
    assert producer.flush(60) == 0


def taken(site: Site, topic: Topic) -> bool:
    """Whether score has committed all that is on a topic."""
    settings = site.settings
    group = {INFERENCE: settings.score.group, FEEDBACK: settings.score.feedback_group}[topic]
    committed = committed_offsets(settings.kafka, group, topic_name(settings.kafka, topic))
    ends = end_offsets(settings.kafka, topic)
    return all(committed.get(partition, 0) >= end for partition, end in ends.items())


def told(site: Site) -> list[Alert]:
    """Alerts of the monitor that fire."""
    alerts = [decode_alert(m.value() or b"") for m in read_topic(site.settings.kafka, ALERTS)]
    return [a for a in alerts if a.kind != "self" and a.state == "firing"]

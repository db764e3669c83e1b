"""Targets that need no server: everything that is read from Kafka, from files, and of settings.

A target takes one bad input. It returns when the input was taken, or refused as it should be; any
other exception is a finding.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec

from detectors.redaction import redact
from detectors.watching.front import LATEST
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, decode_alert
from schemas.deliveries import decode_delivery
from schemas.panes import PaneBatch, decode_pane_batch, encode_pane_batch
from schemas.windows import encode_window
from schemas.wire import decoders
from streams.receivers.alertmanager import alertmanager_alert
from streams.receivers.html_mail import render_html
from streams.receivers.pagerduty import pagerduty_event
from streams.receivers.picture import alert_picture
from streams.receivers.rendering import render_text, render_title
from streams.receivers.slack import slack_message
from streams.score.intake import Intake, Received
from streams.sink.intake import Intake as SinkIntake
from streams.sink.message import Message
from streams.sink.sink import TARGETS
from tests.fuzz.inputs import (
    Make,
    changed_bytes,
    json_inputs,
    packed_inputs,
)
from tests.recorded import samples
from tests.recorded.record import recorded

ROOT = Path(__file__).parents[2]
Target = Callable[[Any], None]


# Events


@cache
def _intake() -> Intake:
    return Intake(
        decoders(),
        max_event_bytes=1_000_000,
        future_seconds=300,
        past_seconds=365 * 86400,
        redact=redact,
    )


def event(value: bytes, content_type: bytes = b"application/json") -> None:
    """One message of the inference topic: an event or a dead letter, never both or none."""
    headers = (("content-type", content_type),)
    received = Received("inference", 0, 7, None, value, headers)
    now = samples.NOW.timestamp()
    arrivals, letters = _intake().take([received], now)
    assert len(arrivals) + len(letters) == 1
    for letter in letters:
        assert (letter.value, letter.offset) == (value, 7)
        assert letter.detail or letter.reason == "empty"


def span(value: bytes) -> None:
    """The same of a span."""
    event(value, b"application/vnd.opentelemetry.genai+json")


# Panes and state


def panes(value: bytes) -> None:
    """One message of the panes topic; what is refused leaves a watcher that goes on."""
    watcher = Watcher(samples.MONITORS, WatchSettings())
    try:
        batch = decode_pane_batch(value)
        if _decades(batch):
            return
        watcher.apply(batch, 0, told_at=1.0)
    except (ValueError, OverflowError):
        # As the driver does: what is in the table was not touched.
        watcher = Watcher(samples.MONITORS, WatchSettings())
    watcher.apply(samples.pane_batch(0, 3), 1, told_at=2.0)


def _decades(batch: PaneBatch) -> bool:
    """Whether a batch spans years: evaluating them takes long, and score refuses such events."""
    times = [*(pane.start for pane in batch.panes), *batch.complete_until.values()]
    known = [time for time in times if 0 <= time < LATEST]
    return len(known) == len(times) > 0 and max(known) - min(known) > 400 * 86400


# What the sink reads


def stored(topic: str, value: bytes) -> None:
    """One message of a topic that the sink reads: rows that fit their table, or a dead letter."""
    targets = {target.topic.name: target for target in TARGETS}
    now = datetime.now(UTC)
    tables, letters = SinkIntake(targets, redact).take(
        [Message(topic, 0, 7, now, b"key", value, (("tidewatch-reason", value[:20]),))], now
    )
    if targets[topic].table == "raw_dead_letters":
        assert not letters
    assert len(letters) <= 1
    for letter in letters:
        assert letter.value == value
        assert topic not in tables


# Alerts to people


class _Tags(HTMLParser):
    """The tags and attributes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


@cache
def _own_html() -> _Tags:
    """What mails consist of without anybody's help."""
    return _html(samples.alert())


def _html(alert: Alert) -> _Tags:
    parser = _Tags()
    parser.feed(render_html(alert))
    return parser


def told(value: bytes) -> None:
    """One message of the alerts or deliveries topic, told to every kind of receiver."""
    for decode in (decode_alert, decode_delivery):
        try:
            alert = decode(value)
        except ValueError:
            continue
        if isinstance(alert, Alert):
            harmless(alert)


def harmless(alert: Alert) -> None:
    """Whatever an alert says, nothing that receives it acts on it."""
    body, title = render_text(alert), render_title(alert)
    assert "\n" not in title
    assert not any(0x202A <= ord(c) <= 0x202E or c == "\x1b" for c in body + title)
    html = _html(alert)
    assert html.tags <= _own_html().tags
    assert html.attributes <= _own_html().attributes
    # The picture is part of the mail itself.
    assert all(link.startswith(("http://", "https://", "cid:")) for link in html.links)
    _only_plain_text(slack_message(alert), alert)
    message = alertmanager_alert(alert, now=samples.NOW, resend_seconds=30)
    for found in (*message["labels"].values(), *message["annotations"].values()):
        assert "<!" not in found
        assert "<script" not in found.lower()
    assert message["endsAt"] >= message["startsAt"]
    msgspec.json.encode([pagerduty_event(alert), message])
    alert_picture(alert)


def _only_plain_text(message: Any, alert: Alert) -> None:
    """In Slack's markup stand our own words alone."""
    match message:
        case {"type": "mrkdwn", "text": str(words)}:
            assert words.strip("*").replace(" ", "").isalpha(), words
        case dict():
            for part in message.values():
                _only_plain_text(part, alert)
        case list():
            for part in message:
                _only_plain_text(part, alert)


def targets() -> dict[str, tuple[Make, Target]]:
    """Inputs and target, by name."""

    def of(topic: str) -> Target:
        return lambda value: stored(topic, value)

    windows = [*recorded("window.msgpack"), encode_window(samples.window())]
    batches = [*recorded("pane-batch.msgpack"), encode_pane_batch(samples.pane_batch(0, 2))]
    letters = changed_bytes([b'{"event_id": 1}', b"\xff\xfe not json", b""])
    return {
        "events": (json_inputs(recorded("event.json")), event),
        "spans": (json_inputs(recorded("span.json")), span),
        "panes": (packed_inputs(batches), panes),
        "windows": (packed_inputs(windows), of("windows")),
        "feedback": (json_inputs(recorded("feedback.json")), of("feedback")),
        "changes": (json_inputs(recorded("change.json")), of("changes")),
        "alerts": (json_inputs(recorded("alert.json")), of("alerts")),
        "deliveries": (json_inputs(recorded("delivery.json")), of("deliveries")),
        "audit": (json_inputs(recorded("audit-entry.json")), of("audit")),
        "dead-letters": (letters, of("dead-letters")),
        "receivers": (json_inputs([*recorded("alert.json"), *recorded("delivery.json")]), told),
    }

"""A database as it is after twenty minutes of made-up traffic, with a fault near its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from clickhouse_connect.driver.client import Client
from msgspec import structs

from detectors.redaction import redact_column
from detectors.scoring import Scoring
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, encode_alert
from schemas.changes import Change
from schemas.dead_letters import DeadLetterReason
from schemas.events import Context, InferenceEvent
from schemas.monitors.load import load_monitors
from schemas.monitors.resolved import MonitorSet
from schemas.panes import PaneBatch
from schemas.segments import segment_key
from schemas.windows import Window, encode_window
from streams.replay.fault_spec import parse_fault
from streams.replay.faults import Faults
from streams.replay.generator import TrafficGenerator
from streams.score.service import build_scoring
from streams.settings import ScoreSettings
from streams.sink.alerts import ALERTS_TARGET
from streams.sink.message import Message
from streams.sink.reports import CHANGES_TARGET
from streams.sink.target import Target
from streams.sink.windows import WINDOWS_TARGET
from streams.store.events import EventWriter, Origins
from streams.store.insert import insert_rows
from streams.store.migrate import migrate
from streams.store.objectives import declare_objectives
from streams.store.signals import ensure_signal_columns
from tests.dashboards.documents import DOCUMENTS

MINUTES = 20
PANE_SECONDS = 10
_MADE = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When the traffic is made to begin: then it is moved to its time, the same whenever tests run."""
SEGMENTATIONS = (
    (),
    ("service_name",),
    ("request_model", "service_name"),
    ("release_role", "service_name", "service_version"),
)
HOSTILE = "<script>alert(1)</script> <!channel> @here [x](javascript:alert(1))"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What was put in. ``grounded_id`` is an answer with a sentence its source does not say."""

    start: datetime
    end: datetime
    events: int
    alerts: list[Alert]
    monitors: MonitorSet
    documents: dict[str, str]
    grounded_id: str = "grounded"
    hostile_id: str = "hostile"


class Filler:
    """Scores traffic, watches it and stores what comes of it, as the processes do."""

    def __init__(self, client: Client, documents: dict[str, str], changes: list[Change]) -> None:
        self.client = client
        self.changes = changes
        settings = ScoreSettings(pane_seconds=PANE_SECONDS, segmentations=SEGMENTATIONS)
        signals = build_scoring(settings, MonitorSet()).signals
        loaded = load_monitors(documents, signals=signals, resolve_secret=str)
        assert not loaded.errors, loaded.errors
        self.monitors = loaded.monitors
        self.scoring: Scoring = build_scoring(settings, self.monitors)
        units = {signal.name: signal.unit for signal in self.scoring.signals}
        self.watcher = Watcher(self.monitors, WatchSettings(units=units))
        self.alerts: list[Alert] = []
        self.windows: dict[tuple[int, int, str], Window] = {}
        migrate(client)
        ensure_signal_columns(client, self.scoring.signals)
        declare_objectives(client, self.monitors)
        versions = {detector.name: detector.version for detector in self.scoring.detectors}
        self.writer = EventWriter(
            client, self.scoring.signals, detector_versions=versions, redact=redact_column
        )
        self.offset = 0

    def events(self, events: list[InferenceEvent]) -> None:
        """Events of some seconds, in the order of time."""
        scored = self.scoring.score(events)
        offsets = list(range(self.offset, self.offset + len(events)))
        self.offset += len(events)
        origins = Origins("inference", [0] * len(events), offsets)
        newest = events[-1].time
        self.writer.insert(self.writer.rows(scored.batch, scored.signals, origins, newest))
        self._watch(self.scoring.panes(scored), newest.timestamp())

    def finish(self) -> None:
        """Close all windows, and store them with the alerts."""
        self._note(self.watcher.finish())
        put(self.client, WINDOWS_TARGET, map(encode_window, self.windows.values()))
        put(self.client, ALERTS_TARGET, map(encode_alert, self.alerts))

    def _watch(self, panes: list, until: float) -> None:  # type: ignore[type-arg]
        batch = PaneBatch(
            worker="test",
            pane_seconds=PANE_SECONDS,
            complete_until={"test/0": until},
            panes=panes,
        )
        offset = self.watcher.offset + 1
        self._note(self.watcher.apply(batch, offset, told_at=until, changes=self.changes))

    def _note(self, step: Step) -> None:
        self.alerts += step.alerts
        for window in step.windows:
            key = (window.resolution_seconds, window.start, segment_key(window.segment))
            self.windows[key] = window


def newest_end(now: datetime) -> datetime:
    """The newest full minute that has twenty minutes of its hour before it.

    Windows, hours and days are cut the same then, whenever tests run.
    """
    end = now.replace(second=0, microsecond=0)
    return end if end.minute >= MINUTES else end - timedelta(minutes=end.minute + 1)


def put(client: Client, target: Target, values: Iterable[bytes]) -> None:
    """Messages to the table of their topic, as the sink does."""
    now = datetime.now(UTC)
    rows = [
        row
        for offset, value in enumerate(values)
        for row in target.rows(Message(target.topic.name, 0, offset, now, None, value))
    ]
    if rows:
        insert_rows(client, target.table, target.arrow(rows, None, store_texts=True))


def fill(client: Client, *, end: datetime, rate: float = 0.35, minutes: int = MINUTES) -> Filled:
    """Twenty minutes of events that ends at ``end``, ``rate`` a second on average.

    The support assistant fails in the last quarter, after a change of its prompt.
    """
    start = end - timedelta(minutes=minutes)
    later = start - _MADE
    late = f"@{minutes * 45}s:service=support-assistant"
    specs = [parse_fault(f"error_burst{late},strength=0.8"), parse_fault(f"latency_shift{late}")]
    faults = Faults(specs, _MADE.timestamp())
    traffic = TrafficGenerator(
        rate,
        start=_MADE,
        scenarios=60,
        mean_text_bytes=600,
        daily_amplitude=0,
        users=80,
        chunk_events=250,
    )
    change = Change(
        change_id="change-1",
        time=start + timedelta(minutes=minutes * 0.74),
        kind="prompt",
        segment={"service_name": "support-assistant"},
        before="v46",
        after="v47",
        author="ann",
        description="Shorter instructions",
    )
    filler = Filler(client, {"monitors.yaml": DOCUMENTS}, [change])
    put(client, CHANGES_TARGET, [msgspec.json.encode(change)])
    count = 0
    for chunk in map(faults.apply, traffic.chunks()):
        moved = (structs.replace(row.event, time=row.event.time + later) for row in chunk.rows)
        events = [event for event in moved if event.time < end]
        if not events:
            break
        filler.events(events)
        count += len(events)
    special = special_events(end)
    filler.events(special)
    filler.finish()
    dead_letters(client, end)
    return Filled(
        start=start,
        end=end,
        events=count + len(special),
        alerts=filler.alerts,
        monitors=filler.monitors,
        documents={"monitors.yaml": DOCUMENTS},
    )


def special_events(end: datetime) -> list[InferenceEvent]:
    """An answer that says more than its source, and one with texts that try to do harm."""
    common = {
        "time": end - timedelta(seconds=1),
        "service_name": "support-assistant",
        "request_model": "aurora-4-large",
        "latency_seconds": 1.25,
        "usage_output_tokens": 40,
        "finish_reason": "stop",
    }
    source = "The warranty of the kettle lasts two years. Returns are free within 30 days."
    return [
        InferenceEvent(
            event_id="grounded",
            prompt="How long is the warranty? Write to ann@example.org",
            response="The warranty of the kettle lasts two years. "
            "It also covers flights to the moon and a golden statue.",
            contexts=[Context(text=source, id="doc-1", source="manual", score=0.9)],
            **common,  # type: ignore[arg-type]
        ),
        InferenceEvent(event_id="hostile", prompt=HOSTILE, response=HOSTILE, **common),  # type: ignore[arg-type]
    ]


def dead_letters(client: Client, end: datetime) -> None:
    """Three refused messages."""
    reasons: list[DeadLetterReason] = ["not_json", "invalid", "too_large"]
    rows = [
        ("inference", 0, n, end - timedelta(minutes=n), end, reason, f"of {reason}", HOSTILE)
        for n, reason in enumerate(reasons)
    ]
    names = ["topic", "partition", "offset", "time", "received_at", "reason", "detail", "value"]
    client.insert("raw_dead_letters", rows, column_names=names)

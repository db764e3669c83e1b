"""A few hundred made-up events of nine days, scored and watched as in production, in ClickHouse.

What the processes would publish on Kafka is turned into rows by the sink's own targets. One
database for a server: whoever comes first fills it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec
import numpy as np
from clickhouse_connect.driver.client import Client
from msgspec import structs

from detectors.redaction import redact_column
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, encode_alert
from schemas.changes import Change
from schemas.dead_letters import DeadLetter
from schemas.deliveries import Delivery, encode_delivery
from schemas.events import InferenceEvent
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    BurnRateMonitor,
    BurnRateTier,
    Indicator,
    MonitorSet,
    ThresholdMonitor,
)
from schemas.panes import Pane, PaneBatch
from schemas.windows import Window, encode_window
from streams.replay.companions import FeedbackModel, FeedbackShares
from streams.replay.draws import Rates
from streams.replay.generator import TrafficGenerator
from streams.replay.simulated import Simulated
from streams.score.service import build_scoring
from streams.settings import ScoreSettings
from streams.sink.alerts import ALERTS_TARGET, DELIVERIES_TARGET
from streams.sink.letters import DEAD_LETTERS_TARGET
from streams.sink.message import Message
from streams.sink.reports import CHANGES_TARGET, FEEDBACK_TARGET
from streams.sink.target import Target
from streams.sink.windows import WINDOWS_TARGET
from streams.store.connection import connect
from streams.store.events import EventWriter, Origins
from streams.store.insert import insert_rows
from streams.store.migrate import create_database, migrate
from streams.store.objectives import declare_objectives
from streams.store.signals import ensure_signal_columns

DATABASE = "replayed_traffic"
EVENTS_A_BURST = 48
PANE_SECONDS = 10
_GENERATED = datetime(2026, 1, 5, 12, tzinfo=UTC)
_BAD = Rates(error=0.4, refusal=0.2)
_BRITTLE = "brittle-1"
"""The model of all failures of late, so that alerts have a part to name."""
_AGES = tuple(
    timedelta(**age)
    for age in (
        {"days": 8},
        {"days": 5},
        {"days": 2},
        {"days": 1, "hours": 1},
        {"hours": 5},
        {"hours": 2, "minutes": 10},
        {"minutes": 50},
        {"minutes": 12},
    )
)
MONITORS = MonitorSet(
    monitors=(
        BurnRateMonitor(
            name="answered",
            display_name="Inferences are answered",
            segmentation=("service_name",),
            indicator=Indicator(name="answered", good=Comparison("availability", "=", True)),
            target=0.95,
            window_seconds=28 * 86400,
            tiers=(BurnRateTier(factor=2, long_seconds=3600, short_seconds=300, severity="page"),),
        ),
        ThresholdMonitor(
            name="errors",
            segmentation=(),
            signal="error",
            statistic="rate",
            window_seconds=300,
            upper=0.1,
            severity="ticket",
        ),
    )
)


@dataclass(frozen=True)
class Replayed:
    """The database and what went in. ``end``: just after the newest event."""

    client: Client
    url: str
    end: datetime
    events: int


_FILLED: dict[str, Replayed] = {}


def replayed(url: str) -> Replayed:
    """The filled database on the server at ``url``."""
    if url not in _FILLED:
        _FILLED[url] = _fill(url)
    return _FILLED[url]


def _fill(url: str) -> Replayed:
    with connect(url) as server:
        create_database(server, DATABASE)
    client = connect(url, database=DATABASE)
    migrate(client)
    end = _end(datetime.now(UTC))
    settings = ScoreSettings(pane_seconds=PANE_SECONDS)
    scoring = build_scoring(settings, MONITORS)
    ensure_signal_columns(client, scoring.signals)
    declare_objectives(client, MONITORS)
    rows = _traffic(end)
    change = Change(
        change_id="c1",
        time=end - timedelta(minutes=13),
        kind="release",
        segment={"service_name": rows[-1].event.service_name},
        before="1.0",
        after="1.1",
        description="A new release.",
    )
    events = [row.event for row in rows]
    scored = scoring.score(events)
    writer = EventWriter(
        client, scoring.signals, detector_versions=scoring.versions, redact=redact_column
    )
    origins = Origins("inference", [0] * len(rows), range(len(rows)))
    table = writer.rows(scored.batch, scored.signals, origins, end)
    writer.insert(table)
    # Some events are delivered again: views must not count them twice.
    writer.insert(table.slice(0, 50))
    units = {signal.name: signal.unit for signal in scoring.signals}
    windows, alerts = _watch(scoring.panes(scored), events, units, change)
    _store(client, WINDOWS_TARGET, [encode_window(window) for window in windows])
    _store(client, ALERTS_TARGET, [encode_alert(alert) for alert in alerts])
    _store(client, DELIVERIES_TARGET, [_delivery(alert) for alert in alerts])
    _store(client, CHANGES_TARGET, [msgspec.json.encode(change)])
    shares = FeedbackShares(thumb=0.4, regenerate=0.1, edit=0.1, judge=0.2)
    told = FeedbackModel(shares, np.random.default_rng(1)).draw(rows)
    _store(client, FEEDBACK_TARGET, [msgspec.json.encode(each) for each in told])
    _store_dead_letters(client, end)
    return Replayed(client, url, end, len(events))


def _end(now: datetime) -> datetime:
    """Twenty to one, by night or by day: hours are cut the same whenever tests run."""
    end = datetime.fromtimestamp(now.timestamp() // 43200 * 43200 + 2400, UTC)
    return end if end <= now else end - timedelta(hours=12)


def _traffic(end: datetime) -> list[Simulated]:
    found: list[Simulated] = []
    for number, age in enumerate(_AGES):
        bad = age <= timedelta(minutes=50)
        # A burst within one window keeps windows few.
        traffic = TrafficGenerator(
            EVENTS_A_BURST / 8,
            start=_GENERATED,
            seed=number + 1,
            mean_text_bytes=500,
            daily_amplitude=0,
            users=20,
            scenarios=40,
            rates=_BAD if bad else Rates(),
        )
        rows = (row for chunk in traffic.chunks() for row in chunk.rows)
        later = end - age - _GENERATED
        found += [_later(row, later, bad=bad) for row in islice(rows, EVENTS_A_BURST)]
    return sorted(found, key=lambda row: row.event.time)


def _later(row: Simulated, by: timedelta, *, bad: bool) -> Simulated:
    event = structs.replace(row.event, time=row.event.time + by)
    if bad and event.status == "error":
        event = structs.replace(event, request_model=_BRITTLE)
    return structs.replace(row, event=event, time=event.time.timestamp())


def _watch(
    panes: list[Pane], events: list[InferenceEvent], units: dict[str, str], change: Change
) -> tuple[list[Window], list[Alert]]:
    watcher = Watcher(MONITORS, WatchSettings(units=units))
    newest = events[-1].time.timestamp()
    windows: list[Window] = []
    alerts: list[Alert] = []
    for start in sorted({pane.start for pane in panes}):
        until = min(newest, start + PANE_SECONDS)
        batch = PaneBatch(
            worker="replayed",
            pane_seconds=PANE_SECONDS,
            complete_until={"inference/0": until},
            panes=[pane for pane in panes if pane.start == start],
        )
        step = watcher.apply(batch, watcher.offset + 1, told_at=until, changes=[change])
        windows += step.windows
        alerts += step.alerts
    quiet = PaneBatch(
        worker="replayed",
        pane_seconds=PANE_SECONDS,
        complete_until={"inference/0": newest + 300},
        panes=[],
    )
    step = watcher.apply(quiet, watcher.offset + 1, told_at=newest, changes=[change])
    return windows + step.windows, alerts + step.alerts


def _delivery(alert: Alert) -> bytes:
    return encode_delivery(
        Delivery(
            fingerprint=alert.fingerprint,
            receiver="console",
            transition_id=alert.transition_id,
            state=alert.state,
            severity=alert.severity,
            time=alert.changed_at,
            outcome="delivered",
            attempts=1,
        )
    )


def _store(client: Client, target: Target, values: Iterable[bytes]) -> None:
    rows = [
        row
        for offset, value in enumerate(values)
        for row in target.rows(
            Message(target.topic.name, 0, offset, datetime.now(UTC), None, value)
        )
    ]
    insert_rows(client, target.table, target.arrow(rows, None, store_texts=True))


def _store_dead_letters(client: Client, end: datetime) -> None:
    messages = []
    for offset, reason in enumerate(("not_json", "invalid", "invalid")):
        letter = DeadLetter(
            topic="inference",
            partition=0,
            offset=offset,
            time=end - timedelta(minutes=20),
            reason=reason,  # type: ignore[arg-type]
            detail="cannot be read",
            key=b"k",
            value=b"{",
        )
        headers = tuple(letter.all_headers())
        messages.append(Message("dead-letter", 0, offset, end, b"k", b"{", headers))
    rows = [row for message in messages for row in DEAD_LETTERS_TARGET.rows(message)]
    table = DEAD_LETTERS_TARGET.arrow(rows, None, store_texts=True)
    insert_rows(client, DEAD_LETTERS_TARGET.table, table)

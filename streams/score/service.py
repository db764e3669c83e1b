"""The score process put together."""

import gc
import threading
import time

from clickhouse_connect.driver.client import Client

from detectors.redaction import redact, redact_column
from detectors.scoring import Scoring
from detectors.warm_up import warm_up
from schemas.monitors.bad_events import sampled_conditions
from schemas.monitors.resolved import MonitorSet
from schemas.segments import Segmentation
from schemas.wire import decoders
from streams.audit.start import note_start
from streams.background import in_background
from streams.detectors import wanted_detectors
from streams.feedback.events import Events
from streams.feedback.metrics import FeedbackMetrics
from streams.feedback.worker import FeedbackWorker
from streams.kafka import await_kafka
from streams.presidio import with_presidio
from streams.protected_texts import with_protected_texts
from streams.score.intake import Intake
from streams.score.metrics import ScoreMetrics
from streams.score.worker import Worker
from streams.service import Status, Stopped, new_registry, serving_health, when_available
from streams.settings import ClickHouseSettings, ScoreSettings, Settings
from streams.store.errors import StoreNotPrepared, StoreUnavailable
from streams.store.events import EventWriter, unredacted
from streams.store.objectives import declare_objectives
from streams.store.setup import connect_by, layout_by
from streams.store.signals import ensure_signal_columns

DAY_SECONDS = 86400


def build_scoring(settings: ScoreSettings, monitors: MonitorSet) -> Scoring:
    """The scoring core as the settings and monitors want it."""
    segmentations: tuple[Segmentation, ...] = (*settings.segmentations, *monitors.segmentations)
    detectors = with_protected_texts(wanted_detectors(settings), settings.protected_texts)
    return Scoring(
        with_presidio(detectors, settings),
        monitors.indicators,
        segmentations=segmentations,
        pane_seconds=settings.pane_seconds,
        segment_limit=settings.segment_limit,
        redact=redact_column if settings.redact else unredacted,
        excerpt_characters=settings.excerpt_characters if settings.store_texts else 0,
        bad_events=sampled_conditions(monitors.monitors),
    )


def run_score(settings: Settings, monitors: MonitorSet, stop: threading.Event) -> None:
    """Score until ``stop`` is set; while Kafka or ClickHouse is away, wait.

    Raises ``StoreError`` or ``KafkaUnavailable`` when ClickHouse or Kafka refuses for good.
    """
    registry, status = new_registry(), Status()
    port = settings.http.score_port
    with serving_health(settings.http, port, registry, status.ready, status.alive):
        metrics = ScoreMetrics(registry)
        scoring = build_scoring(settings.score, monitors)
        warm_up(scoring.detectors)
        try:
            await_kafka(settings.kafka, stop, status)
            client = when_available(
                lambda: _prepared(settings.clickhouse, scoring, monitors),
                stop,
                status,
                away=(StoreUnavailable, StoreNotPrepared),
            )
        except Stopped:
            return
        in_background(lambda: note_start(settings, monitors, settings.score.worker), "audit")
        worker = _worker(settings, scoring, client, metrics, stop)
        feedback = FeedbackWorker(
            settings,
            scoring=scoring,
            connect=lambda: _events(settings.clickhouse, scoring),
            metrics=FeedbackMetrics(registry),
            clock=time.time,
        )
        in_background(lambda: feedback.run(stop), "feedback")
        status.follow(lambda: worker.problem)
        # What exists now stays: the collector need not look at it with every batch of events. Nor
        # at the events of a batch; but requests to ClickHouse leave cycles, 7 kB each.
        gc.collect()
        gc.freeze()
        gc.set_threshold(400_000, 20, 100)
        worker.run()


def _prepared(settings: ClickHouseSettings, scoring: Scoring, monitors: MonitorSet) -> Client:
    client = connect_by(settings)
    ensure_signal_columns(client, scoring.signals, layout_by(settings))
    declare_objectives(client, monitors)
    return client


def _events(settings: ClickHouseSettings, scoring: Scoring) -> Events:
    """Access to the stored events, on a connection of its own."""
    stored = {signal.name for signal in scoring.signals}
    return Events(connect_by(settings), scoring.labels, topics="prompt.topic" in stored)


def _worker(
    settings: Settings,
    scoring: Scoring,
    client: Client,
    metrics: ScoreMetrics,
    stop: threading.Event,
) -> Worker:
    score = settings.score
    return Worker(
        settings,
        scoring=scoring,
        intake=Intake(
            decoders(),
            max_event_bytes=score.max_event_bytes,
            future_seconds=score.future_seconds,
            past_seconds=score.past_days * DAY_SECONDS,
            redact=redact if score.redact else None,
        ),
        store=EventWriter(
            client,
            scoring.signals,
            detector_versions=scoring.versions,
            redact=redact_column if score.redact else unredacted,
            store_texts=score.store_texts,
        ),
        metrics=metrics,
        clock=time.time,
        stop=stop,
    )

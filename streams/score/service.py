"""The score process put together."""

import gc
import threading
import time

from detectors.discovery import discover_detectors
from detectors.redaction import redact
from detectors.scoring import Scoring
from schemas.monitors.resolved import MonitorSet
from schemas.segments import Segmentation
from schemas.wire import decoders
from streams.kafka import ensure_topics
from streams.score.intake import Intake
from streams.score.metrics import ScoreMetrics
from streams.score.worker import Worker
from streams.service import new_registry, serving_health
from streams.settings import ScoreSettings, Settings
from streams.store.events import EventWriter
from streams.store.setup import connect_by, layout_by
from streams.store.signals import ensure_signal_columns

DAY_SECONDS = 86400


def build_scoring(settings: ScoreSettings, monitors: MonitorSet) -> Scoring:
    """The scoring core as the settings and monitors want it."""
    segmentations: tuple[Segmentation, ...] = (*settings.segmentations, *monitors.segmentations)
    return Scoring(
        discover_detectors(),
        monitors.indicators,
        segmentations=segmentations,
        pane_seconds=settings.pane_seconds,
        segment_limit=settings.segment_limit,
        redact=redact if settings.redact else lambda texts: texts,
        excerpt_characters=settings.excerpt_characters if settings.store_texts else 0,
    )


def run_score(settings: Settings, monitors: MonitorSet, stop: threading.Event) -> None:
    """Score until ``stop`` is set.

    Raises ``StoreError`` or ``KafkaUnavailable`` when ClickHouse or Kafka cannot be used.
    """
    registry = new_registry()
    metrics = ScoreMetrics(registry)
    scoring = build_scoring(settings.score, monitors)
    ensure_topics(settings.kafka)
    client = connect_by(settings.clickhouse)
    ensure_signal_columns(client, scoring.signals, layout_by(settings.clickhouse))
    worker = Worker(
        settings,
        scoring=scoring,
        intake=Intake(
            decoders(),
            max_event_bytes=settings.score.max_event_bytes,
            future_seconds=settings.score.future_seconds,
            past_seconds=settings.score.past_days * DAY_SECONDS,
        ),
        store=EventWriter(
            client,
            scoring.signals,
            detector_versions=scoring.versions,
            redact=redact if settings.score.redact else None,
            store_texts=settings.score.store_texts,
        ),
        metrics=metrics,
        clock=time.time,
    )
    # What exists now stays: the collector need not look at it with every batch of events.
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 20, 100)
    with serving_health(settings.http, settings.http.score_port, registry, lambda: worker.problem):
        worker.run(stop)

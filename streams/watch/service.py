"""The watch process put together."""

import asyncio
from collections.abc import Mapping

import faust
import structlog

from schemas.monitors.resolved import MonitorSet
from schemas.topics import PANES
from streams.audit.start import note_start
from streams.background import in_background
from streams.kafka import ensure_topics, partition_count
from streams.service import new_registry, serving_health
from streams.settings import Settings
from streams.watch.app import Watch
from streams.watch.collecting import collect_seldom
from streams.watch.importing import import_ahead
from streams.watch.metrics import WatchMetrics
from streams.watch.quieter_logs import quieten

log = structlog.get_logger(__name__)


def run_watch(settings: Settings, monitors: MonitorSet, units: Mapping[str, str]) -> None:
    """Watch until SIGTERM or SIGINT. ``units`` are those of signals, by name.

    Raises whatever made the worker stop by itself: ``UnreadableState``, Kafka's errors.
    """
    import_ahead(monitors)
    registry = new_registry()
    ensure_topics(settings.kafka)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    watch = Watch(
        settings,
        monitors,
        units=units,
        pane_partitions=partition_count(settings.kafka, PANES),
        metrics=WatchMetrics(registry),
    )
    worker = faust.Worker(
        watch.app,
        loop=loop,
        loglevel="WARN",
        quiet=True,
        override_logging=False,
        redirect_stdouts=False,
    )
    # It writes escape sequences between the log's lines.
    worker.spinner = None
    quieten()
    with serving_health(settings.http, settings.http.watch_port, registry, lambda: watch.problem):
        in_background(lambda: note_start(settings, monitors, settings.watch.worker), "audit")
        collect_seldom()
        log.info("watch_started", application=settings.watch.application)
        worker.execute_from_commandline()

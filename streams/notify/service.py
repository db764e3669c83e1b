"""The notify process put together."""

import threading

from schemas.monitors.resolved import MonitorSet
from schemas.topics import ALERTS, DELIVERIES
from streams.kafka import client_config, ensure_topics, topic_name
from streams.notify.notifier import Notifier
from streams.service import new_registry, serving_health
from streams.settings import Settings


def run_notify(settings: Settings, monitors: MonitorSet, stop: threading.Event) -> None:
    """Tell the monitors' receivers about alerts until ``stop`` is set.

    Raises ``ReceiverError`` when a receiver cannot be used as configured, ``KafkaUnavailable`` or
    ``KafkaException`` when Kafka cannot be used.
    """
    registry = new_registry()
    ensure_topics(settings.kafka)
    notifier = Notifier(
        client_config(settings.kafka),
        monitors.receivers,
        group=settings.notify.group,
        alerts_topic=topic_name(settings.kafka, ALERTS),
        deliveries_topic=topic_name(settings.kafka, DELIVERIES),
        resend_seconds=settings.notify.resend_seconds,
        timeout_seconds=settings.notify.timeout_seconds,
        registry=registry,
    )
    with serving_health(settings.http, settings.http.notify_port, registry, notifier.ready):
        notifier.run(stop)

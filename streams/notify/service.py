"""The notify process put together."""

import threading

from schemas.monitors.resolved import MonitorSet
from schemas.topics import ALERTS, DELIVERIES
from streams.audit.log import AuditLog
from streams.audit.silences import SilenceFollower
from streams.kafka import await_kafka, client_config, topic_name
from streams.notify.notifier import Notifier
from streams.outbound import Networks
from streams.service import Status, Stopped, new_registry, serving_health
from streams.settings import Settings


def receiver_networks(settings: Settings) -> Networks:
    """Where receivers may be, by the settings."""
    return Networks.parse(settings.notify.allow_networks, setting="notify.allow_networks")


def run_notify(settings: Settings, monitors: MonitorSet, stop: threading.Event) -> None:
    """Tell the monitors' receivers about alerts until ``stop`` is set; while Kafka is away, wait.

    Raises ``ReceiverError`` when a receiver cannot be used as configured, ``KafkaUnavailable`` or
    ``KafkaException`` when Kafka refuses.
    """
    registry, status = new_registry(), Status()
    notifier = Notifier(
        client_config(settings.kafka),
        monitors.receivers,
        group=settings.notify.group,
        alerts_topic=topic_name(settings.kafka, ALERTS),
        deliveries_topic=topic_name(settings.kafka, DELIVERIES),
        resend_seconds=settings.notify.resend_seconds,
        timeout_seconds=settings.notify.timeout_seconds,
        networks=receiver_networks(settings),
        registry=registry,
    )
    silences = SilenceFollower(
        monitors.receivers,
        networks=receiver_networks(settings),
        append=AuditLog(settings.kafka).append,
        timeout_seconds=settings.notify.timeout_seconds,
    )
    port = settings.http.notify_port
    with serving_health(settings.http, port, registry, status.ready, status.alive):
        try:
            await_kafka(settings.kafka, stop, status)
        except Stopped:
            return
        silences.start(stop)
        status.follow(notifier.ready, notifier.alive)
        notifier.run(stop)

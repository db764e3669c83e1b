"""All checks in order."""

from collections.abc import Iterator

from streams.detectors import wanted_signals
from streams.doctor.check import Check, failed, ok
from streams.doctor.clickhouse import check_clickhouse
from streams.doctor.kafka import check_kafka
from streams.doctor.local import check_disk, check_monitors, check_receivers
from streams.notify.service import receiver_networks
from streams.settings import Settings
from streams.stack import PROCESSES, health_problem


def examine(settings: Settings) -> Iterator[Check]:
    """Check everything that the settings name; each check as it is made.

    Nothing is changed, but for a topic that is made and deleted to read the broker's clock.
    """
    yield ok("settings", "settings", "valid")
    signals = list(wanted_signals(settings.score))
    checks, monitors = check_monitors(settings, signals)
    yield from checks
    yield check_disk(settings.data_dir)
    yield from check_kafka(settings)
    objectives = [indicator.signal for indicator in monitors.indicators]
    yield from check_clickhouse(settings.clickhouse, [*signals, *objectives])
    yield from check_processes(settings)
    yield from check_receivers(monitors, receiver_networks(settings))


def check_processes(settings: Settings) -> Iterator[Check]:
    """Whether each process on this machine says that it is ready."""
    for name in PROCESSES:
        port = getattr(settings.http, f"{name}_port")
        if not port:
            continue
        problem = health_problem(settings.http.host, port)
        if problem:
            remedy = f"start it (`tidewatch {name}`), or look at its log"
            yield failed("processes", name, problem, remedy)
        else:
            yield ok("processes", name, f"ready on port {port}")

"""Checks of this machine: monitors, receivers' addresses, disk space."""

import shutil
import socket
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from schemas.monitors.resolved import MonitorSet, Receiver
from schemas.signals import Signal
from streams.doctor.check import Check, failed, ok, skipped, warning
from streams.monitors import MonitorsError, read_monitors
from streams.outbound import Networks, RefusedAddress
from streams.settings import Settings

CONNECT_SECONDS = 3.0
LEAST_FREE_BYTES = 1_000_000_000
COMFORTABLE_FREE_BYTES = 5_000_000_000
_PORTS = {"http": 80, "https": 443}


def check_monitors(
    settings: Settings, signals: Collection[Signal]
) -> tuple[list[Check], MonitorSet]:
    """Whether all monitor documents can be used; and those that can."""
    part, name = "monitors", str(settings.monitors)
    if not settings.monitors.is_dir() and "monitors" not in settings.model_fields_set:
        remedy = "put monitor documents there, see docs/monitors.md"
        return [warning(part, name, "there is no such folder: nothing is watched", remedy)], (
            MonitorSet()
        )
    try:
        result = read_monitors(settings.monitors, signals)
    except MonitorsError as error:
        return [failed(part, name, str(error), "see docs/monitors.md")], MonitorSet()
    errors = [str(problem) for problem in result.problems if problem.severity == "error"]
    if errors:
        return [
            failed(part, name, "; ".join(errors), "`tidewatch check` lists every problem")
        ], result.monitors
    found = result.monitors
    counted = f"{len(found.monitors)} monitors, {len(found.receivers)} receivers"
    if not found.monitors:
        remedy = "put monitor documents there, see docs/monitors.md"
        return [warning(part, name, counted, remedy)], found
    if warnings := len(result.problems):
        told = f"{counted}, {warnings} warnings"
        return [warning(part, name, told, "`tidewatch check` lists them")], found
    return [ok(part, name, counted)], found


def check_receivers(monitors: MonitorSet, networks: Networks) -> Iterator[Check]:
    """Whether somebody listens where alerts go. A connection is made, nothing is sent.

    ``networks`` is where receivers may be: elsewhere no connection is made.
    """
    for receiver in monitors.receivers:
        with networks.enforced():
            check = _receiver(receiver)
        yield check


def _receiver(receiver: Receiver) -> Check:
    part, name = "receivers", receiver.name
    if receiver.type == "console":
        return ok(part, name, "console")
    address = urlsplit(receiver.url)
    # An apprise URL names a service, not always a host. The URL itself may hold a token.
    if address.scheme not in _PORTS or not address.hostname:
        return skipped(part, name, f"{receiver.type}: its address is not told by its URL")
    host, port = address.hostname, address.port or _PORTS[address.scheme]
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except RefusedAddress as error:
        return failed(part, name, str(error), "set notify.allow_networks to where receivers are")
    except OSError as error:
        return failed(
            part,
            name,
            f"{host}:{port} cannot be reached ({error})",
            "start it, or correct the receiver's url; alerts wait for it until then",
        )
    return ok(part, name, f"{host}:{port} answers")


def check_disk(data_dir: Path) -> Check:
    """Whether the data directory's disk has room."""
    part, name = "disk", str(data_dir)
    folder = Path(data_dir).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return failed(part, name, told, "make room: Kafka and ClickHouse stop when it is full")
    if free < COMFORTABLE_FREE_BYTES:
        return warning(part, name, told, "make room before it is full")
    return ok(part, name, told)

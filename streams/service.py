"""What every process does: settings, logs, signals, health."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from streams.health import HealthServer
from streams.settings import HttpSettings

log = structlog.get_logger(__name__)


def new_registry() -> CollectorRegistry:
    """A registry with the process's own metrics (memory, CPU, files)."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set. For the main thread."""
    stop = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


@contextmanager
def serving_health(
    settings: HttpSettings, port: int, registry: CollectorRegistry, problem: Callable[[], str]
) -> Iterator[None]:
    """Health and metrics on ``port`` while the process works; port 0 serves nothing."""
    if not port:
        yield
        return
    try:
        server = HealthServer(settings.host, port, registry, ready=problem, alive=lambda: "")
    except OSError as error:
        raise OSError(
            f"http: cannot listen on {settings.host}:{port} ({error.strerror}): stop the other "
            "process or set another port (0 for none)"
        ) from error
    try:
        yield
    finally:
        server.close()

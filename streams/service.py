"""What every process does: signals, health, waiting for its servers."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import structlog
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from streams.health import HealthServer, Problem
from streams.settings import HttpSettings

log = structlog.get_logger(__name__)

T = TypeVar("T")

_RETRY_SECONDS = 0.5


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


class Stopped(Exception):
    """The process was told to stop while it waited."""


class Status:
    """What a process says of itself to its health port: while it starts, and while it works.

    Examples
    --------
    >>> status = Status()
    >>> status.waiting_for("Kafka")
    >>> status.ready()
    'Kafka'
    >>> status.follow(ready=lambda: "")
    >>> status.ready(), status.alive()
    ('', '')
    """

    def __init__(self) -> None:
        self._ready: Problem = lambda: "starting"
        self._alive: Problem = lambda: ""

    def ready(self) -> str:
        """Why it is not ready; empty when it is."""
        return self._ready()

    def alive(self) -> str:
        """Why it should be restarted; empty when it should not."""
        return self._alive()

    def waiting_for(self, problem: str) -> None:
        """It waits."""
        self._ready = lambda: problem

    def follow(self, ready: Problem, alive: Problem = lambda: "") -> None:
        """It works: ask these from now on."""
        self._ready, self._alive = ready, alive


def when_available(
    act: Callable[[], T],
    stop: threading.Event,
    status: Status,
    *,
    away: tuple[type[Exception], ...],
) -> T:
    """What ``act`` gives, tried again as long as it raises one of ``away``; ``status`` says why.

    Raises :class:`Stopped` when ``stop`` is set meanwhile, and what else ``act`` raises.
    """
    told = ""
    while not stop.is_set():
        try:
            return act()
        except away as error:
            status.waiting_for(str(error))
            if str(error) != told:
                told = str(error)
                log.warning("waiting", problem=told)
            stop.wait(_RETRY_SECONDS)
    raise Stopped


@contextmanager
def serving_health(
    settings: HttpSettings,
    port: int,
    registry: CollectorRegistry,
    ready: Problem,
    alive: Problem = lambda: "",
) -> Iterator[None]:
    """Health and metrics on ``port`` while the process works; port 0 serves nothing."""
    if not port:
        yield
        return
    try:
        server = HealthServer(settings.host, port, registry, ready=ready, alive=alive)
    except OSError as error:
        raise OSError(
            f"http: cannot listen on {settings.host}:{port} ({error.strerror}): stop the other "
            "process or set another port (0 for none)"
        ) from error
    try:
        yield
    finally:
        server.close()

"""Keeps child processes of ``tidewatch up`` running: starts, restarts, stops them in order."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

log = structlog.get_logger(__name__)

SUPERVISED = "TIDEWATCH_SUPERVISED"
_RESTART_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS = 60.0
_LOG_BYTES = 20_000_000
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask the kernel to stop this process when its supervisor is gone, however that came."""
    if os.environ.get(SUPERVISED) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(os.environ[SUPERVISED]):
            raise SystemExit(0)


@dataclass(slots=True)
class Child:
    """One process to keep running. ``log_file`` takes what it prints."""

    name: str
    arguments: Sequence[str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _started: float = 0.0
    _due: float = 0.0
    _log: IO[bytes] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs ``tidewatch`` commands as child processes in sessions of their own.

    A Ctrl-C in the terminal reaches this process alone: it decides what stops when. A child that
    ends by itself is started again, after a pause that grows while it keeps failing.

    Parameters
    ----------
    environment
        Environment of the children, added to this process's.
    logs
        Folder for their logs.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = {**os.environ, **environment, SUPERVISED: str(os.getpid())}
        self._logs = logs
        self._children: dict[str, Child] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        logs.mkdir(parents=True, exist_ok=True)

    @property
    def children(self) -> tuple[Child, ...]:
        """All children, in the order they were started."""
        return tuple(self._children.values())

    def start(self, name: str, *arguments: str) -> Child:
        """Start ``tidewatch`` with these arguments, and keep it running."""
        child = Child(name, arguments, self._logs / f"{name}.log")
        with self._lock:
            self._children[name] = child
            self._spawn(child)
        if not self._thread.is_alive():
            self._thread.start()
        return child

    def stop(self, timeout: float = 10.0) -> None:
        """Stop all children, first started first; kill those that take longer than ``timeout``."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._lock:
            for child in self._children.values():
                self._signal(child, signal.SIGTERM)
            deadline = time.monotonic() + timeout
            for child in self._children.values():
                self._await(child, deadline)

    def _keep(self) -> None:
        while not self._stopping.wait(0.2):
            now = time.monotonic()
            with self._lock:
                for child in self._children.values():
                    self._mend(child, now)

    def _mend(self, child: Child, now: float) -> None:
        if child.running:
            if now - child._started > _STEADY_SECONDS:
                child.restarts = 0
            return
        if child.process is not None:
            pause = _RESTART_SECONDS[min(child.restarts, len(_RESTART_SECONDS) - 1)]
            log.warning(
                "process_ended",
                process=child.name,
                exit_code=child.process.returncode,
                restart_seconds=pause,
                log=str(child.log_file),
            )
            child.process, child._due = None, now + pause
            child.restarts += 1
        elif now >= child._due:
            self._spawn(child)

    def _spawn(self, child: Child) -> None:
        if child._log is not None:
            child._log.close()
        large = child.log_file.exists() and child.log_file.stat().st_size > _LOG_BYTES
        child._log = child.log_file.open("wb" if large else "ab")
        child.process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "streams.cli.main", *child.arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=child._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child._started = time.monotonic()

    def _signal(self, child: Child, number: signal.Signals) -> None:
        if child.process is not None and child.running:
            child.process.send_signal(number)

    def _await(self, child: Child, deadline: float) -> None:
        if child.process is not None:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process_killed", process=child.name, reason="it did not stop in time")
                child.process.kill()
                child.process.wait()
        if child._log is not None:
            child._log.close()
            child._log = None

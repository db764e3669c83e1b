"""Keeps child processes of ``tidewatch up`` running: starts, restarts, stops them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SUPERVISED = "TIDEWATCH_SUPERVISED"
ONE_THREAD = {
    "POLARS_MAX_THREADS": "1",
    # Threads of linear algebra wait for the next product by spinning, a third of a core.
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # What a batch leaves, the next one takes: given back to the system between two batches, as by
    # default after a moment, every page would be cleared anew, a tenth of score's time.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:0",  # polars
    "MIMALLOC_PURGE_DELAY": "10000",  # Arrow
}
"""A process takes one core and little memory beside its data: more load is more processes."""
_RESTART_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS = 60.0
_LOG_BYTES = 20_000_000
_ORPHAN_POLL_SECONDS = 0.5
_ORPHAN_GRACE_SECONDS = 10.0


def end_with_parent() -> None:
    """Stop this process when its supervisor is gone, however that came; a no-op without one.

    First as SIGTERM would, and for good if that takes longer than ten seconds: a process whose
    Kafka went with the supervisor may wait for it in vain.
    """
    # Not for the children of this process: their parent is another.
    supervisor = os.environ.pop(SUPERVISED, None)
    if supervisor is None:
        return

    def follow() -> None:
        # A poll, not the kernel's parent-death signal: that one fires when the thread that started
        # this process ends, and exists on Linux only.
        while os.getppid() == int(supervisor):
            time.sleep(_ORPHAN_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_ORPHAN_GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=follow, name="end-with-parent", daemon=True).start()


@dataclass(slots=True)
class Child:
    """One process to keep running. ``log_file`` takes what it prints; ``restarts`` counts."""

    name: str
    arguments: Sequence[str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _failures: int = 0
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
    tell
        Is told, in a sentence, when a child ended and when it was started again.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        logs: Path,
        *,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._environment = {
            **ONE_THREAD,
            **os.environ,
            **environment,
            SUPERVISED: str(os.getpid()),
        }
        self._logs = logs
        self._tell = tell
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
        """Stop all children at once; kill those that take longer than ``timeout`` seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._lock:
            for child in self._children.values():
                if child.process is not None and child.running:
                    child.process.send_signal(signal.SIGTERM)
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
                child._failures = 0
        elif child.process is not None:
            pause = _RESTART_SECONDS[min(child._failures, len(_RESTART_SECONDS) - 1)]
            code = child.process.returncode
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            self._tell(f"{child.name} {how}, next try in {pause:g} s (its log: {child.log_file})")
            child.process, child._due = None, now + pause
            child._failures += 1
        elif now >= child._due:
            try:
                self._spawn(child)
            except OSError as error:
                child._due = now + _RESTART_SECONDS[-1]
                self._tell(f"{child.name} cannot be started ({error.strerror}), trying again")
                return
            child.restarts += 1
            self._tell(f"{child.name} started again")

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

    def _await(self, child: Child, deadline: float) -> None:
        if child.process is not None:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(f"{child.name} did not stop in time and was killed")
                child.process.kill()
                child.process.wait()
        if child._log is not None:
            child._log.close()
            child._log = None

"""The life of an embedded server: one child process, one data directory, a port on 127.0.0.1."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog

from streams.ports import free_port

HOST = "127.0.0.1"
_MAX_LOG_BYTES = 10_000_000
_POLL_SECONDS = 0.05
_GUARD = Path(__file__).with_name("guard.py")

log = structlog.get_logger(__name__)


class EmbeddedServerError(RuntimeError):
    """An embedded server could not be started; the message names the place and the remedy."""


class EmbeddedServer(ABC):
    """A server run as a child process that ends when this process ends.

    The child has a session of its own, so a Ctrl-C in the terminal does not reach it: whoever
    started it decides when it stops. ``data_dir`` holds everything: data, log, remembered ports,
    and a lock that keeps a second server from starting on the same data.

    Parameters
    ----------
    data_dir
        Where the server keeps its data; made when absent.
    port
        Port on 127.0.0.1. None: the port of the last run if it is free, else any free one.
    start_timeout
        Seconds within which the server must answer after its process was started.
    stop_timeout
        Seconds that a graceful stop may take before the process is killed.
    """

    name: str

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        start_timeout: float = 120.0,
        stop_timeout: float = 20.0,
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.start_timeout = start_timeout
        self.stop_timeout = stop_timeout
        self._wanted_port = port
        self._ports: dict[str, int] = {}
        self._keep_ports = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def log_file(self) -> Path:
        """File that takes all the server writes to its standard output and error."""
        return self.data_dir / f"{self.name}.log"

    @property
    def port(self) -> int:
        """Port on 127.0.0.1 that clients connect to.

        Raises
        ------
        EmbeddedServerError
            The server was never started.
        """
        try:
            return self._ports["server"]
        except KeyError:
            raise EmbeddedServerError(f"{self.name} has no port yet: call start() first") from None

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self._process is not None and self._process.poll() is None

    def choose_ports(self) -> None:
        """Choose the ports now, so that clients can be told before the server runs.

        From then on they stay, over restarts too: it comes back on them or not at all.

        Raises
        ------
        EmbeddedServerError
            The wanted port is taken.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._ports = self._choose_ports()
        self._keep_ports = True

    def start(self) -> None:
        """Start the server and return when it answers; do nothing when it runs already.

        Raises
        ------
        EmbeddedServerError
            The data directory is in use, the port is taken, the process ended early or did not
            answer in time.
        """
        if self.running:
            return
        self.kill()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = self._acquire_lock()
        try:
            self._ports = self._choose_ports()
            command = self._prepare()
            began = time.monotonic()
            self._process = self._spawn(command, self._lock)
            self._wait_until_ready(self._process, began)
        except BaseException:
            self.kill()
            raise
        seconds = round(time.monotonic() - began, 2)
        log.info("embedded server ready", server=self.name, port=self.port, seconds=seconds)

    def stop(self) -> None:
        """Stop the server gracefully; kill it when that takes longer than ``stop_timeout``."""
        if self._process is not None and self.running:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(self.stop_timeout)
            except subprocess.TimeoutExpired:
                log.warning("embedded server killed: it did not stop in time", server=self.name)
        self.kill()

    def kill(self) -> None:
        """End the server at once, as a crash would; what it has written stays."""
        if self._process is not None:
            # The guard kills and reaps the server; when it returns, lock and ports are free again.
            self._process.send_signal(signal.SIGUSR1)
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Make ready what the server needs and return its command line."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server answers a real request."""

    def _port_names(self) -> tuple[str, ...]:
        """Names of the ports that the server needs; clients use the one called ``server``."""
        return ("server",)

    def _environment(self) -> dict[str, str]:
        return dict(os.environ)

    def _spawn(self, command: list[str], lock: IO[str]) -> subprocess.Popen[bytes]:
        if self.log_file.exists() and self.log_file.stat().st_size > _MAX_LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        guard = [sys.executable, "-I", "-S", str(_GUARD), str(self.stop_timeout)]
        with self.log_file.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command line
                [*guard, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self.data_dir,
                env=self._environment(),
                start_new_session=True,
                # The guard holds the lock too: data stay locked until the server is really gone.
                pass_fds=[lock.fileno()],
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes], began: float) -> None:
        while not self._answers():
            if process.poll() is not None:
                raise EmbeddedServerError(
                    f"{self.name} ended with status {process.returncode} while starting."
                    f" {self._log_tail()}"
                )
            if time.monotonic() - began > self.start_timeout:
                raise EmbeddedServerError(
                    f"{self.name} did not answer on {HOST}:{self.port} within"
                    f" {self.start_timeout:g} s; raise start_timeout if the machine is slow."
                    f" {self._log_tail()}"
                )
            time.sleep(_POLL_SECONDS)

    def _log_tail(self) -> str:
        if not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(errors="replace").splitlines()[-5:]
        return "\n  ".join([f"See {self.log_file}, which ends with:", *lines])

    def _acquire_lock(self) -> IO[str]:
        lock = (self.data_dir / f"{self.name}.lock").open("a+")
        deadline = time.monotonic() + self.stop_timeout
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            lock.seek(0)
            owner = lock.read().strip()
            # A dead owner's guard is still ending the server: wait for that, within reason.
            if _alive(owner) or time.monotonic() > deadline:
                lock.close()
                raise EmbeddedServerError(
                    f"{self.data_dir} is in use by the embedded {self.name} of process"
                    f" {owner or 'unknown'}: stop that one, or give another data directory"
                )
            time.sleep(_POLL_SECONDS)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def _choose_ports(self) -> dict[str, int]:
        path = self.data_dir / f"{self.name}.ports.json"
        remembered: dict[str, int] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            remembered = json.loads(path.read_text())
        ports: dict[str, int] = {}
        for use in self._port_names():
            wanted = self._wanted_port if use == "server" else None
            if self._keep_ports:
                wanted = self._ports[use]
            if wanted is not None and not _is_free(wanted):
                raise EmbeddedServerError(
                    f"{self.name} cannot listen on {HOST}:{wanted}, the port is taken:"
                    " stop what uses it, or give another port"
                )
            port = wanted or remembered.get(use)
            if port is not None and not _is_free(port):
                log.warning("last port is taken, using another", server=self.name, last=port)
                port = None
            ports[use] = port or free_port(HOST, taken=ports.values())
        path.write_text(json.dumps(ports))
        return ports


def _alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: the last run's connections in TIME_WAIT must not make the port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True

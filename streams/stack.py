"""The whole of Tidewatch on one machine: embedded servers and all processes."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import ensure_topics
from streams.settings import Settings
from streams.store.setup import prepare_store
from streams.supervisor import Supervisor

log = structlog.get_logger(__name__)

PROCESSES = ("score", "watch", "sink", "notify")


class StackNotReady(TimeoutError):
    """A process did not become ready; the message says which, why, and where its log is."""


class Stack:
    """Embedded Kafka and ClickHouse with score, watch, sink and notify; data survive restarts.

    Parameters
    ----------
    settings
        Settings; the addresses of the embedded servers take the place of those given.
    processes
        Which processes to run.
    announce
        Is told, in a few words, what is happening.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        processes: Sequence[str] = PROCESSES,
        announce: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._wanted = settings
        self._processes = tuple(processes)
        self._announce = announce
        self.data_dir = Path(settings.data_dir).absolute()
        self.kafka = EmbeddedKafka(self.data_dir / "kafka")
        self.clickhouse = EmbeddedClickHouse(self.data_dir / "clickhouse")
        self.settings = settings
        self.supervisor: Supervisor | None = None

    def start(self) -> None:
        """Start everything; returns when the servers answer and the processes have been started.

        Raises
        ------
        EmbeddedServerError, StoreError, KafkaUnavailable
            A server cannot be started or used.
        """
        try:
            self._announce("starting Kafka and ClickHouse")
            with ThreadPoolExecutor(2) as pool:
                for started in [pool.submit(s.start) for s in (self.kafka, self.clickhouse)]:
                    started.result()
            self.settings = self._with_addresses()
            self._announce("preparing topics and tables")
            ensure_topics(self.settings.kafka)
            prepare_store(self.settings.clickhouse)
            self._announce("starting " + ", ".join(self._processes))
            self.supervisor = Supervisor(self.environment(), self.data_dir / "logs")
            for name in self._processes:
                self.supervisor.start(name, name)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything: processes first, then the servers they write to."""
        if self.supervisor is not None:
            self._announce("stopping processes")
            self.supervisor.stop()
            self.supervisor = None
        self._announce("stopping ClickHouse and Kafka")
        with ThreadPoolExecutor(2) as pool:
            for stopped in [pool.submit(s.stop) for s in (self.clickhouse, self.kafka)]:
                stopped.result()

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

    def environment(self) -> dict[str, str]:
        """Environment that leads other Tidewatch commands to this stack."""
        http = self.settings.http
        return {
            "TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": self.settings.kafka.bootstrap_servers,
            "TIDEWATCH_CLICKHOUSE__URL": self.settings.clickhouse.url,
            "TIDEWATCH_MONITORS": str(Path(self.settings.monitors).absolute()),
            "TIDEWATCH_DATA_DIR": str(self.data_dir),
            **{
                f"TIDEWATCH_HTTP__{name.upper()}_PORT": str(getattr(http, f"{name}_port"))
                for name in PROCESSES
            },
        }

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Wait until every process says that it is ready. Raises :class:`StackNotReady`."""
        deadline = time.monotonic() + timeout
        for name in self._processes:
            while problem := self.problem(name):
                if time.monotonic() > deadline:
                    log_file = self.data_dir / "logs" / f"{name}.log"
                    raise StackNotReady(f"{name} is not ready: {problem} (its log: {log_file})")
                time.sleep(0.1)

    def problem(self, name: str) -> str:
        """Why a process is not ready; an empty string when it is."""
        port = getattr(self.settings.http, f"{name}_port")
        return health_problem(self.settings.http.host, port)

    def _with_addresses(self) -> Settings:
        settings = self._wanted
        host = settings.http.host
        ports = {f"{name}_port": getattr(settings.http, f"{name}_port") for name in PROCESSES}
        return settings.model_copy(
            update={
                "kafka": settings.kafka.model_copy(
                    update={"bootstrap_servers": self.kafka.bootstrap_servers}
                ),
                "clickhouse": settings.clickhouse.model_copy(update={"url": self.clickhouse.url}),
                "http": settings.http.model_copy(
                    update={key: _free_port(host, port) for key, port in ports.items()}
                ),
            }
        )


def health_problem(host: str, port: int) -> str:
    """What ``/health/ready`` on this port complains about; empty when all is well."""
    url = f"http://{host}:{port}/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=2):
            return ""
    except urllib.error.HTTPError as error:
        try:
            return str(json.load(error)["problem"])
        except (ValueError, KeyError):
            return f"{url} answers {error.code}"
    except OSError as error:
        return f"{url} does not answer ({getattr(error, 'reason', error)})"


def _free_port(host: str, wanted: int) -> int:
    """The wanted port, or another one where that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")

"""The whole of Tidewatch on one machine: embedded servers and all processes."""

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.data_dir import DataDir
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.server import EmbeddedServer, EmbeddedServerError
from streams.kafka import ensure_topics
from streams.ports import free_port
from streams.settings import Settings
from streams.store.setup import prepare_store
from streams.supervisor import Supervisor

PROCESSES = ("score", "watch", "sink", "notify", "page")
_KEPT = ("kafka", "clickhouse", "watch", "logs")
"""What lies in the data directory."""
_RETRY_SECONDS = 5.0


class StackNotReady(TimeoutError):
    """A process did not become ready; the message says which, why, and where its log is."""


class Stack:
    """Embedded Kafka and ClickHouse with score, watch, sink and notify; data survive restarts.

    What ends by itself is started again, servers as well as processes.

    Parameters
    ----------
    settings
        Settings; the addresses of the embedded servers take the place of those given. A port that
        is taken, or 0, becomes a free one.
    processes
        Which processes to run.
    fresh
        Start without what earlier runs left in the data directory: it is deleted.
    announce
        Is told, in a sentence, what is happening.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        processes: Sequence[str] = PROCESSES,
        fresh: bool = False,
        announce: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._processes = tuple(processes)
        self._fresh = fresh
        self._announce = announce
        self._directory = DataDir(settings.data_dir)
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep_servers, name="servers", daemon=True)
        self.data_dir = self._directory.path
        self.kafka = EmbeddedKafka(self.data_dir / "kafka")
        self.clickhouse = EmbeddedClickHouse(self.data_dir / "clickhouse")
        self.settings = settings
        self.supervisor: Supervisor | None = None

    def start(self) -> None:
        """Start everything; returns when the servers answer. The processes load meanwhile.

        Raises
        ------
        DataDirInUse
            Another stack runs on the same data directory.
        EmbeddedServerError, StoreError, KafkaUnavailable
            A server cannot be started or used.
        """
        self._directory.acquire()
        try:
            if self._fresh:
                for name in _KEPT:
                    shutil.rmtree(self.data_dir / name, ignore_errors=True)
            for server in (self.kafka, self.clickhouse):
                server.choose_ports()
            self.settings = self.settings.model_copy(update=self._sections())
            self.kafka.download()
            names = ", ".join(self._processes)
            self._announce(f"starting Kafka and ClickHouse, {names}")
            self.supervisor = Supervisor(
                self.environment(), self.data_dir / "logs", tell=self._announce
            )
            # They load while the servers start, and wait for them.
            for name in self._processes:
                self.supervisor.start(name, name)
            with ThreadPoolExecutor(2) as pool:
                for started in (
                    pool.submit(self._start_kafka),
                    pool.submit(self._start_clickhouse),
                ):
                    started.result()
            self._keeper.start()
            self._directory.publish(self.addresses())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything: processes first, then the servers they write to."""
        self._ending.set()
        if self.supervisor is not None:
            self._announce("stopping " + ", ".join(self._processes))
            self.supervisor.stop()
            self.supervisor = None
        if self._keeper.is_alive():
            self._keeper.join()
        if self.kafka.running or self.clickhouse.running:
            self._announce("stopping ClickHouse and Kafka")
        with ThreadPoolExecutor(2) as pool:
            for stopped in [pool.submit(s.stop) for s in (self.clickhouse, self.kafka)]:
                stopped.result()
        self._directory.release()

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

    def addresses(self) -> dict[str, dict[str, Any]]:
        """Settings by section that lead other Tidewatch commands to this stack."""
        http = self.settings.http
        return {
            "kafka": {"bootstrap_servers": self.settings.kafka.bootstrap_servers},
            "clickhouse": {"url": self.settings.clickhouse.url},
            "http": {f"{name}_port": getattr(http, f"{name}_port") for name in PROCESSES},
        }

    def environment(self) -> dict[str, str]:
        """The same as environment variables, with the folders of data and monitors."""
        return {
            "TIDEWATCH_MONITORS": str(Path(self.settings.monitors).absolute()),
            "TIDEWATCH_DATA_DIR": str(self.data_dir),
            **{
                f"TIDEWATCH_{section.upper()}__{name.upper()}": str(value)
                for section, values in self.addresses().items()
                for name, value in values.items()
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
        host = self.settings.http.host
        if name == "page":
            host = self.settings.page.host or host
        return health_problem(host, port)

    def _start_kafka(self) -> None:
        self.kafka.start()
        ensure_topics(self.settings.kafka)

    def _start_clickhouse(self) -> None:
        self.clickhouse.start()
        prepare_store(self.settings.clickhouse)

    def _sections(self) -> dict[str, Any]:
        """The settings that lead to the servers and processes of this stack."""
        http = self.settings.http
        ports: dict[str, int] = {}
        for name in PROCESSES:
            wanted = getattr(http, f"{name}_port")
            ports[f"{name}_port"] = free_port(http.host, wanted=wanted, taken=ports.values())
        kafka = {"bootstrap_servers": self.kafka.bootstrap_servers}
        return {
            "kafka": self.settings.kafka.model_copy(update=kafka),
            "clickhouse": self.settings.clickhouse.model_copy(update={"url": self.clickhouse.url}),
            "http": http.model_copy(update=ports),
        }

    def _keep_servers(self) -> None:
        while not self._ending.wait(0.5):
            for server in (self.kafka, self.clickhouse):
                if not server.running:
                    self._restart(server)

    def _restart(self, server: EmbeddedServer) -> None:
        self._announce(f"{server.name} ended, starting it again (its log: {server.log_file})")
        try:
            server.start()
        except EmbeddedServerError as error:
            self._announce(f"{server.name} cannot be started, trying again: {error}")
            self._ending.wait(_RETRY_SECONDS)
        else:
            self._announce(f"{server.name} started again")


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

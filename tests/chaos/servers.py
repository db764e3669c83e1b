"""Kafka and ClickHouse with a way of its own to each for every process."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.server import HOST, EmbeddedServer
from tests.chaos.links import Link, Links

PROCESSES = ("score-0", "score-1", "score-2", "watch-0", "watch-1", "watch-2", "sink-0", "notify-0")
"""Every process that there may be; those with the last number come and go."""


class LinkedKafka(EmbeddedKafka):
    """A broker that tells each process to come by its own proxy.

    A broker tells clients its address: so it has a listener a process, whose advertised address is
    that of the proxy. Who comes by the usual address meets no proxy.
    """

    def __init__(self, data_dir: Path, links: dict[str, Link]) -> None:
        super().__init__(data_dir)
        self._links = links

    def _port_names(self) -> tuple[str, ...]:
        return (*super()._port_names(), *self._links)

    def _properties(self) -> dict[str, object]:
        properties = super()._properties()
        names = {name: f"LINK{number}" for number, name in enumerate(self._links)}
        listeners = [str(properties["listeners"])]
        advertised = [f"PLAINTEXT://{self.bootstrap_servers}"]
        protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
        for name, listener in names.items():
            self._links[name].target = self._ports[name]
            listeners.append(f"{listener}://{HOST}:{self._ports[name]}")
            advertised.append(f"{listener}://{HOST}:{self._links[name].port}")
            protocols.append(f"{listener}:PLAINTEXT")
        return properties | {
            "listeners": ",".join(listeners),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": ",".join(protocols),
            "inter.broker.listener.name": "PLAINTEXT",
            # A pool for each listener: one thread will do.
            "num.network.threads": 1,
        }


class Servers:
    """Both servers and the links to them."""

    def __init__(self, folder: Path, links: Links) -> None:
        self.links = links
        to_kafka = {f"kafka:{name}": links[f"kafka:{name}"] for name in PROCESSES}
        self.kafka = LinkedKafka(folder / "kafka", to_kafka)
        self.clickhouse = EmbeddedClickHouse(folder / "clickhouse")

    def named(self, name: str) -> EmbeddedServer:
        """``kafka`` or ``clickhouse``."""
        return self.kafka if name == "kafka" else self.clickhouse

    def start(self) -> None:
        """Start both; they keep their ports from then on."""
        for server in (self.kafka, self.clickhouse):
            server.choose_ports()
            server.start()
        for name in PROCESSES:
            self.links[f"clickhouse:{name}"].target = self.clickhouse.port

    def mend(self) -> None:
        """Both run, whatever was done to them, and every way is free."""
        self.links.heal()
        for name in ("kafka", "clickhouse"):
            if self.named(name).running:
                self.thaw(name)
            else:
                self.named(name).start()

    def stop(self) -> None:
        """Stop both."""
        self.clickhouse.stop()
        self.kafka.stop()

    def freeze(self, name: str) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        os.kill(self._pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT."""
        os.kill(self._pid(name), signal.SIGCONT)

    def _pid(self, name: str) -> int:
        # The server is the only child of its guard, which is a child of this process.
        data_dir = str(self.named(name).data_dir)
        for process in psutil.Process().children(recursive=True):
            try:
                line = process.cmdline()
            except psutil.Error:
                continue  # it has ended meanwhile
            if not any(part.endswith("guard.py") for part in line) and data_dir in " ".join(line):
                return process.pid
        raise RuntimeError(f"{name} does not run")

    def memory(self, name: str) -> int:
        """Resident bytes."""
        return int(psutil.Process(self._pid(name)).memory_info().rss)


@contextmanager
def running_servers(folder: Path) -> Iterator[Servers]:
    """Servers for the length of a block."""
    names = [f"{server}:{name}" for server in ("kafka", "clickhouse") for name in PROCESSES]
    with Links(names) as links:
        servers = Servers(folder, links)
        try:
            servers.start()
            yield servers
        finally:
            links.heal()
            servers.stop()

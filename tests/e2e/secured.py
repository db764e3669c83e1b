"""Tidewatch as production should have it: each process with a user and rights of its own."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
from confluent_kafka import Producer

from schemas.topics import FEEDBACK, INFERENCE
from schemas.wire.native import encode_event
from streams.access import kafka_acls
from streams.access.clickhouse_grants import role_name
from streams.access.kafka_acls import user_of
from streams.access.kafka_rights import ROLES
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.kafka import client_config, ensure_topics, topic_name
from streams.ports import free_port
from streams.settings import KafkaSettings, Settings, load_settings
from streams.store.connection import connect
from streams.store.setup import prepare_store
from tests.e2e import planted
from tests.e2e.planted import Datum
from tests.e2e.processes import Process
from tests.e2e.recording_proxy import RecordingProxy, recording
from tests.e2e.secured_kafka import ADMIN, Authority, SecuredKafka
from tests.streams.conftest import HttpReceiver

PROCESSES = ("score", "watch", "sink", "notify", "page")
MONITORS = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: errors}
spec:
  signal: error
  statistic: rate
  window: 10s
  by: [service_name]
  upper: 0.5
  resolveUpper: 0.4
  minimumEvents: 5
  severity: page
---
apiVersion: tidewatch/v1
kind: Receiver
metadata: {name: hook}
spec: {type: webhook, url: "${HOOK_URL}", secret: "file:HOOK_FILE"}
"""


def secret(name: str) -> str:
    """A secret that is found wherever it is written."""
    return f"pl4nted-secret-of-{name}"


SECRETS = {
    **{f"kafka-{role}": secret(f"kafka-{role}") for role in (*ROLES, ADMIN)},
    **{f"clickhouse-{role}": secret(f"clickhouse-{role}") for role in (*PROCESSES, "operator")},
    "token": secret("token"),
    "hook-path": secret("hook-path"),
    "hook-key": secret("hook-key"),
}


@dataclass
class SecuredSite:
    """A running one; everything ends with the block.

    Parameters
    ----------
    folder
        For what is written.
    store
        A running embedded ClickHouse.
    """

    folder: Path
    store: EmbeddedClickHouse
    receiver: HttpReceiver = field(default_factory=HttpReceiver)
    processes: dict[str, Process] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        enter = self._stack.enter_context
        authority = Authority(self.folder)
        passwords = {ADMIN: SECRETS[f"kafka-{ADMIN}"]}
        passwords |= {user_of(role): SECRETS[f"kafka-{role}"] for role in ROLES}
        self.kafka: SecuredKafka = enter(SecuredKafka(self.folder / "kafka", authority, passwords))
        self.proxy: RecordingProxy = enter(recording(self.store.port, authority))
        enter(self.receiver.up())
        self.ports = {name: free_port() for name in PROCESSES}
        self.database = f"secured_{free_port()}"
        self._prepare(authority)
        for name in PROCESSES:
            log = self.folder / f"{name}.log"
            process = Process(name, [name], self._environment(name, authority), log)
            process.start()
            self._stack.callback(process.stop)
            self.processes[name] = process

    def settings(self, role: str) -> Settings:
        """The settings of a role's user (or of the administrator)."""
        return load_settings(
            kafka={**self.kafka.user(role if role == ADMIN else user_of(role)), "partitions": 2},
            clickhouse={"url": self.store.url, "database": self.database},
            monitors=self.folder / "monitors",
        )

    def _prepare(self, authority: Authority) -> None:
        """What an operator does once: rights, topics, tables."""
        monitors = self.folder / "monitors"
        monitors.mkdir()
        key = self.folder / "hook-key"
        key.write_text(SECRETS["hook-key"] + "\n")
        (monitors / "monitors.yaml").write_text(MONITORS.replace("HOOK_FILE", str(key)))
        admin, operator = self.settings(ADMIN), self.settings("operator")
        kafka_acls.create({role: user_of(role) for role in ROLES}, admin)
        wait_until(lambda: _may_create(operator.kafka))
        prepare_store(operator.clickhouse)
        # Columns of signals and objectives, as `tidewatch migrate` makes them.
        migrate = Process(
            "migrate",
            ["migrate"],
            self._environment("operator", authority),
            self.folder / "migrate.log",
        )
        migrate.start()
        wait_until(lambda: not migrate.running)
        assert migrate.code == 0, migrate.tail()

    def _environment(self, role: str, authority: Authority) -> dict[str, str]:
        user = self.kafka.user(user_of(role) if role in ROLES else user_of("application"))
        password = self.folder / f"{role}-password"
        password.write_text(SECRETS.get(f"clickhouse-{role}", ""))
        return {
            **{f"TIDEWATCH_KAFKA__{name.upper()}": value for name, value in user.items()},
            "TIDEWATCH_KAFKA__PARTITIONS": "2",
            "TIDEWATCH_CLICKHOUSE__URL": self.proxy.url,
            "TIDEWATCH_CLICKHOUSE__CA_LOCATION": str(authority.certificate),
            "TIDEWATCH_CLICKHOUSE__DATABASE": self.database,
            "TIDEWATCH_CLICKHOUSE__USER": role_name(role),
            "TIDEWATCH_CLICKHOUSE__PASSWORD": f"file:{password}",
            "TIDEWATCH_MONITORS": str(self.folder / "monitors"),
            "TIDEWATCH_DATA_DIR": str(self.folder / "data"),
            "TIDEWATCH_NOTIFY__ALLOW_NETWORKS": "127.0.0.1",
            "TIDEWATCH_PAGE__TOKEN": SECRETS["token"],
            "TIDEWATCH_ACTOR": "the test",
            "TIDEWATCH_LOG__FORMAT": "json",
            "TIDEWATCH_LOG__LEVEL": "debug",
            "HOOK_URL": f"{self.receiver.url}/{SECRETS['hook-path']}",
            **{
                f"TIDEWATCH_HTTP__{name.upper()}_PORT": str(port)
                for name, port in self.ports.items()
            },
        }

    def wait_ready(self) -> None:
        """Wait until all processes work."""
        for name, process in self.processes.items():
            url = f"http://127.0.0.1:{self.ports[name]}/health/ready"
            wait_until(lambda url=url: _ok(url), lambda p=process: p.tail())  # type: ignore[misc]

    def send(self, data: list[Datum]) -> None:
        """Everything that an application may send, with planted data in it."""
        settings = self.settings("application").kafka
        third = len(data) // 3
        found = planted.events(data)
        producer = Producer(client_config(settings))
        for event in found:
            value = encode_event(event)
            producer.produce(topic_name(settings, INFERENCE), value, event.event_id)
        for number, value in enumerate(planted.refused(data[:third])):
            # What identifies a message may be personal too.
            key = data[number].value if number % 2 else f"refused-{number}"
            producer.produce(topic_name(settings, INFERENCE), value, key)
        for told in planted.feedback(data[third : 2 * third]):
            producer.produce(topic_name(settings, FEEDBACK), msgspec.json.encode(told))
        assert producer.flush(30) == 0

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the store, past all users."""
        client = connect(self.store.url, database=self.database)
        try:
            return [tuple(row) for row in client.query(sql).result_rows]
        finally:
            client.close()

    def count(self, table: str) -> int:
        """Rows of a table or view."""
        return int(self.ask(f"SELECT count() FROM {table}")[0][0])


def wait_until(condition: Callable[[], Any], told: Callable[[], str] = lambda: "") -> None:
    """Wait a minute and a half for something."""
    deadline = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)


def _ok(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def _may_create(settings: KafkaSettings) -> bool:
    """Whether the topics are there; rights take a moment to be known to the broker."""
    try:
        ensure_topics(settings)
    except ConnectionError:
        return False
    return True

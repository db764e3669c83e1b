"""Tidewatch as production should have it: each process with a user and rights of its own.

``python -m tests.e2e.secured --data 1000`` sends that many planted personal data through it and
looks for them in everything that comes out.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
import msgspec
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from schemas.topics import DEAD_LETTERS, FEEDBACK, INFERENCE
from schemas.wire.native import encode_event
from streams.access import kafka_acls
from streams.access.clickhouse_grants import role_name
from streams.access.kafka_acls import user_of
from streams.access.kafka_rights import ROLES
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.kafka import client_config, ensure_topics, topic_name
from streams.notify.log_reader import read_to_end
from streams.settings import KafkaSettings, Settings, load_settings
from streams.store.connection import connect
from streams.store.setup import prepare_store
from tests.e2e import planted
from tests.e2e.planted import Datum
from tests.e2e.processes import Process
from tests.e2e.recording_proxy import RecordingProxy, recording
from tests.e2e.secured_kafka import ADMIN, Authority, SecuredKafka
from tests.streams.conftest import HttpReceiver, free_port

PROCESSES = ("score", "watch", "sink", "notify", "page")
TEXTS_ALLOWED = (INFERENCE, FEEDBACK, DEAD_LETTERS)
"""Topics that hold what applications wrote as they wrote it: who may read them is a right."""
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

    def outputs(self) -> Iterator[tuple[str, bytes]]:
        """Everything that comes out of Tidewatch, with its place: tables, topics, logs, metrics,
        alerts, pages."""
        for (table,) in self.ask(
            "SELECT name FROM system.tables WHERE database = currentDatabase()"
        ):
            url = f"{self.store.url}/?database={self.database}"
            dump = httpx.post(url, content=f"SELECT * FROM {table} FORMAT JSONEachRow", timeout=60)
            yield f"table {table}", dump.raise_for_status().content
        admin = self.settings(ADMIN).kafka
        for name in AdminClient(client_config(admin)).list_topics(timeout=10).topics:
            if name in {topic_name(admin, topic) for topic in TEXTS_ALLOWED}:
                continue
            for message in read_to_end(client_config(admin), name, cancelled=lambda: False):
                parts = (message.key(), message.value(), repr(message.headers()).encode())
                yield f"topic {name}", b"\n".join(part or b"" for part in parts)  # type: ignore[arg-type]
        for path in sorted(self.folder.glob("*.log")):
            yield f"log {path.name}", path.read_bytes()
        yield "log of Kafka", self.kafka.log_file.read_bytes()
        for name, port in self.ports.items():
            for path in ("metrics", "health/ready"):
                yield f"{path} of {name}", httpx.get(f"http://127.0.0.1:{port}/{path}").content
        for request in self.receiver.requests:
            told = json.dumps({k: v for k, v in request.headers.items() if k != "host"})
            yield "alert", told.encode() + request.body
        yield from self._pages()

    def _pages(self) -> Iterator[tuple[str, bytes]]:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.ports['page']}",
            headers={"Authorization": f"Bearer {SECRETS['token']}", "Accept": "text/html"},
            timeout=60,
        )
        fingerprints = [row[0] for row in self.ask("SELECT DISTINCT fingerprint FROM alerts")]
        paths = ["/", "/events", "/alerts", "/dead-letters", "/monitors"]
        paths += ["/events/planted-0", *(f"/alerts/{name}" for name in fingerprints)]
        with client:
            for path in paths:
                answer = client.get(path)
                assert answer.status_code == 200, (path, answer.text[:500])
                yield f"page {path}", answer.content


def found_in(outputs: list[tuple[str, bytes]], traces: dict[bytes, str]) -> list[str]:
    """Where any of these was found, with what it is."""
    return [
        f"{place}: {name}"
        for place, content in outputs
        for trace, name in traces.items()
        if trace in content
    ]


def wait_until(condition: Callable[[], Any], told: Callable[[], str] = lambda: "") -> None:
    """Wait a minute and a half for something."""
    deadline = time.monotonic() + 90
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


def through(site: SecuredSite, data: list[Datum]) -> None:
    """Send data through, and wait until they are everywhere they go."""
    site.wait_ready()
    site.send(data)
    third = len(data) // 3
    wait_until(
        lambda: site.count("events") == len(planted.events(data)), site.processes["score"].tail
    )
    wait_until(lambda: site.count("dead_letters") == third, site.processes["sink"].tail)
    wait_until(lambda: site.count("feedback") == third, site.processes["sink"].tail)
    wait_until(lambda: site.count("windows") > 0, site.processes["watch"].tail)
    wait_until(lambda: site.receiver.requests, site.processes["notify"].tail)
    wait_until(lambda: site.count("deliveries") > 0, site.processes["sink"].tail)


def main() -> int:
    """The proof with as many data as wanted."""
    parser = argparse.ArgumentParser(description="Personal data sent through, and looked for.")
    parser.add_argument("--data", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    data = planted.plant(arguments.data, arguments.seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (
            EmbeddedClickHouse(folder / "clickhouse") as store,
            SecuredSite(folder, store) as site,
        ):
            through(site, data)
            traces = {trace: each.value for each in data for trace in each.traces()}
            traces |= {value.encode(): name for name, value in SECRETS.items()}
            outputs = list(site.outputs())
            found = found_in(outputs, traces)
    sys.stdout.write(
        f"{len(data)} data of {len(planted.KINDS)} kinds and {len(SECRETS)} secrets, "
        f"{len(outputs)} outputs looked at: {len(found)} found\n"
    )
    for line in found[:50]:
        sys.stdout.write(f"  {line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

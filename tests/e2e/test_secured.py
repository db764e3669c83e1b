"""TLS, passwords and least rights on Kafka and ClickHouse; nothing private comes out."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)

from schemas.topics import ALL_TOPICS, INFERENCE
from streams.access.clickhouse_grants import grants, role_name
from streams.access.kafka_rights import ROLES, rights
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.kafka import client_config
from tests.e2e import planted
from tests.e2e.privacy_proof import found_in, outputs, through
from tests.e2e.secured import SECRETS, SecuredSite

DATA = planted.plant(147, seed=7)
Outputs = list[tuple[str, bytes]]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def site(
    clickhouse: EmbeddedClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecuredSite]:
    """Data have gone through; processes still run."""
    with SecuredSite(tmp_path_factory.mktemp("secured"), clickhouse) as running:
        through(running, DATA)
        yield running


@pytest.fixture(scope="module")
def came_out(site: SecuredSite) -> Outputs:
    """Everything that came out of it."""
    return list(outputs(site))


def test_every_process_works_with_its_rights(site: SecuredSite) -> None:
    assert site.count("events") == 21
    assert all(process.running for process in site.processes.values())
    assert [row[0] for row in site.ask("SELECT DISTINCT state FROM alerts")] == ["firing"]
    for name, process in site.processes.items():
        assert "AUTHORIZATION" not in process.tail(100_000).upper(), name


def test_no_personal_datum_comes_out(site: SecuredSite, came_out: Outputs) -> None:
    traces = {trace: each.value for each in DATA for trace in each.traces()}
    assert found_in(came_out, traces) == []
    # The look would have found them: the applications' own topics hold every one.
    (event,) = (e for e in planted.events(DATA) if e.event_id == "planted-0")
    assert DATA[0].value in str(event.prompt)
    stored = str(site.ask("SELECT prompt, response FROM events"))
    for placeholder in ("<EMAIL>", "<CARD>"):
        assert placeholder in stored


def test_no_secret_comes_out(site: SecuredSite, came_out: Outputs) -> None:
    assert found_in(came_out, {value.encode(): name for name, value in SECRETS.items()}) == []
    # They were in use.
    assert site.proxy.passwords >= {SECRETS["clickhouse-score"], SECRETS["clickhouse-sink"]}
    assert site.receiver.requests[0].path == f"/{SECRETS['hook-path']}"


def test_starts_are_in_the_audit(site: SecuredSite) -> None:
    rows = site.ask("SELECT kind, subject, actor, process FROM audit WHERE kind != 'alert'")
    assert {("monitor", "errors", "the test", process) for process in ("score-0", "watch-0")} <= {
        *rows
    }
    assert site.count("audit WHERE kind = 'alert' AND action = 'firing'") == 1


def test_processes_ask_clickhouse_for_what_their_roles_allow(site: SecuredSite) -> None:
    allowed: dict[str, set[tuple[str, str]]] = {}
    for grant in grants(site.settings("operator").clickhouse):
        if match := re.fullmatch(r"GRANT (.+) ON (\S+) TO (\w+)", grant):
            allowed.setdefault(match[3], set()).update(
                (right, match[2].replace("`", "")) for right in match[1].split(", ")
            )
    for role in ("score", "sink", "page"):
        name = role_name(role)
        asked = {use for sql in site.proxy.statements[name] for use in _uses(sql, site.database)}
        assert asked, name
        refused = {
            (right, table)
            for right, table in asked
            if (right, table) not in allowed[name]
            and (right, f"{site.database}.*") not in allowed[name]
        }
        assert not refused, name
    # And they need what they are given.
    used = {
        use for sql in site.proxy.statements["tidewatch_sink"] for use in _uses(sql, site.database)
    }
    given = {use for use in allowed["tidewatch_sink"] if use[0] == "INSERT"}
    tables = {table.rpartition(".")[2] for _, table in given - used}
    assert tables <= {"raw_changes"}  # none was reported


def _uses(sql: str, database: str) -> Iterator[tuple[str, str]]:
    """What a statement needs: rights and tables."""
    words = re.sub(r"'[^']*'", "''", sql)
    if match := re.match(r"\s*INSERT INTO\s+([\w.`]+)", words):
        yield "INSERT", _full(match[1], database)
        return
    assert re.match(r"\s*(SELECT|WITH|DESCRIBE|--)", words), f"not granted to anybody: {sql[:200]}"
    named = set(re.findall(r"(\w+) AS \(", words))
    for table in re.findall(r"\b(?:FROM|JOIN)\s+([\w.`]+)", words):
        if table not in named:
            yield "SELECT", _full(table, database)


def _full(table: str, database: str) -> str:
    bare = table.replace("`", "")
    return bare if "." in bare else f"{database}.{bare}"


def test_the_engine_understands_every_grant(site: SecuredSite) -> None:
    for grant in grants(site.settings("operator").clickhouse):
        quoted = grant.replace("\\", "\\\\").replace("'", "\\'")
        assert site.ask(f"SELECT formatQuery('{quoted}')")


@pytest.fixture(scope="module")
def stopped(site: SecuredSite) -> SecuredSite:
    """Nobody reads what is written to try rights out."""
    for process in site.processes.values():
        process.stop()
    return site


@pytest.mark.parametrize("role", ROLES)
def test_a_user_may_read_and_write_what_its_rights_say_and_nothing_else(
    stopped: SecuredSite, role: str
) -> None:
    settings = stopped.settings(role)
    allowed = {
        operation: {
            right.name
            for right in rights(role, settings)
            if right.resource == "topic" and operation in right.operations
        }
        for operation in ("read", "write")
    }
    topics = {topic.name for topic in ALL_TOPICS}
    assert _written(settings.kafka, topics) == allowed["write"] & topics
    assert _readable(settings.kafka, topics) == allowed["read"] & topics


def _written(kafka: Any, topics: set[str]) -> set[str]:
    """The topics that take a message of this user."""
    taken: set[str] = set()
    errors: dict[str, int] = {}

    def told(error: KafkaError | None, message: Any) -> None:
        if error is None:
            taken.add(message.topic())
        else:
            errors[message.topic()] = error.code()

    producer = Producer(client_config(kafka, **{"message.timeout.ms": 8_000}))
    for topic in topics:
        producer.produce(topic, b"{}", b"k", on_delivery=told)
    producer.flush(15)
    assert set(errors.values()) <= {KafkaError.TOPIC_AUTHORIZATION_FAILED}
    return taken


def _readable(kafka: Any, topics: set[str]) -> set[str]:
    """The topics that hand this user what they hold."""
    settings = {"group.id": "unused", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer(client_config(kafka, **settings))
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING) for topic in topics])
    readable, refused = set(), set()
    # Of a topic that the user may not even see, nothing is heard.
    deadline = time.monotonic() + 3
    while readable | refused < topics and time.monotonic() < deadline:
        for message in consumer.consume(100, 0.2):
            deadline = time.monotonic() + 3
            error = message.error()
            if error is None or error.code() == KafkaError._PARTITION_EOF:
                readable.add(message.topic())
            elif error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                refused.add(message.topic())
    consumer.close()
    return readable


def test_an_application_cannot_take_the_place_of_a_process(stopped: SecuredSite) -> None:
    """Neither fence score's transactions nor join its group, nor make topics of its own."""
    kafka = stopped.settings("application").kafka
    producer = Producer(client_config(kafka, **{"transactional.id": "score-0"}))
    with pytest.raises(KafkaException) as refused:
        producer.init_transactions(10)
    assert refused.value.args[0].code() == KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED

    consumer = Consumer(client_config(kafka, **{"group.id": "tidewatch-score"}))
    consumer.subscribe([INFERENCE.name])
    codes = set()
    deadline = time.monotonic() + 15
    while not codes and time.monotonic() < deadline:
        codes = {m.error().code() for m in consumer.consume(10, 0.5) if m.error()}
    consumer.close()
    assert codes & {KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED}


def test_nobody_enters_without_a_password(stopped: SecuredSite) -> None:
    kafka = stopped.settings("application").kafka
    wrong = client_config(kafka) | {"sasl.password": "wrong", "message.timeout.ms": 3_000}
    found: list[KafkaError] = []
    producer = Producer(wrong | {"error_cb": found.append})
    producer.produce(INFERENCE.name, b"{}")
    producer.flush(6)
    assert KafkaError._AUTHENTICATION in {error.code() for error in found}

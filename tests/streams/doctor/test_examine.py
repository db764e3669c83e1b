"""Each check, failing for real."""

import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from prometheus_client import CollectorRegistry

from detectors.discovery import all_signals, discover_detectors
from schemas.monitors.resolved import MonitorSet, Receiver
from schemas.signals import Signal
from schemas.topics import ALERTS, ALL_TOPICS, PANES
from streams.doctor.check import Check
from streams.doctor.clickhouse import check_clickhouse
from streams.doctor.clock import judge_skew
from streams.doctor.examine import check_processes
from streams.doctor.kafka import check_kafka
from streams.doctor.local import check_disk, check_monitors, check_receivers
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.health import HealthServer
from streams.kafka import client_config, ensure_topics
from streams.outbound import Networks
from streams.ports import free_port
from streams.settings import ClickHouseSettings, Settings, load_settings
from streams.store.setup import connect_by, prepare_store
from streams.store.signals import ensure_signal_columns
from tests.streams.conftest import wait_until

SIGNALS = all_signals(discover_detectors())


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(kafka: EmbeddedKafka) -> Settings:
    return load_settings(
        kafka={
            "bootstrap_servers": kafka.bootstrap_servers,
            "topic_prefix": f"doctor-{uuid.uuid4().hex[:8]}.",
            "partitions": 1,
        }
    )


@pytest.fixture
def store(clickhouse: EmbeddedClickHouse) -> ClickHouseSettings:
    return ClickHouseSettings(url=clickhouse.url, database=f"doctor_{uuid.uuid4().hex[:8]}")


def named(checks: Iterator[Check] | list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


# Kafka


def test_kafka_as_it_should_be(settings: Settings) -> None:
    ensure_topics(settings.kafka)

    found = named(check_kafka(settings))

    assert {name for name, check in found.items() if check.status == "failed"} == set()
    assert found["topics"].found == f"{len(ALL_TOPICS)} topics as they should be"
    assert found["clock"].status == "ok"
    left = AdminClient(client_config(settings.kafka)).list_topics(timeout=10).topics
    assert [name for name in left if "tidewatch-doctor" in name] == []


def test_kafka_away() -> None:
    settings = load_settings(kafka={"bootstrap_servers": f"127.0.0.1:{free_port()}"})

    (check,) = check_kafka(settings)

    assert check.status == "failed"
    assert "tidewatch up" in check.remedy


def test_topics_missing(settings: Settings) -> None:
    ensure_topics(settings.kafka, [topic for topic in ALL_TOPICS if topic is not PANES])

    check = named(check_kafka(settings))["topics"]

    assert check.status == "failed"
    assert check.found == f"missing: {settings.kafka.topic_prefix}panes"
    assert check.remedy == "run `tidewatch migrate`"


def test_a_topic_configured_otherwise(settings: Settings) -> None:
    ensure_topics(settings.kafka)
    name = settings.kafka.topic_prefix + ALERTS.name
    wrong = ConfigEntry("cleanup.policy", "delete", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[wrong])
    admin = AdminClient(client_config(settings.kafka))
    admin.incremental_alter_configs([resource])[resource].result(10)

    # The controller has written it; the broker that is asked learns of it a moment later.
    check = wait_until(lambda: named(check_kafka(settings)).get(f"topic {name}"))

    assert check.status == "failed"
    assert "cleanup.policy is delete instead of compact,delete" in check.found


def test_a_group_without_a_process(settings: Settings) -> None:
    ensure_topics(settings.kafka)
    nobody = settings.model_copy(
        update={"score": settings.score.model_copy(update={"group": "nobody"})}
    )

    assert named(check_kafka(nobody))["group nobody"].status == "warning"


@pytest.mark.parametrize(
    ("theirs", "status"), [(100.0, "ok"), (101.5, "ok"), (104.0, "warning"), (95.0, "warning")]
)
def test_clocks(theirs: float, status: str) -> None:
    assert judge_skew("Kafka", theirs, before=99.9, after=100.1).status == status


# ClickHouse


def test_clickhouse_as_it_should_be(store: ClickHouseSettings) -> None:
    prepare_store(store)
    ensure_signal_columns(connect_by(store), SIGNALS)

    assert {check.status for check in check_clickhouse(store, SIGNALS)} == {"ok"}


def test_clickhouse_away() -> None:
    store = ClickHouseSettings(url=f"http://127.0.0.1:{free_port()}", timeout_seconds=2)

    (check,) = check_clickhouse(store, SIGNALS)

    assert check.status == "failed"
    assert "tidewatch up" in check.remedy


def test_a_stopped_clickhouse(tmp_path: Path) -> None:
    with EmbeddedClickHouse(tmp_path / "clickhouse") as server:
        store = ClickHouseSettings(url=server.url, timeout_seconds=2)
        prepare_store(store)

    (check,) = check_clickhouse(store, SIGNALS)

    assert check.status == "failed"


def test_a_database_that_is_not_there(store: ClickHouseSettings) -> None:
    *_, last = check_clickhouse(store, SIGNALS)

    assert last.status == "failed"
    assert last.remedy == "run `tidewatch migrate`"


def test_a_newer_schema(store: ClickHouseSettings) -> None:
    prepare_store(store)
    connect_by(store).insert(
        "schema_migrations",
        [(9999, "from_the_future", "0")],
        column_names=("version", "name", "checksum"),
    )

    *_, last = check_clickhouse(store, SIGNALS)

    assert last.status == "failed"
    assert "9999_from_the_future" in last.found


def test_a_missing_signal_column(store: ClickHouseSettings) -> None:
    prepare_store(store)
    ensure_signal_columns(connect_by(store), SIGNALS)
    new = Signal(name="new.signal", kind="flag", description="New.")

    check = named(check_clickhouse(store, [*SIGNALS, new]))["signal columns"]

    assert check.status == "failed"
    assert check.found == "missing: new_signal"


# This machine


def test_a_folder_of_broken_monitors(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("kind: SLO\n")
    checks, _ = check_monitors(load_settings(monitors=tmp_path), SIGNALS)

    assert [check.status for check in checks] == ["failed"]
    assert "broken.yaml" in checks[0].found


def test_no_folder_of_monitors() -> None:
    default, _ = check_monitors(load_settings(), SIGNALS)
    named_one, _ = check_monitors(load_settings(monitors="nowhere"), SIGNALS)

    assert default[0].status == "warning"
    assert named_one[0].status == "failed"


def test_disk(tmp_path: Path) -> None:
    assert "GB free" in check_disk(tmp_path / "not" / "made" / "yet").found


def test_receivers() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    accepted = threading.Thread(target=listener.accept)
    accepted.start()
    receivers = (
        Receiver(name="there", type="webhook", url=f"http://127.0.0.1:{port}/hook"),
        Receiver(name="away", type="alertmanager", url=f"http://127.0.0.1:{free_port()}"),
        Receiver(name="chat", type="apprise", url="slack://token/a/b"),
        Receiver(name="terminal", type="console"),
    )

    found = named(check_receivers(MonitorSet(receivers=receivers), Networks.parse("127.0.0.1")))

    statuses = {name: check.status for name, check in found.items()}
    assert statuses == {"there": "ok", "away": "failed", "chat": "skipped", "terminal": "ok"}
    assert "token" not in str(found["chat"])
    accepted.join(5)
    listener.close()
    (refused,) = check_receivers(MonitorSet(receivers=receivers[:1]), Networks())
    assert refused.status == "failed"
    assert "notify.allow_networks" in (refused.remedy or "")


def test_processes() -> None:
    problems = {"score": "", "watch": "recovering"}
    servers = {
        name: HealthServer(
            "127.0.0.1",
            0,
            CollectorRegistry(),
            ready=lambda name=name: problems[name],  # type: ignore[misc]
            alive=lambda: "",
        )
        for name in problems
    }
    ports = {f"{name}_port": server.port for name, server in servers.items()}
    settings = load_settings(
        http=ports | {"sink_port": free_port(), "notify_port": 0, "page_port": 0}
    )

    found = named(check_processes(settings))

    assert {name: check.status for name, check in found.items()} == {
        "score": "ok",
        "watch": "failed",
        "sink": "failed",
    }
    assert found["watch"].found == "recovering"
    for server in servers.values():
        server.close()

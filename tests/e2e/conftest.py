"""A Tidewatch of a test's own on the shared servers: topics, tables and groups with its name."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import ensure_topics
from streams.ports import free_port
from streams.settings import Settings, load_settings
from streams.store.setup import prepare_store
from tests.e2e.processes import Process
from tests.streams.conftest import alertmanager

__all__ = ["alertmanager"]


@dataclass
class Site:
    """Settings for one test, and the processes that go by them."""

    settings: Settings
    folder: Path

    def environment(self) -> dict[str, str]:
        settings = self.settings
        return {
            "TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
            "TIDEWATCH_KAFKA__TOPIC_PREFIX": settings.kafka.topic_prefix,
            "TIDEWATCH_KAFKA__PARTITIONS": str(settings.kafka.partitions),
            "TIDEWATCH_CLICKHOUSE__URL": settings.clickhouse.url,
            "TIDEWATCH_CLICKHOUSE__DATABASE": settings.clickhouse.database,
            "TIDEWATCH_MONITORS": str(settings.monitors),
            "TIDEWATCH_DATA_DIR": str(settings.data_dir),
            "TIDEWATCH_SCORE__GROUP": settings.score.group,
            "TIDEWATCH_WATCH__APPLICATION": settings.watch.application,
            "TIDEWATCH_SINK__GROUP": settings.sink.group,
            "TIDEWATCH_NOTIFY__GROUP": settings.notify.group,
            "TIDEWATCH_NOTIFY__RESEND_SECONDS": str(settings.notify.resend_seconds),
            "TIDEWATCH_NOTIFY__ALLOW_NETWORKS": settings.notify.allow_networks,
            "TIDEWATCH_LOG__FORMAT": "json",
            **{
                f"TIDEWATCH_HTTP__{name.upper()}": str(getattr(settings.http, name))
                for name in ("score_port", "watch_port", "sink_port", "notify_port")
            },
        }

    def process(self, name: str, *arguments: str) -> Process:
        log = self.folder / f"{'-'.join([name, *arguments[1:]])}.log"
        return Process(name, [name, *arguments], self.environment(), log)


@pytest.fixture
def site(kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, tmp_path: Path) -> Site:
    """An empty Tidewatch: topics and tables made, no monitors, nothing running."""
    name = f"t{uuid4().hex[:8]}"
    ports: dict[str, int] = {}
    for process in ("score", "watch", "sink", "notify"):
        ports[f"{process}_port"] = free_port(taken=ports.values())
    (tmp_path / "monitors").mkdir()
    settings = load_settings(
        data_dir=tmp_path / "data",
        monitors=tmp_path / "monitors",
        kafka={
            "bootstrap_servers": kafka.bootstrap_servers,
            "topic_prefix": f"{name}-",
            "partitions": 3,
        },
        clickhouse={"url": clickhouse.url, "database": name},
        score={"group": f"{name}-score"},
        watch={"application": f"{name}-watch"},
        sink={"group": f"{name}-sink"},
        notify={"group": f"{name}-notify", "resend_seconds": 2, "allow_networks": "127.0.0.1"},
        http=ports,
    )
    ensure_topics(settings.kafka)
    prepare_store(settings.clickhouse)
    return Site(settings, tmp_path)

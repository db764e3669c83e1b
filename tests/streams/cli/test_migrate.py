"""``tidewatch migrate`` on real servers."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from detectors.discovery import all_signals, discover_detectors
from schemas.monitors.resolved import BurnRateMonitor
from schemas.topics import ALL_TOPICS
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.monitors import usable_monitors

SIGNALS = all_signals(discover_detectors())
MONITORS = Path(__file__).parents[3] / "streams" / "demo" / "monitors"
DEMO = usable_monitors(MONITORS, SIGNALS)
INDICATORS = DEMO.indicators


def test_makes_everything_once(
    kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"migrate{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("TIDEWATCH_KAFKA__TOPIC_PREFIX", f"{name}.")
    monkeypatch.setenv("TIDEWATCH_KAFKA__PARTITIONS", "1")
    monkeypatch.setenv("TIDEWATCH_CLICKHOUSE__DATABASE", name)
    arguments = [
        *("migrate", "--kafka", kafka.bootstrap_servers, "--clickhouse", clickhouse.url),
        *("--monitors", str(MONITORS), "--json"),
    ]

    # A process of its own: the command sets up logging.
    first, second = (
        subprocess.run(
            [sys.executable, "-m", "streams.cli.main", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    )

    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert sorted(made["topics"]) == sorted(f"{name}.{topic.name}" for topic in ALL_TOPICS)
    assert "0001_events" in made["migrations"]
    assert {"latency", *(i.signal.column for i in INDICATORS)} <= set(made["signal_columns"])
    assert len(INDICATORS) == 3
    assert made["objectives"] == sorted(
        monitor.name for monitor in DEMO.monitors if isinstance(monitor, BurnRateMonitor)
    )
    assert made["objectives"]
    assert json.loads(second.stdout) == {key: [] for key in made}

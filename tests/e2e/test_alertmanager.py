"""From events to a real Alertmanager: the outage's alert arrives there, once, and resolves."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from streams.replay.fault_spec import parse_fault
from streams.replay.generator import TrafficGenerator
from streams.replay.kafka_target import KafkaTarget
from streams.replay.send import Plan, send
from tests.e2e.conftest import Site
from tests.e2e.objective import ERROR_OBJECTIVE
from tests.e2e.processes import running, wait_for

RATE = 100.0


@pytest.mark.timeout(240)
def test_an_outage_reaches_alertmanager_and_resolves_there(site: Site, alertmanager: Any) -> None:
    receiver = f"""
---
apiVersion: tidewatch/v1
kind: Receiver
metadata: {{name: screen}}
spec: {{type: alertmanager, url: "{alertmanager.url}"}}
"""
    (Path(site.settings.monitors) / "objective.yaml").write_text(ERROR_OBJECTIVE + receiver)
    watch, notify = site.process("watch"), site.process("notify")
    source = TrafficGenerator(RATE, start=datetime.now(UTC), seed=3, daily_amplitude=0.0)
    plan = Plan(
        rate=RATE,
        faults=(parse_fault("error_burst@5s+8s:service=support-assistant,strength=0.7"),),
        feedback=None,
        seed=3,
    )
    stop = threading.Event()
    sender = threading.Thread(
        target=send, args=(source, KafkaTarget(site.settings.kafka), plan), kwargs={"stop": stop}
    )

    def alerts(state: str) -> list[dict[str, Any]]:
        found = httpx.get(f"{alertmanager.url}/api/v2/alerts").raise_for_status().json()
        return [a for a in found if a["status"]["state"] == state and _is_ours(a)]

    with running(site.process("score"), watch, notify):
        # Traffic starts once all are at work, so that the burst is seen as it happens.
        wait_for(lambda: "partition_restored" in watch.tail(), f"watch: {watch.tail()}")
        sender.start()
        try:
            wait_for(lambda: len(alerts("active")) > 0, notify.tail())
            (alert,) = alerts("active")
            assert alert["labels"]["service_name"] == "support-assistant"
            assert alert["labels"]["severity"] == "page"
            assert "burns its 30-day error budget" in alert["annotations"]["summary"]
            wait_for(lambda: not alerts("active"), f"it does not resolve: {notify.tail()}")
        finally:
            stop.set()
            sender.join()


def _is_ours(alert: dict[str, Any]) -> bool:
    return bool(alert["labels"].get("monitor") == "answers")

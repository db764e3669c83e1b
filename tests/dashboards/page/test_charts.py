"""The line of what an alert looked at, for every statistic and kind of alert."""

from datetime import timedelta
from typing import get_args

import httpx
import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from dashboards.page.charts import signal_chart
from schemas.alerts import MonitorKind
from schemas.monitors.statistics import Statistic
from schemas.segments import segment_key
from streams.page.store import PageStore
from streams.sink.alerts import ALERTS_TARGET
from tests.dashboards.filled import Filled, put

SHOP = {"service_name": "support-assistant"}


@pytest.mark.parametrize("statistic", [*get_args(Statistic), "bad"])
async def test_every_statistic_is_a_line(store: PageStore, filled: Filled, statistic: str) -> None:
    signal = {
        "rate": "availability",
        "bad": "availability",
        "commonest_share": "prompt.topic",
    }.get(statistic, "latency")
    chart = await signal_chart(
        store,
        segment_key=segment_key(SHOP),
        signal=signal,
        statistic=statistic,
        unit="s",
        begin=filled.end - timedelta(minutes=20),
        end=filled.end,
    )
    assert chart is not None
    [line] = chart["series"]
    known = [value for value in line["values"] if value is not None]
    assert len(known) > 10
    assert max(known) > 0


@pytest.mark.parametrize("kind", get_args(MonitorKind))
def test_every_kind_of_alert_has_its_page(
    site: str, analyst: Client, filled: Filled, kind: str
) -> None:
    fired = next(a for a in filled.alerts if a.state == "firing" and a.segment == SHOP)
    alert = msgspec.structs.replace(
        fired, monitor=f"a {kind}", kind=kind, fingerprint=f"{kind:x<16}", examples=[]
    )
    put(analyst, ALERTS_TARGET, [msgspec.json.encode(alert)])
    try:
        answer = httpx.get(f"{site}/alerts/{alert.fingerprint}", timeout=30)
        assert answer.status_code == 200
        assert alert.summary in answer.text
        assert 'class="chart"' in answer.text
        assert "h-examples" in answer.text
    finally:
        analyst.command(
            "DELETE FROM raw_alerts WHERE fingerprint = {name:String}",
            {"name": alert.fingerprint},
        )

"""The line of what an alert looked at, for every statistic and kind of alert."""

from datetime import UTC, timedelta
from typing import get_args

import httpx
import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from dashboards.page.alert_chart import alert_chart
from dashboards.page.charts import signal_chart
from schemas.alerts import MonitorKind
from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.resolved import ComparisonMonitor
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


async def test_both_arms_of_a_comparison_are_drawn(
    store: PageStore, analyst: Client, filled: Filled
) -> None:
    begin, end = filled.end - timedelta(minutes=20), filled.end
    [(service, version)] = analyst.query(
        "SELECT service_name, any(service_version) FROM events WHERE release_role = 'canary' "
        "GROUP BY service_name ORDER BY count() DESC LIMIT 1"
    ).result_rows
    monitor = ComparisonMonitor(
        name="canary",
        segmentation=("release_role", "service_name", "service_version"),
        baseline={"release_role": "stable"},
        candidate={"release_role": "canary"},
        apart=("service_version",),
        severity="page",
        rules=ComparisonRules(
            metrics=(
                ComparedMetric(
                    signal="latency", statistic="p95", margin=1, higher_is_worse=True, unit="s"
                ),
                ComparedMetric(
                    signal="availability", statistic="rate", margin=0.01, higher_is_worse=False
                ),
            )
        ),
    )
    chart = await alert_chart(
        store,
        {
            "segment": {
                "release_role": "canary",
                "service_name": service,
                "service_version": version,
            },
            "summary": "canary: promote after 5 min: availability rate 99 % against 99 %, …",
            "unit": "{share}",
            "started_at": begin.replace(tzinfo=UTC),
            "resolved_at": None,
        },
        monitor=monitor,
        condition="",
        signals=[],
        changes=[],
        begin=begin,
        end=end,
    )
    assert chart is not None
    assert (chart["title"], chart["unit"]) == ("availability, rate", "{share}")
    assert [line["name"] for line in chart["series"]] == [
        f"candidate (release_role=canary, service_version={version})",
        "baseline (release_role=stable)",
    ]
    # The mean of the events lies among the points of their line.
    for line, role in zip(chart["series"], ("canary", "stable"), strict=True):
        shown = [value for value in line["values"] if value is not None]
        [(expected,)] = analyst.query(
            "SELECT avg(availability) FROM events WHERE release_role = {role:String} "
            "AND service_name = {service:String} AND availability IS NOT NULL",
            {"role": role, "service": service},
        ).result_rows
        assert min(shown) <= expected <= max(shown)


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

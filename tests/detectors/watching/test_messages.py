"""What an alert tells."""

from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.watching.evidence import dashboard_url, evidence_sql
from detectors.watching.messages import nearby_changes
from schemas.alerts import fingerprint
from schemas.changes import Change
from schemas.monitors.conditions import Comparison
from schemas.panes import Example

T0 = 86400 * 100
SEARCH = {"service_name": "shop", "use_case": "search"}


def change(name: str, at: float, **segment: str) -> Change:
    time = datetime.fromtimestamp(at, UTC)
    return Change(change_id=name, time=time, kind="release", segment=segment)


def outage(make: Any, **options: Any) -> Any:
    """m1 fails wholly, m2 a little: 30 of 60 events of shop are bad."""
    tier = make.tier(factor=60, long_seconds=60, short_seconds=20, severity="page")
    run = make.run(
        make.burn_rate(
            tier,
            runbook_url="https://runbooks/slo",
            receivers=("on-call",),
            labels={"team": "search"},
        ),
        **options,
    )
    run.changes = [change("release-7", T0 - 60), change("old", T0 - 8000)]
    both = [Example(n, f"e{n}", T0 + 1.5, "ask", "answer") for n in range(5)]
    users = ["ann", "bob", "cem"]
    before = [make.pane(T0 - 60, segment, good=30) for segment in (make.shop, SEARCH)]
    run.apply(make.batch(before, until=T0))
    run.apply(
        make.batch(
            [
                make.pane(T0, good=30, bad=30, users=users, examples=both[:3]),
                make.pane(T0, {**make.shop, "request_model": "m1"}, bad=28),
                make.pane(T0, {**make.shop, "request_model": "m2"}, good=30, bad=2),
                make.pane(T0, SEARCH, good=30, bad=30),
                make.pane(T0, {"service_name": "help", "request_model": "m1"}, bad=9),
            ],
            until=T0 + 1,
        )
    )
    return run


def test_an_alert_tells_all_an_engineer_needs(make: Any) -> None:
    run = outage(make, dashboard_base_url="https://grafana/d/tidewatch")
    alert = next(a for a in run.alerts if a.segment == make.shop)
    assert alert.fingerprint == fingerprint("shop-slo", make.shop)
    assert (alert.state, alert.severity, alert.kind) == ("firing", "page", "burn_rate")
    assert (alert.users, alert.bad_events) == (3, 30)
    assert [c.change_id for c in alert.changes] == ["release-7"]
    assert [e.event_id for e in alert.examples] == ["e0", "e1", "e2"]
    assert (alert.runbook_url, alert.receivers) == ("https://runbooks/slo", ["on-call"])
    assert alert.labels == {"team": "search"}
    assert alert.dashboard_url.startswith("https://grafana/d/tidewatch?from=")
    assert "service_name = 'shop'" in alert.evidence_sql


def test_contributions_name_the_part_that_is_worse_than_the_whole(make: Any) -> None:
    """The use case is as bad as the whole, m2 better: neither explains anything."""
    alert = next(a for a in outage(make).alerts if a.segment == make.shop)
    (part,) = alert.contributions
    assert part.segment == {**make.shop, "request_model": "m1"}
    assert part.share == pytest.approx(28 / 30)
    assert (part.value, part.events) == (1.0, 28)


def test_a_monitor_that_is_gone_resolves_its_alerts(make: Any) -> None:
    run = outage(make)
    assert run.states == ["firing"]
    run.restart(make.no_data(3600))
    run.apply(make.batch(until=T0 + 2))
    assert run.states == ["firing", "resolved"]
    assert run.alerts[1].summary == "shop: resolved, shop-slo no longer watches it"
    assert run.alerts[1].transition_id.startswith(run.alerts[0].fingerprint)


def test_a_monitor_watches_only_its_segmentation_and_segment(make: Any) -> None:
    tier = make.tier(factor=2, long_seconds=60, short_seconds=20, severity="page")
    run = make.run(make.burn_rate(tier, segment={"service_name": "help"}))
    run.apply(
        make.batch(
            [
                make.pane(T0 + at, {"service_name": name} | more, bad=10)
                for at in range(60)
                for name in ("shop", "help")
                for more in ({}, {"request_model": "m"})
            ],
            until=T0 + 61,
        )
    )
    assert {alert.segment["service_name"] for alert in run.alerts} == {"help"}
    assert all(len(alert.segment) == 1 for alert in run.alerts)


def test_changes_are_ranked_by_nearness_and_only_those_that_can_matter(make: Any) -> None:
    found = nearby_changes(
        [
            change("far", T0 - 7000),
            change("near", T0 - 10),
            change("too early", T0 - 7300),
            change("later", T0 + 500),
            change("part", T0 - 100, service_name="shop", request_model="m1"),
            change("elsewhere", T0 - 5, service_name="help"),
        ],
        make.shop,
        started_at=T0,
        at=T0 + 60,
    )
    assert [each.change_id for each in found] == ["near", "part", "far"]


def test_a_part_that_chance_explains_is_not_named(make: Any) -> None:
    """One bad event is somewhere: that it is in the part with most events says nothing."""

    def parts(bad: int) -> list[Any]:
        tier = make.tier(factor=1, long_seconds=60, short_seconds=20, severity="page")
        run = make.run(make.burn_rate(tier, target=0.99))
        large = make.pane(T0, {**make.shop, "request_model": "m1"}, good=18 - bad, bad=bad)
        small = make.pane(T0, {**make.shop, "request_model": "m2"}, good=9)
        panes = [make.pane(T0, good=27 - bad, bad=bad), large, small]
        run.apply(make.batch(panes, until=T0 + 1))
        return [
            part
            for alert in run.alerts
            if alert.segment == make.shop
            for part in alert.contributions
        ]

    assert parts(bad=4) == []
    (part,) = parts(bad=10)
    assert part.segment["request_model"] == "m1"


def test_evidence_quotes_whatever_a_dimension_holds() -> None:
    sql = evidence_sql(
        {"service_name": "x' OR '1'='1", "labels.te'nant": "a\\", "request_model": "__other__"},
        T0,
        T0 + 60,
        Comparison(name="sli.ok", operator="=", value=False),
    )
    assert "service_name = 'x\\' OR \\'1\\'=\\'1'" in sql
    assert "labels['te\\'nant'] = 'a\\\\'" in sql
    assert "request_model =" not in sql
    assert "time >= toDateTime64('1970-04-11 00:00:00', 3, 'UTC')" in sql


def test_evidence_runs_in_clickhouse() -> None:
    import chdb

    sql = evidence_sql(
        {"service_name": "x' \\ \n'", "labels.te'nant": "t"},
        T0,
        T0 + 60,
        Comparison(name="sli.ok", operator="=", value=False),
    )
    table = (
        "WITH events AS (SELECT 'e1' AS event_id, toDateTime64('1970-04-11 00:00:30', 6, 'UTC') "
        "AS time, 'x\\' \\\\ \n\\'' AS service_name, map('te\\'nant', 't') AS labels, "
        "CAST(false, 'Nullable(Bool)') AS sli_ok) "
    )
    assert str(chdb.query(table + sql, "CSV")).startswith('"e1"')


def test_evidence_of_feedback_is_what_was_judged() -> None:
    condition = Comparison(name="feedback.positive", operator="=", value=False)
    sql = evidence_sql({}, T0, T0 + 60, condition, judged=True)
    assert "event_id IN (SELECT event_id FROM feedback)" in sql
    assert "feedback_positive" not in sql


def test_a_dashboard_link_keeps_the_query_it_has() -> None:
    url = dashboard_url("https://g/d/x?orgId=1", {"service_name": "a b"}, 1, 2)
    assert url == "https://g/d/x?orgId=1&from=1000&to=2000&var-service_name=a+b"
    assert dashboard_url("", {}, 1, 2) == ""

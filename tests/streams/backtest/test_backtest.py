"""Backtests: alerts over stored windows, held against what is known to have gone wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from detectors.summaries import FlagCounts
from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    BurnRateMonitor,
    ComparisonMonitor,
    DriftMonitor,
    Indicator,
    MonitorSet,
    NoDataMonitor,
    ThresholdMonitor,
)
from schemas.signals import Signal
from schemas.windows import Window
from streams.backtest.alternatives import AS_IT_IS, alternatives
from streams.backtest.outcomes import Incident
from streams.backtest.plot import write_plot
from streams.backtest.run import backtest, lead_seconds, replay_windows, wanted_signals
from tests.streams.windows_stored import window

START = 1_772_409_600
SHOP = {"service_name": "shop"}
ERRORS = ThresholdMonitor(
    name="errors",
    segmentation=("service_name",),
    signal="error",
    statistic="rate",
    window_seconds=300,
    upper=0.1,
    minimum_events=20,
    severity="ticket",
)
SILENT = NoDataMonitor(
    name="silent", segmentation=("service_name",), for_seconds=600, severity="page"
)


def moment(minute: float) -> datetime:
    return datetime.fromtimestamp(START, UTC) + timedelta(minutes=minute)


def hours(bad: dict[int, int], minutes: int = 240, silent: range = range(0)) -> list[Window]:
    """100 events a minute, of which one fails, or as many as ``bad`` says."""
    return [
        window(
            START + 60 * minute,
            SHOP,
            {"error": FlagCounts(100, bad.get(minute, 1))},
            events=100,
        )
        for minute in range(minutes)
        if minute not in silent
    ]


def test_an_incident_is_detected_and_another_alarm_is_false() -> None:
    bad = dict.fromkeys(range(60, 90), 40) | dict.fromkeys(range(180, 184), 60)
    incident = Incident(start=moment(60), end=moment(90), fault="outage", scope=SHOP)
    alerts, outcomes = backtest(
        hours(bad), MonitorSet(monitors=(ERRORS,)), [incident], resolution=60
    )
    assert [(a.monitor, a.state) for a in alerts] == [
        ("errors", "firing"),
        ("errors", "resolved"),
    ] * 2
    own, wider, closer = outcomes
    assert (own.setting, own.alerts, own.detected, own.missed) == (AS_IT_IS, 2, 1, 0)
    # Two minutes of 40 % among five make more than 10 %.
    assert own.delays == (120.0,)
    assert (own.false_alarms, own.false_alarms_a_month) == (1, pytest.approx(30 * 86400 / 14400))
    assert [episode.incident for episode in own.episodes] == [0, None]
    assert (wider.setting, closer.setting) == ("bounds a fifth wider", "bounds a fifth closer")
    assert closer.delays[0] <= own.delays[0] <= wider.delays[0]


def test_an_alarm_of_another_service_or_time_does_not_count() -> None:
    windows = hours(dict.fromkeys(range(60, 90), 40))
    elsewhere = Incident(start=moment(60), end=moment(90), scope={"service_name": "search"})
    later = Incident(start=moment(100))
    for incident in (elsewhere, later):
        _, (own, *_) = backtest(windows, MonitorSet(monitors=(ERRORS,)), [incident], resolution=60)
        assert (own.detected, own.missed, own.false_alarms) == (0, 1, 1)


def test_an_incident_outside_of_the_time_looked_at_is_not_missed() -> None:
    before = Incident(start=moment(-60), end=moment(-30))
    after = Incident(start=moment(241))
    into_it = Incident(start=moment(-60), end=moment(5))
    _, (own, *_) = backtest(
        hours({}), MonitorSet(monitors=(ERRORS,)), [before, after, into_it], resolution=60
    )
    assert (own.detected, own.missed, own.outside) == (0, 1, 2)


def test_an_incident_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="is before its start"):
        Incident(start=moment(60), end=moment(30))


def test_time_without_windows_passes_minute_by_minute() -> None:
    alerts, begin, end, decided = replay_windows(
        hours({}, silent=range(100, 200)), MonitorSet(monitors=(SILENT,)), resolution=60
    )
    assert end - begin == 240 * 60
    assert decided == {"silent": START}
    # Silent for ten minutes after the hundredth, and heard of again in the 201st.
    assert [(a.state, a.changed_at) for a in alerts] == [
        ("firing", moment(110)),
        ("resolved", moment(201)),
    ]


def test_the_same_windows_give_the_same_alerts_alone_and_beside_other_settings() -> None:
    windows = hours(dict.fromkeys(range(60, 90), 40))
    monitors = MonitorSet(monitors=(ERRORS, SILENT))
    alone, *_ = replay_windows(windows, monitors, resolution=60)
    beside, _ = backtest(windows, monitors, [], resolution=60)
    assert beside == alone
    assert alone


def test_windows_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="not in order of time"):
        replay_windows(hours({})[::-1], MonitorSet(monitors=(ERRORS,)), resolution=60)


def test_a_monitor_without_any_verdict_says_so() -> None:
    picky = structs.replace(ERRORS, name="picky", minimum_events=10**9)
    _, outcomes = backtest(hours({}), MonitorSet(monitors=(ERRORS, picky)), [], resolution=60)
    assert {(each.monitor, each.decided) for each in outcomes} == {
        ("errors", True),
        ("picky", False),
    }


def test_what_was_before_makes_references_ready_and_counts_for_nothing() -> None:
    drift = drifting()
    lead = lead_seconds(MonitorSet(monitors=(drift, ERRORS)))
    assert lead >= 20 * 3600
    assert lead_seconds(MonitorSet(monitors=(ERRORS,))) == 300
    bad = {minute: minute % 3 for minute in range(2000)} | dict.fromkeys(range(1700, 1800), 30)
    late = Incident(start=moment(1700), end=moment(1800), scope=SHOP)
    windows = hours(bad, 2000)
    monitors = MonitorSet(monitors=(drift, ERRORS))
    begin = START + 60 * 1500
    alerts, outcomes = backtest(windows, monitors, [late], resolution=60, begin=begin)
    assert min(alert.changed_at for alert in alerts) >= moment(1700)
    for each in outcomes:
        assert (each.detected, each.missed, each.false_alarms) == (1, 0, 0)
        assert each.undecided_seconds == 0
    # Without what was before, the drift monitor is not ready for the incident.
    _, outcomes = backtest(windows[1500:], monitors, [late], resolution=60)
    cold = next(e for e in outcomes if (e.monitor, e.setting) == ("drift", AS_IT_IS))
    assert cold.detected == 0
    assert cold.undecided_seconds > 300 * 60


def test_an_alert_under_way_counts_and_one_that_is_over_does_not() -> None:
    bad = dict.fromkeys(range(20, 30), 60) | dict.fromkeys(range(90, 150), 40)
    options = {"resolution": 60, "begin": START + 6000}
    alerts, (own, *_) = backtest(hours(bad), MonitorSet(monitors=(ERRORS,)), [], **options)
    assert (alerts[0].state, alerts[0].changed_at) == ("firing", moment(92))
    assert (own.alerts, own.false_alarms) == (1, 1)
    incident = Incident(start=moment(90), end=moment(150))
    _, (own, *_) = backtest(hours(bad), MonitorSet(monitors=(ERRORS,)), [incident], **options)
    # It was noticed before: neither detected nor missed.
    assert (own.alerts, own.false_alarms) == (1, 0)
    assert (own.detected, own.missed, own.outside) == (0, 0, 1)


def test_a_month_of_false_alarms_is_of_the_time_with_verdicts() -> None:
    picky = structs.replace(ERRORS, minimum_events=400)
    windows = hours(dict.fromkeys(range(200, 210), 60), 240)
    windows = [
        window(w.start, SHOP, {"error": FlagCounts(1, 0)}, events=1) if n < 120 else w
        for n, w in enumerate(windows)
    ]
    _, (own, *_) = backtest(windows, MonitorSet(monitors=(picky,)), [], resolution=60)
    assert own.undecided_seconds == 123 * 60
    assert own.false_alarms_a_month == pytest.approx(30 * 86400 / (117 * 60))


@pytest.mark.parametrize(("failing", "alarms"), [(1, 0), (30, 1)])
def test_that_a_candidate_may_be_promoted_is_no_alarm(failing: int, alarms: int) -> None:
    error = ComparedMetric(signal="error", statistic="rate", margin=0.02, higher_is_worse=True)
    canary = ComparisonMonitor(
        name="canary",
        segmentation=("release_role",),
        baseline={"release_role": "stable"},
        candidate={"release_role": "canary"},
        rules=ComparisonRules(metrics=(error,)),
        severity="page",
    )
    windows = [
        window(START + 60 * n, {"release_role": role}, {"error": FlagCounts(100, bad)}, events=100)
        for n in range(90)
        for role, bad in (("stable", 1), ("canary", failing))
    ]
    alerts, (own, *_) = backtest(windows, MonitorSet(monitors=(canary,)), [], resolution=60)
    assert [alert.severity for alert in alerts] == ["page" if alarms else "info"]
    assert (own.alerts, own.false_alarms) == (alarms, alarms)


def test_nothing_is_no_alarm() -> None:
    alerts, (own, *_) = backtest([], MonitorSet(monitors=(ERRORS,)), [], resolution=60)
    assert (alerts, own.alerts, own.false_alarms_a_month) == ([], 0, 0.0)


def test_other_settings_stay_such_that_they_can_fire() -> None:
    slo = BurnRateMonitor(
        name="slo",
        segmentation=("service_name",),
        indicator=Indicator(name="up", good=Comparison("error", "=", False)),
        target=0.94,
        window_seconds=30 * 86400,
    )
    _, (_, higher), (_, lower) = alternatives(slo)
    assert higher.tiers[0].factor == 14.4  # 1.2 times as much would need more than all to be bad
    assert higher.tiers[1].factor == pytest.approx(7.2)
    assert lower.tiers[0].factor == pytest.approx(14.4 * 0.8)
    negative = structs.replace(ERRORS, upper=-2.0, lower=-4.0, resolve_lower=-3.0)
    _, (_, wider), _ = alternatives(negative)
    assert (wider.lower, wider.resolve_lower, wider.upper) == (-4.8, -3.6, -1.6)


def drifting() -> DriftMonitor:
    return DriftMonitor(
        name="drift",
        segmentation=("service_name",),
        signals=(Signal(name="error", kind="flag", description="Error."),),
        windows_seconds=(600, 3600),
        interval_seconds=600,
        trailing_seconds=16 * 3600,
        minimum_events=100,
        severity="ticket",
    )


def test_a_family_is_judged_alone_as_beside_its_other_settings() -> None:
    one = structs.replace(
        drifting(),
        windows_seconds=(300,),
        interval_seconds=60,
        trailing_seconds=5400,
        minimum_effect=0.0,
        family="quality",
    )
    monitors = MonitorSet(monitors=(one, structs.replace(one, name="again", minimum_events=300)))
    random = np.random.default_rng(4)
    rates = np.repeat([0.1, 0.2], [130, 20])
    windows = hours(dict(enumerate(random.binomial(100, rates).tolist())), 150)
    alone, *_ = replay_windows(windows, monitors, resolution=60)
    beside, _ = backtest(windows, monitors, [], resolution=60)
    assert beside == sorted(alone, key=lambda alert: (alert.changed_at, alert.monitor))
    assert {alert.monitor for alert in alone} == {"drift", "again"}


def test_a_months_drift_is_replayed_with_all_settings() -> None:
    drift = drifting()
    bad = {minute: minute % 3 for minute in range(1440)} | dict.fromkeys(range(1300, 1440), 20)
    incident = Incident(start=moment(1300), scope=SHOP)
    assert wanted_signals(MonitorSet(monitors=(drift,))) == ["", "error", "users"]
    _, outcomes = backtest(
        hours(bad, 1440), MonitorSet(monitors=(drift,)), [incident], resolution=60
    )
    assert [each.setting for each in outcomes] == [
        AS_IT_IS,
        "a tenth of the false alarms",
        "ten times the false alarms",
        "minimum effect 0.1",
    ]
    assert all(each.detected == 1 and each.delays[0] <= 1200 for each in outcomes)


def test_a_plot_shows_every_setting_and_incident(tmp_path: Path) -> None:
    windows = hours(dict.fromkeys(range(60, 90), 40) | dict.fromkeys(range(200, 240), 60))
    incident = Incident(start=moment(60), end=moment(90), fault="outage")
    _, outcomes = backtest(windows, MonitorSet(monitors=(ERRORS,)), [incident], resolution=60)
    write_plot(tmp_path / "plot.html", outcomes, [incident], until=moment(240))
    page = (tmp_path / "plot.html").read_text()
    for words in ("outage", "errors: as it is", "bounds a fifth closer", "false alarm"):
        assert words in page

"""Drift monitors of the other methods in the watcher."""

from types import SimpleNamespace

import numpy as np
import pytest

from detectors.drift.discoveries import Others
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
)
from detectors.watching.drift_methods import Seasonal
from schemas.monitors.resolve_drift import VOLUME
from schemas.panes import Pane
from tests.detectors.watching.drifting import (
    ERROR,
    FAILED,
    LATENCY,
    SHOP,
    START,
    Make,
    Signals,
    errors_beside_latency,
    feed,
    flags,
    minute_of,
    monitor,
    raw,
    signal,
)


def test_concept_drift_is_told_within_topics(make: SimpleNamespace) -> None:
    run = make.run(monitor(FAILED, method="relation", strata="prompt.topic"))

    def outcomes(travel: int, failing: float) -> Make:
        def content(_: int, random: np.random.Generator) -> Signals:
            bad = {
                "travel": int(random.binomial(travel, failing)),
                "banking": int(random.binomial(40 - travel, 0.02)),
            }
            return {
                "prompt.topic": CategoryCounts({"travel": travel, "banking": 40 - travel}, 0),
                "prompt.failed_topic": CategoryCounts({k: v for k, v in bad.items() if v}, 0),
            }

        return content

    feed(run, make, range(150), outcomes(10, 0.1))
    feed(run, make, range(150, 180), outcomes(30, 0.1))
    assert not run.alerts  # another mixture, the same outcome
    feed(run, make, range(180, 200), outcomes(30, 0.6))
    (fired,) = run.alerts
    assert "at the same mixture, most in travel" in fired.summary
    assert fired.evidence_condition == "prompt.failed_topic = 'travel'"


def test_feedback_that_turns_bad_is_told_though_it_comes_late(make: SimpleNamespace) -> None:
    positive = signal("feedback.positive", "flag")
    run = make.run(monitor(positive, minimum_events=20))
    errors = flags(0.05)

    def said(minute: int, rate: float) -> Pane:
        """Of events that were counted before, at a time that has been evaluated."""
        flag = FlagCounts(20, int(np.random.default_rng([2, minute]).binomial(20, rate)))
        start = START + 60 * minute + 20
        return Pane(start=start, segment=SHOP, events=0, signals=raw({positive.name: flag}))

    for minute in range(200):
        feed(run, make, range(minute, minute + 1), errors)
        late = [said(minute, 0.9 if minute < 170 else 0.5)]
        run.apply(make.batch(late, pane_seconds=10))
    assert run.states == ["firing"]
    (fired,) = run.alerts
    assert 170 <= minute_of(fired) < 180
    assert "feedback.positive has drifted" in fired.summary
    assert "event_id IN (SELECT event_id FROM feedback)" in fired.evidence_sql
    minutes = [w for w in run.windows.values() if w.resolution_seconds == 60]
    assert {window.events for window in minutes} == {40}
    assert all("feedback.positive" in window.signals for window in minutes)


@pytest.mark.parametrize("method", ["adwin", "page_hinkley", "kswin"])
def test_changes_without_a_reference(make: SimpleNamespace, method: str) -> None:
    run = make.run(monitor(ERROR, method=method, trailing_seconds=5400))
    feed(run, make, range(150), flags(0.05))
    assert not run.alerts
    feed(run, make, range(150, 180), flags(0.5))
    assert run.states[0] == "firing"
    assert f"error changes ({method})" in run.alerts[0].summary


def test_volumes_follow_their_season(make: SimpleNamespace) -> None:
    seasonal = monitor(
        VOLUME,
        method="seasonal",
        season_seconds=1200,
        trailing_seconds=5400,
        windows_seconds=(300,),
        minimum_effect=0.3,
    )
    run = make.run(seasonal)

    def volume(minute: int, factor: float = 1.0) -> int:
        return int(factor * (100 + 60 * (minute % 20 < 10)))

    for minute in range(220):
        end = START + 60 * (minute + 1)
        events = volume(minute, 0.3 if minute >= 190 else 1.0)
        panes = [Pane(start=end - 10, segment=SHOP, events=events, signals={})]
        run.apply(make.batch(panes, until=float(end), pane_seconds=10))
        if minute == 189:
            assert not run.alerts
    assert run.states[0] == "firing"
    assert "expected" in run.alerts[0].summary


def test_signals_that_no_longer_go_together_are_told(make: SimpleNamespace) -> None:
    tokens = signal("tokens.output", "amount")
    together = monitor(
        LATENCY,
        tokens,
        ERROR,
        method="correlation",
        windows_seconds=(1800,),
        trailing_seconds=4800,
        minimum_effect=0.3,
    )
    run = make.run(together)

    def content(follows: float) -> Make:
        def at(_: int, random: np.random.Generator) -> Signals:
            size = random.lognormal(5, 0.5)
            latency = (follows * size + (1 - follows) * random.lognormal(5, 0.5)) / 100
            noise = random.lognormal(0, 0.1, (2, 40))
            return {
                "tokens.output": Distribution.empty().observe(size * noise[0]),
                "latency": Distribution.empty().observe(latency * noise[1]),
                "error": FlagCounts(40, int(random.binomial(40, 0.1))),
            }

        return at

    feed(run, make, range(30), content(0.95))
    assert run.watcher.undecided == {"drift": 1}
    feed(run, make, range(30, 200), content(0.95))
    assert not run.alerts
    assert run.watcher.undecided == {"drift": 0}
    feed(run, make, range(200, 235), content(0.0))
    (fired,) = run.alerts
    assert "latency and tokens.output go together otherwise over 30 min" in fired.summary
    assert fired.value < -0.3


def test_an_alert_stays_while_the_difference_is_nearly_as_rare() -> None:
    """Between a false alarm's probability and ten times it, an alert neither fires nor resolves."""
    watching = monitor(VOLUME, method="seasonal", minimum_effect=0.1)
    method = Seasonal(watching)
    least = watching.interval_seconds / watching.false_alarm_seconds
    alone, among = (SimpleNamespace(others=lambda _, n=n: Others(n, 0)) for n in (0, 9))
    assert method.outcome(alone, least, 0.1) == "bad"
    assert method.outcome(alone, 3 * least, 0.5) == "between"
    assert method.outcome(alone, 11 * least, 0.5) == "good"
    assert method.outcome(alone, least / 2, 0.09) == "between"
    assert method.outcome(alone, least / 2, 0.07) == "good"
    assert method.outcome(among, least / 2, 0.1) == "between"
    assert method.outcome(among, least / 11, 0.1) == "bad"


def test_an_alert_resolves_about_the_signal_that_it_fired_for(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR, LATENCY, minimum_effect=0.2))
    feed(run, make, range(120), errors_beside_latency(0.05, 0.3))
    feed(run, make, range(120, 140), errors_beside_latency(0.6, 0.3))
    feed(run, make, range(140, 175), errors_beside_latency(0.05, 0.3))
    assert run.states == ["firing", "resolved"]
    fired, resolved = run.alerts
    assert "error has drifted" in fired.summary
    assert "error no longer stands out" in resolved.summary

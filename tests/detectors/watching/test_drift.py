"""Drift monitors in the watcher: what they tell, and when they honestly tell nothing."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from detectors.drift.models import MODEL_SIGNAL
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
)
from schemas.changes import Change
from schemas.panes import Pane
from schemas.references import Reference, ReferenceBlock
from schemas.segments import segment_key
from schemas.signals import Signal
from tests.detectors.watching.drifting import (
    EMBEDDING,
    ERROR,
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
)


def test_a_jump_of_a_rate_is_told_and_then_is_the_new_normal(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR))
    feed(run, make, range(150), flags(0.05))
    assert not run.alerts
    feed(run, make, range(150, 320), flags(0.4))
    fired, resolved = run.alerts
    assert (fired.state, fired.kind, resolved.state) == ("firing", "drift", "resolved")
    assert 150 <= minute_of(fired) <= 156
    assert "error has drifted over 5 min" in fired.summary
    assert "(was 5" in fired.summary
    assert "By chance so much is seen" in fired.description
    assert fired.evidence_condition == "error"
    assert fired.value > fired.expected == 0.1
    assert "no longer stands out" in resolved.summary
    assert minute_of(resolved) > 170


def test_an_incident_in_the_reference_is_left_out_of_it_and_told(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR))
    feed(run, make, range(50), flags(0.05))
    feed(run, make, range(50, 53), flags(0.6))
    feed(run, make, range(53, 150), flags(0.05))
    before = len(run.alerts)
    feed(run, make, range(150, 160), flags(0.3))
    (fired,) = run.alerts[before:]
    assert 150 <= minute_of(fired) <= 154
    assert (
        " UTC. It is without 2026-03-02 00:50 to 00:53, which stood out itself."
        in fired.description
    )


def test_missing_values_are_a_drift_of_their_own(make: SimpleNamespace) -> None:
    run = make.run(monitor(LATENCY))

    def latencies(count: int) -> Make:
        return lambda _, random: {
            "latency": Distribution.empty().observe(random.lognormal(0, 0.5, count))
        }

    feed(run, make, range(150), latencies(40))
    feed(run, make, range(150, 170), latencies(20))
    assert run.states == ["firing"]
    assert "missing in" in run.alerts[0].summary
    assert run.alerts[0].evidence_condition == "not latency present"
    assert "latency IS NULL" in run.alerts[0].evidence_sql


def prompts(travel: float, *models: str, bad: float = 0.05) -> Make:
    def content(_: int, random: np.random.Generator) -> Signals:
        away = int(random.binomial(40, travel))
        vectors = random.normal(0, 1, (40, 8))
        vectors[:away] += 2
        return {
            "prompt.embedding": VectorSum.empty().observe(vectors),
            "prompt.topic": CategoryCounts(
                {"travel": away, "banking": 25 - away // 2, "other": 15 - (away + 1) // 2}, 0
            ),
            MODEL_SIGNAL: CategoryCounts(dict.fromkeys(models or ("words",), 40), 0),
            "error": FlagCounts(40, int(random.binomial(40, bad))),
        }

    return content


def test_embeddings_tell_their_topics(make: SimpleNamespace) -> None:
    run = make.run(monitor(EMBEDDING))
    feed(run, make, range(150), prompts(0.1))
    assert not run.alerts
    feed(run, make, range(150, 165), prompts(0.7))
    (fired,) = run.alerts
    assert "topics: travel" in fired.summary
    assert fired.evidence_condition == "prompt.topic = 'travel'"
    assert "(was 1" in fired.summary


@pytest.mark.parametrize("signals", [(EMBEDDING,), (ERROR, EMBEDDING)])
def test_embeddings_of_another_model_are_told_and_not_compared(
    make: SimpleNamespace, signals: tuple[Signal, ...]
) -> None:
    run = make.run(monitor(*signals))
    feed(run, make, range(150), prompts(0.1))
    assert not run.alerts
    # Vectors of another model lie elsewhere whatever was asked.
    feed(run, make, range(150, 152), prompts(0.7, "another"))
    (fired,) = run.alerts
    assert fired.summary.endswith(
        "prompt.embedding is not compared with the reference: embeddings are of another and words, "
        "in the reference of words"
    )
    feed(run, make, range(152, 240), prompts(0.1))
    assert run.states == ["firing", "resolved"]
    assert "prompt.embedding is compared with the reference again" in run.alerts[1].summary


def test_a_new_model_that_stays_is_told_until_the_reference_has_it_too(
    make: SimpleNamespace,
) -> None:
    run = make.run(monitor(ERROR, EMBEDDING))
    feed(run, make, range(150), prompts(0.1))
    feed(run, make, range(150, 200), prompts(0.1, "another"))
    assert run.states == ["firing", "resolved"]
    assert "the reference has embeddings of another and words" in run.alerts[1].summary


def test_a_reference_of_two_models_judges_the_other_signals(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR, EMBEDDING))
    feed(run, make, range(150), prompts(0.1, "one", "two"))
    assert run.watcher.undecided == {"drift": 0}
    feed(run, make, range(150, 160), prompts(0.7, "one", "two"))
    assert not run.alerts
    feed(run, make, range(160, 170), prompts(0.7, "one", "two", bad=0.4))
    (fired,) = run.alerts
    assert "error has drifted" in fired.summary


def test_vectors_of_another_length_or_not_a_number_are_not_judged(make: SimpleNamespace) -> None:
    run = make.run(monitor(EMBEDDING))

    def vectors(length: int, extra: float = 0.0) -> Make:
        def content(minute: int, random: np.random.Generator) -> Signals:
            found = random.normal(0, 1, (40, length)).sum(axis=0) + (
                extra if minute % 7 == 0 else 0
            )
            return {"prompt.embedding": VectorSum.of(40, found, 40.0 * length)}

        return content

    feed(run, make, range(150), vectors(8, extra=float("nan")))
    feed(run, make, range(150, 160), vectors(16))
    assert not run.alerts


def test_a_warm_up_is_told_openly(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR))
    feed(run, make, range(20), flags(0.05))
    assert run.watcher.undecided == {"drift": 1}
    feed(run, make, range(20, 130), flags(0.05))
    assert run.watcher.undecided == {"drift": 0}
    few = make.run(monitor(ERROR, minimum_events=100_000))
    feed(few, make, range(130), flags(0.05))
    assert few.watcher.undecided == {"drift": 1}


def test_constant_signals_are_calm_until_they_change(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR, LATENCY))

    def steady(value: float, bad: int) -> Make:
        return lambda *_: {
            "error": FlagCounts(40, bad),
            "latency": Distribution.empty().observe(np.full(40, value)),
        }

    feed(run, make, range(150), steady(1.0, 0))
    assert not run.alerts
    feed(run, make, range(150, 160), steady(3.0, 0))
    assert [alert.state for alert in run.alerts] == ["firing"]
    assert "latency has drifted" in run.alerts[0].summary


def reference(keys: dict[str, int], rate: float = 0.05, **more: Summary) -> Reference:
    random = np.random.default_rng(4)
    return Reference(
        name="r",
        origin="test",
        begin=START - 86400,
        end=START,
        block_seconds=600,
        segments={
            key: [
                ReferenceBlock(
                    START - 86400 + 600 * n,
                    size,
                    raw({"error": FlagCounts(size, int(random.binomial(size, rate)))} | more),
                )
                for n in range(144)
            ]
            for key, size in keys.items()
        },
    )


def test_a_file_is_a_reference_from_the_first_window_on(make: SimpleNamespace) -> None:
    # The segment itself is too thin there: its parent stands for it.
    stored = reference({"{}": 400, segment_key(SHOP): 1})
    options = {"reference": stored, "trailing_seconds": 0, "windows_seconds": (600, 1800)}
    run = make.run(monitor(ERROR, minimum_events=100, **options))
    feed(run, make, range(40), flags(0.05))
    assert not run.alerts
    assert run.watcher.undecided == {"drift": 0}
    feed(run, make, range(40, 60), flags(0.4))
    assert run.states == ["firing"]
    few = reference({"{}": 400, segment_key(SHOP): 4000})
    few.segments[segment_key(SHOP)][8:] = []
    sparse = make.run(monitor(ERROR, minimum_events=100, **(options | {"reference": few})))
    feed(sparse, make, range(40), flags(0.05))
    assert sparse.watcher.undecided == {"drift": 0}  # of few blocks the parent stands for it too
    absent = make.run(monitor(ERROR, **(options | {"reference": reference({'{"a":"b"}': 400})})))
    feed(absent, make, range(40), flags(0.4))
    assert not absent.alerts
    assert absent.watcher.undecided == {"drift": 1}


def test_days_follow_their_rhythm_for_longer_than_windows_are_kept(make: SimpleNamespace) -> None:
    daily = monitor(
        ERROR,
        trailing_seconds=6 * 86400,
        windows_seconds=(3600, 7200),
        interval_seconds=3600,
        minimum_effect=0.2,
    )

    def rate(hour: int) -> float:
        return 0.4 if hour % 24 < 8 else 0.05

    def hours(run: SimpleNamespace, span: range, extra: float = 0.0) -> None:
        for hour in span:
            end = START + 3600 * (hour + 1)
            bad = int(np.random.default_rng(hour).binomial(300, rate(hour) + extra))
            found = {"error": FlagCounts(300, bad)}
            panes = [Pane(start=end - 10, segment=SHOP, events=300, signals=raw(found))]
            run.apply(make.batch(panes, until=float(end), pane_seconds=10))

    run = make.run(daily, max_evaluations=1)
    hours(run, range(150))
    run.restart()
    hours(run, range(150, 200))
    assert not run.alerts
    assert run.watcher.undecided == {"drift": 0}
    hours(run, range(200, 204), extra=0.35)
    assert run.states == ["firing"]
    assert "(was 5" in run.alerts[0].summary


def test_a_restart_changes_nothing(make: SimpleNamespace) -> None:
    whole, cut = make.run(monitor(ERROR)), make.run(monitor(ERROR))
    feed(whole, make, range(170), lambda m, r: flags(0.4 if m > 150 else 0.05)(m, r))
    feed(cut, make, range(152), lambda m, r: flags(0.4 if m > 150 else 0.05)(m, r))
    cut.restart()
    feed(cut, make, range(152, 170), lambda m, r: flags(0.4 if m > 150 else 0.05)(m, r))
    assert cut.alerts == whole.alerts
    assert whole.states == ["firing"]


def test_clocks_that_jump_raise_no_alarm(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR))
    feed(run, make, range(150), flags(0.05))
    # A day ahead, then the traffic goes on where it was: late, and in no window any more.
    feed(run, make, range(1590, 1591), flags(0.05))
    feed(run, make, range(150, 160), flags(0.9))
    feed(run, make, range(1591, 1640), flags(0.05))
    assert not run.alerts


def changed(minute: int, kind: str, **segment: str) -> Change:
    time = datetime.fromtimestamp(START + 60 * minute, UTC)
    return Change(change_id=f"{kind}-{minute}", time=time, kind=kind, segment=segment)


def test_a_change_begins_a_new_reference(make: SimpleNamespace) -> None:
    run = make.run(monitor(ERROR, restarts_after=("release",)))
    run.changes = [
        changed(140, "release", service_name="shop"),
        changed(150, "model", service_name="shop"),
        changed(150, "release", service_name="search"),
    ]
    feed(run, make, range(140), flags(0.05))
    assert run.watcher.undecided == {"drift": 0}
    # The new release fails more often, which is no drift: that is what comparisons are for.
    feed(run, make, range(140, 165), flags(0.3))
    assert not run.alerts
    assert run.watcher.undecided == {"drift": 1}
    feed(run, make, range(165, 240), flags(0.3))
    assert run.watcher.undecided == {"drift": 0}
    feed(run, make, range(240, 250), flags(0.8))
    assert run.states == ["firing"]


def test_a_release_is_held_against_another(make: SimpleNamespace) -> None:
    segmentation = ("service_name", "service_version")
    run = make.run(monitor(ERROR, segmentation=segmentation, reference_release="7"))
    random = np.random.default_rng(1)
    for minute in range(170):
        end = START + 60 * (minute + 1)
        panes = [
            Pane(
                start=end - 10,
                segment=SHOP | {"service_version": version},
                events=40,
                signals=raw({"error": FlagCounts(40, int(random.binomial(40, rate)))}),
            )
            for version, rate in (("7", 0.05), ("8", 0.3))
            if version == "7" or minute >= 150
        ]
        run.apply(make.batch(panes, until=float(end), pane_seconds=10))
    (fired,) = run.alerts
    assert fired.segment["service_version"] == "8"
    assert "(was 5" in fired.summary or "(was 4" in fired.summary


def test_what_is_too_young_is_held_against_what_it_is_a_part_of(make: SimpleNamespace) -> None:
    """A new use case fails more often than its service always did; a later one does not."""
    segmentation = ("service_name", "use_case")
    states = {}
    for thin in (True, False):
        run = make.run(monitor(ERROR, segmentation=segmentation, parent_when_thin=thin))
        random = np.random.default_rng(1)
        for minute in range(180):
            end, whole = START + 60 * (minute + 1), 0
            panes = []
            for case, begin, rate in (("old", 0, 0.05), ("new", 150, 0.4), ("like", 152, 0.05)):
                if minute >= begin:
                    bad = int(random.binomial(40, rate))
                    whole += bad
                    signals = raw({"error": FlagCounts(40, bad)})
                    segment = SHOP | {"use_case": case}
                    panes.append(Pane(start=end - 10, segment=segment, events=40, signals=signals))
            signals = raw({"error": FlagCounts(40 * len(panes), whole)})
            events = 40 * len(panes)
            panes.append(Pane(start=end - 10, segment=SHOP, events=events, signals=signals))
            run.apply(make.batch(panes, until=float(end), pane_seconds=10))
            if minute == 158:
                states[thin] = [(a.segment["use_case"], a.state) for a in run.alerts]
                undecided = run.watcher.undecided["drift"]
                assert undecided == (0 if thin else 2)
        if thin:
            assert "of service_name=shop: its own past is too short" in run.alerts[0].description
            assert {alert.segment["use_case"] for alert in run.alerts} == {"new"}
    assert states == {True: [("new", "firing")], False: []}


def test_what_is_over_shows_no_events_and_names_no_signal_that_never_drifted(
    make: SimpleNamespace,
) -> None:
    run = make.run(monitor(ERROR, LATENCY))

    feed(run, make, range(150), errors_beside_latency(0.05, 0.5))
    feed(run, make, range(150, 170), errors_beside_latency(0.4, 0.5))
    feed(run, make, range(170, 220), errors_beside_latency(0.05, 0.5))
    fired, resolved = run.alerts
    assert "error has drifted" in fired.summary
    assert fired.evidence_condition == "error"
    assert "The reference is of 2026-03-02 0" in fired.description
    assert "error no longer stands out from its reference" in resolved.summary
    # The events of its window are those that are as before.
    assert (resolved.evidence_condition, resolved.evidence_sql) == ("", "")

"""How many segments are watched."""

from typing import Any

import pytest

T0 = 86400 * 100
OTHER = "__other__"


def test_a_segment_beyond_the_limit_counts_for_other_of_its_service(make: Any) -> None:
    run = make.run(max_segments=2)
    panes = [
        make.pane(T0, {"service_name": "shop", "request_model": f"m{n}"}, good=n)
        for n in (1, 2, 3, 4)
    ]
    step = run.apply(make.batch(panes, until=T0 + 1))
    assert step.overflowed == {("request_model", "service_name"): 7}
    run.apply(make.batch(until=T0 + 20))
    key = '{"request_model":"__other__","service_name":"shop"}'
    assert run.window(10, T0, key).events == 7
    assert run.watcher.segments == 3


def test_services_beyond_the_limit_count_for_one_other(make: Any) -> None:
    run = make.run(max_segments=1)
    for n in range(3):
        run.apply(make.batch([make.pane(T0, {"service_name": f"s{n}"}, good=1)], until=T0 + 1))
    run.apply(make.batch(until=T0 + 20))
    assert run.window(10, T0, '{"service_name":"s0"}').events == 1
    assert run.window(10, T0, '{"service_name":"__other__"}').events == 2


def test_everything_is_one_segment_and_always_has_room(make: Any) -> None:
    run = make.run(max_segments=1)
    run.apply(make.batch([make.pane(T0, {}, good=4)], until=T0 + 30))
    assert run.window(10, T0, "{}").events == 4


def test_others_are_limited_too(make: Any) -> None:
    run = make.run(max_segments=2)
    for n in range(9):
        segment = {"service_name": f"s{n}", "request_model": "m"}
        run.apply(make.batch([make.pane(T0, segment, good=1)], until=T0 + 1))
    assert run.watcher.segments == 2 + 2 + 1
    run.apply(make.batch(until=T0 + 20))
    everything = sum(w.events for w in run.windows.values())
    assert everything == 9


@pytest.mark.parametrize("restart", [False, True])
def test_a_segment_unseen_for_long_frees_its_place(make: Any, restart: Any) -> None:
    run = make.run(max_segments=1, segment_expiry_seconds=3600)
    run.apply(make.batch([make.pane(T0, {"service_name": "old"}, good=1)], until=T0 + 1))
    run.apply(make.batch(until=T0 + 3500))
    if restart:
        run.restart()
    step = run.apply(make.batch([make.pane(T0 + 3500, {"service_name": "new"}, good=1)]))
    assert step.overflowed == {("service_name",): 1}
    run.apply(make.batch(until=T0 + 3700))
    if restart:
        run.restart()
    step = run.apply(make.batch([make.pane(T0 + 3700, {"service_name": "new"}, good=1)]))
    assert step.overflowed == {}
    assert not any("old" in key for key in run.watcher._past._needs)


def test_a_segment_with_an_open_alert_keeps_its_place(make: Any) -> None:
    run = make.run(make.no_data(60), max_segments=1, segment_expiry_seconds=3600)
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 1))
    run.apply(make.batch(until=T0 + 4000))
    assert run.states == ["firing"]
    assert run.watcher.segments == 1
    run.apply(make.batch([make.pane(T0 + 4000, good=1)], until=T0 + 4001))
    assert run.states == ["firing", "resolved"]

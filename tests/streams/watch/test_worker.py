"""watch with real Kafka and Faust: nothing lost, nothing twice, whoever dies."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import Producer

from schemas.alerts import decode_alert
from schemas.dead_letters import HEADER_DETAIL, HEADER_OFFSET, HEADER_REASON, HEADER_TOPIC
from schemas.panes import Pane, PaneBatch
from schemas.topics import ALERTS, DEAD_LETTERS, PANES
from streams.kafka import client_config

MakePlace = Callable[..., Any]
MakePane = Callable[..., Pane]
Wait = Callable[..., Any]
T0 = int(time.time()) // 3600 * 3600 - 3600
PATIENCE = 240.0
PARTITIONS = 2


def batch(until: float, *panes: Pane) -> PaneBatch:
    return PaneBatch(
        worker="score-0",
        pane_seconds=1,
        complete_until={"inference/0": float(until)},
        panes=list(panes),
    )


def traffic(place: Any, pane: MakePane, begin: int, end: int) -> None:
    """A batch every two seconds of event time and partition; a third of them tried twice."""
    for at in range(begin, end, 2):
        for partition, service in enumerate(("shop", "search")):
            bad = 4 if at // 40 % 2 else 0
            panes = [pane(T0 + at, service, 10, bad), pane(T0 + at + 1, service, 5, 0)]
            if at % 6 == 0:
                place.send(partition, batch(T0 + at + 2, *panes), abort=True)
            place.send(partition, batch(T0 + at + 2, *panes))


def values(place: Any, topic: str) -> list[bytes]:
    """What is on a topic; without deletions: whoever takes state over begins with one."""
    return [m.value() for m in place.read(topic) if m.value() is not None]


def test_killed_again_and_again_windows_and_alerts_are_as_without(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place()
    traffic(place, pane, 0, 60)
    with place.process():
        wait_until(place.done, PATIENCE)
    for begin in (60, 120, 180):
        traffic(place, pane, begin, begin + 60)
        before = sum(place.committed().values())
        with place.process() as process:
            wait_until(lambda before=before: sum(place.committed().values()) > before, PATIENCE)
            process.kill()
            process.wait()
    # Aborted batches and markers alone follow; the next worker begins behind them.
    place.send(0, batch(T0 + 10**5, pane(T0 + 240, "shop", 999, 999)), abort=True)
    with place.process():
        wait_until(place.done, PATIENCE)
        # One more after a start: the first acknowledged offset follows a hole.
        for partition, service in enumerate(("shop", "search")):
            place.send(partition, batch(T0 + 250, pane(T0 + 242, service, 1, 0)))
        wait_until(place.done, PATIENCE)
    expected, found = place.expected(), place.outcome()
    assert found.windows == expected.windows
    assert found.alerts == expected.alerts
    assert {alert.state for alert in found.alerts.values()} == {"firing", "resolved"}
    assert max(window.events for window in found.windows.values()) < 999


def test_a_survivor_takes_over(make_place: MakePlace, pane: MakePane, wait_until: Wait) -> None:
    place = make_place()
    traffic(place, pane, 0, 60)
    with place.process("watch-0") as first, place.process("watch-1"):
        wait_until(place.done, PATIENCE)
        # Both have a partition.
        for end in range(60, 600, 10):
            traffic(place, pane, end, end + 10)
            wait_until(place.done, PATIENCE)
            if all("partition_restored" in place.log(w) for w in ("watch-0", "watch-1")):
                break
        else:
            raise AssertionError("one worker has everything")
        first.kill()
        traffic(place, pane, end + 10, end + 60)
        wait_until(place.done, PATIENCE)
    expected, found = place.expected(), place.outcome()
    assert found.windows == expected.windows
    assert found.alerts == expected.alerts


def test_partitions_that_move_in_the_middle_of_work_take_their_state_along(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place()
    stop = threading.Event()

    def feed() -> None:
        for at in itertools.count():
            for partition, service in enumerate(("shop", "search")):
                told = pane(T0 + at, service, 10, 4 if at // 40 % 2 else 0)
                place.send(partition, batch(T0 + at + 1, told))
            # No faster than a crowded machine works off.
            if stop.wait(0.05):
                return

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with place.process("watch-0") as first:
            wait_until(lambda: len(place.committed()) == PARTITIONS, PATIENCE)
            with place.process("watch-1"):
                wait_until(lambda: "partition_restored" in place.log("watch-1"), PATIENCE)
                first.kill()
                first.wait()
                before = place.due()
                wait_until(lambda: all(place.committed()[p] > before[p] for p in before), PATIENCE)
                stop.set()
                feeder.join()
                wait_until(place.done, PATIENCE)
    finally:
        stop.set()
        feeder.join()
    expected, found = place.expected(), place.outcome()
    assert found.windows == expected.windows
    assert found.alerts == expected.alerts


def test_a_batch_that_cannot_be_read_is_kept_and_work_goes_on(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place()
    crooked = PaneBatch(
        worker="w", pane_seconds=7, complete_until={"inference/0": T0 + 1.0}, panes=[]
    )
    place.send(0, batch(T0 + 10, pane(T0, "shop", 10, 0)))
    place.send(0, b"\xc1 no batch", batch(T0 + 20, pane(T0 + 10, "shop", 10, 0)), crooked)
    place.send(0, batch(T0 + 40, pane(T0 + 20, "shop", 10, 0)))
    with place.process():
        wait_until(place.done, PATIENCE)
    windows = place.outcome().windows.values()
    tens = sorted((w.start - T0, w.events) for w in windows if w.resolution_seconds == 10)
    assert tens == [(0, 10), (10, 10), (20, 10)]
    letters = place.read(place.name(DEAD_LETTERS))
    assert b"\xc1 no batch" in {letter.value() for letter in letters}
    headers = [dict(letter.headers()) for letter in letters]
    assert [h[HEADER_REASON] for h in headers] == [b"unreadable_pane"] * 2
    assert {h[HEADER_TOPIC].decode() for h in headers} == {place.name(PANES)}
    assert {h[HEADER_OFFSET] for h in headers} == {b"2", b"4"}
    assert any(b"pane_seconds 7" in h[HEADER_DETAIL] for h in headers)


def test_state_that_cannot_be_read_stops_the_worker_and_stays(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place()
    place.send(0, batch(T0 + 10, pane(T0, "shop", 10, 0)))
    with place.process():
        wait_until(place.done, PATIENCE)
    changelog = f"{place.application}-state-changelog"
    producer = Producer(client_config(place.kafka))
    producer.produce(changelog, b"?", key=b"00000|meta", partition=0)
    assert producer.flush(20) == 0
    before = values(place, changelog)
    place.send(0, batch(T0 + 20, pane(T0 + 10, "shop", 10, 0)))
    committed = place.committed()
    with place.process() as process:
        assert process.wait(PATIENCE) != 0
    assert "the state of partition 0 cannot be read" in place.log()
    assert "is damaged" in place.log()
    assert values(place, changelog) == before
    assert place.committed() == committed


def test_panes_that_stop_coming_are_an_alert_until_they_come_again(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place(stall_seconds=3)

    def states() -> list[str]:
        alerts = [decode_alert(m.value()) for m in place.read(place.name(ALERTS))]
        return [a.state for a in alerts if a.monitor == "tidewatch-stalled"]

    def alive() -> None:
        now = int(time.time())
        place.send(0, batch(now, pane(now - 1, "shop", 1, 0)))

    alive()
    with place.process():
        wait_until(lambda: states() == ["firing"], PATIENCE)
    # The next worker knows, and resolves it when panes come.
    with place.process():

        def resolved() -> bool:
            alive()
            return states() == ["firing", "resolved"]

        wait_until(resolved, PATIENCE)
        wait_until(lambda: states() == ["firing", "resolved", "firing"], PATIENCE)


def test_a_worker_that_starts_into_silence_tells_of_it(
    make_place: MakePlace, pane: MakePane, wait_until: Wait
) -> None:
    place = make_place()
    now = int(time.time())
    place.send(0, batch(now, pane(now - 1, "shop", 1, 0)))
    with place.process():
        wait_until(place.done, PATIENCE)
    place.stall_seconds = 3
    with place.process():
        wait_until(lambda: place.read(place.name(ALERTS)), PATIENCE)
    (alert,) = {decode_alert(m.value()).monitor for m in place.read(place.name(ALERTS))}
    assert alert == "tidewatch-stalled"

import threading
from pathlib import Path

import msgspec
import polars as pl
import pytest

from schemas.events import InferenceEvent
from schemas.topics import INFERENCE
from schemas.wire import native
from streams.replay.fault_spec import parse_fault
from streams.replay.file_target import JsonLinesTarget, ParquetTarget
from streams.replay.messages import Disturbances
from streams.replay.outgoing import Outgoing
from streams.replay.send import EARLY_SECONDS, Plan, send
from streams.replay.simulated import Source

from .conftest import Kept, MakeTraffic

NOW = 1_900_000_000.0


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept = 0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        self.slept += 1


class Timed:
    """A target that notes when it got what."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.got: list[tuple[float, InferenceEvent]] = []

    def send(self, message: Outgoing) -> None:
        if message.topic is INFERENCE:
            self.got.append((self.clock.now, native.decode_event(message.value)))

    def close(self) -> dict[str, int]:
        return {}


def timed(source: Source, **plan: object) -> tuple[list[tuple[float, InferenceEvent]], Clock]:
    clock = Clock()
    target = Timed(clock)
    send(source, target, Plan(**plan), clock=clock, sleep=clock.sleep)
    return target.got, clock


def test_rate_is_even_and_exact(traffic: MakeTraffic) -> None:
    got, _ = timed(traffic(rate=500), rate=40, max_events=400)
    for number, (sent, event) in enumerate(got):
        assert sent - NOW == pytest.approx(number / 40, abs=2 * EARLY_SECONDS)
        assert event.time.timestamp() == pytest.approx(NOW + number / 40, abs=1e-5)


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_speed_stretches_event_time(traffic: MakeTraffic, speed: float) -> None:
    original, _ = timed(traffic(), live=False, max_events=1000)
    got, _ = timed(traffic(), speed=speed, max_events=1000)
    first = original[0][1].time.timestamp()
    for (sent, event), (_, before) in zip(got, original, strict=True):
        due = NOW + (before.time.timestamp() - first) / speed
        assert sent == pytest.approx(due, abs=2 * EARLY_SECONDS)
        assert event.time.timestamp() == pytest.approx(due, abs=1e-5)


def test_kept_times_are_the_source_s(traffic: MakeTraffic) -> None:
    got, clock = timed(traffic(), live=False, speed=100.0, max_events=500)
    plain, still = timed(traffic(), live=False, max_events=500)
    assert [event for _, event in got] == [event for _, event in plain]
    assert clock.slept > 0
    assert still.slept == 0


def test_as_fast_as_possible_and_live_means_now(traffic: MakeTraffic) -> None:
    got, clock = timed(traffic(), max_events=500)
    assert clock.slept == 0
    times = [event.time.timestamp() for _, event in got]
    assert times == sorted(times)
    assert times[0] == pytest.approx(NOW, abs=0.01)
    assert times[-1] == pytest.approx(NOW, abs=0.01)


def test_speed_and_rate_exclude_each_other(traffic: MakeTraffic, kept: Kept) -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        send(traffic(), kept, Plan(speed=1, rate=1))
    with pytest.raises(ValueError, match="rate must be above 0"):
        send(traffic(), kept, Plan(rate=0))


def test_stopping_keeps_truth_and_oracle_exact(
    traffic: MakeTraffic, kept: Kept, tmp_path: Path
) -> None:
    stop = threading.Event()
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now > NOW + 3:
            stop.set()

    plan = Plan(
        speed=1,
        faults=(parse_fault("error_burst@1s:strength=0.5"),),
        disturbances=Disturbances(duplicates=0.1, rubbish=0.05),
        oracle_path=tmp_path / "oracle.jsonl",
        truth_path=tmp_path / "truth.jsonl",
    )
    totals = send(traffic(), kept, plan, stop=stop, clock=clock, sleep=sleep)
    assert kept.closed
    assert 400 < totals.events < 1200
    entries = [
        msgspec.json.decode(line) for line in (tmp_path / "oracle.jsonl").read_bytes().splitlines()
    ]
    events = [m for m in kept.messages if m.topic is INFERENCE]
    assert [e.get("event_id", e.get("key")) for e in entries] == [
        m.event_id or m.key.decode() for m in events
    ]
    assert [e.get("reason") for e in entries] == [m.reason for m in events]
    assert sum(e.get("copy", False) for e in entries) == totals.copies > 0
    assert sum("reason" in e for e in entries) == totals.bad > 0
    good = [native.decode_event(m.value) for m in events if not m.copy and m.reason is None]
    late = [e for e in good if e.time >= totals.faults[0].start and e.status == "error"]
    truth = msgspec.json.decode((tmp_path / "truth.jsonl").read_bytes())
    assert truth["affected_events"] == totals.faults[0].affected_events
    # Some calls fail by themselves, and those the fault leaves alone.
    assert 0 <= len(late) - totals.faults[0].affected_events < 20


def test_faults_count_from_the_first_event_sent(traffic: MakeTraffic, kept: Kept) -> None:
    clock = Clock()
    plan = Plan(speed=10, duration_seconds=60, faults=(parse_fault("traffic_stop@2s+2s"),))
    totals = send(traffic(rate=50), kept, plan, clock=clock, sleep=clock.sleep)
    assert totals.faults[0].start.timestamp() == pytest.approx(NOW + 2, abs=1e-3)
    times = [m.time - NOW for m in kept.messages if m.topic is INFERENCE]
    assert not [time for time in times if 2.001 < time < 3.999]
    assert [time for time in times if time < 2]
    assert [time for time in times if time > 4]


def test_totals_and_progress(traffic: MakeTraffic, kept: Kept) -> None:
    clock = Clock()
    seen: list[int] = []
    plan = Plan(rate=100, max_events=500)
    totals = send(
        traffic(),
        kept,
        plan,
        clock=clock,
        sleep=clock.sleep,
        progress=lambda totals: seen.append(totals.events),
    )
    assert totals.events == 500
    assert totals.seconds == pytest.approx(5, abs=0.1)
    assert totals.event_bytes == sum(len(m.value) for m in kept.messages if m.topic is INFERENCE)
    assert len(seen) == pytest.approx(4, abs=1)
    assert seen == sorted(seen)


def test_same_plan_sends_the_same_bytes(traffic: MakeTraffic) -> None:
    plan = Plan(
        live=False,
        max_events=800,
        faults=(parse_fault("unsupported_answers@1s+2s"),),
        disturbances=Disturbances(duplicates=0.1, rubbish=0.1),
    )

    runs = []
    for _ in range(2):
        kept = Kept()
        send(traffic(), kept, plan)
        runs.append([(m.key, m.value, m.time) for m in kept.messages])
    assert runs[0] == runs[1]


def test_files_hold_the_same_events(traffic: MakeTraffic, tmp_path: Path) -> None:
    plan = Plan(live=False, max_events=700, faults=(parse_fault("bad_canary@1s+1s"),))
    send(traffic(), JsonLinesTarget(tmp_path), plan)
    send(traffic(), ParquetTarget(tmp_path), plan)
    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()
    events = [native.decode_event(line) for line in lines]
    frame = pl.read_parquet(tmp_path / "events.parquet")
    assert len(events) == frame.height == 700
    assert frame["event_id"].to_list() == [e.event_id for e in events]
    assert frame["time"].to_list() == [e.time for e in events]
    assert frame["latency_seconds"].to_list() == [e.latency_seconds for e in events]
    contexts = [msgspec.json.decode(text) for text in frame["contexts"]]
    assert contexts == [msgspec.to_builtins(e.contexts) for e in events]
    assert (tmp_path / "changes.jsonl").read_bytes().count(b"\n") == pl.read_parquet(
        tmp_path / "changes.parquet"
    ).height
    assert pl.read_parquet(tmp_path / "feedback.parquet").height > 0


def test_rubbish_does_not_go_to_files(traffic: MakeTraffic, tmp_path: Path) -> None:
    plan = Plan(live=False, max_events=100, disturbances=Disturbances(rubbish=1.0))
    with pytest.raises(ValueError, match="cannot be written to files"):
        send(traffic(), JsonLinesTarget(tmp_path), plan)

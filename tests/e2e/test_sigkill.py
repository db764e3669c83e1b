"""50,000 events, rubbish and copies among them, through processes that are killed at random.

Every good event must be one row, every window must hold what its events say, every bad message
must be a dead letter with the right reason, and the outage must be one alert that fires once and
resolves once.
"""

import json
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.monitors.duration import format_duration
from streams.replay.fault_spec import parse_fault
from streams.replay.generator import TrafficGenerator
from streams.replay.kafka_target import KafkaTarget
from streams.replay.messages import Disturbances
from streams.replay.send import Plan, Totals, send
from streams.store.setup import connect_by
from tests.e2e.conftest import Site
from tests.e2e.objective import ERROR_OBJECTIVE, SCREEN
from tests.e2e.processes import Process, running, wait_for

EVENTS = 50_000
RATE = 1_250.0
KILLS = 3
SERVICE = "support-assistant"


@pytest.mark.timeout(420)
def test_nothing_is_lost_doubled_or_miscounted(site: Site) -> None:
    (Path(site.settings.monitors) / "objective.yaml").write_text(ERROR_OBJECTIVE + SCREEN)
    score, watch = site.process("score"), site.process("watch")
    sink = site.process("sink")
    oracle = site.folder / "oracle.jsonl"
    with running(score, watch, sink):
        totals = _send_while_killing(site, oracle, [score, watch])
        client = connect_by(site.settings.clickhouse)

        def number(query: str) -> int:
            return int(client.query(query).result_rows[0][0] or 0)

        sent = [json.loads(line) for line in oracle.read_bytes().splitlines()]
        good = {entry["event_id"] for entry in sent if "event_id" in entry}
        bad = [entry for entry in sent if "event_id" not in entry]
        assert totals.lost == {}
        assert len(bad) >= 500
        assert totals.copies >= 0.01 * len(good)

        wait_for(
            lambda: number("SELECT count() FROM events") >= len(good),
            f"not all of {len(good)} events are stored\n{score.tail()}",
        )
        wait_for(
            lambda: number("SELECT count() FROM dead_letters") >= len(bad),
            f"not all of {len(bad)} bad messages are dead letters\n{sink.tail()}",
        )
        # Each, as the segments of a service come by another partition than those of all.
        for segmentation in ("", "service_name"):
            wait_for(
                lambda of=segmentation: number(_WINDOW_EVENTS.format(of)) >= len(good),
                f"windows by {segmentation!r} do not hold {len(good)} events\n{watch.tail()}",
                timeout=150,
            )
        wait_for(
            lambda: number("SELECT count() FROM alerts WHERE state = 'resolved'") >= 1,
            f"the alert has not resolved\n{watch.tail()}",
        )
        _check_events(client, good)
        _check_dead_letters(client, bad)
        _check_windows(client)
        _check_alerts(client, totals)
    assert score.kills == watch.kills == KILLS


def _send_while_killing(site: Site, oracle: Path, processes: list[Process]) -> Totals:
    """Replay traffic with an outage, and kill processes at seeded random moments meanwhile."""
    rng = random.Random(7)
    source = TrafficGenerator(
        RATE, start=datetime.now(UTC), seed=7, daily_amplitude=0.0, mean_text_bytes=600
    )
    plan = Plan(
        rate=RATE,
        max_events=EVENTS,
        faults=(parse_fault(f"error_burst@8s+10s:service={SERVICE},strength=0.6"),),
        disturbances=Disturbances(duplicates=0.02, duplicate_seconds=5, rubbish=0.0105),
        feedback=None,
        seed=7,
        oracle_path=oracle,
    )
    results: list[Totals] = []
    target = KafkaTarget(site.settings.kafka)
    sender = threading.Thread(target=lambda: results.append(send(source, target, plan)))
    began = time.monotonic()
    sender.start()
    # Strata, so that a process that is killed has been at work since the last time.
    length = EVENTS / RATE / KILLS
    moments = [
        (length * (n + 0.4) + rng.uniform(0, 0.5 * length), process)
        for process in processes
        for n in range(KILLS)
    ]
    for moment, process in sorted(moments, key=lambda planned: planned[0]):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        process.kill()
        time.sleep(rng.uniform(0, 1))
        process.start()
    sender.join()
    return results[0]


_WINDOW_EVENTS = """
    SELECT sum(events) FROM windows
    WHERE resolution_seconds = 10 AND segmentation = '{}' AND signal = ''
"""


def _check_events(client: Any, good: set[str]) -> None:
    rows = client.query("SELECT event_id, count() FROM events GROUP BY event_id").result_rows
    stored = {row[0]: row[1] for row in rows}
    assert stored.keys() == good
    assert set(stored.values()) == {1}


def _check_dead_letters(client: Any, bad: list[dict[str, Any]]) -> None:
    rows = client.query("SELECT reason, count() FROM dead_letters GROUP BY reason").result_rows
    assert dict(rows) == dict(Counter(entry["reason"] for entry in bad))


def _check_windows(client: Any) -> None:
    """Every window of ten seconds against the same numbers recomputed from the events."""
    recomputed = client.query("""
        SELECT service_name, toUnixTimestamp(toStartOfInterval(time, INTERVAL 10 SECOND)) AS start,
               count() AS events, countIf(error) AS errors, count(latency) AS latencies,
               sum(latency) AS seconds, sum(tokens_output) AS tokens,
               countIf(NOT sli_answers) AS bad
        FROM events GROUP BY service_name, start ORDER BY service_name, start
    """).result_rows
    windows = client.query("""
        SELECT segment['service_name'] AS service, toUnixTimestamp(start) AS began,
               anyIf(events, signal = ''), anyIf(positive, signal = 'error'),
               anyIf(count, signal = 'latency'), anyIf(sum, signal = 'latency'),
               anyIf(sum, signal = 'tokens.output'),
               anyIf(count - positive, signal = 'sli.answers')
        FROM windows WHERE resolution_seconds = 10 AND segmentation = 'service_name'
        GROUP BY service, began ORDER BY service, began
    """).result_rows
    assert len(windows) == len(recomputed)
    for window, events in zip(windows, recomputed, strict=True):
        assert window[:5] == events[:5]
        assert window[5] == pytest.approx(events[5] or 0, rel=1e-9)
        assert window[6:] == events[6:] or window[6] == (events[6] or 0)
        assert window[7] == events[7]


def _check_alerts(client: Any, totals: Totals) -> None:
    rows = client.query("""
        SELECT fingerprint, started_at, state, count() FROM alerts
        WHERE state != 'pending' GROUP BY fingerprint, started_at, state ORDER BY state
    """).result_rows
    assert [row[2:] for row in rows] == [("firing", 1), ("resolved", 1)]
    fault = totals.faults[0]
    fired = client.query("SELECT min(fired_at) FROM alerts WHERE state = 'firing'").result_rows
    delay = fired[0][0] - fault.start
    assert timedelta() < delay < timedelta(seconds=10), format_duration(int(delay.total_seconds()))

"""Reports from ClickHouse: a page in plain words and Evidently's report."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from streams.reports.events import SimulatedEvents, StoredEvents
from streams.reports.make import Side, make_report
from tests.dashboards.filled import MINUTES, Filled

SEGMENT = {"service_name": "support-assistant"}


def test_the_fault_is_what_moved(analyst: Client, filled: Filled, tmp_path: Path) -> None:
    begin = filled.start + timedelta(minutes=MINUTES * 0.75)
    made = make_report(
        "quality",
        StoredEvents(analyst),
        segment=SEGMENT,
        reference=Side(name="Before", segment=SEGMENT, begin=filled.start, end=begin),
        current=Side(name="Now", segment=SEGMENT, begin=begin, end=filled.end),
        out=tmp_path,
        now=filled.end,
    )
    found = {shift.signal.name: shift for shift in made.shifts}
    assert found["error"].turn == "worse"
    [(before, now)] = analyst.query(
        "SELECT avgIf(error, time < {at:DateTime64(6)}), avgIf(error, time >= {at:DateTime64(6)}) "
        "FROM events WHERE service_name = 'support-assistant'",
        parameters={"at": begin},
    ).result_rows
    assert (found["error"].before, found["error"].now) == pytest.approx((before, now))
    page = made.page.read_text()
    assert re.search(r"error rose from .*, which is worse", page)
    assert "all traffic" not in page
    assert made.evidently is not None
    assert made.evidently.stat().st_size > 100_000
    compared = {s.signal.name: s.distance for s in made.shifts if s.verdict != "too few"}
    theirs = made.evidently_distances
    assert len(compared) > 10
    assert {name: theirs[name] for name in compared} == pytest.approx(compared, abs=2e-3)


def test_a_segment_without_events_says_so(analyst: Client, filled: Filled, tmp_path: Path) -> None:
    nobody = {"labels.tenant": "nobody"}
    side = Side(name="Now", segment=nobody, begin=filled.start, end=filled.end)
    made = make_report(
        "drift",
        StoredEvents(analyst),
        segment=nobody,
        reference=side,
        current=side,
        out=tmp_path,
        now=filled.end,
    )
    assert made.evidently is None
    assert "There is nothing to compare" in made.page.read_text()


def test_a_simulation_is_a_source_too(filled: Filled, tmp_path: Path) -> None:
    from tests.dashboards.reports.test_shifts import LATENCY

    rows = [
        {"event_id": str(n), "time": filled.start.isoformat(), "service_name": "a", "latency": n}
        for n in range(3)
    ]
    (tmp_path / "signals.jsonl").write_text("\n".join(map(json.dumps, rows)))
    source = SimulatedEvents(tmp_path, [LATENCY])
    sample = source.sample({"service_name": "a"}, filled.start, filled.end)
    assert sample.events == 3
    assert sorted(sample.frame["latency"]) == [0, 1, 2]
    with pytest.raises(ValueError, match="not request_model"):
        source.sample({"request_model": "m"}, filled.start, filled.end)

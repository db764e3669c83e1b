"""What the views say about windows, against the same computed in Python."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil, isclose, sqrt
from typing import Any

import msgspec
import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    encode_summary,
)
from detectors.summaries.log_buckets import RELATIVE_ERROR
from schemas.segments import Segment, segment_key
from schemas.windows import Window, encode_window
from streams.sink.intake import Intake
from streams.sink.message import Message
from streams.sink.windows import WINDOWS_TARGET
from streams.store.insert import insert_rows

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
HOUR = int(NOW.timestamp()) - 3600
LEVELS = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ENGINE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
numbers = st.lists(
    st.one_of(
        st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9),
        st.integers(-50, 50).map(float),
    ),
    min_size=1,
    max_size=60,
)


def _window(
    start: int, version: int = 1, segment: Segment | None = None, **signals: Summary
) -> Window:
    raw = {n.replace("__", "."): msgspec.Raw(encode_summary(s)) for n, s in signals.items()}
    return Window(
        resolution_seconds=3600,
        start=start,
        segment=segment or {},
        version=version,
        events=10,
        signals=raw,
    )


def _store(client: Client, *windows: Window) -> None:
    messages = [
        Message("windows", 0, n, NOW, None, encode_window(window))
        for n, window in enumerate(windows)
    ]
    tables, letters = Intake({"windows": WINDOWS_TARGET}).take(messages, NOW)
    assert not letters
    for table, rows in tables.items():
        insert_rows(client, table, rows)


def _row(client: Client, sql: str) -> dict[str, Any]:
    (row,) = client.query(sql).named_results()
    return dict(row)


def _order_statistic(values: Sequence[float], level: float) -> float:
    return sorted(values)[max(1, ceil(level * len(values))) - 1]


@ENGINE
@given(values=numbers)
def test_a_distributions_numbers(database: Client, values: list[float]) -> None:
    database.command("TRUNCATE TABLE raw_windows")
    _store(database, _window(HOUR, latency=Distribution.empty().observe(values)))
    row = _row(database, "SELECT * FROM windows WHERE signal = 'latency'")
    assert (row["kind"], row["count"]) == ("distribution", len(values))
    assert (row["minimum"], row["maximum"]) == (min(values), max(values))
    assert row["mean"] == pytest.approx(sum(values) / len(values), rel=1e-9, abs=1e-6)
    scale = max(abs(x) for x in values)
    mean = sum(values) / len(values)
    deviation = sqrt(sum((x - mean) ** 2 for x in values) / len(values))
    assert row["deviation"] == pytest.approx(deviation, abs=1e-6 * scale + 1e-9)
    for name, level in LEVELS.items():
        true = _order_statistic(values, level)
        assert isclose(row[name], true, rel_tol=RELATIVE_ERROR * 1.001, abs_tol=1e-12), name


@ENGINE
@given(parts=st.lists(numbers, min_size=1, max_size=5), level=st.floats(0, 1))
def test_quantiles_of_merged_windows(
    database: Client, parts: list[list[float]], level: float
) -> None:
    database.command("TRUNCATE TABLE raw_windows")
    windows = [
        _window(HOUR - 3600 * n, latency=Distribution.empty().observe(part))
        for n, part in enumerate(parts)
    ]
    _store(database, *windows)
    found = database.query(
        "SELECT quantile_from_buckets({level:Float64}, sumMap(negative_buckets), sum(zero_count), "
        "sumMap(positive_buckets)), sum(count) FROM windows WHERE signal = 'latency'",
        {"level": level},
    ).first_row
    values = [value for part in parts for value in part]
    assert found[1] == len(values)
    true = _order_statistic(values, level)
    assert isclose(found[0], true, rel_tol=RELATIVE_ERROR * 1.001, abs_tol=1e-12)


def test_kinds_of_summaries(database: Client) -> None:
    users = [f"user{n}" for n in range(3000)]
    _store(
        database,
        _window(
            HOUR,
            segment={"service_name": "shop", "use_case": "search"},
            response__refusal=FlagCounts(count=8, positive=2),
            prompt__language=CategoryCounts({"de": 3, "en": 4}, other=2),
            users=Cardinality.empty().observe(users),
            prompt__embedding=VectorSum.empty().observe([[1.0, 2.0], [3.0, 4.0]]),
            latency=Distribution.empty(),
        ),
    )
    rows = {row["signal"]: row for row in database.query("SELECT * FROM windows").named_results()}
    assert set(rows) == {
        "",
        "latency",
        "prompt.embedding",
        "prompt.language",
        "response.refusal",
        "users",
    }
    assert {row["events"] for row in rows.values()} == {10}
    segment = {"service_name": "shop", "use_case": "search"}
    assert {row["segment_key"] for row in rows.values()} == {segment_key(segment)}
    assert {row["segmentation"] for row in rows.values()} == {"service_name,use_case"}
    flag = rows["response.refusal"]
    assert (flag["count"], flag["positive"], flag["rate"]) == (8, 2, 0.25)
    language = rows["prompt.language"]
    assert (language["categories"], language["other_categories"]) == ({"de": 3, "en": 4}, 2)
    vector = rows["prompt.embedding"]
    assert (vector["vector"], vector["count"], vector["sum_squares"]) == ([4.0, 6.0], 2, 30.0)
    assert rows["users"]["distinct_values"] == pytest.approx(
        Cardinality.empty().observe(users).estimate(), rel=1e-6
    )
    empty = rows["latency"]
    unknown = ("minimum", "maximum", "mean", "deviation", "p50", "p99", "rate")
    assert [empty[name] for name in unknown] == [None] * 7
    assert rows[""]["p50"] is None


def test_distinct_values_merge(database: Client) -> None:
    _store(
        database,
        _window(HOUR, users=Cardinality.empty().observe(f"u{n}" for n in range(500))),
        _window(HOUR - 3600, users=Cardinality.empty().observe(f"u{n}" for n in range(300, 900))),
    )
    merged = Cardinality.empty().observe(f"u{n}" for n in range(900))
    found = database.query(
        "SELECT distinct_from_registers(maxMap(registers)) FROM windows WHERE signal = 'users'"
    ).first_row[0]
    assert found == pytest.approx(merged.estimate(), rel=1e-6)


versions = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), min_size=1, max_size=12)


@ENGINE
@given(deliveries=versions, cut=st.integers(0, 12), merge=st.booleans())
def test_the_newest_version_of_a_window_counts_in_any_order(
    database: Client, deliveries: list[tuple[int, int]], cut: int, merge: bool
) -> None:
    database.command("TRUNCATE TABLE raw_windows")
    windows = [
        _window(HOUR - 3600 * n, version, good=FlagCounts(count=10 * version, positive=version))
        for n, version in deliveries
    ]
    _store(database, *windows[:cut])
    _store(database, *windows[cut:])
    if merge:
        database.command("OPTIMIZE TABLE raw_windows FINAL")
    newest = {n: max(v for m, v in deliveries if m == n) for n, _ in deliveries}
    rows = database.query("SELECT start, version, count FROM windows WHERE signal = 'good'")
    assert sorted(rows.result_rows) == sorted(
        (datetime.fromtimestamp(HOUR - 3600 * n, UTC), v, 10 * v) for n, v in newest.items()
    )


def test_objectives_by_day(database: Client) -> None:
    midnight = int(NOW.replace(hour=0).timestamp()) - 86400
    hours = [(0, 100, 99), (23, 50, 40), (24, 10, 10)]
    _store(
        database,
        *(
            _window(
                midnight + 3600 * hour,
                segment={"service_name": "shop"},
                sli__fast=FlagCounts(count=count, positive=good),
                response__refusal=FlagCounts(count=count, positive=0),
            )
            for hour, count, good in hours
        ),
        _window(midnight, version=0, segment={"service_name": "shop"}),
    )
    rows = database.query(
        "SELECT day, indicator, segment['service_name'], counted_events, good_events, bad_events, "
        "good_share FROM slo_daily ORDER BY day"
    ).result_rows
    day = datetime.fromtimestamp(midnight, UTC).date()
    assert [row[1:] for row in rows] == [
        ("fast", "shop", 150, 139, 11, 139 / 150),
        ("fast", "shop", 10, 10, 0, 1.0),
    ]
    assert rows[0][0] == day

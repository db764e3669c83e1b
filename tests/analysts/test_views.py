"""The analyst's views against the events they are made of, and against the same sums in Python."""

import math
from collections import Counter
from typing import Any

import pytest

from schemas.clickhouse.migrations import Retention
from tests.analysts.replayed import Replayed

SIGNAL, SEGMENTATION = "latency", "service_name"


def rows(traffic: Replayed, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in traffic.client.query(sql, parameters=parameters).result_rows]


def test_events_delivered_again_count_once(traffic: Replayed) -> None:
    ((stored, counted, wide),) = rows(
        traffic,
        "SELECT (SELECT count() FROM raw_events), (SELECT count() FROM events), "
        "(SELECT count() FROM signals_wide)",
    )
    assert stored > counted == wide == traffic.events


def test_every_resolution_has_the_same_buckets(traffic: Replayed) -> None:
    """So quantiles stay what they were when finer windows have gone."""
    found = rows(
        traffic,
        """
        SELECT resolution_seconds, toDate(start) AS day, sum(count), sum(zero_count),
            sumMap(positive_buckets), quantile_from_buckets(
                0.95, sumMap(negative_buckets), sum(zero_count), sumMap(positive_buckets)
            )
        FROM windows
        WHERE signal = {signal:String} AND segmentation = '' AND day IN (
            SELECT toDate(start) FROM windows WHERE resolution_seconds = 86400
        )
        GROUP BY resolution_seconds, day
        """,
        signal=SIGNAL,
    )
    by_day: dict[Any, list[Any]] = {}
    for resolution, day, *rest in found:
        by_day.setdefault(day, []).append((resolution, rest))
    assert len(by_day) >= 3
    for same in by_day.values():
        # Windows of ten seconds go after three days.
        assert {60, 3600, 86400} <= {resolution for resolution, _ in same}
        assert all(rest == same[0][1] for _, rest in same)


def test_a_quantile_from_buckets_is_within_its_promise(traffic: Replayed) -> None:
    ((bucketed,),) = rows(
        traffic,
        "SELECT quantile_from_buckets(0.9, sumMap(negative_buckets), sum(zero_count), "
        "sumMap(positive_buckets)) FROM windows WHERE resolution_seconds = 60 "
        "AND segmentation = '' AND signal = {signal:String}",
        signal=SIGNAL,
    )
    values = [row[0] for row in rows(traffic, "SELECT latency FROM events ORDER BY latency")]
    exact = values[math.ceil(0.9 * len(values)) - 1]
    assert bucketed == pytest.approx(exact, rel=0.022)


def test_finer_windows_leave_first() -> None:
    kept = Retention()
    assert (
        kept.windows_10s_days
        < kept.windows_60s_days
        < kept.windows_3600s_days
        < kept.windows_86400s_days
    )
    assert kept.windows_3600s_days >= 365


def test_costs_of_days_and_users_are_those_of_the_events(traffic: Replayed) -> None:
    by_model = rows(
        traffic,
        "SELECT request_model, sum(c.cost_usd), sum(c.inferences), sum(c.output_tokens) "
        "FROM cost_daily AS c GROUP BY request_model ORDER BY request_model",
    )
    # The hour that has not closed is in no window of an hour yet.
    ((closed,),) = rows(
        traffic, "SELECT max(start) + 3600 FROM windows WHERE resolution_seconds = 3600"
    )
    events = rows(
        traffic,
        "SELECT request_model, sum(cost_usd), count(), sum(usage_output_tokens) FROM events "
        "WHERE time < {closed:DateTime} GROUP BY request_model ORDER BY request_model",
        closed=str(int(closed.timestamp())),
    )
    assert len(by_model) == len(events) > 3
    for found, expected in zip(by_model, events, strict=True):
        assert found == (expected[0], *(pytest.approx(number) for number in expected[1:]))
    ((users, everything),) = rows(
        traffic,
        "SELECT (SELECT sum(cost_usd) FROM user_days), "
        "(SELECT sum(cost_usd) FROM events WHERE user_id != '')",
    )
    assert users == pytest.approx(everything)
    ((ids, pseudonyms),) = rows(
        traffic, "SELECT (SELECT uniq(user_id) FROM events), (SELECT uniq(user) FROM user_days)"
    )
    assert ids == pseudonyms
    assert not rows(
        traffic, "SELECT user FROM user_days WHERE user IN (SELECT user_id FROM events)"
    )


def test_drift_is_what_the_buckets_say(traffic: Replayed) -> None:
    drift = rows(
        traffic,
        "SELECT day, segment_key, events, reference_events, psi, js_distance FROM drift_daily "
        "WHERE segmentation = {cut:String} AND signal = {signal:String}",
        cut=SEGMENTATION,
        signal=SIGNAL,
    )
    assert len(drift) > 8
    for day, segment, events, reference_events, psi, distance in drift:
        now = _histogram(traffic, day, segment, 0, 0)
        before = _histogram(traffic, day, segment, 7, 1)
        assert (sum(now.values()), sum(before.values())) == (events, reference_events)
        expected_psi, expected_distance = _compared(now, before)
        assert psi == pytest.approx(expected_psi)
        assert distance == pytest.approx(expected_distance)


def _histogram(traffic: Replayed, day: Any, segment: str, first: int, last: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for zeros, buckets in rows(
        traffic,
        "SELECT zero_count, positive_buckets FROM day_windows WHERE segment_key = {segment:String} "
        "AND signal = {signal:String} AND day BETWEEN toDate({day:String}) - {first:UInt32} "
        "AND toDate({day:String}) - {last:UInt32}",
        segment=segment,
        signal=SIGNAL,
        day=str(day),
        first=first,
        last=last,
    ):
        found.update(buckets)
        found.update({-(10**6): zeros})
    return found


def _compared(now: Counter[int], before: Counter[int]) -> tuple[float, float]:
    total, until = sum(before.values()), 0
    bins: dict[int, list[int]] = {}
    for key in sorted(now | before):
        until += before[key]
        tenth = min(9, math.floor(10 * (until - before[key] / 2) / total))
        counts = bins.setdefault(tenth, [0, 0])
        counts[0] += now[key]
        counts[1] += before[key]
    half = 0.5 * len(bins)
    p = [(n + 0.5) / (sum(now.values()) + half) for n, _ in bins.values()]
    q = [(n + 0.5) / (total + half) for _, n in bins.values()]
    psi = sum((a - b) * math.log(a / b) for a, b in zip(p, q, strict=True))
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    jensen = sum(
        a * math.log2(a / m) + b * math.log2(b / m) for a, b, m in zip(p, q, middle, strict=True)
    )
    return psi, math.sqrt(max(0.0, jensen / 2))


def test_objectives_count_their_own_events(traffic: Replayed) -> None:
    found = rows(
        traffic,
        "SELECT any(segment['service_name']), sum(counted_events), sum(bad_events), any(target) "
        "FROM objective_days WHERE objective = 'answered' GROUP BY segment_key",
    )
    ((closed,),) = rows(
        traffic, "SELECT max(start) + 3600 FROM windows WHERE resolution_seconds = 3600"
    )
    expected = rows(
        traffic,
        "SELECT service_name, count(), countIf(NOT sli_answered) FROM events "
        "WHERE sli_answered IS NOT NULL AND time < {closed:DateTime} GROUP BY service_name",
        closed=str(int(closed.timestamp())),
    )
    assert {row[:3] for row in found} == set(expected)
    assert {row[3] for row in found} == {0.95}
    ((left, bad, counted, seen),) = rows(
        traffic,
        "SELECT budget_left, window_bad_events, window_events, seen_seconds / window "
        "FROM objective_days AS d "
        "INNER JOIN (SELECT name, window_seconds AS window FROM objectives) AS o "
        "ON o.name = d.objective ORDER BY day DESC, segment_key LIMIT 1",
    )
    # Nine days of four weeks are there: the rest is taken to be like them.
    assert 7 / 28 < seen < 10 / 28
    assert left == pytest.approx(1 - seen * bad / (counted * 0.05))


def test_an_alert_has_its_whole_story(traffic: Replayed) -> None:
    stories = traffic.client.query("SELECT * FROM alert_stories")
    assert stories.result_rows
    for row in stories.named_results():
        assert row["steps"]
        assert [step["state"] for step in row["steps"]][-1] == row["state"]
        assert len(row["told"]) == row["transitions"]
        assert row["evidence_sql"].startswith("SELECT")
    ((missing,),) = rows(
        traffic,
        "SELECT count() FROM (SELECT arrayJoin(example_event_ids) AS id FROM alert_stories) "
        "WHERE id NOT IN (SELECT event_id FROM events)",
    )
    assert missing == 0


def test_feedback_is_joined_once(traffic: Replayed) -> None:
    ((judged, joined, thumbs, added),) = rows(
        traffic,
        "SELECT (SELECT count() FROM feedback), (SELECT count() FROM feedback_events), "
        "(SELECT count() FROM feedback WHERE kind = 'thumb'), "
        "(SELECT sum(thumbs) FROM thumbs_daily)",
    )
    assert judged == joined > 0
    assert thumbs == added > 0


def test_wilsons_interval(traffic: Replayed) -> None:
    # Newcombe (1998), table I: 81 of 263, and none of 20.
    ((low, high, zero_low, zero_high, none),) = rows(
        traffic,
        "SELECT wilson_low(81, 263), wilson_high(81, 263), wilson_low(0, 20), "
        "wilson_high(0, 20), wilson_low(0, 0)",
    )
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert (zero_low, round(zero_high, 4), none) == (0.0, 0.1611, None)

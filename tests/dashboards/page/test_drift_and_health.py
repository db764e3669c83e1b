"""Drift and Tidewatch's own health on the page, worked out anew from the events themselves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import log, log2, sqrt
from typing import Any

import pytest

from dashboards.page.boards import BOARDS
from tests.analysts.replayed import Replayed
from tests.dashboards.page.shown import chart, points, values
from tests.dashboards.page.test_every_panel import chosen_for
from tests.dashboards.site import get

APPLICATION = "support-assistant"
BOARD = {board.id: board for board in BOARDS}


def html_of(board: str, traffic: Replayed, site: str, **chosen: str) -> str:
    """A page over all replayed days."""
    path = BOARD[board].path
    return get(site, f"{path}?{chosen_for(BOARD[board], traffic, **chosen).query()}")


def rows(traffic: Replayed, sql: str) -> list[tuple[Any, ...]]:
    return list(traffic.client.query(sql).result_rows)


def errors_by_day(traffic: Replayed) -> dict[date, tuple[int, int]]:
    """Events and failures of the application by day, of the hours that have closed."""
    closed = int(traffic.end.timestamp()) // 3600 * 3600
    found = rows(
        traffic,
        "SELECT toDate(time) AS day, count(), countIf(error) FROM events "
        f"WHERE service_name = '{APPLICATION}' AND time < toDateTime({closed}) GROUP BY day",
    )
    return {day: (events, failed) for day, events, failed in found}


def drifts(traffic: Replayed) -> Iterator[tuple[date, dict[str, float]]]:
    """Drift of the failures of every day that has days before it (Laplace's half a count)."""
    days = errors_by_day(traffic)
    for day, (events, failed) in days.items():
        before = [days[d] for d in days if day - timedelta(days=7) <= d < day]
        if not before:
            continue
        n, bad = map(sum, zip(*before, strict=True))
        pairs = [
            ((counted + 0.5) / (events + 1), (earlier + 0.5) / (n + 1))
            for counted, earlier in ((events - failed, n - bad), (failed, bad))
            if counted + earlier
        ]
        yield (
            day,
            {
                "psi": sum((p - q) * log(p / q) for p, q in pairs) if len(pairs) == 2 else 0.0,
                "noise": (len(pairs) - 1) * (1 / events + 1 / n),
                "js": sqrt(
                    sum(p * log2(2 * p / (p + q)) + q * log2(2 * q / (p + q)) for p, q in pairs) / 2
                )
                if len(pairs) == 2
                else 0.0,
                "before": bad / n,
                "value": failed / events,
                "events": float(events),
            },
        )


def test_drift_by_day(traffic: Replayed, replayed_site: str) -> None:
    html = html_of("drift", traffic, replayed_site)
    shown = {time: v for (name, time), v in points(html, "drift-map").items() if name == "error"}
    expected = {
        int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()): max(
            0.0, found["psi"] - found["noise"]
        )
        for day, found in drifts(traffic)
    }
    assert shown == pytest.approx(expected)
    assert len(shown) > 2


def test_what_moved(traffic: Replayed, replayed_site: str) -> None:
    html = html_of("drift", traffic, replayed_site)
    begin = html.index('id="moved"')
    table = html[begin : html.index("</section>", begin)]
    checked = 0
    for row in table.split("<tr>")[2:]:
        day = next((d for d, _ in drifts(traffic) if f">{d.isoformat()}<" in row), None)
        if ">error<" not in row or day is None:
            continue
        found = dict(drifts(traffic))[day]
        wanted = [found[name] for name in ("psi", "noise", "js", "before", "value", "events")]
        assert values(f'id="row"{row}</section>', "row") == pytest.approx(wanted)
        assert " %" in row
        checked += 1
    assert checked > 0


def test_the_distribution_of_the_signal(traffic: Replayed, replayed_site: str) -> None:
    html = html_of("drift", traffic, replayed_site)
    drawn = chart(html, "signal-quantiles")
    step = min(later - earlier for earlier, later in pairwise(drawn["times"]))
    exact = {
        time: (low, high)
        for time, low, high in rows(
            traffic,
            f"SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond({step}))) AS at, "
            "quantileExactLow(0.5)(latency), quantileExactHigh(0.5)(latency) FROM events "
            f"WHERE service_name = '{APPLICATION}' AND latency IS NOT NULL GROUP BY at",
        )
    }
    halves = {t: v for (name, t), v in points(html, "signal-quantiles").items() if name == "half"}
    assert halves.keys() == exact.keys()
    for time, (low, high) in exact.items():
        # Buckets bound the relative error.
        assert low * 0.95 <= halves[time] <= high * 1.05
    [(positive,)] = rows(
        traffic, f"SELECT countIf(latency > 0) FROM events WHERE service_name = '{APPLICATION}'"
    )
    assert sum(points(html, "signal-histogram").values()) == positive


def test_the_categories_of_the_signal(traffic: Replayed, replayed_site: str) -> None:
    html = html_of("drift", traffic, replayed_site, signal="finish_reason")
    shown = points(html, "signal-categories")
    times = chart(html, "signal-categories")["times"]
    step = min(later - earlier for earlier, later in pairwise(times))
    expected = {
        (name, time): share
        for name, time, share in rows(
            traffic,
            f"SELECT finish_reason, "
            f"toUnixTimestamp(toStartOfInterval(time, toIntervalSecond({step}))) AS at, "
            "count() / sum(count()) OVER (PARTITION BY at) FROM events "
            f"WHERE service_name = '{APPLICATION}' AND finish_reason != '' "
            "GROUP BY finish_reason, at",
        )
    }
    assert shown == pytest.approx(expected)


def test_health(traffic: Replayed, replayed_site: str) -> None:
    html = html_of("health", traffic, replayed_site)
    [(stored, events, age, delay, newest)] = rows(
        traffic,
        "SELECT (SELECT count() FROM raw_events), count(), "
        "dateDiff('second', max(scored_at), now64(3)), "
        "max(dateDiff('millisecond', time, scored_at) / 1000 - ifNull(latency_seconds, 0)), "
        "max(kafka_offset) FROM events",
    )
    assert values(html, "freshness")[0] == pytest.approx(age, abs=60)
    assert values(html, "copies") == pytest.approx([1 - events / stored], abs=0.01)
    times = chart(html, "scored-per-second")["times"]
    assert len(times) == 1, "all were scored at once"
    step = 21600
    assert sum(points(html, "scored-per-second").values()) * step == pytest.approx(stored)
    longest = [v for (name, _), v in points(html, "scoring-delay").items() if name == "longest"]
    assert longest == pytest.approx([delay])
    refused = dict(rows(traffic, "SELECT reason, count() FROM dead_letters GROUP BY reason"))
    shown: dict[str, float] = {}
    for (reason, _), count in points(html, "dead-letters").items():
        shown[reason] = shown.get(reason, 0) + count
    assert shown == refused
    assert newest in values(html, "offsets")
    assert stored in values(html, "storage")
    [(versions,)] = rows(traffic, "SELECT DISTINCT detector_versions FROM events")
    assert values(html, "detector-versions") == [stored] * (versions.count(",") + 1)
    told = rows(
        traffic,
        "SELECT count() AS n FROM deliveries GROUP BY receiver, outcome "
        "ORDER BY outcome = 'delivered', n DESC",
    )
    assert values(html, "deliveries") == [n for (n,) in told]

"""Every number on the page is what an analyst finds with the same filter."""

import re
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from clickhouse_connect.driver.client import Client
from scipy.stats import binomtest

from dashboards.page.numbers import quantity
from tests.dashboards.filled import Filled
from tests.dashboards.page.shown import chart, points, values
from tests.dashboards.site import get

APPLICATION = "support-assistant"


def stretch(filled: Filled) -> str:
    """The traffic's own time, as addresses have it: whenever the test runs, the same."""
    begin = filled.start.timestamp() // 60 * 60
    end = filled.end.timestamp() // 60 * 60 + 60
    return f"from={begin * 1000:.0f}&to={end * 1000:.0f}"


def one(analyst: Client, sql: str) -> tuple[Any, ...]:
    [row] = analyst.query(sql).result_rows
    return tuple(row)


@pytest.mark.parametrize("application", ["", APPLICATION])
def test_overview(site: str, analyst: Client, filled: Filled, application: str) -> None:
    where = f"service_name = '{application}'" if application else "1"
    count, failed, cost, users, p95 = one(
        analyst,
        "SELECT count(), countIf(error), sum(cost_usd), uniqExact(user_id), "
        f"quantileExactHigh(0.95)(latency) FROM events WHERE {where}",
    )
    html = get(site, f"/?{stretch(filled)}&application={application}")
    assert values(html, "events") == [count]
    assert values(html, "error-share") == pytest.approx([failed / count])
    interval = binomtest(failed, count).proportion_ci(method="wilson")
    assert quantity(interval.low, "{share}").removesuffix(" %") in html
    assert values(html, "cost") == pytest.approx([cost])
    assert values(html, "latency-p95") == pytest.approx([p95], rel=0.05)
    assert values(html, "users") == pytest.approx([users], rel=0.1)
    [firing] = one(
        analyst,
        "SELECT countIf(state = 'firing') FROM alert_episodes WHERE "
        + (f"segment['service_name'] = '{application}'" if application else "1"),
    )
    assert values(html, "alerts-firing") == [firing]
    if not application:
        assert count == filled.events


def test_traffic_and_cost_by_time_add_up(site: str, analyst: Client, filled: Filled) -> None:
    """A rate times its seconds is what there was."""
    html = get(site, f"/?{stretch(filled)}")
    times = chart(html, "traffic")["times"]
    step = min(later - earlier for earlier, later in pairwise(times))
    count, cost = one(analyst, "SELECT count(), sum(cost_usd) FROM events")
    assert sum(points(html, "traffic").values()) * step == pytest.approx(count)
    assert sum(points(html, "cost-per-hour").values()) * step / 3600 == pytest.approx(cost)


def test_objectives(site: str, analyst: Client, filled: Filled) -> None:
    html = get(site, f"/objectives?{stretch(filled)}")
    rows = analyst.query(
        "SELECT target, good_share, burn_rate, budget_left, counted_events FROM objective_days "
        "ORDER BY day DESC, budget_left LIMIT 1 BY objective, segment_key"
    ).result_rows
    assert len(rows) > 2
    assert values(html, "objectives") == pytest.approx([n for row in rows for n in row])
    # And what the view counts is what the events say.
    counted, good = one(analyst, "SELECT count(), countIf(availability) FROM events")
    daily = one(analyst, "SELECT sum(counted_events), sum(good_events) FROM objective_days")
    assert daily == (counted, good)


def test_cost(site: str, analyst: Client, filled: Filled) -> None:
    html = get(site, f"/cost?{stretch(filled)}")
    rows = analyst.query(
        "SELECT sum(cost_usd) AS cost, 1000 * cost / count(cost_usd), count(), "
        "sum(usage_input_tokens), "
        "sum(usage_cache_read_input_tokens) / nullIf(sum(usage_input_tokens), 0), "
        "sum(usage_output_tokens) FROM events GROUP BY request_model ORDER BY cost DESC"
    ).result_rows
    known = [float(n) for row in rows for n in row if n is not None]
    assert values(html, "cost-by-model") == pytest.approx(known)
    users = analyst.query(
        "SELECT sum(cost_usd) AS cost FROM events WHERE user_id != '' GROUP BY user_id "
        "ORDER BY cost DESC NULLS LAST LIMIT 20"
    ).result_rows
    assert values(html, "users-by-cost")[::3] == pytest.approx([row[0] for row in users])


def test_releases(site: str, analyst: Client, filled: Filled) -> None:
    html = get(site, f"/releases?{stretch(filled)}")
    rows = analyst.query(
        "SELECT service_name, countIf(error) / count(), avg(latency) FROM events "
        "WHERE release_role = 'canary' GROUP BY service_name, service_version"
    ).result_rows
    assert rows
    shown = values(html, "release-comparison")
    for application, *measured in rows:
        for value in measured:
            assert any(n == pytest.approx(value) for n in shown), (application, value)


@pytest.mark.parametrize(
    ("panel", "signal", "value"),
    [
        ("hallucination", "response.hallucination", "sum(sum) / sum(count)"),
        ("refusals", "response.refusal", "sum(positive) / sum(count)"),
    ],
)
def test_quality(
    site: str, analyst: Client, filled: Filled, panel: str, signal: str, value: str
) -> None:
    """Every point of every line."""
    shown = chart(get(site, f"/quality?{stretch(filled)}"), panel)
    step = min(later - earlier for earlier, later in pairwise(shown["times"]))
    rows = analyst.query(
        "SELECT segment['service_name'] AS application, "
        f"toUnixTimestamp(toStartOfInterval(start, toIntervalSecond({step}))) AS time, {value} "
        "FROM windows WHERE resolution_seconds = 10 AND segmentation = 'service_name' "
        f"AND signal = '{signal}' AND count > 0 GROUP BY application, time"
    ).result_rows
    points = {
        (line["name"], time): number
        for line in shown["series"]
        for time, number in zip(shown["times"], line["values"], strict=True)
        if number is not None
    }
    assert len(points) > 50
    assert points == pytest.approx({(name, time): number for name, time, number in rows})


def test_a_segment(site: str, analyst: Client, filled: Filled) -> None:
    segment = quote(f'{{"service_name":"{APPLICATION}"}}')
    shown = values(get(site, f"/segment?{stretch(filled)}&segment={segment}"), "segment-signals")
    pairs = list(pairwise(shown))
    for column in ("latency", "toFloat64(error)", "response_words", "cost"):
        known, mean = one(
            analyst,
            f"SELECT count({column}), avg({column}) FROM events "
            f"WHERE service_name = '{APPLICATION}'",
        )
        assert any(pair == pytest.approx((known, mean)) for pair in pairs), column


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", "1"),
        (f"application={APPLICATION}&status=error", f"service_name = '{APPLICATION}' AND error"),
        ("signal=latency&operator=ge&value=2", "latency >= 2"),
        ("signal=response.refusal&operator=eq&value=true", "response_refusal"),
        ("signal=prompt.language&operator=eq&value=en", "prompt_language = 'en'"),
        ("text=WARRANTY", "prompt ILIKE '%warranty%' OR response ILIKE '%warranty%'"),
        (
            "segment=" + quote('{"labels.region":"eu-central","service_name":"shop-search"}'),
            "labels['region'] = 'eu-central' AND service_name = 'shop-search'",
        ),
    ],
)
def test_events(site: str, analyst: Client, filled: Filled, query: str, where: str) -> None:
    html = get(site, f"/events?{stretch(filled)}&{query}")
    [count] = one(analyst, f"SELECT count() FROM events WHERE {where}")
    assert count > 0
    assert re.findall(r'<data value="(\d+)" id="total">', html) == [str(count)]


@pytest.mark.parametrize("name", ["conversation", "trace", "user"])
def test_events_of_one(site: str, analyst: Client, filled: Filled, name: str) -> None:
    wanted, count = one(
        analyst,
        f"SELECT {name}_id, count() AS n FROM events WHERE {name}_id != '' GROUP BY {name}_id "
        "ORDER BY n DESC LIMIT 1",
    )
    html = get(site, f"/events?{stretch(filled)}&{name}={quote(wanted)}")
    assert re.findall(r'<data value="(\d+)" id="total">', html) == [str(count)]


def test_one_event(site: str, analyst: Client, filled: Filled) -> None:
    html = get(site, f"/events/{filled.grounded_id}")
    latency, words = one(
        analyst,
        f"SELECT latency, response_words FROM events WHERE event_id = '{filled.grounded_id}'",
    )
    for value in (latency, words):
        assert f'<data value="{value}">' in html


def test_alerts(site: str, analyst: Client) -> None:
    html = get(site, "/alerts?range=24h")
    rows = analyst.query(
        "SELECT fingerprint, summary, value FROM alert_episodes ORDER BY started_at"
    ).result_rows
    assert rows
    for fingerprint, summary, value in rows:
        assert f"/alerts/{fingerprint}?started=" in html
        assert summary in unescape(html)
        assert f'<data value="{value}">' in html


def test_dead_letters(site: str, analyst: Client, filled: Filled) -> None:
    html = get(site, f"/dead-letters?{stretch(filled)}")
    rows = analyst.query("SELECT reason, count() FROM dead_letters GROUP BY reason").result_rows
    shown = re.findall(r"<tr><td>(\w+)</td><td class=\"number\"><data value=\"(\d+)\"", html)
    assert sorted(shown) == sorted((reason, str(count)) for reason, count in rows)


@pytest.mark.parametrize(
    "query",
    [
        "signal=nothing",
        "operator=like",
        "signal=latency&value=abc",
        "status=odd",
        "segment=odd",
        "segment=" + quote('{"odd":"x"}'),
        "before=odd",
    ],
)
def test_filters_that_make_no_sense_say_so(site: str, query: str) -> None:
    import httpx

    answer = httpx.get(f"{site}/events?{query}", timeout=30)
    assert answer.status_code == 400 or "waiting" in answer.text
    assert "state error" in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing", "There is nothing at this address."),
        ("/alerts/nothing", "No such alert"),
        ("/events/nothing", "No such event"),
    ],
)
def test_what_is_not_there_says_so(site: str, path: str, words: str) -> None:
    import httpx

    answer = httpx.get(site + path, timeout=30)
    # Where ClickHouse took its time, the head of the page was sent before.
    assert answer.status_code == 404 or "waiting" in answer.text
    assert words in answer.text


@pytest.mark.parametrize("text", ["' OR 1 --", "\\", "%{event}", "'; DROP TABLE raw_events"])
def test_what_is_typed_is_never_sql(site: str, text: str) -> None:
    for name in ("text", "event", "user", "application"):
        html = get(site, f"/events?{name}={quote(text)}")
        assert "No event fulfils these filters." in html

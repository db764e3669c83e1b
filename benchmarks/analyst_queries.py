"""How long analysts' and dashboards' queries take over many events and a year of windows.

    python -m benchmarks.analyst_queries --events 10000000 [--write]

Generates events of thirty days and windows of a year with ``numbers()`` in an embedded ClickHouse,
then times queries: the best of three after a first run. Look-ups are timed without the skip indexes
as well: what they are worth. ``--write`` puts the figures into docs/benchmarks.md, a section for
each number of events.
"""

import argparse
import re
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from benchmarks.analyst_data import APPLICATIONS, MODELS, SIGNALS, fill
from benchmarks.page import Results, describe, machine, write_section
from dashboards.panels import Selection, bind, panel
from detectors.discovery import all_signals, discover_detectors
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate
from streams.store.signals import ensure_signal_columns

DATABASE = "analyst_queries"
LOOK_UPS = {
    "an event by its id": "SELECT * FROM events WHERE event_id = '{event}'",
    "where an event is": "SELECT max(time) FROM raw_events WHERE event_id = '{event}'",
    "an event by its id, its day known": (
        "SELECT * FROM events WHERE event_id = '{event}' AND time >= now() - INTERVAL 1 DAY"
    ),
    "a user's events of a week": (
        "SELECT event_id, time FROM events WHERE user_id = 'user-19999' "
        "AND time >= now() - INTERVAL 7 DAY"
    ),
    "a conversation": "SELECT event_id FROM events WHERE conversation_id = 'conversation-9'",
    "a conversation, where it is first": (
        "SELECT event_id FROM events WHERE conversation_id = 'conversation-9' AND event_id IN "
        "(SELECT event_id FROM raw_events WHERE conversation_id = 'conversation-9')"
    ),
}
OVER_EVENTS = {
    "newest 200 of an application": (
        "SELECT time, event_id, prompt FROM events WHERE service_name = 'application-1' "
        "AND time >= now() - INTERVAL 1 HOUR ORDER BY time DESC LIMIT 200"
    ),
    "failures of a day by kind": (
        "SELECT error_type, count(), uniq(user_id) FROM events "
        "WHERE time >= now() - INTERVAL 1 DAY AND status = 'error' GROUP BY error_type"
    ),
    "users by cost, a week": (
        "SELECT user, sum(u.cost_usd) AS cost FROM user_days AS u WHERE day >= today() - 7 "
        "GROUP BY user ORDER BY cost DESC LIMIT 20"
    ),
    "text search over a day": (
        "SELECT count() FROM events WHERE time >= now() - INTERVAL 1 DAY "
        "AND positionCaseInsensitive(prompt, 'of parcel 77') > 0"
    ),
    "cost of an answer by release, 30 days": (
        "SELECT service_version, sum(cost_usd) / countIf(status = 'ok') FROM events "
        "GROUP BY service_version"
    ),
    "all events counted, copies once": "SELECT count() FROM events",
}
OVER_WINDOWS = {
    "p95 by model, a week of hours": (
        "SELECT segment['request_model'] AS model, quantile_from_buckets(0.95, "
        "sumMap(negative_buckets), sum(zero_count), sumMap(positive_buckets)) FROM windows "
        "WHERE resolution_seconds = 3600 AND segmentation = 'request_model,service_name' "
        "AND signal = 'latency' AND start >= now() - INTERVAL 7 DAY GROUP BY model"
    ),
    "p95 of a year of hours, all traffic": (
        "SELECT quantile_from_buckets(0.95, sumMap(negative_buckets), sum(zero_count), "
        "sumMap(positive_buckets)) FROM windows WHERE resolution_seconds = 3600 "
        "AND segmentation = '' AND signal = 'latency'"
    ),
    "cost by day and model, 30 days": (
        "SELECT day, request_model, sum(cost_usd) FROM cost_daily WHERE day >= today() - 30 "
        "GROUP BY day, request_model"
    ),
    "drift of one segment, all signals, a year": (
        "SELECT day, signal, psi FROM drift_daily WHERE segmentation = 'service_name' "
        'AND segment_key = \'{{"service_name":"application-1"}}\''
    ),
    "drift of one signal, all applications, a year": (
        "SELECT day, segment_key, psi FROM drift_daily WHERE segmentation = 'service_name' "
        "AND signal = 'latency'"
    ),
}
LATE = (
    "Columns of signals that no query asks for were added after the events and hold nothing, so "
    "that generating takes half the time: a whole event is read a little faster for it."
)
PANELS = ("events", "error-share", "latency-p95", "applications", "traffic", "latency")
STRETCHES = {"6 hours": 6, "7 days": 7 * 24, "a year": 365 * 24}


def timed(client: Client, sql: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    """Milliseconds (best of three after a first run) and rows of the answer."""
    seconds = []
    for _ in range(4):
        begun = time.perf_counter()
        # Nor may what the first run has learnt of conditions answer the others.
        result = client.query(sql, parameters, settings={"use_query_condition_cache": 0})
        seconds.append(time.perf_counter() - begun)
    return {
        "ms": round(1000 * min(seconds[1:]), 1),
        "rows": len(result.result_rows),
    }


def told(name: str, figures: dict[str, Any]) -> dict[str, Any]:
    """The same, printed: a run takes minutes."""
    print(f"{figures['ms']:9.1f} ms  {figures['rows']:>7,} rows  {name}", flush=True)
    return figures


def measure(client: Client) -> dict[str, dict[str, Any]]:
    """Every query's figures by its name."""
    event = client.query("SELECT lower(hex(MD5('4711')))").result_rows[0][0]
    found = {}
    for name, template in (LOOK_UPS | OVER_EVENTS | OVER_WINDOWS).items():
        sql = template.format(event=event)
        found[name] = told(name, timed(client, sql))
        if name in LOOK_UPS:
            without = f"{name}, without skip indexes"
            found[without] = told(without, timed(client, f"{sql} SETTINGS use_skip_indexes = 0"))
    for name, sql in questions().items():
        found[name] = told(name, timed(client, sql))
    now = datetime.now(UTC)
    for stretch, hours in STRETCHES.items():
        selection = Selection(begin=now - timedelta(hours=hours), end=now)
        for each in PANELS:
            bound = bind(panel(each).sql, selection)
            name = f"panel {each}, {stretch}"
            found[name] = told(name, timed(client, bound.sql, dict(bound.parameters)))
    return found


def questions() -> dict[str, str]:
    """The questions of docs/analysts.md over events and windows, for an application there is."""
    page = (Path(__file__).parents[1] / "docs" / "analysts.md").read_text()
    found = re.findall(r"### (\d+\. [^\n]+)\n.*?```sql\n(.*?)```", page, re.DOTALL)
    return {
        title: sql.strip().rstrip(";").replace("support-assistant", "application-1")
        for title, sql in found
        if re.search(
            r"\b(events|windows|day_windows|cost_daily|drift_daily|user_days|"
            r"releases_daily|signals_long)\b",
            sql,
        )
    }


def sizes(client: Client) -> list[list[str]]:
    """Rows and bytes of every table that holds anything; of windows by their length."""
    found = client.query(
        "SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts "
        "WHERE database = currentDatabase() AND active GROUP BY table "
        "HAVING rows > 1000 AND table != 'raw_windows' ORDER BY table"
    ).result_rows
    windows = client.query(
        "SELECT concat('raw_windows of ', extract(partition, '\\\\((\\\\d+)'), ' s') AS name, "
        "sum(rows), sum(bytes_on_disk) FROM system.parts WHERE database = currentDatabase() "
        "AND active AND table = 'raw_windows' GROUP BY name ORDER BY name"
    ).result_rows
    return [
        [name, f"{rows:,}", f"{size / 1e6:,.0f} MB", f"{size / rows:.0f} B"]
        for name, rows, size in (*found, *windows)
    ]


def main() -> None:
    """Generate, measure, show; with ``--write`` into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--window-days", type=int, default=365)
    parser.add_argument(
        "--late-signals", action="store_true", help="add columns nobody asks for after the events"
    )
    parser.add_argument("--folder", type=Path, help="where data lie meanwhile")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    where = machine()
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        EmbeddedClickHouse(Path(folder), stop_timeout=60) as server,
    ):
        create_database(connect(server.url), DATABASE)
        client = connect(server.url, database=DATABASE, timeout_seconds=600)
        migrate(client)
        signals = list(all_signals(discover_detectors()))
        asked = [each for each in signals if each.name in SIGNALS]
        ensure_signal_columns(client, asked if options.late_signals else signals)
        begun = time.perf_counter()
        fill(client, options.events, options.window_days)
        ensure_signal_columns(client, signals)
        print(f"filled in {time.perf_counter() - begun:.0f} s", flush=True)
        tables = sizes(client)
        for row in tables:
            print(*row, flush=True)
        figures = measure(client)
    rows = [[n, f"{f['ms']:,.0f} ms", f"{f['rows']:,}"] for n, f in figures.items()]
    if not options.write:
        return
    command = f"python -m benchmarks.analyst_queries --events {options.events}"
    if options.late_signals:
        command += " --late-signals"
    millions = f"{options.events / 1e6:.0f} million events"
    text = "\n\n".join(
        [
            describe(where, command),
            "Generated events of thirty days with short texts and the columns that most queries "
            f"use, windows of a year of {len(SIGNALS)} signals and "
            f"{APPLICATIONS * (MODELS + 1) + 1} segments with 60 buckets each. Days that have "
            "ended are one part each, as the table makes them. Times are the best of three after "
            "a first run, over HTTP, without the cache of conditions. "
            + (LATE if options.late_signals else ""),
            Results("On disk", ("table", "rows", "size", "a row"), tables).markdown(),
            Results("Queries", ("query", "time", "rows"), rows).markdown(),
        ]
    )
    write_section(f"analyst_queries_{options.events}", f"Analysts' queries, {millions}", text)


if __name__ == "__main__":
    main()

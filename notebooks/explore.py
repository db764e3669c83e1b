"""A notebook (marimo) over Tidewatch's ClickHouse: connect, choose, plot.

    pip install marimo altair clickhouse-connect pandas
    marimo edit notebooks/explore.py

The address is that of the environment (TIDEWATCH_CLICKHOUSE__URL), else of this machine.
"""

# Cells are functions that marimo writes and calls.
# ruff: noqa: ANN001, ANN201, D103, PLC0415, PLR1711

import marimo

app = marimo.App(width="medium", app_title="Tidewatch: explore")


@app.cell
def connect():
    import os
    from urllib.parse import urlsplit

    import altair as alt
    import clickhouse_connect
    import marimo as mo

    address = urlsplit(os.environ.get("TIDEWATCH_CLICKHOUSE__URL", "http://127.0.0.1:8123"))
    client = clickhouse_connect.get_client(
        host=address.hostname,
        port=address.port or 8123,
        interface=address.scheme,
        username=os.environ.get("TIDEWATCH_CLICKHOUSE__USER", "default"),
        password=os.environ.get("TIDEWATCH_CLICKHOUSE__PASSWORD", ""),
        database=os.environ.get("TIDEWATCH_CLICKHOUSE__DATABASE", "tidewatch"),
    )
    return alt, client, mo


@app.cell
def choose(client, mo):
    applications = client.query_df("""
        SELECT DISTINCT segment['service_name'] AS application
        FROM windows
        WHERE resolution_seconds = 3600 AND segmentation = 'service_name' AND signal = ''
        ORDER BY application
    """)
    signals = client.query_df("""
        SELECT name, description FROM signals WHERE kind IN ('amount', 'score') ORDER BY name
    """)
    application = mo.ui.dropdown(list(applications["application"]), label="Application", value=None)
    signal = mo.ui.dropdown(list(signals["name"]), label="Signal", value="latency")
    days = mo.ui.slider(1, 90, value=14, label="Days")
    mo.hstack([application, signal, days], justify="start")
    return application, days, signal


@app.cell
def quantiles(alt, application, client, days, mo, signal):
    over_time = client.query_df(
        """
        SELECT start,
            quantile_from_buckets(0.5, below, zeros, above) AS p50,
            quantile_from_buckets(0.95, below, zeros, above) AS p95
        FROM
        (
            SELECT start, sumMap(negative_buckets) AS below, sum(zero_count) AS zeros,
                sumMap(positive_buckets) AS above
            FROM windows
            WHERE resolution_seconds = 3600 AND segmentation = 'service_name'
                AND signal = {signal:String} AND start >= now() - toIntervalDay({days:UInt32})
                AND ({application:String} = '' OR segment['service_name'] = {application:String})
            GROUP BY start
        )
        ORDER BY start
        """,
        parameters={
            "signal": signal.value or "latency",
            "days": days.value,
            "application": application.value or "",
        },
    )
    long = over_time.melt("start", var_name="quantile", value_name="value")
    chart = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x="start:T", y="value:Q", color="quantile:N", tooltip=["start", "quantile", "value"]
        )
        .properties(width=700, height=260, title=f"{signal.value or 'latency'} by hour")
    )
    mo.vstack([chart, over_time])
    return


@app.cell
def drift(alt, client, days, mo):
    moved = client.query_df(
        """
        SELECT day, signal, max(psi - psi_noise) AS beyond_noise
        FROM drift_daily
        WHERE segmentation = '' AND day >= today() - {days:UInt32}
        GROUP BY day, signal
        ORDER BY day, signal
        """,
        parameters={"days": days.value},
    )
    chart_of_drift = (
        alt.Chart(moved)
        .mark_rect()
        .encode(
            x="yearmonthdate(day):O",
            y="signal:N",
            color=alt.Color("beyond_noise:Q", scale=alt.Scale(scheme="oranges", domainMin=0)),
            tooltip=["day", "signal", "beyond_noise"],
        )
        .properties(width=700, title="What moved from the week before, beyond its noise (PSI)")
    )
    mo.vstack([chart_of_drift])
    return


@app.cell
def objectives(client, mo):
    kept = client.query_df("""
        SELECT objective, segment_key, day, target, good_share, good_share_low, good_share_high,
            burn_rate, budget_left
        FROM objective_days
        ORDER BY day DESC, budget_left
        LIMIT 1 BY objective, segment_key
    """)
    mo.vstack([mo.md("## Objectives, as of their latest day"), kept])
    return


if __name__ == "__main__":
    app.run()

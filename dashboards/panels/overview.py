"""Panels of the overview: is quality within its objective, what does it cost, who is affected."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, Threshold
from dashboards.panels.windows import POINT, POINT_SECONDS, windows_of
from schemas.quantity_words import SHARE

_APPLICATION = "segment['service_name']"

_TABLE_SIGNALS = "'', 'error', 'latency', 'cost', 'response.refusal', 'response.hallucination'"

EVENTS = Panel(
    id="events",
    title="Inferences",
    question="How many inferences were there?",
    sql=f"""SELECT sum(events) AS inferences
{windows_of("signal = ''")}""",
    picture="stat",
    columns=(Column(name="inferences"),),
    unit="{event}",
    width=4,
    height=4,
)
ERROR_SHARE = Panel(
    id="error-share",
    title="Failed",
    question="Which share of inferences failed?",
    sql=f"""SELECT
    sum(positive) / sum(count) AS failed,
    wilson_low(sum(positive), sum(count)) AS failed_low,
    wilson_high(sum(positive), sum(count)) AS failed_high
{windows_of("signal = 'error'")}
HAVING sum(count) > 0""",
    picture="stat",
    columns=(
        Column(name="failed"),
        Column(name="failed_low", role="low"),
        Column(name="failed_high", role="high"),
    ),
    unit=SHARE,
    better="lower",
    thresholds=(Threshold(at=0.01, level="warning"), Threshold(at=0.05, level="critical")),
    width=4,
    height=4,
)
LATENCY = Panel(
    id="latency-p95",
    title="Latency, 95 %",
    question="How long do all but the slowest twentieth of answers take?",
    sql=f"""SELECT quantile_from_buckets(
    0.95, sumMap(negative_buckets), sum(zero_count), sumMap(positive_buckets)
) AS p95
{windows_of("signal = 'latency'")}
HAVING sum(count) > 0""",
    picture="stat",
    columns=(Column(name="p95"),),
    unit="s",
    better="lower",
    width=4,
    height=4,
)
COST = Panel(
    id="cost",
    title="Cost",
    question="What did the inferences cost?",
    sql=f"""SELECT sum(sum) AS cost_usd
{windows_of("signal = 'cost'")}
HAVING sum(count) > 0""",
    picture="stat",
    columns=(Column(name="cost_usd"),),
    unit="USD",
    better="lower",
    empty="No inference told what it cost: applications send cost_usd with their events.",
    width=4,
    height=4,
)
USERS = Panel(
    id="users",
    title="Users",
    question="How many different users were there?",
    sql=f"""SELECT distinct_from_registers(maxMap(registers)) AS users
{windows_of("signal = 'users'")}
HAVING count() > 0""",
    picture="stat",
    columns=(Column(name="users"),),
    unit="{user}",
    empty="No event named a user: applications send a pseudonym as user_id.",
    width=4,
    height=4,
)
FIRING = Panel(
    id="alerts-firing",
    title="Alerts firing",
    question="How many pages and tickets fire now?",
    sql="""SELECT countIf(state = 'firing' AND severity != 'info') AS firing
FROM alert_episodes
WHERE [[application: segment['service_name']]]""",
    picture="stat",
    columns=(Column(name="firing"),),
    unit="{alert}",
    better="lower",
    thresholds=(Threshold(at=1, level="critical"),),
    width=4,
    height=4,
)
TRAFFIC = Panel(
    id="traffic",
    title="Traffic by application",
    question="How busy is each application?",
    sql=f"""SELECT {POINT} AS time, {_APPLICATION} AS application,
    sum(events) / {POINT_SECONDS} AS per_second
{windows_of("signal = ''")}
GROUP BY time, application
ORDER BY time, application""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="application", role="series"),
        Column(name="per_second"),
    ),
    unit="{event}/s",
    minimum=0,
)
FAILURES = Panel(
    id="failures",
    title="Failed by application",
    question="Since when do which applications fail more often?",
    sql=f"""SELECT {POINT} AS time, {_APPLICATION} AS application,
    sum(positive) / sum(count) AS failed
{windows_of("signal = 'error'")}
GROUP BY time, application
HAVING sum(count) > 0
ORDER BY time, application""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="application", role="series"),
        Column(name="failed"),
    ),
    unit=SHARE,
    better="lower",
    thresholds=(Threshold(at=0.01, level="warning"), Threshold(at=0.05, level="critical")),
    minimum=0,
)
LATENCIES = Panel(
    id="latency",
    title="Latency",
    question="How does the time until the answer develop, for most and for the slowest?",
    sql=f"""SELECT time,
    quantile_from_buckets(0.5, below, zeros, above) AS p50,
    quantile_from_buckets(0.9, below, zeros, above) AS p90,
    quantile_from_buckets(0.99, below, zeros, above) AS p99
FROM
(
    SELECT {POINT} AS time, sumMap(negative_buckets) AS below, sum(zero_count) AS zeros,
        sumMap(positive_buckets) AS above
    {windows_of("signal = 'latency'")}
    GROUP BY time
)
ORDER BY time""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="p50", title="half"),
        Column(name="p90", title="90 %"),
        Column(name="p99", title="99 %"),
    ),
    unit="s",
    better="lower",
    minimum=0,
)
SPENDING = Panel(
    id="cost-per-hour",
    title="Cost per hour",
    question="What does each application cost, extrapolated to an hour?",
    sql=f"""SELECT {POINT} AS time, {_APPLICATION} AS application,
    sum(sum) * 3600 / {POINT_SECONDS} AS cost_usd_per_hour
{windows_of("signal = 'cost'")}
GROUP BY time, application
ORDER BY time, application""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="application", role="series"),
        Column(name="cost_usd_per_hour"),
    ),
    unit="USD/h",
    better="lower",
    minimum=0,
    empty=COST.empty,
)
APPLICATIONS = Panel(
    id="applications",
    title="Applications",
    question="Which application needs a look?",
    sql=f"""SELECT
    {_APPLICATION} AS application,
    sumIf(events, signal = '') AS inferences,
    sumIf(positive, signal = 'error') / sumIf(count, signal = 'error') AS failed,
    wilson_low(sumIf(positive, signal = 'error'), sumIf(count, signal = 'error')) AS failed_low,
    wilson_high(sumIf(positive, signal = 'error'), sumIf(count, signal = 'error')) AS failed_high,
    quantile_from_buckets(
        0.95, sumMapIf(negative_buckets, signal = 'latency'),
        sumIf(zero_count, signal = 'latency'), sumMapIf(positive_buckets, signal = 'latency')
    ) AS latency_p95,
    sumIf(positive, signal = 'response.refusal')
        / nullIf(sumIf(count, signal = 'response.refusal'), 0) AS refused,
    sumIf(sum, signal = 'response.hallucination')
        / nullIf(sumIf(count, signal = 'response.hallucination'), 0) AS unsupported,
    if(sumIf(count, signal = 'cost') = 0, NULL, sumIf(sum, signal = 'cost')) AS cost_usd,
    toJSONString(map('service_name', application)) AS segment_key
{windows_of(f"signal IN ({_TABLE_SIGNALS})")}
GROUP BY application
ORDER BY failed DESC, inferences DESC, application""",
    picture="table",
    columns=(
        Column(name="application", role="label", title="Application", drill="application"),
        Column(name="inferences", title="Inferences", unit="{event}"),
        Column(name="failed", title="Failed", unit=SHARE),
        Column(name="failed_low", role="low", title="from", unit=SHARE),
        Column(name="failed_high", role="high", title="to", unit=SHARE),
        Column(name="latency_p95", title="Latency, 95 %", unit="s"),
        Column(name="refused", title="Refused", unit=SHARE),
        Column(name="unsupported", title="Hallucination, mean", unit="1"),
        Column(name="cost_usd", title="Cost", unit="USD"),
        Column(name="segment_key", role="id", drill="segment"),
    ),
    width=24,
)

PANELS = (
    EVENTS,
    USERS,
    ERROR_SHARE,
    LATENCY,
    COST,
    FIRING,
    APPLICATIONS,
    TRAFFIC,
    FAILURES,
    LATENCIES,
    SPENDING,
)

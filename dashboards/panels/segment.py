"""Panels about one segment: all that is known of it."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.alerts import SEVERITIES, STATES
from dashboards.panels.panel import Column, Panel
from dashboards.panels.series import mean_over_time, quantile_over_time, share_over_time
from dashboards.panels.windows import windows_of
from schemas.quantity_words import SHARE

_CUT = (
    "arrayStringConcat(arraySort(mapKeys(JSONExtract("
    "{segment:String}, 'Map(String, String)'))), ',')"
)
_WHERE = "segment_key = {segment:String}"

SIGNALS = Panel(
    id="segment-signals",
    title="All signals of the segment",
    question="What is known of this segment?",
    sql=f"""SELECT w.signal AS signal, s.description AS description,
    if(any(w.kind) = 'flag', '{{share}}', any(s.unit)) AS unit,
    sum(w.count) AS known,
    if(any(w.kind) = 'flag', sum(w.positive), if(any(w.kind) = 'distribution', sum(w.sum), NULL))
        / known AS value,
    quantile_from_buckets(
        0.95, sumMap(w.negative_buckets), sum(w.zero_count), sumMap(w.positive_buckets)
    ) AS p95
FROM (SELECT * {windows_of("signal NOT IN ('', 'users')", _CUT, _WHERE)}) AS w
LEFT JOIN signals AS s ON s.name = w.signal
GROUP BY signal, description
HAVING known > 0
ORDER BY signal""",
    picture="table",
    columns=(
        Column(name="signal", role="label", title="Signal"),
        Column(name="description", role="label", title="What it says"),
        Column(name="unit", role="unit"),
        Column(name="known", title="Events", unit="{event}"),
        Column(name="value", title="Mean or share of true"),
        Column(name="p95", title="95 %"),
    ),
    width=24,
    height=12,
)
FAILED = share_over_time(
    "error",
    "'failed'",
    cut=_CUT,
    where=_WHERE,
    id="segment-failures",
    title="Failed",
    question="Since when does this segment fail more often?",
    unit=SHARE,
    better="lower",
    width=8,
)
LATENCY = quantile_over_time(
    "latency",
    0.95,
    "'95 %'",
    cut=_CUT,
    where=_WHERE,
    id="segment-latency",
    title="Latency, 95 %",
    question="Since when is this segment slower?",
    unit="s",
    better="lower",
    width=8,
)
HALLUCINATION = mean_over_time(
    "response.hallucination",
    "'mean'",
    cut=_CUT,
    where=_WHERE,
    id="segment-hallucination",
    title="Hallucination, mean score",
    question="Since when is less of the answers supported?",
    better="lower",
    width=8,
)
ALERTS = Panel(
    id="segment-alerts",
    title="Alerts of the segment",
    question="What was wrong here?",
    sql="""SELECT severity, summary, ifNull(fired_at, started_at) AS since, state, fingerprint,
    toUnixTimestamp64Milli(started_at) AS started
FROM alert_episodes
WHERE segment_key = {segment:String} AND started_at <= {to:DateTime}
    AND (resolved_at IS NULL OR resolved_at >= {from:DateTime})
ORDER BY since DESC
LIMIT 100""",
    picture="table",
    columns=(
        Column(name="severity", role="label", title="Severity", states=SEVERITIES),
        Column(name="summary", role="label", title="What is wrong", drill="alert"),
        Column(name="since", role="label", title="Since"),
        Column(name="state", role="label", title="State", states=STATES),
        Column(name="fingerprint", role="id", drill="alert"),
        Column(name="started", role="id"),
    ),
    width=24,
    empty="No alert of this segment in this stretch of time.",
)

PANELS = (FAILED, LATENCY, HALLUCINATION, ALERTS, SIGNALS)

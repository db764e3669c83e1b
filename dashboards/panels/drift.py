"""Panels for analysts: what moved, and the distribution of one signal."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, Threshold
from dashboards.panels.windows import POINT, windows_of
from schemas.quantity_words import SHARE

_SEGMENT_CUT = (
    "arrayStringConcat(arraySort(mapKeys(JSONExtract("
    "{segment:String}, 'Map(String, String)'))), ',')"
)
_IN_SEGMENT = "segment_key = {segment:String}"
_LEVELS = (Threshold(at=0.1, level="warning"), Threshold(at=0.25, level="critical"))
# A fingerprint is another one for every text: it always moves, and says nothing.
_DRIFT = f"""FROM drift_daily
WHERE NOT endsWith(signal, 'fingerprint') AND segmentation = {_SEGMENT_CUT} AND {_IN_SEGMENT}
    AND day >= toDate({{from:DateTime}}) AND day <= toDate({{to:DateTime}})"""
_NO_WEEK = "Drift is held against the seven days before: there is no earlier day yet."

DRIFT_MAP = Panel(
    id="drift-map",
    title="Drift by day and signal",
    question="Which signals moved on which day, beyond their noise?",
    sql=f"""SELECT toDateTime(day) AS time, signal, greatest(0., psi - psi_noise) AS drift
{_DRIFT}
    AND signal IN
    (
        SELECT signal
        {_DRIFT}
        GROUP BY signal
        ORDER BY max(psi - psi_noise) DESC
        LIMIT 30
    )
ORDER BY time, signal""",
    picture="heatmap",
    columns=(
        Column(name="time", role="time"),
        Column(name="signal", role="series"),
        Column(name="drift"),
    ),
    better="lower",
    thresholds=_LEVELS,
    width=24,
    height=14,
    empty=_NO_WEEK,
)
MOVED = Panel(
    id="moved",
    title="What moved most",
    question="Which signals moved most, from what to what?",
    sql=f"""SELECT d.signal AS signal, toString(d.day) AS day, d.psi AS psi,
    d.psi_noise AS psi_noise, d.js_distance AS js_distance, d.reference_value AS reference_value,
    d.value AS value, if(s.kind = 'flag', '{{share}}', s.unit) AS unit, d.events AS events
FROM
(
    SELECT *
    {_DRIFT}
    ORDER BY psi - psi_noise DESC, signal, day
    LIMIT 50
) AS d
LEFT JOIN signals AS s ON s.name = d.signal
ORDER BY d.psi - d.psi_noise DESC, d.signal, d.day""",
    picture="table",
    columns=(
        Column(name="signal", role="label", title="Signal"),
        Column(name="day", role="label", title="Day"),
        Column(name="psi", title="PSI", unit="1"),
        Column(name="psi_noise", title="of this noise", unit="1"),
        Column(name="js_distance", title="Jensen-Shannon distance", unit="1"),
        Column(name="reference_value", title="Week before"),
        Column(name="value", title="On the day"),
        Column(name="unit", role="unit"),
        Column(name="events", title="Events", unit="{event}"),
    ),
    thresholds=_LEVELS,
    width=24,
    empty=_NO_WEEK,
)
_OF_SIGNAL = windows_of("signal = {signal:String}", _SEGMENT_CUT, _IN_SEGMENT)
QUANTILES = Panel(
    id="signal-quantiles",
    title="Distribution of the signal",
    question="How do the low, middle and high values of the signal develop?",
    sql=f"""SELECT time,
    quantile_from_buckets(0.1, below, zeros, above) AS p10,
    quantile_from_buckets(0.5, below, zeros, above) AS p50,
    quantile_from_buckets(0.9, below, zeros, above) AS p90,
    quantile_from_buckets(0.99, below, zeros, above) AS p99,
    rate,
    (
        SELECT if(kind = 'flag', '{{share}}', unit) FROM signals WHERE name = {{signal:String}}
    ) AS unit
FROM
(
    SELECT {POINT} AS time, sumMap(negative_buckets) AS below, sum(zero_count) AS zeros,
        sumMap(positive_buckets) AS above,
        if(any(kind) = 'flag', sum(positive) / sum(count), NULL) AS rate
    {_OF_SIGNAL}
    GROUP BY time
    HAVING sum(count) > 0
)
ORDER BY time""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="p10", title="10 %"),
        Column(name="p50", title="half"),
        Column(name="p90", title="90 %"),
        Column(name="p99", title="99 %"),
        Column(name="rate", title="share of true"),
        Column(name="unit", role="unit"),
    ),
    width=24,
)
# Lanes of a heat map go by text, and Grafana sorts them so: points stand below each other.
HISTOGRAM = Panel(
    id="signal-histogram",
    title="Histogram of the signal",
    question="Where do the values of the signal lie?",
    sql=f"""SELECT time,
    concat(repeat(' ', 12 - length(splitByChar('.', text)[1])), text) AS from_value,
    toFloat64(sum(bucket.2)) AS events
FROM
(
    SELECT {POINT} AS time,
        arrayJoin(CAST(positive_buckets, 'Array(Tuple(Int16, UInt64))')) AS bucket,
        exp2(intDiv(bucket.1, 4) / 4) AS low,
        toString(round(low, multiIf(low >= 100, 0, low >= 1, 2, 6))) AS text
    {_OF_SIGNAL}
)
GROUP BY time, from_value
ORDER BY time, from_value""",
    picture="heatmap",
    columns=(
        Column(name="time", role="time"),
        Column(name="from_value", role="series"),
        Column(name="events"),
    ),
    unit="{event}",
    empty="The signal has no positive numbers here: shares and categories are shown beside.",
)
CATEGORIES = Panel(
    id="signal-categories",
    title="Categories of the signal",
    question="Which categories are there, and how do their shares change?",
    sql=f"""SELECT {POINT} AS time, category.1 AS name,
    sum(category.2) / sum(sum(category.2)) OVER (PARTITION BY time) AS share
FROM
(
    SELECT start, arrayJoin(arrayPushBack(
        CAST(categories, 'Array(Tuple(String, UInt64))'), ('(others)', other_categories)
    )) AS category
    {_OF_SIGNAL}
)
WHERE category.2 > 0
GROUP BY time, name
ORDER BY time, name""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="name", role="series"),
        Column(name="share"),
    ),
    unit=SHARE,
    minimum=0,
    maximum=1,
    empty="The signal is no category: choose one such as finish_reason.",
)

PANELS = (DRIFT_MAP, MOVED, QUANTILES, HISTOGRAM, CATEGORIES)

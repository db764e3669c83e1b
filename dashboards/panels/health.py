"""Panels about Tidewatch itself, from what is in ClickHouse."""


# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, Threshold
from schemas.quantity_words import SHARE

_STRETCH = "scored_at >= {from:DateTime} AND scored_at <= {to:DateTime}"
# Rows by when they were scored, in the days that could hold them.
_SCORED = f"""FROM raw_events
WHERE time >= {{from:DateTime}} - INTERVAL 1 DAY AND time <= {{to:DateTime}} + INTERVAL 1 DAY
    AND {_STRETCH}"""
_POINT = "toStartOfInterval(toDateTime(scored_at), toIntervalSecond({step:UInt32}))"

FRESHNESS = Panel(
    id="freshness",
    title="Age of the newest",
    question="How long ago did the newest event and minute reach ClickHouse?",
    sql="""SELECT
    (SELECT dateDiff('second', max(scored_at), now64(3)) FROM raw_events) AS event_scored,
    (
        SELECT dateDiff('second', max(start) + 60, now()) FROM raw_windows
        WHERE resolution_seconds = 60 AND signal = '' AND segmentation = ''
    ) AS minute_closed""",
    picture="stat",
    columns=(
        Column(name="event_scored", title="Event scored"),
        Column(name="minute_closed", title="Minute closed"),
    ),
    unit="s",
    better="lower",
    thresholds=(Threshold(at=120, level="warning"), Threshold(at=600, level="critical")),
    empty="Nothing has been stored yet.",
)
THROUGHPUT = Panel(
    id="scored-per-second",
    title="Scored",
    question="How many events does score store, copies included?",
    sql=f"""SELECT {_POINT} AS time, concat('partition ', toString(kafka_partition)) AS line,
    count() / {{step:UInt32}} AS per_second
{_SCORED}
GROUP BY time, line
ORDER BY time, line""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="line", role="series"),
        Column(name="per_second"),
    ),
    unit="{event}/s",
    minimum=0,
    empty="Nothing was scored in this stretch of time.",
)
DELAY = Panel(
    id="scoring-delay",
    title="From inference to scored",
    question="How long after an inference ended was its event stored?",
    sql=f"""SELECT {_POINT} AS time,
    quantile(0.5)(delay) AS p50, quantile(0.95)(delay) AS p95, max(delay) AS longest
FROM
(
    SELECT scored_at, greatest(
        0., dateDiff('millisecond', time, scored_at) / 1000 - ifNull(latency_seconds, 0)
    ) AS delay
    {_SCORED}
)
GROUP BY time
ORDER BY time""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="p50", title="half"),
        Column(name="p95", title="95 %"),
        Column(name="longest"),
    ),
    unit="s",
    better="lower",
    minimum=0,
    empty=THROUGHPUT.empty,
)
COPIES = Panel(
    id="copies",
    title="Delivered again",
    question="Which share of stored rows are copies of an event?",
    sql=f"""SELECT 1 - uniq(event_id) / count() AS copies
{_SCORED}
HAVING count() > 0""",
    picture="stat",
    columns=(Column(name="copies"),),
    unit=SHARE,
    better="lower",
    empty=THROUGHPUT.empty,
)
DEAD_LETTERS = Panel(
    id="dead-letters",
    title="Refused messages",
    question="Which messages were refused, since when?",
    sql="""SELECT toStartOfInterval(toDateTime(time), toIntervalSecond({step:UInt32})) AS point,
    reason, count() AS messages
FROM dead_letters
WHERE time >= {from:DateTime} AND time <= {to:DateTime}
GROUP BY point, reason
ORDER BY point, reason""",
    picture="timeseries",
    columns=(
        Column(name="point", role="time"),
        Column(name="reason", role="series"),
        Column(name="messages"),
    ),
    unit="{message}",
    better="lower",
    minimum=0,
    empty="No message was refused.",
)
LETTER_LIST = Panel(
    id="dead-letter-list",
    title="Refused messages, the newest",
    question="What was wrong with them?",
    sql="""SELECT time, reason, detail, topic, partition, offset, value_bytes
FROM dead_letters
WHERE time >= {from:DateTime} AND time <= {to:DateTime}
ORDER BY time DESC
LIMIT 100""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="reason", role="label", title="Why"),
        Column(name="detail", role="label", title="At length"),
        Column(name="topic", role="label", title="Topic"),
        Column(name="partition", role="label", title="Partition"),
        Column(name="offset", role="label", title="Offset"),
        Column(name="value_bytes", title="Size", unit="By"),
    ),
    empty=DEAD_LETTERS.empty,
)
OFFSETS = Panel(
    id="offsets",
    title="How far score has read",
    question="Which partitions stand still?",
    sql=f"""SELECT kafka_topic, kafka_partition, max(kafka_offset) AS newest_offset,
    max(scored_at) AS scored, max(time) AS newest_event
{_SCORED}
GROUP BY kafka_topic, kafka_partition
ORDER BY scored, kafka_topic, kafka_partition""",
    picture="table",
    columns=(
        Column(name="kafka_topic", role="label", title="Topic"),
        Column(name="kafka_partition", role="label", title="Partition"),
        Column(name="newest_offset", title="Newest offset"),
        Column(name="scored", role="label", title="Scored"),
        Column(name="newest_event", role="label", title="Newest event"),
    ),
    empty=THROUGHPUT.empty,
)
STORAGE = Panel(
    id="storage",
    title="Storage",
    question="What takes up the disk?",
    sql="""SELECT table, sum(rows) AS stored_rows, sum(bytes_on_disk) AS bytes,
    sum(data_uncompressed_bytes) AS uncompressed, count() AS parts
FROM system.parts
WHERE database = currentDatabase() AND active
GROUP BY table
ORDER BY bytes DESC, table""",
    picture="table",
    columns=(
        Column(name="table", role="label", title="Table"),
        Column(name="stored_rows", title="Rows"),
        Column(name="bytes", title="On disk", unit="By"),
        Column(name="uncompressed", title="Uncompressed", unit="By"),
        Column(name="parts", title="Parts"),
    ),
)
VERSIONS = Panel(
    id="detector-versions",
    title="Detectors at work",
    question="Which version of which detector scored, since when?",
    sql=f"""SELECT splitByChar('=', detector)[1] AS name, splitByChar('=', detector)[2] AS version,
    sum(scored) AS events, min(first) AS since
FROM
(
    SELECT arrayJoin(splitByChar(',', detector_versions)) AS detector, scored, first
    FROM
    (
        SELECT detector_versions, count() AS scored, min(scored_at) AS first
        {_SCORED}
        GROUP BY detector_versions
    )
)
GROUP BY name, version
ORDER BY name, since""",
    picture="table",
    columns=(
        Column(name="name", role="label", title="Detector"),
        Column(name="version", role="label", title="Version"),
        Column(name="events", title="Events", unit="{event}"),
        Column(name="since", role="label", title="Since"),
    ),
    empty=THROUGHPUT.empty,
)

PANELS = (
    FRESHNESS,
    COPIES,
    THROUGHPUT,
    DELAY,
    DEAD_LETTERS,
    LETTER_LIST,
    OFFSETS,
    STORAGE,
    VERSIONS,
)

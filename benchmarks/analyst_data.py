"""Generated events and windows for the benchmark of analysts' queries."""

from clickhouse_connect.driver.client import Client

CHUNK = 1_000_000
DAYS = 30
USERS = 20_000
APPLICATIONS = 8
MODELS = 5
SIGNALS = (
    "", "error", "latency", "ttft", "cost", "tokens.input", "tokens.output", "availability",
    "response.hallucination", "response.refusal", "response.toxicity", "prompt.injection",
)  # fmt: skip

EVENTS = """
INSERT INTO raw_events (event_id, time, service_name, request_model, service_version, release_role,
    user_id, conversation_id, prompt, response, status, error_type, latency_seconds, latency,
    cost_usd, cost, usage_input_tokens, usage_output_tokens, response_hallucination,
    response_refusal, error, availability, scored_at)
SELECT
    lower(hex(MD5(toString(number)))), now64(6) - toIntervalMillisecond(
        intDiv(number * {days:UInt64} * 86400000, {events:UInt64})
    ) AS at,
    concat('application-', toString(cityHash64(number, 1) % {applications:UInt64})),
    concat('model-', toString(cityHash64(number, 2) % {models:UInt64})),
    concat('1.', toString(intDiv(number * 10, {events:UInt64}))),
    if(cityHash64(number, 3) % 20 = 0, 'canary', 'stable'),
    concat('user-', toString(
        toUInt64(pow(cityHash64(number, 4) / pow(2, 64), 3) * {users:UInt64})
    )),
    concat('conversation-', toString(intDiv(number, 4))),
    concat('Question ', toString(cityHash64(number, 5) % 100000), ' of parcel ', toString(number)),
    concat('The parcel ', toString(number), ' arrives on day ', toString(number % 30)),
    if(cityHash64(number, 6) % 100 = 0, 'error', 'ok') AS outcome,
    if(outcome = 'error', ['timeout', 'rate_limited'][1 + number % 2], ''),
    0.2 - log(1 - cityHash64(number, 7) / pow(2, 64)) AS seconds, seconds,
    cityHash64(number, 8) / pow(2, 64) / 100 AS money, money,
    cityHash64(number, 9) % 2000, cityHash64(number, 10) % 500,
    cityHash64(number, 11) / pow(2, 64), cityHash64(number, 12) % 50 = 0, outcome = 'error',
    outcome = 'ok', at + INTERVAL 1 SECOND
FROM numbers({from:UInt64}, {rows:UInt64})
"""

WINDOWS = """
INSERT INTO raw_windows (resolution_seconds, start, segmentation, segment, segment_key, signal,
    kind, version, events, count, positive, sum, sum_squares, minimum, maximum, positive_buckets)
SELECT
    {seconds:UInt32},
    toDateTime(intDiv(toUnixTimestamp(now()), {seconds:UInt32}) * {seconds:UInt32}, 'UTC')
        - toIntervalSecond((number + 1) * {seconds:UInt32}),
    segment.1, segment.2, toJSONString(segment.2), signal,
    multiIf(signal = '', 'events', signal IN ('error', 'availability', 'response.refusal'), 'flag',
        'distribution') AS of_kind,
    1, 1000, if(signal = '', 1000, 990), if(of_kind = 'flag', 990 * (signal = 'availability'), 0),
    500, 400, 0.01, 9.5,
    if(of_kind = 'distribution', mapFromArrays(
        arrayMap(i -> toInt16(i - 40), range(60)),
        arrayMap(i -> toUInt64(cityHash64(number, signal, i) % 30 + 1), range(60))
    ), map())
FROM numbers({windows:UInt64}) AS n
CROSS JOIN (SELECT arrayJoin({signals:Array(String)}) AS signal) AS s
CROSS JOIN (
    SELECT arrayJoin(arrayConcat(
        arrayMap(a -> ('service_name', map('service_name', concat('application-', toString(a)))),
            range({applications:UInt64})),
        arrayMap(a -> ('request_model,service_name', map(
            'request_model', concat('model-', toString(a % {models:UInt64})),
            'service_name', concat('application-', toString(intDiv(a, {models:UInt64})))
        )), range({applications:UInt64} * {models:UInt64})),
        [('', map())]
    )) AS segment
) AS g
"""

ENDED = """
SELECT table, partition_id
FROM system.parts
WHERE database = currentDatabase() AND active AND table IN ('raw_events', 'raw_windows')
GROUP BY table, partition_id
HAVING max(max_time) < today()
ORDER BY table, partition_id
"""
"""Days of events, and months of windows, that got no row today: tables make one part of each."""


def fill(client: Client, events: int, days_of_windows: int) -> None:
    """Generate events and windows, and merge them as the background would in time."""
    shape = {"applications": APPLICATIONS, "models": MODELS}
    for start in range(0, events, CHUNK):
        if start % (10 * CHUNK) == 0:
            print(f"{start:,} events", flush=True)
        rows = {"from": start, "rows": min(CHUNK, events - start), "events": events}
        client.command(EVENTS, parameters=shape | rows | {"days": DAYS, "users": USERS})
    for seconds, windows in (
        (60, 360),
        (3600, days_of_windows * 24),
        (86400, days_of_windows),
    ):
        amount = {"seconds": seconds, "windows": windows, "signals": list(SIGNALS)}
        client.command(WINDOWS, parameters=shape | amount)
    for table, partition in client.query(ENDED).result_rows:
        client.command(f"OPTIMIZE TABLE {table} PARTITION ID '{partition}' FINAL")

-- Views for analysts over windows, alerts, feedback and events. A day is the day's own window where
-- it has closed, and its hours where it has not: what is there of today is shown.

CREATE OR REPLACE VIEW day_windows${on_cluster} AS
SELECT toDate(start) AS day, * FROM windows
WHERE resolution_seconds = 86400
    AND start < (SELECT max(start) + 86400 FROM windows WHERE resolution_seconds = 86400 AND signal = '')
UNION ALL
SELECT toDate(start) AS day, * FROM windows
WHERE resolution_seconds = 3600
    AND start >= (SELECT max(start) + 86400 FROM windows WHERE resolution_seconds = 86400 AND signal = '')
COMMENT 'Windows of days that have closed, and of the hours since then: add them up by day.';

ALTER TABLE day_windows${on_cluster}
    COMMENT COLUMN day 'Day in UTC.';

CREATE OR REPLACE VIEW cost_daily${on_cluster} AS
SELECT
    day,
    segment['service_name'] AS service_name,
    segment['request_model'] AS request_model,
    sumIf(events, signal = '') AS inferences,
    sumIf(count, signal = 'cost') AS priced_inferences,
    sumIf(sum, signal = 'cost') AS cost_usd,
    if(priced_inferences = 0, NULL, 1000 * cost_usd / priced_inferences) AS cost_usd_per_1000,
    sumIf(sum, signal = 'tokens.input') AS input_tokens,
    sumIf(sum, signal = 'tokens.cached') AS cached_input_tokens,
    sumIf(sum, signal = 'tokens.output') AS output_tokens
FROM day_windows
WHERE segmentation = 'request_model,service_name'
    AND signal IN ('', 'cost', 'tokens.input', 'tokens.cached', 'tokens.output')
GROUP BY day, service_name, request_model
COMMENT 'What inferences cost, by day (UTC), application and model.';

ALTER TABLE cost_daily${on_cluster}
    COMMENT COLUMN day 'Day in UTC; the last one so far, from the hours that have closed.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN request_model 'Model asked for.',
    COMMENT COLUMN inferences 'Inferences of the day.',
    COMMENT COLUMN priced_inferences 'Those whose cost is known: only they are in cost_usd.',
    COMMENT COLUMN cost_usd 'What they cost, in US dollars.',
    COMMENT COLUMN cost_usd_per_1000 'What 1,000 inferences with a known cost cost, in US dollars.',
    COMMENT COLUMN input_tokens 'Tokens of the prompts.',
    COMMENT COLUMN cached_input_tokens 'Tokens of the prompts that came from the cache of the provider.',
    COMMENT COLUMN output_tokens 'Tokens of the answers.';

-- Each day counts for itself and as part of the week before the seven days after it. Distributions
-- are compared by tenths of the reference: a bucket goes where its middle rank lies.
CREATE OR REPLACE VIEW drift_daily${on_cluster} AS
SELECT
    day, segmentation, segment_key, segment, signal, kind, events, reference_events, reference_days,
    if(kind = 'category', NULL, total / events) AS value,
    if(kind = 'category', NULL, reference_total / reference_events) AS reference_value,
    arraySum(arrayMap((p, q) -> (p - q) * log(p / q), shares, reference_shares)) AS psi,
    (length(shares) - 1) * (1 / events + 1 / reference_events) AS psi_noise,
    sqrt(greatest(0., arraySum(arrayMap((p, q) -> p * log2(2 * p / (p + q)) + q * log2(2 * q / (p + q)), shares, reference_shares)) / 2)) AS js_distance
FROM
(
    SELECT
        *,
        arrayMap(n -> (n + 0.5) / (arraySum(counts) + 0.5 * length(counts)), counts) AS shares,
        arrayMap(n -> (n + 0.5) / (arraySum(reference_counts) + 0.5 * length(counts)), reference_counts) AS reference_shares
    FROM
    (
        SELECT
            *,
            arraySort(arrayFilter(key -> histogram[key] + reference_histogram[key] > 0, mapKeys(mapAdd(histogram, reference_histogram)))) AS keys,
            arrayMap(key -> histogram[key], keys) AS found,
            arrayMap(key -> reference_histogram[key], keys) AS expected,
            if(kind = 'category', arrayEnumerate(keys), arrayMap(
                (n, until) -> toUInt32(least(9, floor(10 * (until - n / 2) / arraySum(expected)))),
                expected, arrayCumSum(expected)
            )) AS tenths,
            arrayDistinct(tenths) AS bins,
            arrayMap(bin -> arraySum((n, tenth) -> if(tenth = bin, n, 0), found, tenths), bins) AS counts,
            arrayMap(bin -> arraySum((n, tenth) -> if(tenth = bin, n, 0), expected, tenths), bins) AS reference_counts
        FROM
        (
            SELECT
                day + back AS day, segmentation, segment_key, any(segment) AS segment, signal, kind,
                sumIf(count, back = 0) AS events, sumIf(count, back > 0) AS reference_events,
                uniqExactIf(back, back > 0) AS reference_days,
                sumIf(sum + positive, back = 0) AS total,
                sumIf(sum + positive, back > 0) AS reference_total,
                sumMapIf(counted, back = 0) AS histogram,
                sumMapIf(counted, back > 0) AS reference_histogram
            FROM
            (
                -- One order for all: categories by name, numbers by size.
                SELECT
                    day, segmentation, segment_key, segment, signal, kind, count, sum, positive,
                    multiIf(
                        kind = 'category', mapApply((category, n) -> (concat('c', category), n), mapConcat(categories, map('__other__', other_categories))),
                        kind = 'flag', map('0', toUInt64(count - positive), '1', positive),
                        mapConcat(
                            mapApply((bucket, n) -> (concat('a', leftPad(toString(32768 - bucket), 5, '0')), n), negative_buckets),
                            map('b', zero_count),
                            mapApply((bucket, n) -> (concat('c', leftPad(toString(32768 + bucket), 5, '0')), n), positive_buckets)
                        )
                    ) AS counted
                FROM day_windows
                WHERE kind IN ('flag', 'distribution', 'category')
            )
            ARRAY JOIN range(8) AS back
            GROUP BY day + back AS day, segmentation, segment_key, signal, kind
            HAVING events > 0 AND reference_events > 0
        )
    )
)
COMMENT 'How far every signal of every segment moved on a day (UTC) from the seven days before it. Filter by segmentation, and by signal or segment_key.';

ALTER TABLE drift_daily${on_cluster}
    COMMENT COLUMN day 'Day in UTC; the last one so far, from the hours that have closed.',
    COMMENT COLUMN segmentation 'Dimensions the traffic is split by; choose one.',
    COMMENT COLUMN segment_key 'The segment as canonical JSON.',
    COMMENT COLUMN segment 'Value of every dimension of the segmentation.',
    COMMENT COLUMN signal 'Signal.',
    COMMENT COLUMN kind 'Kind of its summary: flag, distribution or category.',
    COMMENT COLUMN events 'Events of the day that have the signal.',
    COMMENT COLUMN reference_events 'Events of the reference that have it.',
    COMMENT COLUMN reference_days 'Days of the reference that had any, of seven.',
    COMMENT COLUMN value 'Distributions: mean of the day; flags: share of true; null for categories.',
    COMMENT COLUMN reference_value 'The same of the reference.',
    COMMENT COLUMN psi 'Population stability index against the reference, over its tenths or categories. Rule of thumb: 0.1 moved, 0.25 moved far.',
    COMMENT COLUMN psi_noise 'What psi is on average where nothing moved, by the numbers of events: much larger counts.',
    COMMENT COLUMN js_distance 'Jensen-Shannon distance (base 2), 0 the same to 1 nothing in common.';

-- Intervals of differences by Newcombe (1998), method 10; for means with normal intervals likewise.
CREATE OR REPLACE VIEW releases_daily${on_cluster} AS
WITH measured AS
(
    SELECT
        day, segment['service_name'] AS service_name, segment['service_version'] AS service_version,
        segment['release_role'] AS release_role, signal, kind,
        sum(count) AS known_events,
        if(kind = 'flag', sum(positive), sum(sum)) / known_events AS value,
        if(kind = 'flag', NULL, 1.959963984540054 * sqrt(greatest(0., sum(sum_squares) / known_events - value * value) / known_events)) AS half,
        if(kind = 'flag', wilson_low(sum(positive), known_events), value - half) AS value_low,
        if(kind = 'flag', wilson_high(sum(positive), known_events), value + half) AS value_high
    FROM day_windows
    WHERE segmentation = 'release_role,service_name,service_version' AND kind IN ('flag', 'distribution')
    GROUP BY day, service_name, service_version, release_role, signal, kind
    HAVING known_events > 0
)
SELECT
    m.day AS day, m.service_name AS service_name, m.service_version AS service_version,
    m.release_role AS release_role, m.signal AS signal, m.kind AS kind,
    m.known_events AS known_events, m.value AS value, m.value_low AS value_low,
    m.value_high AS value_high,
    s.service_version AS stable_version, s.known_events AS stable_events, s.value AS stable_value,
    if(m.release_role = 'stable' AND m.service_version = s.service_version, NULL, m.value - s.value) AS difference,
    difference - sqrt(pow(m.value - m.value_low, 2) + pow(s.value_high - s.value, 2)) AS difference_low,
    difference + sqrt(pow(m.value_high - m.value, 2) + pow(s.value - s.value_low, 2)) AS difference_high
FROM measured AS m
LEFT JOIN
(
    SELECT * FROM measured WHERE release_role = 'stable'
    ORDER BY known_events DESC LIMIT 1 BY day, service_name, signal
) AS s ON s.day = m.day AND s.service_name = m.service_name AND s.signal = m.signal
SETTINGS join_use_nulls = 1
COMMENT 'Every signal of every release by day (UTC), and its difference from the stable release that served most on that day.';

ALTER TABLE releases_daily${on_cluster}
    COMMENT COLUMN day 'Day in UTC; the last one so far, from the hours that have closed.',
    COMMENT COLUMN service_name 'Service.',
    COMMENT COLUMN service_version 'Release of the service.',
    COMMENT COLUMN release_role 'Part the release plays: stable, canary, shadow or experiment.',
    COMMENT COLUMN signal 'Signal: a flag or a number.',
    COMMENT COLUMN kind 'Kind of its summary: flag or distribution.',
    COMMENT COLUMN known_events 'Events of the release that have the signal.',
    COMMENT COLUMN value 'Flags: share of true; numbers: mean.',
    COMMENT COLUMN value_low 'Lower end of its 95 % interval.',
    COMMENT COLUMN value_high 'Upper end of its 95 % interval.',
    COMMENT COLUMN stable_version 'Stable release it is held against; null when there was none.',
    COMMENT COLUMN stable_events 'Its events that have the signal.',
    COMMENT COLUMN stable_value 'Its value.',
    COMMENT COLUMN difference 'Value minus stable_value; null for the stable release itself.',
    COMMENT COLUMN difference_low 'Lower end of the 95 % interval of the difference: for one look, not for looking until it suits.',
    COMMENT COLUMN difference_high 'Upper end of the 95 % interval of the difference.';

-- A digest hides the ids of the application from screens. It is no protection from somebody who
-- can guess ids and may read the view events.
CREATE OR REPLACE VIEW user_days${on_cluster} AS
SELECT
    toDate(time) AS day, service_name,
    concat('user-', lower(hex(sipHash64(user_id)))) AS user,
    count() AS inferences,
    countIf(status = 'error') AS errors,
    sum(cost_usd) AS cost_usd,
    sum(usage_input_tokens) AS input_tokens,
    sum(usage_output_tokens) AS output_tokens
FROM events
WHERE user_id != ''
GROUP BY day, service_name, user
COMMENT 'Users by day (UTC) and application, under pseudonyms: order by cost_usd for those that cost most. Filter by day.';

ALTER TABLE user_days${on_cluster}
    COMMENT COLUMN day 'Day in UTC.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN user 'Pseudonym: the same for a user everywhere, made from user_id.',
    COMMENT COLUMN inferences 'Inferences for the user.',
    COMMENT COLUMN errors 'Those that failed.',
    COMMENT COLUMN cost_usd 'What they cost, in US dollars; null when no cost is known.',
    COMMENT COLUMN input_tokens 'Tokens of the prompts; null when unknown.',
    COMMENT COLUMN output_tokens 'Tokens of the answers; null when unknown.';

CREATE OR REPLACE VIEW alert_stories${on_cluster} AS
SELECT
    e.fingerprint AS fingerprint, e.started_at AS started_at,
    e.* EXCEPT (fingerprint, started_at),
    s.description AS description, s.events AS events, s.bad_events AS bad_events, s.users AS users,
    s.value_low AS value_low, s.value_high AS value_high, s.window_seconds AS window_seconds,
    s.steps AS steps, s.contributions AS contributions, s.changes AS changes,
    s.example_event_ids AS example_event_ids, s.evidence_sql AS evidence_sql,
    s.runbook_url AS runbook_url, s.dashboard_url AS dashboard_url, s.labels AS labels,
    d.told AS told
FROM alert_episodes AS e
INNER JOIN
(
    SELECT
        a.fingerprint AS fingerprint, a.started_at AS started_at,
        arraySort(groupArray((a.changed_at, a.state, a.severity, a.value, a.summary)))::Array(Tuple(at DateTime64(3, 'UTC'), state String, severity String, value Nullable(Float64), summary String)) AS steps,
        argMax(a.description, a.changed_at) AS description,
        argMaxIf(a.events, a.changed_at, a.state != 'resolved' OR a.events > 0) AS events,
        argMax(a.bad_events, a.changed_at) AS bad_events,
        argMax(a.users, a.changed_at) AS users,
        argMax(a.value_low, a.changed_at) AS value_low,
        argMax(a.value_high, a.changed_at) AS value_high,
        argMax(a.window_seconds, a.changed_at) AS window_seconds,
        argMaxIf(a.contributions, a.changed_at, a.contributions NOT IN ('', '[]')) AS contributions,
        argMaxIf(a.changes, a.changed_at, a.changes NOT IN ('', '[]')) AS changes,
        argMaxIf(a.example_event_ids, a.changed_at, notEmpty(a.example_event_ids)) AS example_event_ids,
        argMaxIf(a.evidence_sql, a.changed_at, a.evidence_sql != '') AS evidence_sql,
        argMax(a.runbook_url, a.changed_at) AS runbook_url,
        argMax(a.dashboard_url, a.changed_at) AS dashboard_url,
        argMax(a.labels, a.changed_at) AS labels
    FROM alerts AS a
    GROUP BY fingerprint, started_at
) AS s ON s.fingerprint = e.fingerprint AND s.started_at = e.started_at
LEFT JOIN
(
    SELECT
        a.fingerprint AS fingerprint, a.started_at AS started_at,
        arraySort(groupArray((t.time, t.receiver, t.state, t.outcome, t.attempts, t.error)))::Array(Tuple(at DateTime64(3, 'UTC'), receiver String, state String, outcome String, attempts UInt32, error String)) AS told
    FROM deliveries AS t
    INNER JOIN (SELECT transition_id, any(fingerprint) AS fingerprint, any(started_at) AS started_at FROM alerts GROUP BY transition_id) AS a
        ON a.transition_id = t.transition_id
    GROUP BY fingerprint, started_at
) AS d ON d.fingerprint = e.fingerprint AND d.started_at = e.started_at
COMMENT 'Alerts with their whole story, a row an episode: steps, who was told, what contributes, what changed before, examples, evidence.';

ALTER TABLE alert_stories${on_cluster}
    COMMENT COLUMN description 'What is wrong, at length, as of the last transition.',
    COMMENT COLUMN events 'Events in the window of the last transition that had any.',
    COMMENT COLUMN bad_events 'Bad events in the window; null when events are not good or bad.',
    COMMENT COLUMN users 'Users concerned, estimated; null when unknown.',
    COMMENT COLUMN value_low 'Lower end of the 95 % interval of the value; null when unknown.',
    COMMENT COLUMN value_high 'Upper end of the 95 % interval of the value; null when unknown.',
    COMMENT COLUMN window_seconds 'Stretch of time the value was measured over, in seconds.',
    COMMENT COLUMN steps 'Transitions in order: when, state, severity, value and summary.',
    COMMENT COLUMN contributions 'Sub-segments that contribute most: JSON list of segment, share, value and events.',
    COMMENT COLUMN changes 'Changes shortly before: JSON list of changes.',
    COMMENT COLUMN example_event_ids 'Events that show the problem: look them up in events.',
    COMMENT COLUMN evidence_sql 'Query that shows the evidence.',
    COMMENT COLUMN runbook_url 'Where to read what to do.',
    COMMENT COLUMN dashboard_url 'Where to look at the numbers.',
    COMMENT COLUMN labels 'Labels of the monitor.',
    COMMENT COLUMN told 'Attempts to tell receivers, in order: when, receiver, state, outcome, attempts and error.';

-- The judged events alone are joined: there are far fewer judgements than events.
CREATE OR REPLACE VIEW feedback_events${on_cluster} AS
SELECT
    f.feedback_id AS feedback_id, f.event_id AS event_id, e.time AS time, f.time AS judged_at,
    e.service_name AS service_name, e.use_case AS use_case, e.request_model AS request_model,
    e.service_version AS service_version, e.release_role AS release_role,
    e.prompt_name AS prompt_name, e.prompt_version AS prompt_version, e.labels AS labels,
    f.kind AS kind, f.source AS source, f.judge AS judge, f.value AS value,
    f.inclusion_probability AS inclusion_probability, f.label AS label, f.comment AS comment
FROM
(
    SELECT event_id, time, service_name, use_case, request_model, service_version, release_role, prompt_name, prompt_version, labels
    FROM events
    WHERE event_id IN (SELECT event_id FROM feedback)
) AS e
INNER JOIN feedback AS f ON f.event_id = e.event_id
COMMENT 'Feedback with the event it judges, a row a judgement. Join events on event_id for its signals and texts.';

ALTER TABLE feedback_events${on_cluster}
    COMMENT COLUMN feedback_id 'Identity of the judgement.',
    COMMENT COLUMN event_id 'Inference that was judged.',
    COMMENT COLUMN time 'When the inference began.',
    COMMENT COLUMN judged_at 'When it was judged.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN use_case 'What the service used the model for; empty when unknown.',
    COMMENT COLUMN request_model 'Model asked for.',
    COMMENT COLUMN service_version 'Release of the service.',
    COMMENT COLUMN release_role 'Part the release plays: stable, canary, shadow or experiment.',
    COMMENT COLUMN prompt_name 'Name of the prompt template.',
    COMMENT COLUMN prompt_version 'Version of the prompt template.',
    COMMENT COLUMN labels 'Labels the application gave, by name.',
    COMMENT COLUMN kind 'How it was judged: thumb, regenerate, edit, score or label.',
    COMMENT COLUMN source 'Who judged: user, expert, judge or ground_truth.',
    COMMENT COLUMN judge 'Name of the judge, of the source judge; empty otherwise.',
    COMMENT COLUMN value 'Thumbs: 1 good, 0 bad; edits: share of the text changed; scores: any number; otherwise null.',
    COMMENT COLUMN inclusion_probability 'How probable it was that this event was judged; null: not sampled. Weight rows by 1 / inclusion_probability.',
    COMMENT COLUMN label 'Category given, of labels.',
    COMMENT COLUMN comment 'What the judge wrote, redacted.';

CREATE OR REPLACE VIEW thumbs_daily${on_cluster} AS
SELECT
    toDate(time) AS day, service_name, request_model, service_version, prompt_name, prompt_version,
    countIf(value > 0.5) AS thumbs_up,
    count() AS thumbs,
    thumbs_up / thumbs AS share_up,
    wilson_low(thumbs_up, thumbs) AS share_up_low,
    wilson_high(thumbs_up, thumbs) AS share_up_high
FROM feedback_events
WHERE kind = 'thumb'
GROUP BY day, service_name, request_model, service_version, prompt_name, prompt_version
COMMENT 'Thumbs of users by the day (UTC) of the inference, application, model, release and prompt. Those who judge are no sample of all users.';

ALTER TABLE thumbs_daily${on_cluster}
    COMMENT COLUMN day 'Day in UTC in which the inferences began.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN request_model 'Model asked for.',
    COMMENT COLUMN service_version 'Release of the service.',
    COMMENT COLUMN prompt_name 'Name of the prompt template.',
    COMMENT COLUMN prompt_version 'Version of the prompt template.',
    COMMENT COLUMN thumbs_up 'Thumbs up.',
    COMMENT COLUMN thumbs 'Thumbs in all.',
    COMMENT COLUMN share_up 'Share of thumbs up.',
    COMMENT COLUMN share_up_low 'Lower end of its 95 % interval (Wilson).',
    COMMENT COLUMN share_up_high 'Upper end of its 95 % interval (Wilson).';

-- Alerts, what came of telling receivers about them, and changes that may explain them.

CREATE TABLE IF NOT EXISTS raw_alerts${on_cluster}
(
    transition_id String COMMENT 'Identity of the transition: alert, begin of the episode, state and severity.' CODEC(ZSTD(1)),
    fingerprint String COMMENT 'Identity of the alert: monitor and segment.' CODEC(ZSTD(1)),
    monitor LowCardinality(String) COMMENT 'Monitor that raised the alert.',
    kind LowCardinality(String) COMMENT 'Kind of the monitor: burn_rate, threshold, no_data or self.',
    severity LowCardinality(String) COMMENT 'How urgent: page, ticket or info.',
    segment Map(LowCardinality(String), String) COMMENT 'Part of traffic concerned; empty: all traffic.',
    segment_key String COMMENT 'The segment as canonical JSON.',
    state LowCardinality(String) COMMENT 'State entered: pending, firing or resolved.',
    started_at DateTime64(3, 'UTC') COMMENT 'When the episode began.',
    changed_at DateTime64(3, 'UTC') COMMENT 'When the state was entered.',
    fired_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the alert began to fire; null before.',
    resolved_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the alert was resolved; null before.',
    summary String COMMENT 'What is wrong, in a sentence.' CODEC(ZSTD(1)),
    description String COMMENT 'What is wrong, at length.' CODEC(ZSTD(1)),
    value Nullable(Float64) COMMENT 'What was measured, in unit.',
    value_low Nullable(Float64) COMMENT 'Lower end of the 95 % interval of the value; null when unknown.',
    value_high Nullable(Float64) COMMENT 'Upper end of the 95 % interval of the value; null when unknown.',
    expected Nullable(Float64) COMMENT 'What the value was held against, in unit.',
    unit LowCardinality(String) COMMENT 'Unit of the values in UCUM.',
    window_seconds UInt32 COMMENT 'Stretch of time the value was measured over, in seconds.',
    events UInt64 COMMENT 'Events in the window.',
    bad_events Nullable(UInt64) COMMENT 'Bad events in the window; null when events are not good or bad.',
    users Nullable(UInt64) COMMENT 'Users concerned, estimated; null when unknown.',
    labels Map(LowCardinality(String), String) COMMENT 'Labels of the monitor.',
    receivers Array(String) COMMENT 'Receivers the monitor names; empty: by severity.',
    runbook_url String COMMENT 'Where to read what to do.',
    dashboard_url String COMMENT 'Where to look at the numbers.',
    evidence_sql String COMMENT 'Query that shows the evidence.' CODEC(ZSTD(1)),
    contributions String COMMENT 'Sub-segments that contribute most: JSON list of segment, share, value and events.' CODEC(ZSTD(1)),
    changes String COMMENT 'Changes shortly before: JSON list of changes.' CODEC(ZSTD(1)),
    example_event_ids Array(String) COMMENT 'Events that show the problem: look them up in events.',
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the message: of copies of a transition the last is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY (fingerprint, started_at, transition_id)
TTL toDateTime(started_at) + toIntervalDay(${alerts_days})
COMMENT 'Transitions of alerts as inserted. May hold copies: query the view alerts.';

CREATE TABLE IF NOT EXISTS raw_deliveries${on_cluster}
(
    fingerprint String COMMENT 'Alert the receiver was told about.' CODEC(ZSTD(1)),
    receiver LowCardinality(String) COMMENT 'Receiver.',
    transition_id String COMMENT 'Transition the receiver was told about.' CODEC(ZSTD(1)),
    state LowCardinality(String) COMMENT 'State the receiver was told: pending, firing or resolved.',
    severity LowCardinality(String) COMMENT 'Severity the receiver was told: page, ticket or info.',
    time DateTime64(3, 'UTC') COMMENT 'When the attempt ended.',
    outcome LowCardinality(String) COMMENT 'Outcome of the attempt: delivered, retrying or given_up.',
    attempts UInt32 COMMENT 'Attempts for this transition so far, by one process.',
    error String COMMENT 'Why the last attempt failed; empty when it did not.' CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the message: of copies the last is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY (fingerprint, receiver, transition_id, outcome, attempts, time)
TTL toDateTime(time) + toIntervalDay(${alerts_days})
COMMENT 'Attempts to tell receivers about alerts, as inserted: query the view deliveries.';

CREATE TABLE IF NOT EXISTS raw_changes${on_cluster}
(
    change_id String COMMENT 'Identity of the change.' CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') COMMENT 'When the change went live.',
    kind LowCardinality(String) COMMENT 'What changed: release, model, prompt, index, configuration, guardrail or traffic.',
    segment Map(LowCardinality(String), String) COMMENT 'Part of traffic concerned; empty: all traffic.',
    before String COMMENT 'What was live before.',
    after String COMMENT 'What is live since.',
    description String COMMENT 'What it is about.' CODEC(ZSTD(1)),
    author String COMMENT 'Who made it.',
    link String COMMENT 'Where to read more.',
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the message: of copies of a change the last is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY change_id
TTL toDateTime(time) + toIntervalDay(${changes_days})
COMMENT 'Changes that went live, as inserted: query the view changes.';

CREATE OR REPLACE VIEW alerts${on_cluster} AS
SELECT * FROM raw_alerts FINAL
COMMENT 'Every transition of every alert, once.';

CREATE OR REPLACE VIEW alert_episodes${on_cluster} AS
SELECT
    t.fingerprint AS fingerprint,
    t.started_at AS started_at,
    argMax(t.monitor, step) AS monitor,
    argMax(t.kind, step) AS kind,
    argMax(t.severity, step) AS severity,
    argMax(t.segment, step) AS segment,
    argMax(t.segment_key, step) AS segment_key,
    argMax(t.state, step) AS state,
    min(t.fired_at) AS fired_at,
    max(t.resolved_at) AS resolved_at,
    dateDiff('second', t.started_at, max(t.resolved_at)) AS duration_seconds,
    argMax(t.summary, step) AS summary,
    argMax(t.value, step) AS value,
    argMax(t.expected, step) AS expected,
    argMax(t.unit, step) AS unit,
    count() AS transitions
FROM (SELECT *, (changed_at, indexOf(['pending', 'firing', 'resolved'], state)) AS step FROM alerts) AS t
GROUP BY t.fingerprint, t.started_at
COMMENT 'Alerts from their begin to their end, as they are now: a row an episode.';

ALTER TABLE alert_episodes${on_cluster}
    COMMENT COLUMN fingerprint 'Identity of the alert: monitor and segment.',
    COMMENT COLUMN started_at 'When the episode began.',
    COMMENT COLUMN monitor 'Monitor that raised the alert.',
    COMMENT COLUMN kind 'Kind of the monitor: burn_rate, threshold, no_data or self.',
    COMMENT COLUMN severity 'How urgent: page, ticket or info.',
    COMMENT COLUMN segment 'Part of traffic concerned; empty: all traffic.',
    COMMENT COLUMN segment_key 'The segment as canonical JSON.',
    COMMENT COLUMN state 'State now: pending, firing or resolved.',
    COMMENT COLUMN fired_at 'When the alert began to fire; null if it never did.',
    COMMENT COLUMN resolved_at 'When the alert was resolved; null while it lasts.',
    COMMENT COLUMN duration_seconds 'How long the episode lasted, in seconds; null while it lasts.',
    COMMENT COLUMN summary 'What is wrong, as of the last transition.',
    COMMENT COLUMN value 'What was measured at the last transition, in unit.',
    COMMENT COLUMN expected 'What the value was held against, in unit.',
    COMMENT COLUMN unit 'Unit of the values in UCUM.',
    COMMENT COLUMN transitions 'Transitions so far.';

CREATE OR REPLACE VIEW deliveries${on_cluster} AS
SELECT * FROM raw_deliveries FINAL
COMMENT 'Attempts to tell receivers about alerts, each once.';

CREATE OR REPLACE VIEW changes${on_cluster} AS
SELECT * FROM raw_changes FINAL
COMMENT 'Changes that went live, each once.';

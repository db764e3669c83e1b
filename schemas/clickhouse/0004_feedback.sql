-- Feedback is not partitioned by time: copies of a judgement may carry different times, and
-- identity must not cross partitions.

CREATE TABLE IF NOT EXISTS raw_feedback${on_cluster}
(
    feedback_id String COMMENT 'Identity of the judgement.' CODEC(ZSTD(1)),
    event_id String COMMENT 'Inference that was judged: join events on it.' CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') COMMENT 'When it was judged.' CODEC(Delta(8), ZSTD(1)),
    service_name LowCardinality(String) COMMENT 'Service that made the inference; empty when not told.',
    kind LowCardinality(String) COMMENT 'How it was judged: thumb, regenerate, edit, score or label.',
    source LowCardinality(String) COMMENT 'Who judged: user, expert, judge or ground_truth.',
    value Nullable(Float64) COMMENT 'Thumbs: 1 good, 0 bad; edits: share of the text changed; scores: any number; otherwise null.' CODEC(ZSTD(1)),
    label LowCardinality(String) COMMENT 'Category given, of labels.',
    comment String COMMENT 'What the judge wrote, redacted.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    user_id String COMMENT 'User, as the application pseudonymised it; empty when unknown.' CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the message: of copies of a judgement the last is kept.' CODEC(Delta(8), ZSTD(1)),

    INDEX event_id_index event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX time_index time TYPE minmax GRANULARITY 1
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY feedback_id
TTL toDateTime(time) + toIntervalDay(${feedback_days})
COMMENT 'Feedback as inserted. May hold copies of a judgement: query the view feedback.';

CREATE OR REPLACE VIEW feedback${on_cluster} AS
SELECT * FROM raw_feedback FINAL
COMMENT 'Feedback, each judgement once.';

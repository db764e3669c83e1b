-- Messages that could not be taken. The dead-letter topic keeps them whole, for replay.

CREATE TABLE IF NOT EXISTS raw_dead_letters${on_cluster}
(
    topic LowCardinality(String) COMMENT 'Topic the message was read from.',
    partition Int32 COMMENT 'Partition the message was read from.',
    offset Int64 COMMENT 'Offset the message was read at: with topic and partition its identity.',
    time DateTime64(3, 'UTC') COMMENT 'When it was refused.',
    reason LowCardinality(String) COMMENT 'Why it was refused: not_json, invalid, unknown_schema_version, too_large, time_out_of_range, empty or unreadable_pane.',
    detail String COMMENT 'Why, at length.' CODEC(ZSTD(1)),
    key Nullable(String) COMMENT 'Key of the message.' CODEC(ZSTD(1)),
    value Nullable(String) COMMENT 'Begin of the message as text, redacted; null when texts are not stored.' CODEC(ZSTD(1)),
    value_bytes UInt64 COMMENT 'Length of the whole message in bytes.',
    headers Map(String, String) COMMENT 'Headers the message came with.' CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the dead letter: of copies the last is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY (topic, partition, offset)
TTL toDateTime(received_at) + toIntervalDay(${dead_letters_days})
COMMENT 'Refused messages as inserted: query the view dead_letters.';

CREATE OR REPLACE VIEW dead_letters${on_cluster} AS
SELECT * FROM raw_dead_letters FINAL
COMMENT 'Refused messages, each once.';

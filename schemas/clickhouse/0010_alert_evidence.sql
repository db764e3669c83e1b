-- What the events of an alert fulfil, in the language of monitors: examples are found by it.

ALTER TABLE raw_alerts${on_cluster}
    ADD COLUMN IF NOT EXISTS evidence_condition String COMMENT 'What the events that count fulfil, as monitors say it: latency > 2; empty: all of the segment.' CODEC(ZSTD(1)) AFTER dashboard_url;

CREATE OR REPLACE VIEW alerts${on_cluster} AS
SELECT * FROM raw_alerts FINAL
COMMENT 'Every transition of every alert, once.';

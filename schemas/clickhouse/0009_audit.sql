-- Who changed which monitor, receiver, setting or reference, and what people did about alerts.
-- Rows are added, never changed: copies of an entry are equal.

CREATE TABLE IF NOT EXISTS raw_audit${on_cluster}
(
    entry_id String COMMENT 'Identity of the entry.' CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') COMMENT 'When it was done, or noticed.',
    kind LowCardinality(String) COMMENT 'What it is about: start, monitor, receiver, setting, reference, acknowledgement or silence.',
    action LowCardinality(String) COMMENT 'What was done: started, added, changed, removed, built, acknowledged, created or expired.',
    subject String COMMENT 'The monitor, receiver, setting or reference by name, the alert by fingerprint, the silence by id.' CODEC(ZSTD(1)),
    actor String COMMENT 'Who did it: the setting actor, or user and host.' CODEC(ZSTD(1)),
    process LowCardinality(String) COMMENT 'Process or command that noticed it.',
    before String COMMENT 'What the subject was: digest or value; empty when it was not, or is secret.' CODEC(ZSTD(1)),
    after String COMMENT 'What the subject is: digest or value; empty when it is no more, or is secret.' CODEC(ZSTD(1)),
    description String COMMENT 'More about it, redacted.' CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When Kafka took the message.'
)
ENGINE = ${replicated}ReplacingMergeTree(received_at)
ORDER BY (kind, subject, time, entry_id)
TTL toDateTime(time) + toIntervalDay(${audit_days})
COMMENT 'Audit entries as inserted: query the view audit.';

CREATE OR REPLACE VIEW audit${on_cluster} AS
SELECT time, kind, action, subject, actor, process, before, after, description, entry_id
FROM raw_audit FINAL
UNION ALL
SELECT
    changed_at AS time, 'alert' AS kind, toString(state) AS action, fingerprint AS subject,
    concat('monitor ', monitor) AS actor, 'watch' AS process, '' AS before,
    toString(severity) AS after, summary AS description, transition_id AS entry_id
FROM raw_alerts FINAL
COMMENT 'Everything that was done, by people and by monitors: changes of what is watched, acknowledgements, silences, and every transition of every alert.';

ALTER TABLE audit${on_cluster}
    COMMENT COLUMN time 'When it was done, or noticed.',
    COMMENT COLUMN kind 'What it is about: start, monitor, receiver, setting, reference, acknowledgement, silence or alert.',
    COMMENT COLUMN action 'What was done: started, added, changed, removed, built, acknowledged, created or expired; of an alert the state entered.',
    COMMENT COLUMN subject 'The monitor, receiver, setting or reference by name, the alert by fingerprint, the silence by id.',
    COMMENT COLUMN actor 'Who did it; of an alert its monitor.',
    COMMENT COLUMN process 'Process or command that noticed it.',
    COMMENT COLUMN before 'What the subject was: digest or value; empty when it was not, or is secret.',
    COMMENT COLUMN after 'What the subject is: digest or value; of an alert its severity.',
    COMMENT COLUMN description 'More about it; of an alert its summary.',
    COMMENT COLUMN entry_id 'Identity of the entry; of an alert that of the transition.';

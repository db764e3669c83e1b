-- Inference events with everything measured on them: one column a signal is added at start
-- (schemas.clickhouse.signals). The sorting key without the hour is the identity; the hour is in
-- it so that queries by time read little, and puts copies of an event into one partition. A day
-- that got no row for three hours becomes one part, of which FINAL has nothing to merge.

CREATE TABLE IF NOT EXISTS raw_events${on_cluster}
(
    event_id String COMMENT 'Identity of the inference: the same event_id is the same inference delivered again.' CODEC(ZSTD(1)),
    time DateTime64(6, 'UTC') COMMENT 'When the inference began, told by the application.' CODEC(Delta(8), ZSTD(1)),
    service_name LowCardinality(String) COMMENT 'Service that called the model (service.name).',
    schema_version UInt16 COMMENT 'Version of the event schema the application wrote.' CODEC(ZSTD(1)),

    use_case LowCardinality(String) COMMENT 'What the service used the model for; empty when unknown.',
    use_case_kind LowCardinality(String) COMMENT 'Kind of use: general, rag, agent, judge, router, guardrail, extraction or embedding.',
    deployment_environment_name LowCardinality(String) COMMENT 'Environment (deployment.environment.name), such as production.',
    operation_name LowCardinality(String) COMMENT 'Operation (gen_ai.operation.name), such as chat.',
    provider_name LowCardinality(String) COMMENT 'Provider of the model (gen_ai.provider.name).',
    request_model LowCardinality(String) COMMENT 'Model asked for (gen_ai.request.model).',
    response_model LowCardinality(String) COMMENT 'Model that answered (gen_ai.response.model).',
    service_version LowCardinality(String) COMMENT 'Release of the service (service.version).',
    release_role LowCardinality(String) COMMENT 'Part the release plays: stable, canary, shadow or experiment.',
    experiment_arm LowCardinality(String) COMMENT 'Arm of the experiment; empty outside of experiments.',
    prompt_name LowCardinality(String) COMMENT 'Name of the prompt template.',
    prompt_version LowCardinality(String) COMMENT 'Version of the prompt template.',
    conversation_id String COMMENT 'Conversation (gen_ai.conversation.id); empty when none.' CODEC(ZSTD(1)),
    trace_id String COMMENT 'Trace the inference belongs to; empty when none.' CODEC(ZSTD(1)),
    span_id String COMMENT 'Span of the inference; empty when none.' CODEC(ZSTD(1)),
    user_id String COMMENT 'User, as the application pseudonymised it; empty when unknown.' CODEC(ZSTD(1)),
    labels Map(LowCardinality(String), String) COMMENT 'Labels the application gave, by name.' CODEC(ZSTD(1)),

    prompt Nullable(String) COMMENT 'What the model was asked: all turns but the system turns, joined by blank lines, redacted. Null: absent, not stored or expired.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    system_prompt Nullable(String) COMMENT 'System prompt, redacted. Null: absent, not stored or expired.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    system_prompt_hash String COMMENT 'Hash of the system prompt the application gave in its place; empty when none.' CODEC(ZSTD(1)),
    response Nullable(String) COMMENT 'What the model answered, redacted. Null: absent, not stored or expired; empty: an empty answer.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    sampled_responses Array(String) COMMENT 'Further answers sampled for the same prompt, redacted.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    contexts Array(String) COMMENT 'Retrieved passages, redacted, in the order given; context_ids, context_sources and context_scores go with it.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    context_ids Array(String) COMMENT 'Ids of the retrieved passages; empty strings where not given.' CODEC(ZSTD(1)),
    context_sources Array(String) COMMENT 'Sources of the retrieved passages; empty strings where not given.' CODEC(ZSTD(1)),
    context_scores Array(Nullable(Float64)) COMMENT 'Retrieval scores of the passages; null where not given.' CODEC(ZSTD(1)),
    tool_names Array(LowCardinality(String)) COMMENT 'Tools the model called, in order; tool_arguments, tool_results and tool_error_types go with it.',
    tool_error_types Array(LowCardinality(String)) COMMENT 'Errors of the tool calls; empty strings where there was none.',
    tool_arguments Array(String) COMMENT 'Arguments of the tool calls, redacted.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    tool_results Array(String) COMMENT 'Results of the tool calls, redacted.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),
    reference_answer Nullable(String) COMMENT 'Answer known to be right, redacted. Null: absent, not stored or expired.' CODEC(ZSTD(1)) TTL toDateTime(time) + toIntervalDay(${texts_days}),

    finish_reason LowCardinality(String) COMMENT 'Why the model stopped (gen_ai.response.finish_reasons); empty when unknown.',
    status LowCardinality(String) COMMENT 'Outcome of the call: ok or error.',
    error_type LowCardinality(String) COMMENT 'Kind of error (error.type); empty when there was none.',
    latency_seconds Nullable(Float64) COMMENT 'Time until the whole answer was there, in seconds; null when not measured.' CODEC(ZSTD(1)),
    time_to_first_token_seconds Nullable(Float64) COMMENT 'Time until the first token, in seconds; null when not measured.' CODEC(ZSTD(1)),
    usage_input_tokens Nullable(UInt64) COMMENT 'Tokens of the prompt; null when unknown.' CODEC(ZSTD(1)),
    usage_output_tokens Nullable(UInt64) COMMENT 'Tokens of the answer; null when unknown.' CODEC(ZSTD(1)),
    usage_cache_read_input_tokens Nullable(UInt64) COMMENT 'Tokens of the prompt read from the provider cache; null when unknown.' CODEC(ZSTD(1)),
    usage_reasoning_output_tokens Nullable(UInt64) COMMENT 'Tokens spent on reasoning; null when unknown.' CODEC(ZSTD(1)),
    cost_usd Nullable(Float64) COMMENT 'Cost the application was charged, in US dollars; null when unknown.' CODEC(ZSTD(1)),
    cache_hit Nullable(Bool) COMMENT 'Whether the answer came from a cache; null when unknown.' CODEC(ZSTD(1)),
    retries Nullable(UInt64) COMMENT 'Times the call was tried again; null when unknown.' CODEC(ZSTD(1)),
    guardrail_names Array(LowCardinality(String)) COMMENT 'Guardrails that looked at the call, in order; guardrail_stages, guardrail_outcomes and guardrail_scores go with it.',
    guardrail_stages Array(LowCardinality(String)) COMMENT 'Where each guardrail looked: before (prompt) or after (answer) the model.',
    guardrail_outcomes Array(LowCardinality(String)) COMMENT 'What each guardrail did: passed, redacted or blocked.',
    guardrail_scores Array(Nullable(Float64)) COMMENT 'Score of each guardrail; null where not given.' CODEC(ZSTD(1)),

    kafka_topic LowCardinality(String) COMMENT 'Topic the event was read from.',
    kafka_partition Int32 COMMENT 'Partition the event was read from.' CODEC(ZSTD(1)),
    kafka_offset Int64 COMMENT 'Offset the event was read at.' CODEC(Delta(8), ZSTD(1)),
    detector_versions LowCardinality(String) COMMENT 'Version of every detector that scored the event: name=version, parted by commas; extractKeyValuePairs(detector_versions, ''='', '','') makes a map of it.',
    scored_at DateTime64(3, 'UTC') COMMENT 'When the event was scored: of copies of an event the one scored last is kept.' CODEC(Delta(8), ZSTD(1)),

    INDEX event_id_index event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX trace_id_index trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX conversation_id_index conversation_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ${replicated}ReplacingMergeTree(scored_at)
PARTITION BY toDate(time)
PRIMARY KEY (service_name, toStartOfHour(time))
ORDER BY (service_name, toStartOfHour(time), event_id)
TTL toDateTime(time) + toIntervalDay(${events_days})
SETTINGS min_age_to_force_merge_seconds = 10800, min_age_to_force_merge_on_partition_only = 1
COMMENT 'Inference events as inserted, signals included. May hold copies of an event: query the view events.';

-- Made anew when signals add columns.
CREATE OR REPLACE VIEW events${on_cluster} AS
SELECT * FROM raw_events FINAL
SETTINGS ${view_settings}
COMMENT 'Inference events with their signals, each once.';

-- Signals as they are declared, for people and for the view signals_long.
CREATE TABLE IF NOT EXISTS raw_signals${on_cluster}
(
    name String COMMENT 'Name of the signal, such as prompt.words.',
    kind LowCardinality(String) COMMENT 'What it is: flag, score (0 to 1), amount, category or vector.',
    unit String COMMENT 'Unit in UCUM, such as s or {token}; 1 for a number without one.',
    better LowCardinality(String) COMMENT 'Which way is better: higher, lower or neither.',
    source LowCardinality(String) COMMENT 'What it is measured on: event, prompt, response, context, conversation or objective.',
    description String COMMENT 'What it says, in a sentence.',
    column_name String COMMENT 'Its column in events; an event field when the signal is one.',
    declared_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When it was declared like this: the last declaration of a name is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(declared_at)
ORDER BY name
COMMENT 'Declarations of signals as inserted: query the view signals.';

CREATE OR REPLACE VIEW signals${on_cluster} AS
SELECT * FROM raw_signals FINAL
COMMENT 'Signals that were declared: what each column of events and each signal of windows means.';

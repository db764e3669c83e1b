-- What judges say of a sample of events, with the probability that an event had of being judged.

ALTER TABLE raw_feedback${on_cluster}
    ADD COLUMN IF NOT EXISTS judge LowCardinality(String) COMMENT 'Name of the judge, of the source judge; empty otherwise.' AFTER source,
    ADD COLUMN IF NOT EXISTS inclusion_probability Nullable(Float64) COMMENT 'How probable it was that this event was judged, 0 to 1: it stands for 1 / inclusion_probability events. Null: not sampled.' CODEC(ZSTD(1)) AFTER value;

CREATE OR REPLACE VIEW feedback${on_cluster} AS
SELECT * FROM raw_feedback FINAL
COMMENT 'Feedback, each judgement once.';

CREATE OR REPLACE VIEW judgements${on_cluster} AS
SELECT
    e.event_id AS event_id, e.time AS time, e.service_name AS service_name, e.use_case AS use_case,
    e.request_model AS request_model, e.release_role AS release_role,
    e.service_version AS service_version, e.prompt_name AS prompt_name,
    e.prompt_version AS prompt_version, f.judge AS judge, f.value AS score, f.label AS failure,
    assumeNotNull(f.inclusion_probability) AS inclusion_probability, f.time AS judged_at
FROM feedback AS f
INNER JOIN events AS e ON e.event_id = f.event_id AND e.service_name = f.service_name
WHERE f.source = 'judge' AND f.inclusion_probability > 0
COMMENT 'Sampled events with what a judge said of each. Weight every row by 1 / inclusion_probability: a plain mean is wrong.';

ALTER TABLE judgements${on_cluster}
    COMMENT COLUMN judge 'Name of the judge.',
    COMMENT COLUMN score 'Score of the judge, 0 to 1, where 1 is the worst; null when it failed.',
    COMMENT COLUMN failure 'Why there is no score, such as timeout or unparsable; empty otherwise.',
    COMMENT COLUMN inclusion_probability 'How probable it was that this event was judged.',
    COMMENT COLUMN judged_at 'When it was judged.',
    COMMENT COLUMN event_id 'Identity of the inference.',
    COMMENT COLUMN time 'When the inference began.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN use_case 'What the service used the model for; empty when unknown.',
    COMMENT COLUMN request_model 'Model asked for.',
    COMMENT COLUMN release_role 'Part the release plays: stable, canary, shadow or experiment.',
    COMMENT COLUMN service_version 'Release of the service.',
    COMMENT COLUMN prompt_name 'Name of the prompt template.',
    COMMENT COLUMN prompt_version 'Version of the prompt template.';

-- Hajek's ratio estimate, its linearised variance under Poisson sampling, and Wilson's interval at
-- the sample size this variance is worth: the same as detectors.sampling.estimate_mean.
CREATE OR REPLACE VIEW judged_rates${on_cluster} AS
SELECT
    hour, service_name, request_model, release_role, service_version, judge,
    sampled, failed, represented,
    if(sampled = 0, NULL, rate) AS rate,
    if(sampled = 0, NULL, greatest(0., middle - half)) AS low,
    if(sampled = 0, NULL, least(1., middle + half)) AS high
FROM
(
    SELECT
        *,
        weighted / represented AS rate,
        represented * represented AS squared,
        (excess_squares - 2 * rate * excess_values + rate * rate * excess) / squared AS variance,
        least(
            squared / excess, if(variance > 1e-12, rate * (1 - rate) / variance, inf)
        ) AS effective,
        3.841458820694124 / effective AS shrunk,
        (rate + shrunk / 2) / (1 + shrunk) AS middle,
        1.959963984540054 / (1 + shrunk)
            * sqrt(greatest(0., rate * (1 - rate) / effective + shrunk / (4 * effective))) AS half
    FROM
    (
        SELECT
            toStartOfHour(time) AS hour, service_name, request_model, release_role,
            service_version, judge,
            countIf(score IS NOT NULL) AS sampled,
            countIf(score IS NULL) AS failed,
            sumIf(1 / inclusion_probability, score IS NOT NULL) AS represented,
            sum(ifNull(score, 0) / inclusion_probability) AS weighted,
            sumIf((1 / inclusion_probability - 1) / inclusion_probability, score IS NOT NULL) AS excess,
            sum((1 / inclusion_probability - 1) / inclusion_probability * ifNull(score, 0)) AS excess_values,
            sum((1 / inclusion_probability - 1) / inclusion_probability * ifNull(score, 0) * ifNull(score, 0)) AS excess_squares
        FROM judgements
        GROUP BY hour, service_name, request_model, release_role, service_version, judge
    )
)
COMMENT 'Mean score of judges over all events of an hour, estimated from the sample, with its 95 % interval.';

ALTER TABLE judged_rates${on_cluster}
    COMMENT COLUMN hour 'Hour in which the inferences began.',
    COMMENT COLUMN service_name 'Service that called the model.',
    COMMENT COLUMN request_model 'Model asked for.',
    COMMENT COLUMN release_role 'Part the release plays: stable, canary, shadow or experiment.',
    COMMENT COLUMN service_version 'Release of the service.',
    COMMENT COLUMN judge 'Name of the judge.',
    COMMENT COLUMN sampled 'Events with a score.',
    COMMENT COLUMN failed 'Sampled events that the judge failed on: they are left out, so look when they are many.',
    COMMENT COLUMN represented 'How many events the sampled ones stand for, estimated.',
    COMMENT COLUMN rate 'Estimated mean score of all events, 0 to 1; null without a score.',
    COMMENT COLUMN low 'Lower end of the 95 % interval.',
    COMMENT COLUMN high 'Upper end of the 95 % interval.';

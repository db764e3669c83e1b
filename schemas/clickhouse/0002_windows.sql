-- Closed windows: a row a window, segment and signal, and one with an empty signal that counts the
-- window's events. A late event makes a newer version of a window, which replaces the older one.

CREATE TABLE IF NOT EXISTS raw_windows${on_cluster}
(
    resolution_seconds UInt32 COMMENT 'Length of the window in seconds: 10, 60, 3600 or 86400. Choose one: the same events are in all of them.',
    start DateTime('UTC') COMMENT 'Begin of the window.' CODEC(Delta(4), ZSTD(1)),
    segmentation LowCardinality(String) COMMENT 'Dimensions the window is split by, sorted and joined by commas; empty: all traffic. Choose one: the same events are in all of them.',
    segment Map(LowCardinality(String), String) COMMENT 'Value of every dimension of the segmentation.' CODEC(ZSTD(1)),
    segment_key String COMMENT 'The segment as canonical JSON: its identity.' CODEC(ZSTD(1)),
    signal LowCardinality(String) COMMENT 'Signal that is summarised; empty in the row that only counts events.',
    kind LowCardinality(String) COMMENT 'Kind of the summary: flag, distribution, category, cardinality or vector; events where signal is empty.',
    version UInt64 COMMENT 'Version of the window: the largest is kept.' CODEC(ZSTD(1)),
    events UInt64 COMMENT 'Events of the segment in the window, whether they have the signal or not.' CODEC(ZSTD(1)),
    count UInt64 COMMENT 'Values that are summarised: events that have the signal; 0 for cardinalities.' CODEC(ZSTD(1)),
    positive UInt64 COMMENT 'Flags: events where it is true.' CODEC(ZSTD(1)),
    sum Float64 COMMENT 'Distributions: sum of the values.' CODEC(ZSTD(1)),
    sum_squares Float64 COMMENT 'Distributions: sum of the squared values; vectors: sum of the squared lengths.' CODEC(ZSTD(1)),
    minimum Nullable(Float64) COMMENT 'Distributions: smallest value; null without values.' CODEC(ZSTD(1)),
    maximum Nullable(Float64) COMMENT 'Distributions: largest value; null without values.' CODEC(ZSTD(1)),
    integral Bool COMMENT 'Distributions: whether all values are whole numbers.',
    zero_count UInt64 COMMENT 'Distributions: values that are zero.' CODEC(ZSTD(1)),
    positive_buckets Map(Int16, UInt64) COMMENT 'Distributions: counts of positive values by bucket; bucket i ends at exp2((i + 1) / 16). Add up with sumMap, then quantile_from_buckets.' CODEC(ZSTD(1)),
    negative_buckets Map(Int16, UInt64) COMMENT 'Distributions: counts of negative values by the bucket of their magnitude. Add up with sumMap.' CODEC(ZSTD(1)),
    categories Map(String, UInt64) COMMENT 'Categories: events by category. Add up with sumMap.' CODEC(ZSTD(1)),
    other_categories UInt64 COMMENT 'Categories: events of categories beyond the 256 that are counted by name.' CODEC(ZSTD(1)),
    registers Map(UInt16, UInt8) COMMENT 'Cardinalities: HyperLogLog registers that are set. Merge with maxMap, then distinct_from_registers.' CODEC(ZSTD(1)),
    vector Array(Float64) COMMENT 'Vectors: sum of the embeddings. Add up with sumForEach; divided by count it is their mean.' CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(version)
PARTITION BY (resolution_seconds, toYYYYMM(start))
PRIMARY KEY (resolution_seconds, signal, segmentation)
ORDER BY (resolution_seconds, signal, segmentation, segment_key, start)
TTL start + toIntervalDay(multiIf(resolution_seconds = 10, ${windows_10s_days}, resolution_seconds = 60, ${windows_60s_days}, resolution_seconds = 3600, ${windows_3600s_days}, ${windows_86400s_days}))
SETTINGS min_age_to_force_merge_seconds = 10800, min_age_to_force_merge_on_partition_only = 1
COMMENT 'Closed windows as inserted. May hold several versions of a window: query the view windows.';

-- The value of bucket i is 0.9783425 * exp2((i + 1) / 16): within 2.2 % of all the bucket holds.
CREATE OR REPLACE FUNCTION quantile_from_buckets${on_cluster} AS (level, negative, zeros, positive) ->
    if(
        zeros + arraySum(mapValues(negative)) + arraySum(mapValues(positive)) = 0,
        NULL,
        arrayElement(
            arrayConcat(
                arrayMap(bin -> -0.9783425 * exp2((bin.1 + 1) / 16), arrayReverseSort(arrayZip(mapKeys(negative), mapValues(negative)))),
                [0.],
                arrayMap(bin -> 0.9783425 * exp2((bin.1 + 1) / 16), arraySort(arrayZip(mapKeys(positive), mapValues(positive))))
            ),
            arrayFirstIndex(
                reached -> reached >= greatest(1, ceil(level * (zeros + arraySum(mapValues(negative)) + arraySum(mapValues(positive))))),
                arrayCumSum(arrayConcat(
                    arrayMap(bin -> bin.2, arrayReverseSort(arrayZip(mapKeys(negative), mapValues(negative)))),
                    [zeros],
                    arrayMap(bin -> bin.2, arraySort(arrayZip(mapKeys(positive), mapValues(positive))))
                ))
            )
        )
    );

-- HyperLogLog of 2048 registers: Ertl, New cardinality estimation algorithms (2017), algorithm 6.
CREATE OR REPLACE FUNCTION distinct_from_registers${on_cluster} AS (registers) ->
    if(
        empty(registers),
        0,
        0.7213475204444817 * 2048 * 2048 / (
            2048 * (
                1 - length(registers) / 2048
                + arraySum(k -> pow(1 - length(registers) / 2048, exp2(k)) * exp2(k - 1), range(1, 21))
            )
            + arraySum(rank -> exp2(-toInt16(rank)), mapValues(registers))
        )
    );

CREATE OR REPLACE VIEW windows${on_cluster} AS
SELECT
    *,
    if(kind = 'flag' AND count > 0, positive / count, NULL) AS rate,
    if(kind = 'distribution' AND count > 0, sum / count, NULL) AS mean,
    if(kind = 'distribution' AND count > 0, sqrt(greatest(sum_squares / count - pow(sum / count, 2), 0)), NULL) AS deviation,
    greatest(minimum, least(maximum, quantile_from_buckets(0.5, negative_buckets, zero_count, positive_buckets))) AS p50,
    greatest(minimum, least(maximum, quantile_from_buckets(0.9, negative_buckets, zero_count, positive_buckets))) AS p90,
    greatest(minimum, least(maximum, quantile_from_buckets(0.95, negative_buckets, zero_count, positive_buckets))) AS p95,
    greatest(minimum, least(maximum, quantile_from_buckets(0.99, negative_buckets, zero_count, positive_buckets))) AS p99,
    if(kind = 'cardinality', distinct_from_registers(registers), NULL) AS distinct_values
FROM raw_windows FINAL
SETTINGS ${view_settings}
COMMENT 'Closed windows, the newest version of each. Filter by resolution_seconds, segmentation and signal.';

ALTER TABLE windows${on_cluster}
    COMMENT COLUMN rate 'Flags: share of true among the known; null without values. Over several windows: sum(positive) / sum(count).',
    COMMENT COLUMN mean 'Distributions: arithmetic mean; null without values. Over several windows: sum(sum) / sum(count).',
    COMMENT COLUMN deviation 'Distributions: standard deviation; null without values.',
    COMMENT COLUMN p50 'Distributions: median, within 2.2 %; null without values.',
    COMMENT COLUMN p90 'Distributions: 90 % quantile, within 2.2 %; null without values.',
    COMMENT COLUMN p95 'Distributions: 95 % quantile, within 2.2 %; null without values.',
    COMMENT COLUMN p99 'Distributions: 99 % quantile, within 2.2 %; null without values. Over several windows: quantile_from_buckets(0.99, sumMap(negative_buckets), sum(zero_count), sumMap(positive_buckets)).',
    COMMENT COLUMN distinct_values 'Cardinalities: how many distinct values, estimated (standard error 2.3 %). Over several windows: distinct_from_registers(maxMap(registers)).';

CREATE OR REPLACE VIEW slo_daily${on_cluster} AS
SELECT
    toDate(start) AS day,
    substring(signal, 5) AS indicator,
    segmentation,
    segment_key,
    any(segment) AS segment,
    sum(count) AS counted_events,
    sum(positive) AS good_events,
    counted_events - good_events AS bad_events,
    good_events / counted_events AS good_share
FROM windows
WHERE resolution_seconds = 3600 AND kind = 'flag' AND startsWith(signal, 'sli.')
GROUP BY day, signal, segmentation, segment_key
HAVING counted_events > 0
COMMENT 'Service level indicators by day (UTC) and segment, from the hours that are closed.';

ALTER TABLE slo_daily${on_cluster}
    COMMENT COLUMN day 'Day in UTC.',
    COMMENT COLUMN indicator 'Name of the service level indicator.',
    COMMENT COLUMN segmentation 'Dimensions the traffic is split by; choose one.',
    COMMENT COLUMN segment_key 'The segment as canonical JSON.',
    COMMENT COLUMN segment 'Value of every dimension of the segmentation.',
    COMMENT COLUMN counted_events 'Events that count for the indicator.',
    COMMENT COLUMN good_events 'Those that are good.',
    COMMENT COLUMN bad_events 'Those that are bad.',
    COMMENT COLUMN good_share 'Share of good ones.';

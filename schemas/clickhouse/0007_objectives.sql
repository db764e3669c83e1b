-- Intervals of shares, objectives as the monitors declare them, and what is left of their budgets.

-- Wilson, Probable inference, the law of succession, and statistical inference (1927), at 95 %.
CREATE OR REPLACE FUNCTION wilson_low${on_cluster} AS (positive, count) ->
    if(count = 0, NULL, greatest(0., (
        positive / count + 3.841458820694124 / (2 * count)
        - 1.959963984540054 * sqrt(greatest(0., (positive / count) * (1 - positive / count) / count + 3.841458820694124 / (4 * count * count)))
    ) / (1 + 3.841458820694124 / count)));

CREATE OR REPLACE FUNCTION wilson_high${on_cluster} AS (positive, count) ->
    if(count = 0, NULL, least(1., (
        positive / count + 3.841458820694124 / (2 * count)
        + 1.959963984540054 * sqrt(greatest(0., (positive / count) * (1 - positive / count) / count + 3.841458820694124 / (4 * count * count)))
    ) / (1 + 3.841458820694124 / count)));

CREATE TABLE IF NOT EXISTS raw_objectives${on_cluster}
(
    name String COMMENT 'Name of the objective: its monitor.',
    title String COMMENT 'Name for people.',
    description String COMMENT 'What it asks for.',
    indicator String COMMENT 'Service level indicator: the signal sli.<indicator> is true for good events.',
    target Float64 COMMENT 'Share of good events that is asked for, 0 to 1.',
    window_seconds UInt64 COMMENT 'Stretch of time the budget is for, in seconds.',
    segmentation LowCardinality(String) COMMENT 'Dimensions with a budget each, sorted and joined by commas; empty: one budget for all.',
    segment Map(LowCardinality(String), String) COMMENT 'Only segments with these values have a budget; empty: all of the segmentation.',
    active Bool COMMENT 'False: no longer declared.',
    declared_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When it was declared like this: the last declaration of a name is kept.'
)
ENGINE = ${replicated}ReplacingMergeTree(declared_at)
ORDER BY name
COMMENT 'Objectives as declared: query the view objectives.';

CREATE OR REPLACE VIEW objectives${on_cluster} AS
SELECT * FROM raw_objectives FINAL WHERE active
COMMENT 'Service level objectives that are declared now.';

-- Days of closed windows: the day's own window where it has closed, its hours where it has not.
CREATE OR REPLACE VIEW objective_days${on_cluster} AS
WITH days AS
(
    SELECT
        toDate(w.start) AS day, o.name AS objective, any(o.indicator) AS indicator,
        any(o.target) AS target, any(o.window_seconds) AS window_seconds,
        w.segmentation AS segmentation, w.segment_key AS segment_key, any(w.segment) AS segment,
        sum(w.count) AS counted_events, sum(w.positive) AS good_events
    FROM windows AS w
    INNER JOIN objectives AS o ON w.signal = concat('sli.', o.indicator) AND w.segmentation = o.segmentation
    WHERE w.resolution_seconds = 3600 AND startsWith(w.signal, 'sli.')
        AND arrayAll(name -> w.segment[name] = o.segment[name], mapKeys(o.segment))
    GROUP BY day, objective, segmentation, segment_key
    HAVING counted_events > 0
)
SELECT
    d.day AS day, d.objective AS objective, any(d.indicator) AS indicator,
    d.segmentation AS segmentation, d.segment_key AS segment_key, any(d.segment) AS segment,
    any(d.target) AS target, any(d.counted_events) AS counted_events,
    any(d.good_events) AS good_events, counted_events - good_events AS bad_events,
    good_events / counted_events AS good_share,
    wilson_low(good_events, counted_events) AS good_share_low,
    wilson_high(good_events, counted_events) AS good_share_high,
    bad_events / (counted_events * (1 - target)) AS burn_rate,
    sum(before.counted_events) AS window_events,
    window_events - sum(before.good_events) AS window_bad_events,
    1 - window_bad_events / (window_events * (1 - target)) AS budget_left
FROM days AS d
INNER JOIN days AS before ON before.objective = d.objective AND before.segment_key = d.segment_key
WHERE before.day <= d.day AND before.day > d.day - toIntervalDay(intDiv(d.window_seconds, 86400))
GROUP BY d.day, d.objective, d.segmentation, d.segment_key
COMMENT 'Objectives by day (UTC) and segment: what was good, how fast the budget burned, what was left of it.';

ALTER TABLE objective_days${on_cluster}
    COMMENT COLUMN day 'Day in UTC; the last one so far, from the hours that have closed.',
    COMMENT COLUMN objective 'Name of the objective.',
    COMMENT COLUMN indicator 'Its service level indicator.',
    COMMENT COLUMN segmentation 'Dimensions with a budget each; empty: one budget for all.',
    COMMENT COLUMN segment_key 'The segment as canonical JSON.',
    COMMENT COLUMN segment 'Value of every dimension of the segmentation.',
    COMMENT COLUMN target 'Share of good events that is asked for.',
    COMMENT COLUMN counted_events 'Events of the day that count for the objective.',
    COMMENT COLUMN good_events 'Those that are good.',
    COMMENT COLUMN bad_events 'Those that are bad.',
    COMMENT COLUMN good_share 'Share of good events of the day.',
    COMMENT COLUMN good_share_low 'Lower end of its 95 % interval (Wilson).',
    COMMENT COLUMN good_share_high 'Upper end of its 95 % interval (Wilson).',
    COMMENT COLUMN burn_rate 'How many times faster than sustainable the day spent the budget.',
    COMMENT COLUMN window_events 'Events that count in the window of the objective that ends with the day.',
    COMMENT COLUMN window_bad_events 'Bad ones among them.',
    COMMENT COLUMN budget_left 'Share of the budget of that window that is left; below 0: overspent.';

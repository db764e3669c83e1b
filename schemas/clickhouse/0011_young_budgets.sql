-- Budgets of objectives that are younger than their window: what was spent of it is in proportion to
-- how much of it there is, as alerts and `tidewatch slo status` have it. Better words for users, and for signals without a column.

-- Days of closed windows: the day's own window where it has closed, its hours where it has not.
CREATE OR REPLACE VIEW objective_days${on_cluster} AS
WITH days AS
(
    SELECT
        toDate(w.start) AS day, o.name AS objective, any(o.indicator) AS indicator,
        any(o.target) AS target, any(o.window_seconds) AS window_seconds,
        w.segmentation AS segmentation, w.segment_key AS segment_key, any(w.segment) AS segment,
        sum(w.count) AS counted_events, sum(w.positive) AS good_events,
        min(w.start) AS begins, max(w.start) + 3600 AS ends
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
    least(any(d.window_seconds), dateDiff('second', min(before.begins), any(d.ends))) AS seen_seconds,
    1 - window_bad_events / (window_events * (1 - target)) * seen_seconds / any(d.window_seconds) AS budget_left
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
    COMMENT COLUMN seen_seconds 'How much of that window there is: less than all of it for a young objective.',
    COMMENT COLUMN budget_left 'Share of the budget of that window that is left; below 0: overspent. What is not seen yet is taken to be like what is.';

ALTER TABLE raw_alerts${on_cluster}
    COMMENT COLUMN users 'Users in the window, of an hour at most, with bad events or not; estimated; null when unknown.';

ALTER TABLE alert_stories${on_cluster}
    COMMENT COLUMN users 'Users in the window, of an hour at most, with bad events or not; estimated; null when unknown.';

ALTER TABLE raw_signals${on_cluster}
    COMMENT COLUMN column_name 'Its column in events; an event field when the signal is one; empty when it is in windows alone.';

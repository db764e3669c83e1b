"""Panels about objectives and their error budgets."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, Threshold
from dashboards.panels.windows import POINT, RESOLUTION, named_by_segment
from schemas.quantity_words import SHARE

_NONE = (
    "No objective has counted an event yet: declare one in the folder of monitors, and wait for "
    "an hour to close."
)
_OF_CHOSEN = "[[application: segment['service_name']]]"

OBJECTIVES = Panel(
    id="objectives",
    title="Objectives",
    question="Is quality within its objective, and how much budget is left?",
    sql=f"""SELECT objective, segment_key, target,
    good_share, good_share_low, good_share_high, burn_rate, budget_left, counted_events,
    toString(objective_days.day) AS day
FROM objective_days
WHERE objective_days.day >= toDate({{from:DateTime}})
    AND objective_days.day <= toDate({{to:DateTime}}) AND {_OF_CHOSEN}
ORDER BY objective_days.day DESC, budget_left
LIMIT 1 BY objective, segment_key""",
    picture="table",
    columns=(
        Column(name="objective", role="label", title="Objective"),
        Column(name="segment_key", role="label", title="Segment", drill="segment"),
        Column(name="target", title="Target", unit=SHARE),
        Column(name="good_share", title="Good on the day", unit=SHARE),
        Column(name="good_share_low", role="low", title="from", unit=SHARE),
        Column(name="good_share_high", role="high", title="to", unit=SHARE),
        Column(name="burn_rate", title="Burn rate of the day"),
        Column(name="budget_left", title="Budget left", unit=SHARE),
        Column(name="counted_events", title="Events of the day", unit="{event}"),
        Column(name="day", role="label", title="Day"),
    ),
    width=24,
    empty=_NONE,
)
BUDGET = Panel(
    id="budget-left",
    title="Error budget left",
    question="How did the budget of each objective go down?",
    sql=f"""SELECT toDateTime(day) AS time,
    {named_by_segment("objective", "segment")} AS line,
    budget_left
FROM objective_days
WHERE day >= toDate({{from:DateTime}}) AND day <= toDate({{to:DateTime}}) AND {_OF_CHOSEN}
ORDER BY time, line""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="line", role="series"),
        Column(name="budget_left"),
    ),
    unit=SHARE,
    better="higher",
    base="critical",
    thresholds=(Threshold(at=0, level="warning"), Threshold(at=0.25, level="good")),
    maximum=1,
    empty=_NONE,
)
BURN = Panel(
    id="burn-rate",
    title="Burn rate",
    question="Which budget burns how many times faster than it may, since when?",
    sql=f"""SELECT {POINT} AS time,
    {named_by_segment("o.name", "w.segment")} AS line,
    (1 - sum(positive) / sum(count)) / (1 - any(o.target)) AS burn_rate
FROM windows AS w
INNER JOIN objectives AS o
    ON w.signal = concat('sli.', o.indicator) AND w.segmentation = o.segmentation
WHERE startsWith(w.signal, 'sli.') AND w.resolution_seconds = {RESOLUTION}
    AND w.start >= {{from:DateTime}} AND w.start < {{to:DateTime}} AND {_OF_CHOSEN}
    AND arrayAll(name -> w.segment[name] = o.segment[name], mapKeys(o.segment))
GROUP BY time, line
HAVING sum(count) > 0
ORDER BY time, line""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="line", role="series"),
        Column(name="burn_rate"),
    ),
    better="lower",
    thresholds=(
        Threshold(at=1, level="warning"),
        Threshold(at=14.4, level="critical"),
    ),
    minimum=0,
    empty=_NONE,
)

PANELS = (OBJECTIVES, BUDGET, BURN)

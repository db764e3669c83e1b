"""Panels about money: by model, by user."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel
from schemas.quantity_words import SHARE

_NONE = "No inference told what it cost: applications send cost_usd with their events."
_DAYS = """day >= toDate({from:DateTime}) AND day <= toDate({to:DateTime})
    AND [[application: service_name]]"""

BY_DAY = Panel(
    id="cost-by-day",
    title="Cost by day and model",
    question="What does each model cost a day?",
    sql=f"""SELECT toDateTime(day) AS time, request_model AS model, sum(cost_usd) AS cost_usd
FROM cost_daily
WHERE {_DAYS} AND [[model: request_model]]
GROUP BY time, model
HAVING sum(priced_inferences) > 0
ORDER BY time, model""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="model", role="series"),
        Column(name="cost_usd"),
    ),
    unit="USD",
    better="lower",
    minimum=0,
    empty=_NONE,
)
BY_MODEL = Panel(
    id="cost-by-model",
    title="Models by cost",
    question="Which model costs most, in all and for each inference?",
    sql=f"""SELECT request_model AS model,
    if(sum(c.priced_inferences) = 0, NULL, sum(c.cost_usd)) AS cost_usd,
    1000 * cost_usd / sum(c.priced_inferences) AS cost_usd_per_1000,
    sum(c.inferences) AS inferences, sum(c.input_tokens) AS input_tokens,
    sum(c.cached_input_tokens) / nullIf(sum(c.input_tokens), 0) AS cached,
    sum(c.output_tokens) AS output_tokens
FROM cost_daily AS c
WHERE {_DAYS} AND [[model: request_model]]
GROUP BY model
ORDER BY cost_usd DESC NULLS LAST, model""",
    picture="table",
    columns=(
        Column(name="model", role="label", title="Model"),
        Column(name="cost_usd", title="Cost", unit="USD"),
        Column(name="cost_usd_per_1000", title="Cost of 1,000", unit="USD"),
        Column(name="inferences", title="Inferences", unit="{event}"),
        Column(name="input_tokens", title="Tokens in", unit="{token}"),
        Column(name="cached", title="of these cached", unit=SHARE),
        Column(name="output_tokens", title="Tokens out", unit="{token}"),
    ),
    empty=_NONE,
)
BY_USER = Panel(
    id="users-by-cost",
    title="Users by cost",
    question="Which users cost most? Names are pseudonyms.",
    sql=f"""SELECT user, sum(u.cost_usd) AS cost_usd, sum(u.inferences) AS inferences,
    sum(u.errors) / sum(u.inferences) AS failed
FROM user_days AS u
WHERE {_DAYS}
GROUP BY user
ORDER BY cost_usd DESC NULLS LAST, user
LIMIT 20""",
    picture="table",
    columns=(
        Column(name="user", role="label", title="User"),
        Column(name="cost_usd", title="Cost", unit="USD"),
        Column(name="inferences", title="Inferences", unit="{event}"),
        Column(name="failed", title="Failed", unit=SHARE),
    ),
    empty="No event named a user: applications send a pseudonym as user_id.",
)
BY_APPLICATION = Panel(
    id="cost-by-application",
    title="Applications by cost",
    question="Which application costs most?",
    sql=f"""SELECT service_name AS application, sum(cost_usd) AS cost_usd
FROM cost_daily
WHERE {_DAYS} AND [[model: request_model]]
GROUP BY application
HAVING sum(priced_inferences) > 0
ORDER BY cost_usd DESC, application""",
    picture="bar",
    columns=(Column(name="application", role="series"), Column(name="cost_usd")),
    unit="USD",
    better="lower",
    empty=_NONE,
)

PANELS = (BY_DAY, BY_APPLICATION, BY_MODEL, BY_USER)

"""Panels about the quality of answers."""

# Queries are put together from constants; what people choose is bound as parameters.

from dashboards.panels.panel import Column, Panel
from dashboards.panels.series import mean_over_time, share_over_time
from schemas.quantity_words import SHARE

_APPLICATION = "segment['service_name']"

HALLUCINATION = mean_over_time(
    "response.hallucination",
    _APPLICATION,
    id="hallucination",
    title="Hallucination, mean score",
    question="How much of the answers is not supported by their sources?",
    better="lower",
)
REFUSALS = share_over_time(
    "response.refusal",
    _APPLICATION,
    id="refusals",
    title="Refused",
    question="Which share of answers is a refusal?",
    unit=SHARE,
)
TOXICITY = mean_over_time(
    "response.toxicity",
    _APPLICATION,
    id="toxicity",
    title="Toxicity of answers, mean score",
    question="How toxic are the answers?",
    better="lower",
)
INJECTION = mean_over_time(
    "prompt.injection",
    _APPLICATION,
    id="injection",
    title="Injection attempts, mean score",
    question="How hard do prompts try to take the model over?",
    better="lower",
)
PERSONAL_DATA = mean_over_time(
    "response.pii",
    _APPLICATION,
    id="personal-data",
    title="Personal data in answers, mean score",
    question="How much personal data do the answers hold?",
    better="lower",
)
THUMBS = Panel(
    id="thumbs",
    title="Thumbs up",
    question="What do users say, by day and application?",
    sql="""SELECT toDateTime(day) AS time, service_name AS application,
    sum(thumbs_up) / sum(thumbs) AS thumbs_up
FROM thumbs_daily
WHERE day >= toDate({from:DateTime}) AND day <= toDate({to:DateTime})
    AND [[application: service_name]] AND [[model: request_model]] AND [[release: service_version]]
GROUP BY time, application
ORDER BY time, application""",
    picture="timeseries",
    columns=(
        Column(name="time", role="time"),
        Column(name="application", role="series"),
        Column(name="thumbs_up"),
    ),
    unit=SHARE,
    better="higher",
    minimum=0,
    maximum=1,
    empty="No thumbs in this stretch: applications send them to the topic of feedback.",
)
FEEDBACK = Panel(
    id="feedback",
    title="Feedback by kind",
    question="Who judged how often, and what did they say?",
    sql="""SELECT source, kind, count() AS judgements, avg(value) AS mean_value
FROM feedback_events
WHERE time >= {from:DateTime} AND time <= {to:DateTime}
    AND [[application: service_name]] AND [[model: request_model]] AND [[release: service_version]]
GROUP BY source, kind
ORDER BY judgements DESC, source, kind""",
    picture="table",
    columns=(
        Column(name="source", role="label", title="Who"),
        Column(name="kind", role="label", title="How"),
        Column(name="judgements", title="Judgements"),
        Column(name="mean_value", title="Mean value"),
    ),
    empty=THUMBS.empty,
)

PANELS = (HALLUCINATION, REFUSALS, TOXICITY, INJECTION, PERSONAL_DATA, THUMBS, FEEDBACK)

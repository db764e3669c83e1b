"""Panels about single events: find them, read one."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.alert_story import STATUSES
from dashboards.panels.panel import Column, Panel

_EVENT_VALUE = """multiIf(
        name = 'service_name', service_name, name = 'use_case', use_case,
        name = 'use_case_kind', use_case_kind, name = 'request_model', request_model,
        name = 'response_model', response_model, name = 'provider_name', provider_name,
        name = 'operation_name', operation_name, name = 'service_version', service_version,
        name = 'release_role', release_role, name = 'experiment_arm', experiment_arm,
        name = 'prompt_name', prompt_name, name = 'prompt_version', prompt_version,
        name = 'deployment_environment_name', deployment_environment_name,
        labels[substring(name, 8)]
    )"""
_IN_SEGMENT = f"""arrayAll(
    (name, value) -> value = {_EVENT_VALUE},
    mapKeys(JSONExtract({{segment:String}}, 'Map(String, String)')),
    mapValues(JSONExtract({{segment:String}}, 'Map(String, String)'))
)"""
_CHOSEN = f"""time >= {{from:DateTime}} AND time <= {{to:DateTime}}
    AND [[application: service_name]] AND [[model: request_model]] AND [[release: service_version]]
    AND {_IN_SEGMENT}
    AND (
        {{search:String}} = ''
        OR positionCaseInsensitiveUTF8(ifNull(prompt, ''), {{search:String}}) > 0
        OR positionCaseInsensitiveUTF8(ifNull(response, ''), {{search:String}}) > 0
    )"""

EVENTS = Panel(
    id="event-list",
    title="Events",
    question="Which events are these? The newest 200.",
    sql=f"""SELECT time, service_name, request_model, service_version, status, latency_seconds,
    cost_usd, response_hallucination AS hallucination, response_refusal AS refused,
    substringUTF8(ifNull(prompt, ''), 1, 120) AS prompt,
    substringUTF8(ifNull(response, ''), 1, 160) AS response, event_id
FROM
(
    SELECT * FROM events
    WHERE {_CHOSEN}
    ORDER BY time DESC
    LIMIT 200
)""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="service_name", role="label", title="Application"),
        Column(name="request_model", role="label", title="Model"),
        Column(name="service_version", role="label", title="Release"),
        Column(name="status", role="label", title="Outcome", states=STATUSES),
        Column(name="latency_seconds", title="Latency", unit="s"),
        Column(name="cost_usd", title="Cost", unit="USD"),
        Column(name="hallucination", title="Hallucination"),
        Column(name="refused", title="Refused"),
        Column(name="prompt", role="label", title="Prompt"),
        Column(name="response", role="label", title="Answer"),
        Column(name="event_id", role="label", title="Event", drill="event"),
    ),
    width=24,
    height=16,
)
FAILURE_KINDS = Panel(
    id="failure-kinds",
    title="Failures by kind",
    question="How do calls fail?",
    sql=f"""SELECT if(error_type = '', '(not told)', error_type) AS kind, count() AS failures
FROM events
WHERE {_CHOSEN} AND status = 'error'
GROUP BY kind
ORDER BY failures DESC""",
    picture="bar",
    columns=(Column(name="kind", role="series"), Column(name="failures")),
    unit="{event}",
    better="lower",
    empty="No call failed.",
)
COUNT = Panel(
    id="event-count",
    title="Events found",
    question="How many events are these?",
    sql=f"""SELECT count() AS events, uniq(user_id) AS users
FROM events
WHERE {_CHOSEN}""",
    picture="stat",
    columns=(
        Column(name="events", unit="{event}"),
        Column(name="users", unit="{user}"),
    ),
    unit="{event}",
)
# Texts of several lines stand below each other: in one row a column each they could not be read.
EVENT = Panel(
    id="event",
    title="The event",
    question="What was asked and answered?",
    sql="""SELECT told.1 AS field, told.2 AS text
FROM
(
    SELECT arrayJoin([
        ('When', concat(toString(time), ' UTC')),
        ('Application', toString(service_name)),
        ('Model', toString(request_model)),
        ('Release', toString(service_version)),
        ('Outcome', arrayStringConcat([toString(status), toString(error_type)], ' ')),
        ('Stopped because', toString(finish_reason)),
        ('Latency', ifNull(concat(toString(latency_seconds), ' s'), '')),
        ('Cost', ifNull(concat(toString(cost_usd), ' USD'), '')),
        ('System prompt', ifNull(system_prompt, '')),
        ('Prompt', ifNull(prompt, '')),
        ('Retrieved passages', arrayStringConcat(contexts, '\\n\\n')),
        ('Answer', ifNull(response, '')),
        ('Trace', trace_id),
        ('Conversation', conversation_id)
    ]) AS told
    FROM events
    WHERE event_id = {event:String}
)
WHERE notEmpty(trimBoth(text))""",
    picture="table",
    columns=(
        Column(name="field", role="label", title="What"),
        Column(name="text", role="label", title="Says", long=True),
    ),
    width=24,
    height=14,
    empty="Choose an event in the list, or type its id.",
)
EVENT_SIGNALS = Panel(
    id="event-signals",
    title="Its signals",
    question="What was measured on it?",
    sql="""SELECT l.signal AS signal, l.number AS number, l.category AS category,
    if(l.kind = 'flag', '', s.unit) AS unit, s.description AS description
FROM (SELECT signal, kind, number, category FROM signals_long WHERE event_id = {event:String}) AS l
LEFT JOIN signals AS s ON s.name = l.signal
ORDER BY signal""",
    picture="table",
    columns=(
        Column(name="signal", role="label", title="Signal"),
        Column(name="number", title="Value"),
        Column(name="category", role="label", title="Category"),
        Column(name="unit", role="unit"),
        Column(name="description", role="label", title="What it says"),
    ),
    height=12,
    empty=EVENT.empty,
)
EVENT_FEEDBACK = Panel(
    id="event-feedback",
    title="Its feedback",
    question="What was said of it?",
    sql="""SELECT time, source, kind, value, label, comment
FROM feedback
WHERE event_id = {event:String}
ORDER BY time""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="source", role="label", title="Who"),
        Column(name="kind", role="label", title="How"),
        Column(name="value", title="Value"),
        Column(name="label", role="label", title="Category"),
        Column(name="comment", role="label", title="Comment"),
    ),
    height=12,
    empty="Nobody judged this event.",
)

LIST = (COUNT, FAILURE_KINDS, EVENTS)
ONE = (EVENT, EVENT_SIGNALS, EVENT_FEEDBACK)

"""Panels that hold releases against each other."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, State
from dashboards.panels.series import mean_over_time, quantile_over_time, share_over_time
from dashboards.panels.windows import BY_RELEASE, windows_of
from schemas.quantity_words import SHARE

_RELEASE = (
    "concat(segment['service_name'], ' ', segment['service_version'], ' ', segment['release_role'])"
)
_CUT = f"'{BY_RELEASE}'"
_CHOSEN = "[[application: segment['service_name']]] AND [[release: segment['service_version']]]"
_SHOWN = (
    "'error', 'latency', 'cost', 'response.refusal', 'response.hallucination', "
    "'response.toxicity', 'response.relevance', 'prompt.injection', 'tokens.output'"
)

COMPARISON = Panel(
    id="release-comparison",
    title="Releases against the stable one",
    question="Which release is better, and is the difference more than chance?",
    sql=f"""WITH measured AS
(
    SELECT
        segment['service_name'] AS application, segment['service_version'] AS release,
        segment['release_role'] AS role, signal, sum(count) AS known,
        if(any(kind) = 'flag', sum(positive), sum(sum)) / known AS value,
        1.959963984540054
            * sqrt(greatest(0., sum(sum_squares) / known - value * value) / known) AS half,
        if(any(kind) = 'flag', wilson_low(sum(positive), known), value - half) AS low,
        if(any(kind) = 'flag', wilson_high(sum(positive), known), value + half) AS high
    {windows_of(f"signal IN ({_SHOWN})", _CUT, _CHOSEN)}
    GROUP BY application, release, role, signal
    HAVING known > 0
)
SELECT
    m.application AS application, m.release AS release, m.role AS role, m.signal AS signal,
    m.known AS events, m.value AS value, m.low AS low, m.high AS high, s.release AS stable,
    m.value - s.value AS difference,
    difference - sqrt(pow(m.value - m.low, 2) + pow(s.high - s.value, 2)) AS difference_low,
    difference + sqrt(pow(m.high - m.value, 2) + pow(s.value - s.low, 2)) AS difference_high,
    multiIf(
        difference_low <= 0 AND difference_high >= 0, 'no difference seen',
        d.better = 'neither', 'different',
        (difference > 0) = (d.better = 'higher'), 'better', 'worse'
    ) AS verdict,
    if(d.kind = 'flag', '{{share}}', d.unit) AS unit
FROM measured AS m
INNER JOIN
(
    SELECT * FROM measured WHERE role = 'stable' ORDER BY known DESC LIMIT 1 BY application, signal
) AS s ON s.application = m.application AND s.signal = m.signal
LEFT JOIN signals AS d ON d.name = m.signal
WHERE m.release != s.release OR m.role != s.role
ORDER BY application, release, role, signal""",
    picture="table",
    columns=(
        Column(name="application", role="label", title="Application", drill="application"),
        Column(name="release", role="label", title="Release"),
        Column(name="role", role="label", title="Role"),
        Column(name="signal", role="label", title="Signal"),
        Column(name="events", title="Events", unit="{event}"),
        Column(name="value", title="Mean or share"),
        Column(name="low", role="low", title="from"),
        Column(name="high", role="high", title="to"),
        Column(name="stable", role="label", title="Held against"),
        Column(name="difference", title="Difference"),
        Column(name="difference_low", role="low", title="from"),
        Column(name="difference_high", role="high", title="to"),
        Column(
            name="verdict",
            role="label",
            title="At this one look",
            states=(State(name="better", level="good"), State(name="worse", level="critical")),
        ),
        Column(name="unit", role="unit"),
    ),
    width=24,
    height=10,
    empty="Every application had one release only in this stretch of time.",
)
FAILURES = share_over_time(
    "error",
    _RELEASE,
    cut=_CUT,
    where=_CHOSEN,
    id="failures-by-release",
    title="Failed by release",
    question="Since which release do calls fail more often?",
    unit=SHARE,
    better="lower",
)
LATENCY = quantile_over_time(
    "latency",
    0.95,
    _RELEASE,
    cut=_CUT,
    where=_CHOSEN,
    id="latency-by-release",
    title="Latency by release, 95 %",
    question="Which release is slower?",
    unit="s",
    better="lower",
)
HALLUCINATION = mean_over_time(
    "response.hallucination",
    _RELEASE,
    cut=_CUT,
    where=_CHOSEN,
    id="hallucination-by-release",
    title="Hallucination by release, mean score",
    question="Which release says more that its sources do not?",
    better="lower",
)
COST = mean_over_time(
    "cost",
    _RELEASE,
    cut=_CUT,
    where=_CHOSEN,
    id="cost-by-release",
    title="Cost of an inference by release",
    question="Which release costs more?",
    unit="USD",
    better="lower",
)

PANELS = (COMPARISON, FAILURES, LATENCY, HALLUCINATION, COST)

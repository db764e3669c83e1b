"""Every dashboard there is, and every panel by its id."""

from dashboards.panels import (
    alert_story,
    alerts,
    cost,
    drift,
    events,
    health,
    objectives,
    overview,
    quality,
    releases,
    segment,
)
from dashboards.panels.dashboard import Dashboard, Row
from dashboards.panels.panel import Panel
from dashboards.panels.variable import (
    ALERT,
    APPLICATION,
    EVENT,
    MODEL,
    RELEASE,
    SEARCH,
    SEGMENT,
    SIGNAL,
)

OVERVIEW = Dashboard(
    id="overview",
    title="Overview",
    audience="product owners",
    description="Is quality within its objective, what does it cost, who needs a look.",
    variables=(APPLICATION, MODEL, RELEASE),
    rows=(
        Row(title="Applications", panels=overview.PANELS),
        Row(title="Objectives", panels=(objectives.OBJECTIVES, objectives.BUDGET, objectives.BURN)),
        Row(title="Quality", panels=quality.PANELS),
    ),
)
RELEASES = Dashboard(
    id="releases",
    title="Releases and cost",
    audience="product owners",
    description="Which version is better, and what do models, applications and users cost.",
    variables=(APPLICATION, MODEL, RELEASE),
    rows=(
        Row(title="Releases", panels=releases.PANELS),
        Row(title="Cost", panels=cost.PANELS),
    ),
    hours=24 * 7,
    refresh_seconds=300,
)
ON_CALL = Dashboard(
    id="on-call",
    title="On call",
    audience="on-call engineers",
    description="What burns now, since when, for whom, and what changed before.",
    variables=(APPLICATION, MODEL, RELEASE),
    rows=(
        Row(title="Now", panels=(alerts.ALERTS_NOW, alerts.ALERT_STATES)),
        Row(title="Budgets", panels=(objectives.BURN, overview.FAILURES)),
        Row(title="Why", panels=(alerts.CHANGES, overview.LATENCIES, overview.TRAFFIC)),
        Row(title="Before", panels=(alerts.ALERTS_PAST, alerts.DELIVERIES)),
    ),
    hours=6,
)
ANALYSTS = Dashboard(
    id="analysts",
    title="Drift and distributions",
    audience="analysts",
    description="What moved from the week before, and how the values of a signal lie.",
    variables=(SEGMENT, SIGNAL),
    rows=(
        Row(title="Drift of the segment", panels=(drift.DRIFT_MAP, drift.MOVED)),
        Row(title="The signal", panels=(drift.QUANTILES, drift.HISTOGRAM, drift.CATEGORIES)),
    ),
    hours=24 * 14,
    refresh_seconds=300,
)
SEGMENT_PAGE = Dashboard(
    id="segment",
    title="Segment",
    audience="whoever follows a link",
    description="One segment: its failures, latency, quality, alerts and all its signals.",
    variables=(SEGMENT,),
    rows=(Row(title="The segment", panels=segment.PANELS),),
)
ALERT_PAGE = Dashboard(
    id="alert",
    title="Alert",
    audience="whoever follows a link",
    description="One alert: what broke, since when, how bad, for whom, why, and who was told.",
    variables=(ALERT,),
    rows=(Row(title="The alert", panels=alert_story.PANELS),),
)
EVENTS_PAGE = Dashboard(
    id="events",
    title="Events",
    audience="whoever follows a link",
    description="Find events, and read one with its signals and feedback.",
    variables=(APPLICATION, MODEL, RELEASE, SEGMENT, SEARCH, EVENT),
    rows=(
        Row(title="Events", panels=events.LIST),
        Row(title="One event", panels=events.ONE),
    ),
    hours=6,
    refresh_seconds=0,
)
HEALTH = Dashboard(
    id="health",
    title="Tidewatch itself",
    audience="platform engineers",
    description="Does it keep up, what does it refuse, who was told, how large is it.",
    variables=(),
    rows=(Row(title="Health", panels=(*health.PANELS, alerts.DELIVERIES)),),
    hours=6,
)

DASHBOARDS: tuple[Dashboard, ...] = (
    OVERVIEW,
    RELEASES,
    ON_CALL,
    ANALYSTS,
    SEGMENT_PAGE,
    ALERT_PAGE,
    EVENTS_PAGE,
    HEALTH,
)
"""All dashboards, in the order in which people should meet them."""


def dashboard(id: str) -> Dashboard:
    """The dashboard with an id; raises ``KeyError``."""
    return {each.id: each for each in DASHBOARDS}[id]


def panel(id: str) -> Panel:
    """The panel with an id; raises ``KeyError``."""
    return {each.id: each for board in DASHBOARDS for each in board.panels}[id]

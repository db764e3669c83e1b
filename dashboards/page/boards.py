"""What the page shows of the declared panels: few at a time, each page one question."""

from dataclasses import dataclass

from dashboards.panels import alerts, cost, drift, health, objectives, overview, quality
from dashboards.panels import releases as comparison
from dashboards.panels import segment as one_segment
from dashboards.panels.dashboard import Dashboard, Row
from dashboards.panels.variable import APPLICATION, MODEL, RELEASE, SEGMENT, SIGNAL

_ALL = (APPLICATION, MODEL, RELEASE)


@dataclass(frozen=True, slots=True)
class Board:
    """A page of panels: its address, the dashboard, the range it opens with.

    ``listed``: whether it stands in the navigation; others are reached by links.
    """

    path: str
    dashboard: Dashboard
    range: str = "1h"
    listed: bool = True

    @property
    def id(self) -> str:
        """The dashboard's."""
        return self.dashboard.id


BOARDS = (
    Board(
        "/",
        Dashboard(
            id="overview",
            title="Overview",
            audience="everybody",
            description="Is quality within its objective, what does it cost, who needs a look.",
            variables=_ALL,
            rows=(
                Row(title="Now", panels=overview.PANELS),
                Row(title="Quality", panels=(quality.HALLUCINATION, quality.REFUSALS)),
            ),
        ),
    ),
    Board(
        "/objectives",
        Dashboard(
            id="objectives",
            title="Objectives",
            audience="product owners and on-call engineers",
            description="How much of every error budget is left, and how fast it burns. A burn "
            "rate of 1 spends the budget exactly in the objective's window.",
            variables=_ALL,
            rows=(
                Row(
                    title="Budgets",
                    panels=(objectives.OBJECTIVES, objectives.BUDGET, objectives.BURN),
                ),
                Row(title="What fires", panels=(alerts.ALERTS_NOW, alerts.ALERT_STATES)),
            ),
        ),
        range="24h",
    ),
    Board(
        "/quality",
        Dashboard(
            id="quality",
            title="Quality",
            audience="product owners",
            description="Hallucination, refusals, toxicity, injection, personal data, and what "
            "users say.",
            variables=_ALL,
            rows=(Row(title="Quality", panels=quality.PANELS),),
        ),
        range="6h",
    ),
    Board(
        "/drift",
        Dashboard(
            id="drift",
            title="Drift",
            audience="analysts",
            description="What moved from the week before, by how much beyond its noise, and how "
            "the values of one signal lie.",
            variables=(SEGMENT, SIGNAL),
            rows=(
                Row(title="The segment", panels=(drift.DRIFT_MAP, drift.MOVED)),
                Row(
                    title="The signal",
                    panels=(drift.QUANTILES, drift.HISTOGRAM, drift.CATEGORIES),
                ),
            ),
        ),
        range="7d",
    ),
    Board(
        "/releases",
        Dashboard(
            id="releases",
            title="Releases",
            audience="product owners",
            description="Which release is better, in what, and is the difference more than chance.",
            variables=_ALL,
            rows=(Row(title="Comparison", panels=comparison.PANELS),),
        ),
        range="24h",
    ),
    Board(
        "/cost",
        Dashboard(
            id="cost",
            title="Cost",
            audience="product owners",
            description="What models, applications and users cost.",
            variables=_ALL,
            rows=(Row(title="Cost", panels=cost.PANELS),),
        ),
        range="7d",
    ),
    Board(
        "/segment",
        Dashboard(
            id="segment",
            title="Segment",
            audience="whoever follows a link",
            description="One part of the traffic: its failures, latency, quality and signals.",
            variables=(SEGMENT,),
            rows=(Row(title="The segment", panels=one_segment.PANELS),),
        ),
        listed=False,
    ),
    Board(
        "/health",
        Dashboard(
            id="health",
            title="Tidewatch",
            audience="platform engineers",
            description="Does Tidewatch keep up, what does it refuse, whom did it tell.",
            variables=(),
            rows=(Row(title="Health", panels=(*health.PANELS, alerts.DELIVERIES)),),
        ),
        range="6h",
        listed=False,
    ),
)

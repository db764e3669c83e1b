"""Every dashboard there is, and every panel by its id."""

from dashboards.panels import overview
from dashboards.panels.dashboard import Dashboard, Row
from dashboards.panels.panel import Panel
from dashboards.panels.variable import APPLICATION, MODEL, RELEASE

OVERVIEW = Dashboard(
    id="overview",
    title="Overview",
    audience="product owners",
    description="Is quality within its objective, what does it cost, who needs a look.",
    variables=(APPLICATION, MODEL, RELEASE),
    rows=(Row(title="Now and then", panels=overview.PANELS),),
)

DASHBOARDS: tuple[Dashboard, ...] = (OVERVIEW,)
"""All dashboards, in the order in which people should meet them."""


def dashboard(id: str) -> Dashboard:
    """The dashboard with an id; raises ``KeyError``."""
    return {each.id: each for each in DASHBOARDS}[id]


def panel(id: str) -> Panel:
    """The panel with an id; raises ``KeyError``."""
    return {each.id: each for board in DASHBOARDS for each in board.panels}[id]

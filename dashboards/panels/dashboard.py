"""A dashboard: panels in rows, for one audience."""

from dataclasses import dataclass

from dashboards.panels.panel import Panel
from dashboards.panels.variable import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Rows of panels, and the variables above them.

    ``id`` is the identity in links (Grafana: ``tidewatch-<id>``), ``audience`` who it is for,
    ``hours`` the stretch of time it opens with, ``refresh_seconds`` how often it is read again.
    """

    id: str
    title: str
    audience: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    hours: int = 24
    refresh_seconds: int = 30

    def __post_init__(self) -> None:
        known = {variable.name for variable in self.variables} | {"from", "to", "step"}
        for panel in self.panels:
            if missing := panel.variables - known:
                raise ValueError(f"dashboard {self.id}: {panel.id} needs variables {missing}")

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, in order."""
        return tuple(panel for row in self.rows for panel in row.panels)

"""Panels declared once: what Grafana and the built-in page both show."""

from dashboards.panels.dashboard import Dashboard, Row
from dashboards.panels.panel import Column, Panel, State, Threshold
from dashboards.panels.query import BoundQuery, Selection, bind
from dashboards.panels.registry import DASHBOARDS, dashboard, panel
from dashboards.panels.variable import Variable

__all__ = [
    "DASHBOARDS",
    "BoundQuery",
    "Column",
    "Dashboard",
    "Panel",
    "Row",
    "Selection",
    "State",
    "Threshold",
    "Variable",
    "bind",
    "dashboard",
    "panel",
]

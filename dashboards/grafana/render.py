"""Declared dashboards as Grafana's JSON."""

import json
from typing import Any

from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.grafana import links
from dashboards.grafana.data_source import REFERENCE, ClickHouseQuery
from dashboards.grafana.panel import COLOURS, grafana_panel
from dashboards.grafana.plugin_sql import plugin_sql
from dashboards.panels import DASHBOARDS, Dashboard, Variable

SCHEMA_VERSION = 39
"""Of Grafana 11.0: a newer one migrates it by itself."""

_COLUMNS = 24
"""Of Grafana's grid."""

ALERTS = """SELECT ifNull(fired_at, started_at) AS time, ifNull(resolved_at, now64(3)) AS timeEnd,
    monitor AS title, summary AS text, concat('alert,', severity, ',', state) AS tags
FROM alert_episodes
WHERE fired_at IS NOT NULL AND started_at <= {to:DateTime}
    AND (resolved_at IS NULL OR resolved_at >= {from:DateTime})"""
CHANGES = """SELECT time, concat(kind, ': ', before, ' to ', after) AS title, description AS text,
    concat('change,', kind) AS tags
FROM changes
WHERE time >= {from:DateTime} AND time <= {to:DateTime}"""
"""What is marked on every time axis."""


def render(board: Dashboard) -> dict[str, Any]:
    """The dashboard as JSON that Grafana 11 and newer take."""
    builder = (
        sdk.Dashboard(board.title)
        .uid(links.uid(board.id))
        .description(f"{board.description} For {board.audience}.")
        .tags([links.TAG])
        .editable()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time(f"now-{board.hours}h", "now")
        # As everything Tidewatch writes; and days of its views are days in UTC.
        .timezone("utc")
        .refresh(f"{board.refresh_seconds}s" if board.refresh_seconds else "")
        .link(links.to_dashboards())
    )
    for variable in board.variables:
        builder.with_variable(_variable(variable))
    for row in board.rows:
        builder.with_row(sdk.Row(row.title))
        for panel in row.panels:
            builder.with_panel(grafana_panel(panel))
    found: dict[str, Any] = json.loads(json.dumps(builder.build(), cls=JSONEncoder))
    _place(found["panels"])
    # The SDK has no query of a plugin in its annotations.
    found["annotations"] = {
        "list": [
            _annotation("Alerts", ALERTS, COLOURS["critical"]),
            _annotation("Changes", CHANGES, "#56b4e9"),
        ]
    }
    found["templating"].setdefault("list", [])
    return found | {"schemaVersion": SCHEMA_VERSION}


def render_all() -> dict[str, dict[str, Any]]:
    """Every dashboard's JSON by its uid."""
    return {links.uid(board.id): render(board) for board in DASHBOARDS}


def _place(panels: list[dict[str, Any]]) -> None:
    """Number the panels, and put them side by side as far as they fit."""
    x = y = tallest = 0
    for number, panel in enumerate(panels, start=1):
        size = panel["gridPos"]
        if x + size["w"] > _COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        panel["id"] = number
        panel["gridPos"] = size | {"x": x, "y": y}
        x, tallest = x + size["w"], max(tallest, size["h"])


def _variable(variable: Variable) -> Builder[models.VariableModel]:
    if variable.typed:
        typed = models.VariableOption(selected=True, text=variable.default, value=variable.default)
        return (
            sdk.TextBoxVariable(variable.name)
            .label(variable.label)
            .default_value(variable.default)
            .current(typed)
        )
    every = models.VariableOption(selected=True, text=["All"], value=["$__all"])
    first = models.VariableOption(
        selected=True, text=variable.default or "", value=variable.default or ""
    )
    builder = (
        sdk.QueryVariable(variable.name)
        .label(variable.label)
        .datasource(REFERENCE)
        .query(plugin_sql(variable.sql))
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(variable.several)
        .include_all(variable.several)
    )
    if variable.several:
        builder.current(every)
    elif variable.default:
        builder.current(first)
    return builder


def _annotation(name: str, sql: str, colour: str) -> dict[str, Any]:
    query = ClickHouseQuery(plugin_sql(sql), ref_id=name)
    return {
        "name": name,
        "enable": True,
        "iconColor": colour,
        "datasource": {"type": REFERENCE.type_val, "uid": REFERENCE.uid},
        "target": query.to_json(),
    }

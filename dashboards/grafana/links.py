"""Links between the dashboards: from overview to segment to events to one event."""

from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.models import dashboard as models

from dashboards.panels.panel import Column, Drill, Panel

UID_PREFIX = "tidewatch-"
TAG = "tidewatch"
_AROUND_SECONDS = 600

_TARGETS: dict[Drill, tuple[str, str, str]] = {
    "segment": ("segment", "segment", "The segment"),
    "application": ("overview", "application", "The application"),
    "events": ("events", "application", "Its events"),
    "event": ("events", "event", "The event"),
    "alert": ("alert", "alert", "The alert"),
}
"""Dashboard, variable and title of a link."""


def uid(dashboard_id: str) -> str:
    """The identity of a dashboard in Grafana."""
    return UID_PREFIX + dashboard_id


def of_column(panel: Panel, column: Column) -> list[dict[str, object]]:
    """Where a cell of this column leads. The first shown column leads to what hidden ids name."""
    found = []
    if column.drill and column.role != "id":
        named_by_id = [c for c in panel.columns if c.role == "id" and c.drill == column.drill]
        value = f"__data.fields.{named_by_id[0].name}" if named_by_id else "__value.raw"
        found.append(_link(column.drill, value))
    if column is panel.columns[0]:
        taken = {c.drill for c in panel.columns if c.role != "id"}
        found += [
            _link(c.drill, f"__data.fields.{c.name}")
            for c in panel.columns
            if c.role == "id" and c.drill and c.drill not in taken
        ]
    return found


def events_at_this_time(panel: Panel) -> sdk.DashboardLink:
    """From a point of a line to the events around it: examples of what the point sums up."""
    series = panel.columns_of("series")
    chosen = "${__all_variables}"
    if series == ("application",):
        chosen = "var-application=${__field.labels.application:percentencode}"
    window = f"time=${{__value.time}}&time.window={_AROUND_SECONDS * 1000}"
    return (
        sdk.DashboardLink("Events around this time")
        .type(models.DashboardLinkType.LINK)
        .url(f"/d/{uid('events')}?{window}&{chosen}")
    )


def to_dashboards() -> sdk.DashboardLink:
    """The other dashboards, as a menu that keeps the stretch of time and what is chosen."""
    return (
        sdk.DashboardLink("Tidewatch")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def _link(drill: Drill, value: str) -> dict[str, object]:
    board, variable, title = _TARGETS[drill]
    return {
        "title": title,
        "url": f"/d/{uid(board)}?var-{variable}=${{{value}:percentencode}}&${{__url_time_range}}",
    }

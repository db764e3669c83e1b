"""A declared panel as a panel of Grafana."""

import re
from typing import Any

from grafana_foundation_sdk.builders import (
    barchart,
    common,
    heatmap,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmap_models

from dashboards.grafana import links
from dashboards.grafana.data_source import REFERENCE, ClickHouseQuery, Query, QueryKind
from dashboards.grafana.plugin_sql import panel_sql
from dashboards.grafana.units import grafana_unit
from dashboards.panels.panel import Column, Level, Panel, State

COLOURS: dict[Level, str] = {"good": "#3a7d44", "warning": "#e69f00", "critical": "#d55e00"}
"""Told apart by colour-blind people too (Okabe and Ito, 2008)."""

# The sentence about an empty panel is not for every value that is not there. Cells cut long texts:
# who points at one may read it whole.
_NO_SENTENCE = [models.DynamicConfigValue("noValue")]
_EVERY_CELL = [
    models.DynamicConfigValue("noValue", "–"),
    models.DynamicConfigValue("custom.inspect", value=True),
]
_NUMBERS = ("value", "low", "high")
_OF_A_SERIES = ("timeseries", "heatmap", "state_timeline")


def grafana_panel(panel: Panel) -> Builder[models.Panel]:
    """The SDK's builder of the panel; its place in the grid is left open."""
    builder = _PICTURES[panel.picture](panel)
    kind: QueryKind = "timeseries" if panel.picture in _OF_A_SERIES else "table"
    builder.title(panel.title).description(panel.question).datasource(REFERENCE)
    builder.with_target(Query(ClickHouseQuery(panel_sql(panel), kind)))
    builder.span(panel.width).height(panel.height).interval("10s")
    builder.no_value(panel.empty).thresholds(_thresholds(panel))
    if panel.picture != "table":
        builder.unit(grafana_unit(panel.unit))
    if panel.minimum is not None:
        builder.min(panel.minimum)
    if panel.maximum is not None:
        builder.max(panel.maximum)
    if panel.picture == "table":
        builder.override_by_regexp("/.*/", _EVERY_CELL)
    elif panel.picture != "stat":
        builder.override_by_regexp("/.*/", _NO_SENTENCE)
    for column in panel.columns:
        # The unit is in the texts of the values.
        if column.role == "unit":
            continue
        if properties := _properties(panel, column):
            builder.override_by_name(column.name, properties)
    return builder  # type: ignore[no-any-return]


def _time_series(panel: Panel) -> Any:
    builder = (
        timeseries.Panel()
        .line_width(1)
        .fill_opacity(8)
        .show_points(common_models.VisibilityMode.AUTO)
        .span_nulls(3_600_000)
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_models.TooltipDisplayMode.MULTI)
            .sort(common_models.SortOrder.DESCENDING)
        )
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
            .calcs([])
        )
        .color_scheme(sdk.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .data_links([links.events_at_this_time(panel)])
    )
    if panel.thresholds:
        builder.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(common_models.GraphTresholdsStyleMode.DASHED)
        )
    return _named_by_series(builder, panel)


def _stat(panel: Panel) -> Any:
    # By name and by title: which of the two a field goes by depends on Grafana's release.
    values = [c for c in panel.columns if c.role == "value"]
    names = {re.escape(name) for c in values for name in (c.name, c.title) if name}
    return (
        stat.Panel()
        .reduce_options(
            common.ReduceDataOptions()
            .calcs(["lastNotNull"])
            .values(False)
            .fields(f"/^({'|'.join(sorted(names))})$/")
        )
        .color_mode(
            common_models.BigValueColorMode.VALUE
            if panel.thresholds
            else common_models.BigValueColorMode.NONE
        )
        .graph_mode(common_models.BigValueGraphMode.NONE)
    )


def _table(_panel: Panel) -> Any:
    return table.Panel().show_header(True).cell_height(common_models.TableCellHeight.SM)


def _bars(panel: Panel) -> Any:
    (name,) = panel.columns_of("series")
    return (
        barchart.Panel()
        .x_field(name)
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .show_value(common_models.VisibilityMode.AUTO)
        .legend(common.VizLegendOptions().show_legend(False).calcs([]))
    )


def _heatmap(panel: Panel) -> Any:
    builder = (
        heatmap.Panel()
        .calculate(False)
        .cell_gap(1)
        .show_tooltip()
        .color(
            heatmap.HeatmapColorOptions()
            .mode(heatmap_models.HeatmapColorMode.SCHEME)
            .scheme("Oranges")
            .steps(32)
        )
    )
    return _named_by_series(builder, panel)


def _state_timeline(panel: Panel) -> Any:
    results = {
        str(number): models.ValueMappingResult(text=state.name, color=COLOURS[state.level])
        for number, state in enumerate(panel.states, start=1)
    }
    quiet = models.ValueMappingResult(text="quiet", color="transparent")
    builder = (
        statetimeline.Panel()
        .merge_values(True)
        .show_value(common_models.VisibilityMode.AUTO)
        .mappings([models.ValueMap(options={"0": quiet} | results)])
        # Other lanes' points leave gaps in this one.
        .override_by_field_type(
            "number", [models.DynamicConfigValue(id_val="custom.spanNulls", value=True)]
        )
    )
    return _named_by_series(builder, panel)


_PICTURES = {
    "timeseries": _time_series,
    "stat": _stat,
    "table": _table,
    "bar": _bars,
    "heatmap": _heatmap,
    "state_timeline": _state_timeline,
}


def _named_by_series(builder: Any, panel: Panel) -> Any:
    """Fields go by their series alone: the plugin calls them by value column and labels."""
    if series := panel.columns_of("series"):
        builder.display_name(f"${{__field.labels.{series[0]}}}")
    return builder


def _mapping(states: tuple[State, ...]) -> dict[str, object]:
    """Colours of texts."""
    colours = {each.name: {"color": COLOURS[each.level]} for each in states}
    return {"type": "value", "options": colours}


def _thresholds(panel: Panel) -> sdk.ThresholdsConfig:
    steps = [
        models.Threshold(value=None, color=COLOURS[panel.base] if panel.thresholds else "text")
    ]
    steps += [
        models.Threshold(value=each.at, color=COLOURS[each.level]) for each in panel.thresholds
    ]
    return sdk.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _properties(panel: Panel, column: Column) -> list[models.DynamicConfigValue]:
    found: dict[str, object] = {}
    if column.title:
        found["displayName"] = column.title
    if column.role in ("label", "series") and panel.picture == "bar":
        # With a unit of numbers, a name of digits would be written as one.
        found["unit"] = "string"
    elif column.unit or (panel.picture == "table" and column.role in _NUMBERS):
        found["unit"] = grafana_unit(column.unit or panel.unit)
    if panel.picture == "table":
        if column.name in panel.columns_with_row_unit:
            del found["unit"]
        if column.role == "id":
            found["custom.hidden"] = True
        if column.states:
            found["mappings"] = [_mapping(column.states)]
        if column.states or (panel.thresholds and column.name == panel.columns_of("value")[0]):
            found["custom.cellOptions"] = {"type": "color-text"}
        if column.long:
            found["custom.cellOptions"] = {"type": "auto", "wrapText": True}
        if to := links.of_column(panel, column):
            found["links"] = to
    return [models.DynamicConfigValue(id_val=name, value=value) for name, value in found.items()]

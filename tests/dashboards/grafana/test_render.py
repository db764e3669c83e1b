"""The JSON of the dashboards: valid, linked up, and every query with rows as the plugin runs it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as Model

from dashboards.grafana import links
from dashboards.grafana.plugin_sql import panel_sql
from dashboards.grafana.render import render, render_all
from dashboards.panels import DASHBOARDS, Column, Dashboard, Panel, bind
from tests.analysts.replayed import Replayed
from tests.dashboards.grafana.plugin import fill
from tests.dashboards.traffic import needs, selection

BOARDS = pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.id)


def queries(board: Dashboard) -> dict[str, tuple[str, dict[str, Any]]]:
    """SQL of every panel, variable and annotation, and what must be chosen for it to have rows."""
    found = {}
    rendered = render(board)
    drawn = [panel for panel in rendered["panels"] if panel["type"] != "row"]
    for panel, declared in zip(drawn, board.panels, strict=True):
        found[f"panel {declared.id}"] = (panel["targets"][0]["rawSql"], needs(declared))
    for variable in rendered["templating"]["list"]:
        if variable["type"] == "query":
            found[f"variable {variable['name']}"] = (variable["query"], {})
    for annotation in rendered["annotations"]["list"]:
        found[f"annotation {annotation['name']}"] = (annotation["target"]["rawSql"], {})
    return found


def filled(board: Dashboard, traffic: Replayed) -> dict[str, str]:
    names = [variable.name for variable in board.variables]
    return {
        name: fill(sql, selection(traffic, **chosen), names)
        for name, (sql, chosen) in queries(board).items()
    }


@BOARDS
def test_every_query_has_rows_as_the_plugin_runs_it(board: Dashboard, traffic: Replayed) -> None:
    empty = [
        name
        for name, sql in filled(board, traffic).items()
        if not traffic.client.query(sql).result_rows
    ]
    assert empty == []


def test_the_plugin_and_the_page_see_the_same_numbers(traffic: Replayed) -> None:
    (board, *_) = DASHBOARDS
    chosen = selection(traffic, application=["shop-search", "it's"], model=["aurora-4-mini"])
    names = [variable.name for variable in board.variables]
    for panel in board.panels[:6]:
        sql = fill(queries(board)[f"panel {panel.id}"][0], chosen, names)
        bound = bind(panel.sql, chosen)
        expected = traffic.client.query(bound.sql, parameters=bound.parameters).result_rows
        assert traffic.client.query(sql).result_rows == expected
        assert expected


@BOARDS
def test_the_json_is_what_grafanas_own_models_read(board: Dashboard) -> None:
    register_default_plugins()
    rendered = render(board)
    read = json.loads(json.dumps(Model.from_json(rendered), cls=JSONEncoder))
    assert [a["name"] for a in rendered["annotations"]["list"]] == ["Alerts", "Changes"]
    # The models have no queries of plugins in annotations.
    assert _lost(rendered | {"annotations": {}}, read) == []


def _lost(given: Any, read: Any, path: str = "$") -> list[str]:
    """Where what was read is not what was given; defaults may have been added."""
    if isinstance(given, dict) and isinstance(read, dict):
        return [p for k, v in given.items() for p in _lost(v, read.get(k), f"{path}.{k}")]
    if isinstance(given, list) and isinstance(read, list) and len(given) == len(read):
        pairs = enumerate(zip(given, read, strict=True))
        return [p for n, (one, other) in pairs for p in _lost(one, other, f"{path}[{n}]")]
    return [] if given == read else [path]


def test_no_unit_of_numbers_and_no_sentence_falls_upon_texts() -> None:
    """Grafana gives defaults to every field: ids of digits would be read as numbers, and a value
    that is not there would be the whole sentence about an empty panel."""
    seen = set()
    for board in DASHBOARDS:
        drawn = [panel for panel in render(board)["panels"] if panel["type"] != "row"]
        for panel, declared in zip(drawn, board.panels, strict=True):
            defaults, overrides = (
                panel["fieldConfig"]["defaults"],
                panel["fieldConfig"]["overrides"],
            )
            assert defaults["noValue"] == declared.empty
            if declared.picture == "stat":
                continue
            every = {"id": "byRegexp", "options": "/.*/"}
            (nothing,) = [o["properties"] for o in overrides if o["matcher"] == every]
            assert nothing[0]["id"] == "noValue"
            assert nothing[0].get("value", "").strip("–") == ""
            units = {
                o["matcher"]["options"]: p["value"]
                for o in overrides
                for p in o["properties"]
                if p["id"] == "unit"
            }
            seen.add(declared.picture)
            if declared.picture == "table":
                assert "unit" not in defaults
                numbers = {c.name for c in declared.columns if c.role in ("value", "low", "high")}
                # Values whose rows tell their unit are texts.
                assert units.keys() == numbers - {*declared.columns_with_row_unit}, declared.id
            elif declared.picture == "bar":
                assert {units[name] for name in declared.columns_of("series")} == {"string"}
            elif declared.picture == "heatmap":
                assert panel["options"]["tooltip"]["show"] is True
    assert seen == {"table", "bar", "heatmap", "timeseries", "state_timeline"}


def test_a_heat_map_of_one_day_has_a_second_column(traffic: Replayed) -> None:
    """Grafana takes the width of cells from it."""
    day = Panel(
        id="day",
        title="Day",
        question="Which?",
        sql="SELECT toDateTime(today()) AS time, arrayJoin(['a', 'b']) AS line, 1 AS value",
        picture="heatmap",
        columns=(
            Column(name="time", role="time"),
            Column(name="line", role="series"),
            Column(name="value"),
        ),
    )
    chosen = selection(traffic)
    rows = traffic.client.query(fill(panel_sql(day), chosen, ())).result_rows
    first, second = rows[0][0], rows[2][0]
    assert second > first
    assert rows == [(first, "a", 1), (first, "b", 1), (second, "a", None), (second, "b", None)]
    days = replace(day, sql=day.sql.replace("today()", "arrayJoin([today(), yesterday()])"))
    rows = traffic.client.query(fill(panel_sql(days), chosen, ())).result_rows
    assert [row[2] for row in rows] == [1, 1, 1, 1]


def test_panels_fill_the_grid_without_overlap() -> None:
    for rendered in render_all().values():
        cells: set[tuple[int, int]] = set()
        for panel in rendered["panels"]:
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24
            own = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not own & cells, panel["title"]
            cells |= own
        ids = [panel["id"] for panel in rendered["panels"]]
        assert len(set(ids)) == len(ids)


def test_links_lead_to_dashboards_and_variables_that_exist() -> None:
    variables = {links.uid(b.id): {v.name for v in b.variables} for b in DASHBOARDS}
    followed = set()
    for uid, rendered in render_all().items():
        for url in _urls(rendered):
            board, _, query = url.removeprefix("/d/").partition("?")
            assert board in variables, url
            named = {part.split("=")[0] for part in query.split("&") if part.startswith("var-")}
            assert {name.removeprefix("var-") for name in named} <= variables[board], url
            followed.add((uid, board))
    assert {
        ("tidewatch-overview", "tidewatch-segment"),
        ("tidewatch-overview", "tidewatch-events"),
        ("tidewatch-on-call", "tidewatch-alert"),
        ("tidewatch-alert", "tidewatch-segment"),
        ("tidewatch-alert", "tidewatch-events"),
        ("tidewatch-segment", "tidewatch-alert"),
        ("tidewatch-segment", "tidewatch-events"),
    } <= followed


def _urls(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["url"]] if str(node.get("url", "")).startswith("/d/") else []
        return own + [url for value in node.values() for url in _urls(value)]
    return [url for item in node for url in _urls(item)] if isinstance(node, list) else []

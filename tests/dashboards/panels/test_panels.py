"""Every declared panel and variable: sound in itself, and with rows over replayed traffic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Raw

from dashboards.panels import (
    DASHBOARDS,
    Panel,
    Selection,
    Threshold,
    Variable,
    bind,
    dashboard,
    panel,
)
from dashboards.panels.cost import BY_APPLICATION, BY_MODEL
from dashboards.panels.drift import CATEGORIES
from dashboards.panels.overview import APPLICATIONS, EVENTS
from dashboards.panels.windows import POINT_SECONDS
from detectors.summaries import CategoryCounts, encode_summary
from schemas.windows import Window, encode_window
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.sink.windows import WINDOWS_TARGET
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate
from tests.analysts.replayed import Replayed
from tests.dashboards.filled import put
from tests.dashboards.traffic import needs, selection

PANELS = tuple({each.id: each for board in DASHBOARDS for each in board.panels}.values())
VARIABLES = tuple(
    {v.name: v for board in DASHBOARDS for v in board.variables if not v.typed}.values()
)


@pytest.mark.parametrize("each", PANELS, ids=lambda each: each.id)
def test_every_panel_has_rows_with_the_columns_it_declares(each: Panel, traffic: Replayed) -> None:
    bound = bind(each.sql, selection(traffic, **needs(each)))
    result = traffic.client.query(bound.sql, parameters=bound.parameters)
    assert result.result_rows
    assert list(result.column_names) == [column.name for column in each.columns]


@pytest.mark.parametrize("each", VARIABLES, ids=lambda each: each.name)
def test_every_variable_fills(each: Variable, traffic: Replayed) -> None:
    bound = bind(each.sql, selection(traffic))
    values = [
        r[0] for r in traffic.client.query(bound.sql, parameters=bound.parameters).result_rows
    ]
    assert values
    assert len(set(values)) == len(values)
    assert not each.default or each.default in values


def test_ids_are_unique_and_panels_ask_a_question() -> None:
    by_id = {each.id: each for each in PANELS}
    for board in DASHBOARDS:
        assert len({each.id for each in board.panels}) == len(board.panels)
        for each in board.panels:
            assert by_id[each.id] is each
            assert each.question.rstrip(" .").count("?") >= 1
            assert each.empty.endswith(".")
    assert panel("events") is EVENTS
    assert dashboard("overview") is DASHBOARDS[0]


def test_chosen_values_restrict(traffic: Replayed) -> None:
    def rows(**chosen: str | list[str]) -> list[tuple[object, ...]]:
        bound = bind(APPLICATIONS.sql, selection(traffic, **chosen))
        return list(traffic.client.query(bound.sql, parameters=bound.parameters).result_rows)

    everything = {row[0]: row for row in rows()}
    assert set(everything) == {"code-helper", "shop-search", "support-assistant", "travel-planner"}
    (one,) = rows(application="shop-search")
    # Sums of parts that ClickHouse adds in another order differ in the last digit.
    assert one == tuple(
        pytest.approx(value) if isinstance(value, float) else value
        for value in everything["shop-search"]
    )
    by_model = rows(model=["aurora-4-large", "aurora-4-mini"])
    assert 0 < sum(int(row[1]) for row in by_model) < sum(int(r[1]) for r in everything.values())
    assert rows(application="no'such; DROP TABLE raw_events") == []
    # No window knows model and release together: none rather than wrong rows.
    release = traffic.client.query("SELECT any(service_version) FROM events").result_rows[0][0]
    assert rows(model="aurora-4-large", release=release) == []


def test_windows_of_any_step_count_every_event_once(traffic: Replayed) -> None:
    for points in (1, 240, 20_000, 200_000):
        bound = bind(EVENTS.sql, replace(selection(traffic), points=points))
        rows = traffic.client.query(bound.sql, parameters=bound.parameters).result_rows
        assert rows == [(traffic.events,)], points


def test_points_are_whole_windows(traffic: Replayed) -> None:
    """Grafana asks for 15 seconds, too: of windows of ten that is one and two by turns."""
    for step, seconds in ((1, 10), (10, 10), (15, 20), (60, 60), (90, 120), (900, 900)):
        # In a division as rates have it.
        sql = f"SELECT 1000000 / (1000000 / {POINT_SECONDS})"
        chosen = {"from": traffic.end - timedelta(hours=1), "step": step}
        assert traffic.client.query(sql, parameters=chosen).result_rows == [
            (pytest.approx(seconds),)
        ], step


def test_a_variable_that_needs_a_value_says_so(traffic: Replayed) -> None:
    with pytest.raises(ValueError, match="choose one value of signal"):
        bind("SELECT {signal:String}", replace(selection(traffic), chosen={}))


def test_a_panel_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match=r"timeseries needs columns for \['time'\]"):
        replace(EVENTS, picture="timeseries")
    with pytest.raises(ValueError, match="thresholds must ascend"):
        replace(
            EVENTS,
            thresholds=(Threshold(at=2, level="good"), Threshold(at=1, level="critical")),
        )
    with pytest.raises(ValueError, match="events needs variables"):
        replace(DASHBOARDS[0], variables=())


def test_nothing_known_of_cost_is_no_cost_and_others_are_counted(
    clickhouse: EmbeddedClickHouse,
) -> None:
    server = connect(clickhouse.url)
    create_database(server, "unpriced")
    server.close()
    client = connect(clickhouse.url, database="unpriced")
    migrate(client)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    segments = ({"service_name": "shop"}, {"request_model": "m1", "service_name": "shop"})
    kinds = {f"kind {number}": 1 for number in range(256)}
    put(
        client,
        WINDOWS_TARGET,
        [
            encode_window(
                Window(
                    resolution_seconds=resolution,
                    start=int(now.timestamp()) // resolution * resolution - resolution,
                    segment=segment,
                    version=1,
                    events=512,
                    signals={"finish_reason": Raw(encode_summary(CategoryCounts(kinds, 256)))},
                )
            )
            for segment in segments
            for resolution in (60, 3600)
        ],
    )
    chosen = {"segment": ['{"service_name":"shop"}'], "signal": ["finish_reason"]}
    hours = Selection(begin=now - timedelta(hours=3), end=now, chosen=chosen)

    def rows(panel: Panel) -> list[dict[str, object]]:
        bound = bind(panel.sql, hours)
        return list(client.query(bound.sql, parameters=bound.parameters).named_results())

    [application] = rows(APPLICATIONS)
    assert (application["inferences"], application["cost_usd"]) == (512, None)
    [model] = rows(BY_MODEL)
    assert (model["inferences"], model["cost_usd"]) == (512, None)
    assert rows(BY_APPLICATION) == []
    shares = {row["name"]: row["share"] for row in rows(CATEGORIES)}
    assert shares["(others)"] == pytest.approx(0.5)
    assert shares["kind 7"] == pytest.approx(1 / 512)
    client.close()

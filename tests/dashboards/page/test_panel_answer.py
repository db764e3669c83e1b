"""Answers of panels as the template gets them."""

from datetime import UTC, datetime, timedelta

from dashboards.page.context import Rows
from dashboards.page.panel_answer import answered
from dashboards.panels import Panel, panel
from dashboards.panels.panel import Column

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_lanes_show_when_what_fired() -> None:
    rows = [
        (NOON, NOON + timedelta(minutes=5), "errors · shop", "pending"),
        (NOON + timedelta(minutes=5), NOON + timedelta(minutes=20), "errors · shop", "firing"),
        (NOON + timedelta(minutes=10), NOON + timedelta(minutes=20), "latency", "firing"),
    ]
    view = answered(panel("alert-states"), Rows(("time", "end", "alert", "state"), rows), {})
    (errors, first), (latency, second) = view.lanes
    assert (errors, latency) == ("errors · shop", "latency")
    assert [(each.begin, each.length, each.level) for each in first] == [
        (0, 25, "warning"),
        (25, 75, "critical"),
    ]
    assert (second[0].begin, second[0].length) == (50, 50)
    assert view.span == ("2026-03-01 12:00:00", "2026-03-01 12:20:00")
    assert len(view.table) == 3


def test_buckets_lie_in_the_order_of_their_numbers() -> None:
    rows = [(NOON, f"{n:>12}", 3.0) for n in ("128", "0.5", "16")]
    view = answered(panel("signal-histogram"), Rows(("time", "from_value", "events"), rows), {})
    assert view.chart["lanes"] == ["0.5", "16", "128"]


def test_the_interval_of_a_value_stands_behind_it() -> None:
    share = Panel(
        id="x",
        title="",
        question="",
        sql="",
        picture="stat",
        unit="{share}",
        columns=(
            Column(name="a"),
            Column(name="low", role="low"),
            Column(name="high", role="high"),
        ),
    )
    view = answered(share, Rows(("a", "low", "high"), [(0.02, 0.01, 0.034)]), {})
    [cell] = view.cells
    assert (cell.text, cell.note, cell.raw) == ("2 %", "1–3.4 %", "0.02")


def test_without_a_known_value_the_panel_says_why() -> None:
    view = answered(panel("events"), Rows(("inferences",), [(None,)]), {})
    assert (view.state, view.message) == ("empty", panel("events").empty)

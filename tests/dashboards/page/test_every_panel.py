"""Every panel of every page, whichever there are, shows what its query gives the analyst.

Over replayed traffic of nine days, so that panels by day have several days to show.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from dashboards.page.boards import BOARDS, Board
from dashboards.page.chosen import Chosen
from dashboards.page.panel_charts import MOST_SERIES
from dashboards.panels import Panel, bind
from tests.analysts.replayed import Replayed
from tests.dashboards.page.shown import points, values
from tests.dashboards.site import get
from tests.dashboards.traffic import fitting, needs, selection

_NOT_SHOWN = {"low", "high", "unit", "id"}


def chosen_for(board: Board, traffic: Replayed, **more: Any) -> Chosen:
    """The replayed days, and a value of every variable of the page that needs one."""
    whole = selection(traffic)
    names = {v.name for v in board.dashboard.variables if not v.several}
    chosen = {name: tuple(texts) for name, texts in fitting(traffic).items() if name in names}
    chosen |= {name: (value,) for name, value in more.items()}
    return Chosen(range="", begin=whole.begin, end=whole.end, values=chosen)


def numbers(panel: Panel, rows: list[dict[str, Any]]) -> list[float]:
    """All numbers of an answer that a table or a stat shows, in their order."""
    shown = [c.name for c in panel.columns if c.role not in _NOT_SHOWN]
    return [
        float(row[name])
        for row in (rows[:1] if panel.picture == "stat" else rows[:200])
        for name in shown
        if isinstance(row[name], int | float)
    ]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_every_number_is_what_the_analyst_gets(
    board: Board, traffic: Replayed, replayed_site: str
) -> None:
    for panel in board.dashboard.panels:
        chosen = chosen_for(board, traffic, **needs(panel))
        bound = bind(panel.sql, chosen.selection(datetime.now(UTC)))
        answer = traffic.client.query(bound.sql, parameters=bound.parameters)
        rows = [dict(row) for row in answer.named_results()]
        html = get(replayed_site, f"{board.path}?{chosen.query()}")
        assert rows, panel.id
        if panel.picture in ("table", "bar", "stat"):
            # Ages grow while the test runs.
            tolerance = 60 if panel.id == "freshness" else 1e-9
            expected = pytest.approx(numbers(panel, rows), rel=1e-9, abs=tolerance)
            assert values(html, panel.id) == expected, panel.id
        elif panel.picture == "state_timeline":
            begin = html.index(f'id="{panel.id}"')
            assert {row["alert"] for row in rows} <= {*_lanes(html[begin:])}, panel.id
        else:
            names = panel.columns_of("value")
            known = sorted(float(r[n]) for r in rows for n in names if r[n] is not None)
            series = {tuple(r[n] for n in panel.columns_of("series")) for r in rows}
            shown = points(html, panel.id)
            if len(series) * len(names) <= MOST_SERIES or panel.picture == "heatmap":
                assert sorted(shown.values()) == pytest.approx(known, rel=1e-9), panel.id
            else:
                assert shown, panel.id
                assert set(shown.values()) <= {pytest.approx(n) for n in known} | {*known}


def _lanes(html: str) -> list[str]:
    parts = html.split('class="lane-name" title="')[1:]
    return [part.partition('"')[0] for part in parts]


def test_a_segment_in_an_address_is_quoted(replayed_site: str) -> None:
    segment = quote('{"service_name":"support-assistant"}')
    assert "support-assistant" in get(replayed_site, f"/segment?range=30d&segment={segment}")

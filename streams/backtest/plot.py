"""A backtest as a picture: when each setting fired, beside the incidents."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import plotly.graph_objects as go  # type: ignore[import-untyped]

from streams.backtest.outcomes import Incident, Outcome

_DETECTED, _FALSE, _INCIDENT = "#005a8a", "#c25400", "#e4e8ed"
_ROW_PIXELS, _FRAME_PIXELS = 26, 160


def write_plot(
    path: Path, outcomes: Sequence[Outcome], incidents: Sequence[Incident], *, until: datetime
) -> None:
    """Write a page of HTML that needs nothing else.

    A row a monitor and setting: blue while an alert of an incident fires, orange while a false
    alarm does; incidents are grey behind all rows. ``until`` ends what has no end of its own.
    """
    rows = [f"{each.monitor}: {each.setting}" for each in outcomes]
    figure = go.Figure()
    for incident in incidents:
        figure.add_vrect(
            x0=incident.start,
            x1=incident.end or until,
            fillcolor=_INCIDENT,
            line_width=0,
            layer="below",
            annotation_text=incident.fault,
            annotation_position="top left",
        )
    for belongs, colour, words in (
        (True, _DETECTED, "of an incident"),
        (False, _FALSE, "false alarm"),
    ):
        shown = [
            (row, episode)
            for row, each in zip(rows, outcomes, strict=True)
            for episode in each.episodes
            if (episode.incident is not None) == belongs
        ]
        figure.add_bar(
            name=words,
            orientation="h",
            y=[row for row, _ in shown],
            base=[episode.fired for _, episode in shown],
            x=[_milliseconds((e.resolved or until) - e.fired) for _, e in shown],
            marker_color=colour,
            hovertext=[episode.summary for _, episode in shown],
        )
    figure.update_layout(
        barmode="overlay",
        height=_FRAME_PIXELS + _ROW_PIXELS * len(rows),
        title="Alerts and incidents",
        template="plotly_white",
        legend={"orientation": "h"},
    )
    figure.update_xaxes(type="date", title="UTC")
    figure.update_yaxes(categoryorder="array", categoryarray=rows[::-1], automargin=True)
    figure.write_html(path, include_plotlyjs=True)


def _milliseconds(span: timedelta) -> float:
    """A bar of no length could not be seen: a minute at least."""
    return max(span.total_seconds(), 60.0) * 1000
